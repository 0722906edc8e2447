"""What a meeting decided: written down after it was held, in force once both offices confirm, followed until concluded."""

from django.contrib import messages
from django.db.models import Max
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from agreement.models.activity import record
from agreement.permissions import members_only
from agreement.workdays import office_today
from meetings.forms import DecisionForm, NewDecisionForm, WordsForm
from meetings.models import Decision
from meetings.models.meeting import Refused
from meetings.permissions import WRITERS
from meetings.views.meeting import meeting_of


def decision_of(meeting, pk):
    """The decision `pk` of this meeting; Http404 for another's."""
    decisions = Decision.objects.select_related("agreement", "task", "milestone", "meeting__mechanism")
    return get_object_or_404(decisions, meeting=meeting, pk=pk)


@members_only(*WRITERS)
@require_http_methods(["GET", "POST"])
def decision_new(request, agreement, pk):
    """Writes a decision down, numbered through, once however often the form is sent."""
    meeting = meeting_of(agreement, pk)
    if not meeting.decisions_are_open:
        return _closed(request, meeting)
    decision = Decision(agreement=agreement, meeting=meeting)
    item = request.GET.get("item", "")
    initial = {"item": int(item)} if item.isdecimal() and len(item) < 10 else {}
    form = NewDecisionForm(request.POST or None, instance=decision, meeting=meeting, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with meeting.writing_decisions() as locked:
                if form.first_time():
                    last = locked.decisions.aggregate(last=Max("number"))["last"] or 0
                    decision.number = last + 1
                    form.save()
                    form.save_leads(decision)
                    record(decision, "added", by=request.user, agreement=agreement, parent=locked)
                    locked.decisions_changed(by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
            return _decision_page(request, meeting, form, status=409)
        messages.success(request, _("Written down. It takes effect when both sides have confirmed the decisions."))
        return redirect(meeting)
    return _decision_page(request, meeting, form, status=422 if form.is_bound else 200)


@members_only(*WRITERS)
@require_http_methods(["GET", "POST"])
def decision(request, agreement, pk, decision):
    """Changes a decision that is not yet confirmed; consents already given are withdrawn by it."""
    meeting = meeting_of(agreement, pk)
    found = decision_of(meeting, decision)
    if not meeting.decisions_are_open:
        return _closed(request, meeting)
    form = DecisionForm(request.POST or None, instance=found, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        try:
            with meeting.writing_decisions() as locked:
                saved = _save_decision(form, locked, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
            saved = None
        if saved:
            messages.success(request, _("Saved."))
            return redirect(meeting)
        return _decision_page(request, meeting, form, status=409)
    return _decision_page(request, meeting, form, status=422 if form.is_bound else 200)


def _save_decision(form, meeting, *, by):
    """Saves the form over its decision of the locked `meeting`; None on a conflict."""
    before = meeting.decisions.get(pk=form.instance.pk).version
    saved = form.save_over(by=by, parent=meeting)
    if saved is None:
        return None
    leads_changed = form.save_leads(saved)
    if leads_changed:
        record(saved, "leads_changed", by=by, agreement=meeting.agreement, parent=meeting)
    if leads_changed or saved.version != before:
        meeting.decisions_changed(by=by)
    return saved


@members_only(*WRITERS)
@require_POST
def decision_drop(request, agreement, pk, decision):
    """Takes back a decision that is not yet confirmed; the trace keeps it."""
    meeting = meeting_of(agreement, pk)
    found = decision_of(meeting, decision)
    try:
        with meeting.writing_decisions() as locked:
            record(
                found,
                "dropped",
                by=request.user,
                agreement=agreement,
                parent=locked,
                changes={"text": (found.text, None)},
            )
            found.delete()
            locked.decisions_changed(by=request.user)
    except Refused as refused:
        messages.warning(request, str(refused))
    return redirect(meeting)


@members_only(*WRITERS)
@require_http_methods(["GET", "POST"])
def decision_conclude(request, agreement, pk, decision):
    """Says in words what became of a decision in force; it then leaves the agendas after the next one."""
    meeting = meeting_of(agreement, pk)
    found = decision_of(meeting, decision)
    if found.in_force_on is None or found.concluded_on:
        messages.info(request, _("This decision is not in force, or was concluded already."))
        return redirect(meeting)
    form = WordsForm(request.POST or None, label=_("What became of it?"), max_length=300)
    if request.method == "POST" and form.is_valid():
        if found.conclude(by=request.user, on=office_today(), words=form.cleaned_data["words"]):
            messages.success(request, _("Concluded."))
        return redirect(meeting)
    context = {"meeting": meeting, "decision": found, "form": form}
    return render(request, "meetings/decision_conclude.html", context, status=422 if form.is_bound else 200)


def _closed(request, meeting):
    messages.info(
        request, _("Decisions can be written down once the meeting is held, and until both sides confirm them.")
    )
    return redirect(meeting)


def _decision_page(request, meeting, form, *, status):
    withdraws = meeting.consents.filter(stage="decisions").exists()
    context = {"meeting": meeting, "form": form, "withdraws": withdraws}
    return render(request, "meetings/decision_form.html", context, status=status)
