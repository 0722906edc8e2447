"""Every address of an agreement: who may read and act there, and one of each thing an address may be about."""

from dataclasses import dataclass, field

from django.urls import reverse

from domains.models import Issue, Report
from meetings.models import AgendaItem, Decision, Meeting
from tests.cast import TODAY, make_mechanism, make_milestone, make_task

EAST, WEST = {"staff", "town", "secretary", "leader"}, {"west staff", "west town", "west secretary", "west leader"}
ALL = EAST | WEST
SECRETARIES = {"secretary", "west secretary"}
LEADERS = {"leader", "west leader"}
OWNERS = {"staff", "secretary", "west staff", "west secretary"}  # of the task: its owners' staff, their secretaries
OWN = {"staff", "secretary"}  # of what is east's transport bureau's
NOBODY: set[str] = set()


@dataclass
class Row:
    """Who may read (GET) and act (POST) at an address; `needs` are its arguments, by name of the thing they are of."""

    get: set[str] = field(default_factory=set)
    post: set[str] = field(default_factory=set)
    needs: dict[str, str] = field(default_factory=dict)
    hidden_from: set[str] = field(default_factory=set)  # for whom the object does not exist


TASK, MEETING, ITEM, DECISION = (
    {"number": "task"},
    {"pk": "meeting"},
    {"pk": "meeting", "item": "item"},
    {"pk": "held", "decision": "decision"},
)
ISSUE_IS_HIDDEN = {"town", "west town", "west secretary", "west leader"}  # level 0: its side's, and the two leads'

TABLE = {
    "dashboard": Row(ALL),
    "dashboard-panel": Row(ALL, needs={"name": "panel"}),
    "agreement-text": Row(ALL),
    "organization": Row(ALL, needs={"id": "organization"}),
    "domain-board": Row(ALL, needs={"number": "domain"}),
    "task": Row(ALL, needs=TASK),
    "task-start": Row(NOBODY, OWNERS, TASK),
    "task-edit": Row(SECRETARIES, SECRETARIES, TASK),
    "task-owners": Row(SECRETARIES, SECRETARIES, TASK),
    "progress-new": Row(NOBODY, OWNERS, {"number": "counted"}),
    "milestone-new": Row(SECRETARIES, SECRETARIES, TASK),
    "milestone": Row(ALL, OWN, {"id": "milestone"}),  # who may not move it is led to its task
    "milestone-edit": Row(SECRETARIES, SECRETARIES, {"id": "milestone"}),
    "issue-list": Row(ALL),
    "issue": Row(ALL - ISSUE_IS_HIDDEN, NOBODY, {"id": "issue"}, ISSUE_IS_HIDDEN),
    "issue-new": Row(OWNERS, OWNERS, TASK),
    "issue-escalate": Row(NOBODY, OWN, {"id": "issue"}, ISSUE_IS_HIDDEN),
    "issue-send-down": Row(NOBODY, NOBODY, {"id": "issue"}, ISSUE_IS_HIDDEN),  # nothing lies below level 0
    "issue-close": Row(NOBODY, OWN, {"id": "issue"}, ISSUE_IS_HIDDEN),
    "ledger": Row(ALL),
    "office": Row(SECRETARIES | LEADERS),
    "reporting-current": Row(ALL),
    "reporting": Row(ALL, needs={"period": "period"}),
    "report": Row(OWN | {"leader"}, OWN, {"number": "task", "period": "period", "organization": "organization"}),
    "report-decide": Row(NOBODY, {"secretary"}, {"id": "report"}, WEST | {"town"}),
    "meeting-list": Row(ALL),
    "mechanism": Row(ALL, needs={"pk": "mechanism"}),
    "mechanism-edit": Row(SECRETARIES, SECRETARIES, {"pk": "mechanism"}),
    "meeting-new": Row(NOBODY, SECRETARIES, {"pk": "mechanism"}),
    "meeting": Row(ALL, needs=MEETING),
    "meeting-edit": Row(SECRETARIES, SECRETARIES, MEETING),
    "meeting-cancel": Row(SECRETARIES, SECRETARIES, MEETING),
    "meeting-hold": Row(SECRETARIES, SECRETARIES, MEETING),
    "consent": Row(NOBODY, SECRETARIES, MEETING | {"stage": "stage"}),
    "agenda": Row(ALL, needs=MEETING),
    "agenda-generate": Row(NOBODY, SECRETARIES, MEETING),
    "agenda-item-new": Row(SECRETARIES, SECRETARIES, MEETING),
    "agenda-item": Row(SECRETARIES, SECRETARIES, ITEM),
    "agenda-item-move": Row(NOBODY, SECRETARIES, ITEM),
    "agenda-item-remove": Row(NOBODY, SECRETARIES, ITEM),
    "agenda-item-restore": Row(NOBODY, SECRETARIES, ITEM),
    "decision-new": Row(SECRETARIES, SECRETARIES, {"pk": "held"}),
    "decision": Row(SECRETARIES, SECRETARIES, DECISION),
    "decision-drop": Row(NOBODY, SECRETARIES, DECISION),
    "decision-conclude": Row(SECRETARIES, SECRETARIES, DECISION),
}


def make_things(cast):
    """One of each thing an address may be about; what can be one side's own is east's."""
    east, agreement = cast.east, cast.agreement
    task, mechanism = make_task(cast), make_mechanism(cast)
    make_task(cast, "2.4", progress_kind="count")
    issue = Issue.objects.create(agreement=agreement, task=task, organization=east.transport, raised_by=east.staff, raised_on=TODAY,
        title="x", facts="x", ask="x", level_since=TODAY)  # fmt: skip
    report = Report.objects.create(
        task=task, organization=east.transport, period="2026-11", state="submitted", author=east.staff
    )
    planned, held = (
        Meeting.objects.create(agreement=agreement, mechanism=mechanism, sequence=number, starts_at=f"2026-12-0{number}T14:30+08:00",
            host=east.party, **facts)
        for number, facts in ((1, {}), (2, {"held_on": TODAY, "state": "held"}))
    )  # fmt: skip
    item = AgendaItem.objects.create(meeting=planned, title="x")
    decision = Decision.objects.create(agreement=agreement, meeting=held, number=1, text="x")
    return {
        "task": task.number, "counted": "2.4", "milestone": make_milestone(task, east.transport).pk, "domain": cast.domain.number,
        "organization": east.transport.pk, "issue": issue.pk, "report": report.pk, "period": "2026-11", "mechanism": mechanism.pk,
        "meeting": planned.pk, "held": held.pk, "item": item.pk, "decision": decision.pk, "stage": "agenda", "panel": "late",
    }  # fmt: skip


def address_of(url_name, things, agreement):
    """The address of a row of the table, filled with `things`."""
    needs = TABLE[url_name].needs
    return reverse(
        url_name, kwargs={"agreement": agreement.slug} | {key: things[thing] for key, thing in needs.items()}
    )
