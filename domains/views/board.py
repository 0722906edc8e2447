"""The board of a domain: its tasks in columns by state; other screens learn of a change at the cost of a 304."""

import hashlib

from django.http import HttpResponseNotModified
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from agreement.permissions import members_only
from agreement.workdays import calendar, office_today
from domains.cards import cards
from domains.forms.board import BoardFilter
from domains.health import COLUMNS, Light, Terms
from domains.history import seen_by
from domains.models import Domain, Task


@members_only()
@require_GET
def board(request, agreement, number):
    """The whole page; for htmx only the part that changes: the board with its filters' sum, or its columns."""
    today = office_today()
    etag = _etag(request, agreement, number, today)
    polled = request.htmx.target == "board"
    if polled and request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    domain = get_object_or_404(Domain, agreement=agreement, number=number)
    days = calendar()
    terms = Terms.of(agreement, today, days)
    asked = BoardFilter(request.GET, agreement=agreement, domain=domain)
    tasks = asked.narrow(Task.objects.filter(agreement=agreement, domain=domain))
    parties = list(agreement.parties.all())
    rows = cards(tasks, parties=parties, membership=request.membership, terms=terms, calendar=days)
    if asked.light_asked:
        rows = [row for row in rows if row["light"] == asked.light_asked]
    template = "domains/board.html"
    if request.htmx and not request.htmx.history_restore_request:
        template = "domains/_columns.html" if polled else "domains/_board.html"
    context = {
        "domain": domain,
        "form": asked,
        "columns": columns(rows),
        "total": len(rows),
        "etag": etag,
        "domains": Domain.objects.filter(agreement=agreement) if template == "domains/board.html" else [],
    }
    response = render(request, template, context)
    response["ETag"] = etag
    return response


def columns(rows) -> list[dict]:
    """The columns of the board with their cards; what was cancelled stands with what has ended."""
    concluded = {Light.CANCELLED: Light.ENDED}
    return [
        {
            "light": str(light),
            "title": title,
            "cards": [row for row in rows if concluded.get(row["light"], row["light"]) == light],
        }
        for light, title in COLUMNS.items()
    ]


def _etag(request, agreement, number, today) -> str:
    """Differs whenever this reader could see something else; read before the rows, so that it is never too new."""
    membership = request.membership
    parts = [
        seen_by(membership).stamp(agreement),
        today,
        get_language(),
        f"{membership.pk}-{membership.role}-{membership.organization_id}",
        number,
        request.GET.urlencode(),
    ]
    return '"' + hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:24] + '"'
