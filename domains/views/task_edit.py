"""The task itself and its owners: the secretaries' to edit; each change is told to the other office."""

from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agreement.permissions import demand, members_only
from agreement.workdays import office_today
from domains.forms.task import OwnerForm, TaskForm
from domains.models import TaskOwner
from domains.permissions import may_edit_tasks
from domains.telling import tell_other_office
from domains.views.answers import changed, get_task


@members_only()
@require_http_methods(["GET", "POST"])
def task_edit(request, agreement, number):
    task = get_task(agreement, number)
    demand(may_edit_tasks(request.membership))
    form = TaskForm(request.POST or None, instance=task, today=office_today())
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            version = get_task(agreement, number).version
            saved = form.save_over(by=request.user)
            if saved and saved.version != version:
                tell_other_office(saved, request.membership, path=task.get_absolute_url())
        if saved:
            return changed(request, saved, _("The task has been changed."))
    status = 409 if form.conflict else 422 if form.errors else 200
    return render(request, "domains/task_form.html", {"task": task, "form": form}, status=status)


@members_only()
@require_http_methods(["GET", "POST"])
def task_owners(request, agreement, number):
    """The owners of the own side: one more, one less, another lead. The other side names its own."""
    task = get_task(agreement, number)
    demand(may_edit_tasks(request.membership))
    party = request.membership.party
    if request.method == "GET":
        return _owners(request, task, OwnerForm(task=task, party=party))
    if "owner" not in request.POST:
        return _add(request, task, party)
    pk = request.POST["owner"]
    owner = get_object_or_404(TaskOwner, task=task, party=party, pk=pk if pk.isdecimal() and len(pk) < 19 else 0)
    try:
        with transaction.atomic():
            if request.POST.get("act") == "lead":
                if not owner.take_lead(by=request.user):
                    return _overtaken(request, task, OwnerForm(request.POST, task=task, party=party))
                said = _("The lead has been changed.")
            else:
                key = owner.pk
                owner.leave(by=request.user)
                owner.pk = key  # its trace is still told
                said = _("The organization has been taken out.")
            tell_other_office(owner, request.membership, path=task.get_absolute_url())
    except IntegrityError:  # somebody named another lead in this very moment
        return _overtaken(request, task, OwnerForm(request.POST, task=task, party=party))
    return _changed(request, task, said)


def _add(request, task, party):
    form = OwnerForm(request.POST, task=task, party=party)
    if not form.is_valid():
        return _owners(request, task, form, status=422)
    try:
        with transaction.atomic():
            owner = TaskOwner.join(task, form.cleaned_data["organization"], form.cleaned_data["role"], by=request.user)
            tell_other_office(owner, request.membership, path=task.get_absolute_url())
    except IntegrityError:
        return _overtaken(request, task, form)
    return _changed(request, task, _("The organization has been named."))


def _overtaken(request, task, form):
    form.add_error(None, _("Somebody else changed the owners meanwhile. Look at them again."))
    return _owners(request, get_task(task.agreement, task.number), form, status=409)


def _owners(request, task, form, status=200, done=""):
    sides = [
        {
            "party": party,
            "ours": party.pk == request.membership.party_id,
            "owners": [owner for owner in task.owners.all() if owner.party_id == party.pk],
        }
        for party in task.agreement.parties.all()
    ]
    template = "domains/_owners.html" if request.htmx.target == "owners" else "domains/owners.html"
    return render(request, template, {"task": task, "form": form, "sides": sides, "done": done}, status=status)


def _changed(request, task, said):
    if request.htmx.target == "owners":
        fresh = get_task(task.agreement, task.number)
        return _owners(request, fresh, OwnerForm(task=fresh, party=request.membership.party), done=said)
    return changed(request, task, said)
