"""The office's page: who of the own side owes what, with the liaison's name and phone."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from agreement.models import Role
from agreement.permissions import members_only
from agreement.workdays import calendar, office_today
from domains.owing import debts_of_side


@members_only(Role.SECRETARY, Role.LEADER)
@require_GET
def office(request, agreement):
    """Overdue milestones and outstanding reports by organization of the reader's own side."""
    today = office_today()
    rows = debts_of_side(request.membership, today, calendar())
    context = {
        "rows": rows,
        "today": today,
        "milestones": sum(len(row["milestones"]) for row in rows),
        "reports": sum(report["late"] for row in rows for report in row["reports"]),
        "returned": sum(report["standing"] == "returned" for row in rows for report in row["reports"]),
    }
    return render(request, "domains/office.html", context)
