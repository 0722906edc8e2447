"""What a person, and what each organization of a side, owes on a day: milestones, reports, answers."""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q

from agreement.models import Membership, Organization
from agreement.models.bilingual import localized
from agreement.permissions import is_leader, is_secretary
from domains.forms.milestone import MoveForm
from domains.health import Light, Terms, explained
from domains.models import Issue, Milestone, Task, TaskOwner
from domains.reporting import (
    UNIT_TO_MOVE,
    Standing,
    asked_periods,
    owed_reports,
    own_part,
    rows_of,
    with_rights,
    with_texts,
)

RED_SHOWN = 10


@dataclass
class Todo:
    """One thing to do: its kind ("milestone", "report", "issue"), the day it is due, and the row it is about."""

    kind: str
    due_on: datetime.date
    row: object
    days: int = 0  # until it is due; below zero when it is late

    @property
    def days_late(self) -> int:
        return -self.days

    @property
    def slot(self) -> str:
        """The id of the element in which its action is answered."""
        return f"todo-{self.kind}-{getattr(self.row, 'pk', '')}"


def due_milestones(agreement, organizations, today):
    """Open milestones, overdue or due within the warning days, that these organizations carry, alone or as a lead."""
    horizon = today + datetime.timedelta(days=agreement.warning_days)
    leads = TaskOwner.objects.leads().filter(task=OuterRef("task"), organization__in=organizations)
    return (
        Milestone.objects.open()
        .filter(task__agreement=agreement, task__ended_on=None, task__cancelled_on=None, due_on__lte=horizon)
        .filter(Q(organization__in=organizations) | Q(organization=None) & Exists(leads))
        .select_related("task__domain", "organization")
        .order_by("due_on", "pk")
    )


def answers_wanted(membership, organizations):
    """Open issues between the two leads that wait for one of these organizations."""
    leads = TaskOwner.objects.leads().filter(task=OuterRef("task"), organization__in=organizations)
    asked = Q(asked_of__in=organizations) | Q(asked_of=None) & Exists(leads) & ~Q(organization__in=organizations)
    return (
        Issue.objects.open()
        .filter(asked, agreement=membership.agreement, level=Issue.Level.LEADS)
        .visible_to(membership)
        .select_related("task__domain", "organization")
        .order_by("raised_on", "pk")
    )


def work_of(membership, today, calendar) -> dict:
    """Everything a member owes or waits for in one agreement; what they may not see is not asked for."""
    work: dict = {"membership": membership, "agreement": membership.agreement, "todo": [], "today": today}
    if is_leader(membership):
        return work | _leaders(membership, today, calendar)
    own = Organization.objects.acting_for(membership.organization_id)
    own_ids = set(own.values_list("pk", flat=True))
    work["todo"] = [Todo("milestone", row.due_on, row) for row in due_milestones(membership.agreement, own_ids, today)]
    for todo in work["todo"]:
        todo.row.form = MoveForm(instance=todo.row, today=today)
    days = membership.agreement.issue_days
    for issue in answers_wanted(membership, own_ids):
        work["todo"].append(Todo("issue", calendar.add_workdays(issue.level_since, days), issue))
    decide, missing = [], []
    for period in asked_periods(membership.agreement, today, calendar):
        owed = own_part(owed_reports(membership.agreement, period), membership)
        rows = with_rights(with_texts(rows_of(owed.exclude(standing=Standing.ACCEPTED)), period), membership, today)
        mine = [row for row in rows if row["organization_id"] in own_ids and row["standing"] in UNIT_TO_MOVE]
        work["todo"] += [Todo("report", period.due_on, row) for row in mine]
        decide += [row for row in rows if row["may_decide"]]
        missing.append((period, sum(row["standing"] in UNIT_TO_MOVE for row in rows)))
    for todo in work["todo"]:
        todo.days = (todo.due_on - today).days
    work["todo"].sort(key=lambda todo: todo.due_on)
    work["late"] = sum(todo.days < 0 for todo in work["todo"])
    if is_secretary(membership):
        work |= {"decide": decide, "missing": [(period, number) for period, number in missing if number]}
    return work


def _leaders(membership, today, calendar) -> dict:
    """What a leader looks at: issues to settle, and what is behind on the own side."""
    agreement, party = membership.agreement, membership.party
    issues = Issue.objects.open().filter(agreement=agreement, level__gte=Issue.Level.LEADING_GROUP)
    terms = Terms.of(agreement, today, calendar)
    led = TaskOwner.objects.leads().filter(task=OuterRef("pk"), party=party)
    red = Task.objects.filter(Exists(led), agreement=agreement).with_health(terms).of_light(Light.RED)
    rows = explained(
        red.most_urgent_first().annotate(domain_number=F("domain__number"), shown_title=localized("title")).values(),
        terms,
    )
    names = {row["id"]: None for row in rows}
    names |= {
        lead.task_id: lead.organization
        for lead in TaskOwner.objects.leads().filter(task__in=names, party=party).select_related("organization")
    }
    return {
        "issues": issues.select_related("task__domain", "organization").order_by("-level", "level_since", "pk"),
        "red": [row | {"lead": names[row["id"]]} for row in rows[:RED_SHOWN]],
        "red_total": len(rows),
        "party": party,
    }


def debts_of_side(membership, today, calendar) -> list[dict]:
    """The organizations of the reader's side that owe something, in their order, each with whom to call.

    Rows: `organization`, `contact` (liaison first), `milestones` past due, `reports` not handed in, each with its
    period; a period still open is owed but not late.
    """
    agreement, party = membership.agreement, membership.party
    milestones, reports = _late_milestones(agreement, party, today), defaultdict(list)
    for period in asked_periods(agreement, today, calendar):
        rows = with_texts(
            rows_of(owed_reports(agreement, period).filter(party=party, standing__in=UNIT_TO_MOVE)), period
        )
        for row in rows:
            reports[row["organization_id"]].append(
                row | {"standing_words": Standing(row["standing"]).label, "late": today > period.due_on}
            )
    contacts: dict = {}
    for post in (
        Membership.objects.current().filter(organization__party=party).in_contact_order().select_related("user")
    ):
        contacts.setdefault(post.organization_id, post)
    return [
        {
            "organization": organization,
            "contact": contacts.get(organization.pk),
            "milestones": milestones[organization.pk],
            "reports": reports[organization.pk],
        }
        for organization in party.organizations.annotate(size=Count("members")).order_by("position", "pk")
        if milestones[organization.pk] or reports[organization.pk]
    ]


def _late_milestones(agreement, party, today):
    """By organization, the own side's milestones past due; what both sides carry together is the own lead's."""
    found = defaultdict(list)
    late = (
        Milestone.objects.overdue(today)
        .filter(task__agreement=agreement, task__ended_on=None, task__cancelled_on=None)
        .filter(Q(organization__party=party) | Q(organization=None))
        .select_related("task")
        .order_by("due_on", "pk")
    )
    leads = dict(
        TaskOwner.objects.leads().filter(task__agreement=agreement, party=party).values_list("task", "organization")
    )
    for milestone in late:
        milestone.days_late = (today - milestone.due_on).days
        found[milestone.organization_id or leads.get(milestone.task_id)].append(milestone)
    return found
