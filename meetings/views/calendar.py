"""The page of all meetings: mechanisms with their next dates, meetings to come, meetings held."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_GET

from agreement.permissions import members_only
from agreement.workdays import office_today
from meetings import panels
from meetings.models import Mechanism, Meeting
from meetings.permissions import may_write

PER_PAGE = 20


@members_only()
@require_GET
def meeting_list(request, agreement):
    """Mechanisms by level, the meetings to come (and those whose day passed without a record), and those held."""
    today = office_today()
    rows = panels.mechanisms_with_next(agreement, today)
    levels = [
        {"label": label, "rows": [row for row in rows if row["mechanism"].level == level]}
        for level, label in reversed(Mechanism.Level.choices)
    ]
    meetings = Meeting.objects.filter(agreement=agreement).select_related("mechanism", "host", "agreement")
    context = {
        "levels": [level for level in levels if level["rows"]],
        "to_come": meetings.open().order_by("starts_at", "id"),
        "today_start": panels.start_of(today),
        "past": Paginator(meetings.exclude(held_on=None, cancelled_on=None).order_by("-starts_at"), PER_PAGE).get_page(
            request.GET.get("page")
        ),
        "may_write": may_write(request.membership),
    }
    return render(request, "meetings/list.html", context)
