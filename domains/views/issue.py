"""Issues: the list by level, one with its ladder, and the steps people take."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreement.models import Activity
from agreement.models.activity import key_of
from agreement.permissions import demand, members_only
from agreement.workdays import calendar, office_today
from domains.forms.issue import CloseForm, IssueFilter, IssueForm, SendDownForm, StepForm
from domains.history import in_words
from domains.models import Issue
from domains.permissions import (
    acts_on_behalf,
    may_escalate,
    may_handle_issue,
    may_send_down,
    may_update,
    outcomes_open_to,
    owned_parts,
    part_in,
)
from domains.telling import tell_other_office
from domains.views.answers import changed, get_task

PER_PAGE = 50


@members_only()
@require_GET
def issue_list(request, agreement):
    """The issues this person may see, by level, the highest first."""
    asked = IssueFilter(request.GET, agreement=agreement)
    issues = asked.narrow(Issue.objects.filter(agreement=agreement).visible_to(request.membership))
    issues = issues.select_related("task__domain", "organization__party", "asked_of__party", "agreement")
    page = Paginator(issues.order_by("-level", "raised_on", "id"), PER_PAGE).get_page(request.GET.get("page"))
    today, days = office_today(), calendar()
    for issue in page.object_list:
        _wait(issue, agreement, today, days)
    template = "domains/_issue_list.html" if request.htmx.target == "issues" else "domains/issues.html"
    return render(request, template, {"form": asked, "page": page, "ladder": Issue.Level.choices})


@members_only()
@require_GET
def issue(request, agreement, id):
    return _show(request, get_issue(request, agreement, id))


@members_only()
@require_http_methods(["GET", "POST"])
def issue_new(request, agreement, number):
    task = get_task(agreement, number)
    membership = request.membership
    demand(may_update(membership, task))
    on_behalf = acts_on_behalf(membership)
    parts = owned_parts(membership, task) if on_behalf else {part_in(membership, task)}
    form = IssueForm(
        request.POST or None,
        task=task,
        parts=parts,
        user=request.user,
        initial={"organization": part_in(membership, task)},
    )
    if request.method == "POST" and form.is_valid():
        form.put(by=request.user, on=office_today(), on_behalf=on_behalf)
        return changed(request, task, _("The issue has been raised."), anchor="#issues", place=request.GET.get("place"))
    template = "domains/_issue_form.html" if request.htmx.target == "issue-new" else "domains/issue_form.html"
    context = {"task": task, "form": form, "place": request.GET.get("place", "")}
    return render(request, template, context, status=422 if form.errors else 200)


@members_only()
@require_POST
def issue_escalate(request, agreement, id):
    found = get_issue(request, agreement, id)
    form = StepForm(request.POST)
    return _step(request, found, form, "escalate", may_escalate, _("The issue now stands one level higher."))


@members_only()
@require_POST
def issue_send_down(request, agreement, id):
    found = get_issue(request, agreement, id)
    form = SendDownForm(request.POST)
    return _step(
        request, found, form, "send_down", may_send_down, _("The issue has been given back to the level below.")
    )


@members_only()
@require_POST
def issue_close(request, agreement, id):
    found = get_issue(request, agreement, id)
    outcomes = outcomes_open_to(request.membership, found)
    form = CloseForm(request.POST, outcomes=outcomes)
    return _step(request, found, form, "close", outcomes_open_to, _("The issue has been closed."))


def get_issue(request, agreement, id) -> Issue:
    """The issue, if this person may see it; Http404 otherwise."""
    issues = Issue.objects.visible_to(request.membership).filter(agreement=agreement)
    related = ("agreement", "task__agreement", "task__domain", "organization__party", "asked_of__party", "raised_by")
    return get_object_or_404(issues.select_related(*related), pk=id)


def _step(request, issue, form, verb, allowed, said):
    """Takes the step unless somebody was quicker; then shows what the issue has become, with the words kept."""
    demand(may_handle_issue(request.membership, issue))
    valid = form.is_valid()
    late = not issue.is_open or (form.cleaned_data.get("version") not in (None, issue.version))
    if not late:
        demand(bool(allowed(request.membership, issue)))
        if not valid:
            return _show(request, issue, forms={verb: form}, status=422)
        facts = dict(form.cleaned_data)
        outcome = [facts.pop("outcome")] if "outcome" in facts else []
        with transaction.atomic():
            late = not getattr(issue, verb)(*outcome, by=request.user, on=office_today(), **facts)
            if not late and issue.peak_level:
                tell_other_office(issue, request.membership, path=issue.get_absolute_url())
    if late:
        fresh = get_issue(request, issue.agreement, issue.pk)
        form.data = form.data.copy()
        form.data["version"] = str(fresh.version)
        return _show(request, fresh, forms={verb: form}, status=409, late=True)
    if request.htmx:
        return _show(request, issue, done=said)
    messages.success(request, said)
    return redirect(issue)


def _show(request, issue, *, forms=None, status=200, late=False, done=""):
    membership, forms = request.membership, forms or {}
    today, days = office_today(), calendar()
    _wait(issue, issue.agreement, today, days)
    seen = {"version": issue.version}
    outcomes = outcomes_open_to(membership, issue)
    history = Activity.objects.about(key_of(issue)).visible_to(membership).select_related("by")
    context = {
        "issue": issue,
        "ladder": [{"level": value, "label": label} for value, label in Issue.Level.choices],
        "history": in_words(history),
        "escalate": may_escalate(membership, issue),
        "send_down": forms.get("send_down") or SendDownForm(initial=seen) if may_send_down(membership, issue) else None,
        "close": forms.get("close") or CloseForm(initial=seen, outcomes=outcomes) if outcomes else None,
        "typed": _typed(forms) if late else "",
        "late": late,
        "done": done,
    }
    template = "domains/_issue.html" if request.htmx.target == "issue-body" else "domains/issue.html"
    return render(request, template, context, status=status)


def _typed(forms) -> str:
    """The words of a step that came too late, so that they are not lost where its form is no longer offered."""
    return next(iter(forms.values())).data.get("words", "")


def _wait(issue, agreement, today, days):
    """Adds the working days at its level, and whether the next level is offered."""
    issue.waited = max(0, days.workdays_between(issue.level_since, today)) if issue.is_open else None
    issue.offered = (
        issue.waited is not None and issue.waited >= agreement.issue_days and issue.level < Issue.Level.LEADERS
    )
