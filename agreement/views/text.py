"""The agreement's own text: the 1, the 6 and the x, each clause with the lights of its tasks."""

from django.db.models import Prefetch
from django.shortcuts import render
from django.views.decorators.http import require_GET

from agreement.models import Clause
from agreement.permissions import members_only
from agreement.workdays import office_today


@members_only()
@require_GET
def text(request, agreement):
    """Section by section; a clause without a task shows the gap."""
    clauses = Prefetch("clauses", Clause.objects.order_by("position", "pk"))
    sections = agreement.sections.order_by("number").prefetch_related(clauses)
    return render(request, "agreement/text.html", {"sections": sections, "today": office_today()})
