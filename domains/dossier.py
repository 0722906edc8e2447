"""All that the page of a task shows, prepared for one reader."""

from collections import defaultdict

from django.core.paginator import Paginator

from agreement.models import Membership, Role
from agreement.workdays import calendar, office_today
from domains.cards import cards
from domains.forms.milestone import MoveForm
from domains.forms.progress import ProgressForm, StartForm
from domains.health import Light, Terms
from domains.history import in_words, task_history
from domains.models import Issue, Report, Task
from domains.permissions import may_edit_tasks, may_update, movable_milestones

ROWS_OF_HISTORY = 10
RECORDS_SHOWN = 20


def dossier(task, membership, *, page=None, bound=None, done="") -> dict:
    """The context of the task's templates: its card, sides, milestones, reports, issues, history, and what may be done.

    `bound` is a form with errors (with `.place`, the part of the page it belongs to), `done` what was just confirmed.
    """
    today, days = office_today(), calendar()
    agreement, parties = task.agreement, list(task.agreement.parties.all())
    terms = Terms.of(agreement, today, days)
    rows = Task.objects.filter(pk=task.pk)
    card = cards(rows, parties=parties, membership=membership, terms=terms, calendar=days)[0]
    may = may_update(membership, task)
    counted = task.progress_kind in (Task.ProgressKind.COUNT, Task.ProgressKind.CADENCE)
    forms = {
        "start": StartForm(today=today) if may and task.started_on is None else None,
        "progress": ProgressForm(task=task, today=today) if may and counted else None,
    } | ({bound.place: bound} if bound is not None else {})
    return {
        "task": task,
        "card": card,
        "sides": _sides(task, parties, membership),
        "milestones": _milestones(task, membership, terms, days, forms),
        "records": list(task.progress_records.select_related("organization", "by")[:RECORDS_SHOWN]),
        "periods": _periods(task, parties, membership),
        "issues": _issues(task, membership, today, days),
        "history": history_page(task, membership, page),
        "start_form": forms["start"],
        "progress_form": forms["progress"],
        "wrong": bound.place if bound is not None else "",
        "may_raise": may,
        "may_edit": may_edit_tasks(membership),
        "on_behalf": may and membership.role == Role.SECRETARY,
        "done": done,
        "today": today,
    }


def history_page(task, membership, number) -> dict:
    """One page of who changed what when."""
    page = Paginator(task_history(task, membership), ROWS_OF_HISTORY).get_page(number)
    return {"page": page, "rows": in_words(page.object_list)}


def _sides(task, parties, membership):
    """Each side's owners, the lead first, with their leader and liaison as of today."""
    owners = list(task.owners.all())
    people = defaultdict(list)
    posts = Membership.objects.current().filter(organization__in=[owner.organization_id for owner in owners])
    for post in posts.exclude(role=Role.ADMINISTRATOR).select_related("user").in_contact_order():
        people[post.organization_id].append(post)
    sides = []
    for party in parties:
        named = sorted(
            (o for o in owners if o.party_id == party.pk), key=lambda o: (o.role != "lead", o.position, o.pk)
        )
        for owner in named:
            posts = people[owner.organization_id]
            owner.leader = next((post for post in sorted(posts, key=lambda p: (p.rank, p.pk)) if post.title), None)
            owner.liaison = next((post for post in posts if post.is_liaison), None)
        sides.append(
            {
                "party": party,
                "ours": party.pk == membership.party_id,
                "owners": named,
                "lead": next((owner for owner in named if owner.role == "lead"), None),
                "gap": task.cooperation != Task.Cooperation.ONE_SIDE,
            }
        )
    return sides


def _milestones(task, membership, terms, days, forms):
    movable = movable_milestones(membership, task)
    rows = []
    for each in task.milestones.all():
        light = milestone_light(each, terms)
        place = f"milestone-{each.pk}"
        form = forms.get(place)
        if form is None and each.pk in movable:
            form = MoveForm(instance=each, today=terms.today)
        rows.append(
            {
                "row": each,
                "light": light,
                "moved": bool(each.baseline_due_on and each.due_on != each.baseline_due_on),
                "late": (terms.today - each.due_on).days if light == Light.RED else 0,
                "form": form,
                "place": place,
            }
        )
    return rows


def milestone_light(milestone, terms) -> Light:
    """How a milestone stands by its own date: done, past due, due within the warning days, under way, not begun."""
    if milestone.done_on:
        return Light.ENDED
    if milestone.due_on and milestone.due_on < terms.today:
        return Light.RED
    if milestone.due_on and (milestone.due_on - terms.today).days <= terms.warning_days:
        return Light.AMBER
    return Light.GREEN if milestone.percent else Light.GREY


def _periods(task, parties, membership):
    """The reports this person may see, by period and side, newest first; of each organization the latest it sent."""
    periods: dict[str, dict] = {}
    reports = Report.objects.visible_to(membership).filter(task=task).newest_first()
    for report in reports.select_related("organization", "author")[:60]:
        sides = periods.setdefault(report.period, {party.pk: {} for party in parties})
        sides[report.organization.party_id].setdefault(report.organization_id, report)
    return [
        {"period": period, "sides": [{"party": p, "reports": list(sides[p.pk].values())} for p in parties]}
        for period, sides in periods.items()
    ]


def _issues(task, membership, today, days):
    issues = (
        Issue.objects.visible_to(membership).filter(task=task).select_related("agreement", "organization", "asked_of")
    )
    rows = list(issues.order_by("closed_on", "-level", "raised_on"))
    for issue in rows:
        issue.waited = max(0, days.workdays_between(issue.level_since, today)) if issue.is_open else None
    return sorted(rows, key=lambda issue: not issue.is_open)
