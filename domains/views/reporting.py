"""Reporting: who owes a report of a period, the report itself, and the own office's word on it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from agreement.models import Organization
from agreement.permissions import demand, is_secretary, members_only
from agreement.workdays import calendar, neighbours, office_today, parse_period, period_of
from domains.forms.report import DecisionForm, RepeatForm, ReportForm
from domains.models import Report, TaskOwner
from domains.permissions import may_decide_report, may_report_for
from domains.report_notices import tell_office, tell_unit
from domains.reporting import (
    Place,
    Standing,
    counts,
    owed_reports,
    own_part,
    rows_of,
    with_rights,
    with_texts,
)


@members_only()
@require_GET
def reporting_current(request, agreement):
    """Leads to the period being reported on today."""
    return redirect("reporting", agreement.slug, period_of(agreement, office_today(), calendar()).key)


@members_only()
@require_GET
def reporting(request, agreement, period):
    """A period: what the reader's unit or side owes and how far it is; of everybody else, what was accepted."""
    today, days = office_today(), calendar()
    period = _period_or_404(agreement, period, days, today)
    owed = owed_reports(agreement, period)
    mine = rows_of(own_part(owed, request.membership))
    rows = with_rights(with_texts(mine, period), request.membership, today)
    known = {(row["task_id"], row["organization_id"]) for row in rows}
    accepted = rows_of(owed.filter(accepted_id__isnull=False))
    others = [row for row in accepted if (row["task_id"], row["organization_id"]) not in known]
    others = with_texts(others, period, own=False)
    wanted = request.GET.get("state")
    chosen = wanted if wanted in Standing.values else None
    before, after = neighbours(agreement, period, days)
    context = {
        "period": period,
        "today": today,
        "before": before,
        "after": after if after.starts_on <= today else None,
        "counts": counts(rows),
        "total": len(rows),
        "chosen": chosen,
        "groups": [
            (state, [row for row in rows if row["standing"] == state]) for state in Standing if chosen in (None, state)
        ],
        "others": others,
    }
    return render(request, "domains/reporting.html", context)


@members_only()
@require_http_methods(["GET", "HEAD", "POST"])
def report(request, agreement, number, period, organization):
    """One task's report by one organization: read, written, sent, or sent again unchanged, by who may."""
    place, owed = _place_or_404(agreement, number, period, organization)
    if request.method != "POST":
        return _show_report(request, place, owed)
    demand(may_report_for(request.membership, organization))
    if not owed.exists():
        raise PermissionDenied
    newest = place.versions().select_related("author").first()
    facts = {
        "by": request.user,
        "on_behalf": is_secretary(request.membership) and organization != request.membership.organization_id,
        "at": timezone.now(),
    }
    sending = facts | {
        "late": place.period.is_late_on(office_today()),
        "progress": place.progress(list(agreement.parties.all())),
    }
    if request.POST.get("action") == "nil":
        nil = RepeatForm(request.POST, user=request.user)
        with transaction.atomic():
            taken = nil.is_valid() and nil.repeat(place, place.last(), **sending)
            if taken:
                tell_office(taken, path=place.address)
        if not taken:
            return _show_report(
                request,
                place,
                owed,
                status=409,
                problem=_("This report has been begun meanwhile, or there is no earlier text to repeat."),
            )
        return _taken(request, place, _("Sent: no change."))
    form = ReportForm(request.POST, place=place, newest=newest, last=place.last(), user=request.user)
    if not form.is_valid():
        return _show_report(request, place, owed, form=form, status=422)
    sent = request.POST.get("action") == "submit"
    with transaction.atomic():
        taken = form.submit(**sending) if sent else form.save_draft(**facts)
        if taken and sent:
            tell_office(taken, path=place.address)
    if not taken:
        return _show_report(request, place, owed, form=form, status=409)
    return _taken(request, place, _("Sent to the office.") if sent else _("Draft saved."))


