"""The page of a task, and the day its work begins."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agreement.permissions import demand, members_only
from agreement.workdays import office_today
from domains.dossier import history_page
from domains.forms.progress import StartForm
from domains.permissions import acts_on_behalf, may_update
from domains.views.answers import changed, get_task, show_task


@members_only()
@require_GET
def task(request, agreement, number):
    """The whole page; for htmx the drawer, the body, or a page of its history."""
    found = get_task(agreement, number)
    if request.htmx.target == "task-history":
        history = history_page(found, request.membership, request.GET.get("page"))
        return render(request, "domains/_task_history.html", {"task": found, "history": history})
    return show_task(request, found)


@members_only()
@require_POST
def start(request, agreement, number):
    found = get_task(agreement, number)
    demand(may_update(request.membership, found))
    form = StartForm(request.POST, today=office_today())
    form.place = "start"
    if not form.is_valid():
        return show_task(request, found, bound=form, status=422)
    begun = found.start(by=request.user, on=form.cleaned_data["on"], on_behalf=acts_on_behalf(request.membership))
    return changed(request, found, _("The task has begun.") if begun else _("The task had begun already."))
