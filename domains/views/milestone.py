"""Milestones: moved by their owners, planned by the secretaries."""

from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from agreement.permissions import demand, members_only
from agreement.workdays import office_today
from domains.forms.milestone import MilestoneForm, MoveForm, NewMilestoneForm
from domains.models import Milestone
from domains.permissions import acts_on_behalf, may_edit_tasks, may_move
from domains.telling import tell_other_office
from domains.views.answers import FRAGMENTS, changed, get_task, show_task


def get_milestone(agreement, id) -> Milestone:
    """The milestone of a task of `agreement`; Http404 when there is none."""
    return get_object_or_404(Milestone.objects.select_related("task__agreement"), task__agreement=agreement, pk=id)


@members_only()
@require_http_methods(["GET", "POST"])
def milestone(request, agreement, id):
    """How far it is: asked on the task's page or in any other place (a row of "my work"), answered there."""
    found = get_milestone(agreement, id)
    if request.method == "GET":
        return redirect(f"{found.task.get_absolute_url()}#milestone-{found.pk}")
    demand(may_move(request.membership, found))
    form = MoveForm(request.POST, instance=found, today=office_today())
    form.place = f"milestone-{found.pk}"
    moved = form.move(by=request.user, on_behalf=acts_on_behalf(request.membership)) if form.is_valid() else None
    elsewhere = request.htmx and request.htmx.target not in FRAGMENTS
    if moved is None:
        status = 409 if form.conflict else 422
        if elsewhere:
            return _in_its_row(request, found, form, status=status)
        return show_task(request, get_task(agreement, found.task.number), bound=form, status=status)
    if elsewhere:
        return trigger_client_event(
            _in_its_row(request, moved, MoveForm(instance=moved, today=office_today()), done=True), "task-changed", {}
        )
    return changed(request, moved.task, _("The milestone has been updated."), anchor=f"#milestone-{moved.pk}")


def _in_its_row(request, milestone, form, *, status=200, done=False):
    steps = milestone.task.progress_kind
    context = {
        "milestone": milestone,
        "form": form,
        "steps": steps,
        "target": request.htmx.target,
        "done": done,
        "open": True,
    }
    return render(request, "domains/_move_form.html", context, status=status)


@members_only()
@require_http_methods(["GET", "POST"])
def milestone_new(request, agreement, number):
    task = get_task(agreement, number)
    demand(may_edit_tasks(request.membership))
    form = NewMilestoneForm(request.POST or None, task=task, user=request.user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            added = form.add(by=request.user)
            tell_other_office(added, request.membership, path=task.get_absolute_url())
        return changed(request, task, _("The milestone has been added."))
    context = {"task": task, "form": form, "title": _("New milestone")}
    return render(request, "domains/milestone_form.html", context, status=422 if form.errors else 200)


@members_only()
@require_http_methods(["GET", "POST"])
def milestone_edit(request, agreement, id):
    found = get_milestone(agreement, id)
    demand(may_edit_tasks(request.membership))
    form = MilestoneForm(request.POST or None, instance=found, task=found.task)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            version = found.version
            saved = form.save_over(by=request.user, parent=found.task, agreement=agreement)
            if saved and saved.version != version:
                tell_other_office(saved, request.membership, path=found.task.get_absolute_url())
        if saved:
            return changed(request, found.task, _("The milestone has been changed."))
    context = {"task": found.task, "form": form, "milestone": found, "title": _("Edit milestone")}
    status = 409 if form.conflict else 422 if form.errors else 200
    return render(request, "domains/milestone_form.html", context, status=status)