@members_only()
@require_POST
def report_decide(request, agreement, id):
    """The own office accepts a report, or returns it with a reason."""
    visible = Report.objects.visible_to(request.membership).filter(task__agreement=agreement)
    report = get_object_or_404(visible.select_related("task__agreement", "organization__party"), pk=id)
    demand(may_decide_report(request.membership, report))
    place = Place(
        report.task, report.organization, _period_or_404(agreement, report.period, calendar(), office_today())
    )
    owed = _owed(place)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _show_report(request, place, owed, decision=form, status=422)
    if form.cleaned_data["action"] == "accept":
        done, words = report.accept(by=request.user, at=timezone.now()), _("Accepted: the other side sees it now.")
    else:
        with transaction.atomic():
            done = report.send_back(form.cleaned_data["reason"], by=request.user, at=timezone.now())
            if done:
                tell_unit(report, path=place.address)
        words = _("Returned to the unit.")
    if not done:
        return _show_report(
            request, place, owed, decision=form, status=409, problem=_("Somebody has decided on this report already.")
        )
    return _taken(request, place, words)


def _period_or_404(agreement, key, days, today):
    try:
        period = parse_period(agreement, key, days)
    except ValueError as nonsense:
        raise Http404 from nonsense
    if period.starts_on > today:
        raise Http404
    return period


def _place_or_404(agreement, number, period, organization):
    """The place of a report, and its row of `owed_reports`: none when no report is asked there (not begun, or over)."""
    if "\0" in number:
        raise Http404
    period = _period_or_404(agreement, period, calendar(), office_today())
    leads = TaskOwner.objects.owing_reports().select_related("task__agreement", "organization__party")
    unit = get_object_or_404(Organization.objects.of_agreement(agreement), pk=organization)
    lead = get_object_or_404(leads, task__agreement=agreement, task__number=number, organization=unit)
    place = Place(lead.task, lead.organization, period)
    return place, _owed(place)


def _owed(place):
    return owed_reports(place.task.agreement, place.period).filter(task=place.task, organization=place.organization)


def _show_report(request, place, owed, *, form=None, decision=None, status=200, problem=""):
    """The report's page, or the part of it that htmx asked for, as far as the reader may see it."""
    membership = request.membership
    versions = list(place.versions().visible_to(membership).select_related("author", "decided_by"))
    newest = versions[0] if versions else None
    mine = with_texts(rows_of(own_part(owed, membership)), place.period)
    rows = with_rights(mine, membership, office_today())
    row = rows[0] if rows else None
    if row is None and newest is None:
        raise Http404
    last = row["last"] if row else None
    writes = bool(row and row["may_write"]) and (newest is None or newest.state != Report.State.SUBMITTED)
    writing = request.GET.get("write") or not (newest and newest.state == Report.State.ACCEPTED)
    if form is None and writes and writing:
        form = ReportForm(place=place, newest=newest, last=last, user=request.user)
    context = {
        "place": place, "row": row, "form": form, "writes": writes, "decision": decision or DecisionForm(), "problem": problem,
        "newest": newest, "versions": versions, "last": last,
        "late": place.period.is_late_on(office_today()),
    }  # fmt: skip
    if _wants_row(request) and row:
        return render(request, "domains/_owed_row.html", context, status=status)
    part = request.htmx and not request.htmx.history_restore_request
    return render(request, "domains/_report.html" if part else "domains/report.html", context, status=status)


def _taken(request, place, words):
    """The answer to a change that was made."""
    if not request.htmx:
        messages.success(request, words)
        return redirect(place.address)
    answer = _show_report(request, place, _owed(place))
    trigger_client_event(answer, "task-changed", {})
    return trigger_client_event(answer, "toast", {"text": words, "level": "ok"})


def _wants_row(request) -> bool:
    """Whether a row of a list is to be answered in place: the reporting page's, or my work's."""
    return bool(request.htmx) and (request.htmx.target or "").startswith("owed-")
