"""A meeting: its page, its date and place, calling it off, and recording that it was held."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods

from agreement.models import Activity
from agreement.models.activity import key_of
from agreement.notices.ledger import withdraw
from agreement.permissions import members_only
from agreement.workdays import calendar, office_today
from meetings.consents import consent_rows
from meetings.followup import followed_up
from meetings.forms import HeldForm, MeetingForm, WordsForm
from meetings.models import Meeting
from meetings.permissions import WRITERS, may_write
from meetings.reminders import SERIES
from meetings.telling import tell_meeting


def meeting_of(agreement, pk):
    """The meeting `pk` of this agreement; Http404 for another's."""
    return get_object_or_404(
        Meeting.objects.select_related("agreement", "mechanism__task", "mechanism__domain", "host"),
        agreement=agreement,
        pk=pk,
    )


@members_only()
@require_GET
def meeting(request, agreement, pk):
    """When, where, who; the agenda in short; the decisions and what became of them; who changed what."""
    found = meeting_of(agreement, pk)
    decisions = (
        found.decisions.select_related("task", "milestone__task", "item", "domain", "meeting__mechanism", "agreement")
        .prefetch_related("leads__organization__party")
        .order_by("number")
    )
    items = list(found.items.standing().in_order().select_related("presenter", "task", "issue"))
    activities = Activity.objects.filter(agreement=agreement, parent=key_of(found)).visible_to(request.membership)
    context = {
        "meeting": found,
        "items": items,
        "total": sum(item.minutes for item in items),
        "decisions": followed_up(decisions, agreement, office_today(), calendar()),
        "agenda_consents": consent_rows(found, "agenda", request.membership),
        "decision_consents": consent_rows(found, "decisions", request.membership),
        "seats": found.mechanism.members.select_related("organization__party").order_by(
            "organization__party__position"
        ),
        "activities": activities.select_related("by")[:12],
        "is_past": found.is_open and found.day <= office_today(),
        "may_write": may_write(request.membership),
    }
    return render(request, "meetings/meeting.html", context)


@members_only(*WRITERS)
@require_http_methods(["GET", "POST"])
def meeting_edit(request, agreement, pk):
    """Date, place, host, chair. A new time is told to everybody concerned, and reminders of the old one are taken back."""
    found = meeting_of(agreement, pk)
    if not found.is_open:
        return _refused(request, found)
    form = MeetingForm(request.POST or None, instance=found, now=timezone.now())
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            with transaction.atomic():
                before = Meeting.objects.locked(pk)
                if not before.is_open:
                    return _refused(request, before)
                saved = form.save_over(by=request.user)
                if saved and (saved.starts_at, saved.place, saved.host_id) != (
                    before.starts_at,
                    before.place,
                    before.host_id,
                ):
                    if saved.starts_at != before.starts_at:
                        withdraw(key_of(saved), series=SERIES)
                    tell_meeting(saved, gettext_noop("New time or place: %(meeting)s"))
            if saved:
                messages.success(request, _("Saved."))
                if not calendar().is_workday(saved.day):
                    messages.warning(request, _("Mind that this is not a working day."))
                return redirect(saved)
            status = 409
    return render(request, "meetings/meeting_form.html", {"meeting": found, "form": form}, status=status)


@members_only(*WRITERS)
@require_http_methods(["GET", "POST"])
def meeting_cancel(request, agreement, pk):
    """Calls the meeting off, with the reason."""
    found = meeting_of(agreement, pk)
    if not found.is_open:
        return _refused(request, found)
    form = WordsForm(request.POST or None, label=_("Why is it cancelled?"), max_length=200)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            if found.cancel(by=request.user, on=office_today(), reason=form.cleaned_data["words"]):
                withdraw(key_of(found), series=SERIES)
                tell_meeting(found, gettext_noop("Cancelled: %(meeting)s"))
                messages.success(request, _("The meeting is cancelled."))
        return redirect(found)
    context = {"meeting": found, "form": form, "act": "cancel"}
    return render(request, "meetings/meeting_end.html", context, status=422 if form.is_bound else 200)


@members_only(*WRITERS)
@require_http_methods(["GET", "POST"])
def meeting_hold(request, agreement, pk):
    """Records that the meeting was held, which also keeps the cadence of its commitment."""
    found = meeting_of(agreement, pk)
    if not found.is_open:
        return _refused(request, found)
    form = HeldForm(request.POST or None, meeting=found, today=office_today())
    if request.method == "POST" and form.is_valid():
        if found.hold(by=request.user, on=form.cleaned_data["on"]):
            messages.success(request, _("Recorded. Now write down what was decided."))
        return redirect(found)
    context = {"meeting": found, "form": form, "act": "hold"}
    return render(request, "meetings/meeting_end.html", context, status=422 if form.is_bound else 200)


def _refused(request, meeting):
    """The page again, with why: somebody was quicker."""
    messages.info(request, _("This meeting was already held or cancelled."))
    return redirect(meeting)
