"""The dashboard: five answers in the order leaders ask, each a panel that refreshes on its own."""

import hashlib

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from agreement.models import Activity
from agreement.permissions import members_only
from agreement.workdays import OFFICE_TIME, office_today

# In the order of the questions; templates/dashboard/_panel_<name>.html composes each from the apps' tags.
PANELS = ("overall", "late", "wanted", "decisions", "meetings")


@members_only()
@require_GET
def dashboard(request, agreement):
    """Complete at first paint; the panels then ask for themselves whether anything has changed."""
    context = {"today": office_today(), "panels": PANELS, "etag": _etag(request, agreement)}
    return render(request, "dashboard/page.html", context)


@members_only()
@require_GET
def panel(request, agreement, name):
    """One panel by itself; 304 when nothing happened in the agreement since the reader's copy."""
    if name not in PANELS:
        raise Http404
    etag = _etag(request, agreement)
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    response = render(request, "dashboard/_panel.html", {"today": office_today(), "name": name})
    response["ETag"] = etag
    return response


def _etag(request, agreement) -> str:
    """Differs after any change that is not the other side's own, for another reader, in another language, and from one hour to the next."""
    hour = timezone.now().astimezone(OFFICE_TIME).strftime("%Y-%m-%d %H")
    facts = [
        Activity.objects.visible_to(request.membership).stamp(agreement),
        str(request.membership.pk),
        request.membership.role,
        get_language(),
        hour,
    ]
    return f'"{hashlib.sha256("|".join(facts).encode()).hexdigest()[:20]}"'
