"""A mechanism's page, its rules and seats, and its next meeting in one click."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreement.models import Activity
from agreement.models.activity import key_of
from agreement.permissions import members_only
from agreement.workdays import calendar, office_today
from meetings import panels
from meetings.forms import MechanismForm, SeatsForm
from meetings.models import Mechanism
from meetings.permissions import WRITERS, may_write
from meetings.telling import tell_meeting, tell_other_office

PER_PAGE = 20


def mechanism_of(agreement, pk):
    """The mechanism `pk` of this agreement; Http404 for another's."""
    mechanisms = Mechanism.objects.select_related("agreement", "domain", "task", "first_host")
    return get_object_or_404(mechanisms, agreement=agreement, pk=pk)


@members_only()
@require_GET
def mechanism(request, agreement, pk):
    """Members and conveners of both sides, cadence, rules, and every meeting there was."""
    found = mechanism_of(agreement, pk)
    today = office_today()
    row = next(row for row in panels.mechanisms_with_next(agreement, today) if row["mechanism"].pk == found.pk)
    meetings = found.meetings.select_related("host", "mechanism", "agreement").order_by("-sequence")
    last = meetings.filter(cancelled_on=None).first()
    newest = meetings.first()
    context = {
        "mechanism": found,
        "row": row,
        "meetings": Paginator(meetings, PER_PAGE).get_page(request.GET.get("page")),
        "next_number": newest.sequence + 1 if newest else 1,
        "next_host": found.host_after(last),
        "next_on": found.date_after((last.held_on or last.day) if last else None, today, calendar()),
        "activities": Activity.objects.about(key_of(found)).filter(agreement=agreement).select_related("by")[:10],
        "may_write": may_write(request.membership),
    }
    return render(request, "meetings/mechanism.html", context)


@members_only(*WRITERS)
@require_http_methods(["GET", "POST"])
def mechanism_edit(request, agreement, pk):
    """Cadence, hosts, rules and seats; the other office is told of each change."""
    found = mechanism_of(agreement, pk)
    data = request.POST if request.method == "POST" else None
    form, seats = MechanismForm(data, instance=found), SeatsForm(data, mechanism=found)
    status = 200
    if data is not None:
        status = 422
        if form.is_valid() and seats.is_valid():
            with transaction.atomic():
                before = Activity.objects.about(key_of(found)).values_list("pk", flat=True).first()
                if form.save_over(by=request.user):
                    found.seat(seats.changed_seats(), by=request.user)
                    if before != Activity.objects.about(key_of(found)).values_list("pk", flat=True).first():
                        _tell_other_office(found, request.membership.party)
                    messages.success(request, _("Saved."))
                    return redirect(found)
            status = 409
    context = {"mechanism": found, "form": form, "seats": seats}
    return render(request, "meetings/mechanism_form.html", context, status=status)


@members_only(*WRITERS)
@require_POST
def meeting_new(request, agreement, pk):
    """Creates the next meeting; a second click, or the other office's, leads to the same one."""
    found = mechanism_of(agreement, pk)
    number = request.POST.get("number", "")
    with transaction.atomic():
        meeting, created = found.plan_next(
            by=request.user,
            today=office_today(),
            calendar=calendar(),
            number=int(number) if number.isdecimal() and len(number) < 5 else None,
        )
        if created:
            tell_meeting(meeting, gettext_noop("%(meeting)s is planned"))
    if created:
        messages.success(request, _("The meeting is planned. Check its date and place with the other office."))
    else:
        messages.info(request, _("This meeting is planned already."))
    return redirect(meeting)


def _tell_other_office(mechanism, side):
    title = gettext_noop("The rules of %(meeting)s were changed")
    tell_other_office(mechanism, title, named=mechanism, side=side, path=mechanism.get_absolute_url())
