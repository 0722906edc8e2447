"""What a meeting's agenda says, line by line, from what the tracker knows on a day.

Only what is joint enters: tasks, milestones, issues from level 1, decisions in force. Texts are in the language of the
agreement's papers, whoever presses the button.
"""

import datetime
from dataclasses import dataclass, field

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from agreement.models import Organization, Party
from agreement.workdays import Calendar
from domains.health import Light, Terms, explained
from domains.models import Issue, Milestone, Task, TaskOwner
from meetings.followup import followed_up, still_matter
from meetings.models import AgendaItem, Decision, Meeting

Section = AgendaItem.Section
MINUTES = {"overview": 10, "decision": 3, "late": 3, "issue": 8, "ahead": 5, "speech": 5, "next": 5}
AT_MOST = 15  # lines of a list within one item; the ledger has them all


@dataclass
class Line:
    """What an item of the agenda says, and what it comes from."""

    source: str  # "issue:12": composed once, found again
    section: int
    title: str
    text: str = ""
    presenter: Organization | None = None
    minutes: int = 5
    links: dict = field(default_factory=dict)  # task, issue, milestone, decision


def compose(meeting: Meeting, *, today: datetime.date, calendar: Calendar) -> list[Line]:
    """The lines of `meeting`'s agenda as the facts stand on `today`, in order; a fixed number of queries."""
    with translation.override(settings.LANGUAGE_CODE):
        terms = Terms.of(meeting.agreement, today, calendar)
        leads = _Leads(meeting)
        return [
            *_earlier_decisions(meeting, today, calendar),
            *_progress(meeting, terms, leads),
            *_issues(meeting),
            *_ahead(meeting, calendar, leads),
            *_closing(meeting, calendar),
        ]


# --- The scope of a meeting


def tasks_in_scope(meeting: Meeting):
    """The tasks a meeting looks at: a departments' meeting its domain's, the others the whole agreement's."""
    tasks = Task.objects.filter(agreement=meeting.agreement_id)
    mechanism = meeting.mechanism
    if mechanism.level == mechanism.Level.DEPARTMENTS and mechanism.domain_id:
        return tasks.filter(domain=mechanism.domain_id)
    return tasks


def issues_in_scope(meeting: Meeting):
    """The open issues raised to exactly this meeting's level, for a departments' meeting in its domain."""
    issues = Issue.objects.open().filter(agreement=meeting.agreement_id, level=meeting.mechanism.level)
    return issues.filter(task__in=tasks_in_scope(meeting))


def next_meeting_day(meeting: Meeting, calendar: Calendar) -> datetime.date:
    """When the meeting after `meeting` is: the planned one, or one interval later."""
    later = meeting.mechanism.meetings.open().filter(sequence__gt=meeting.sequence).order_by("sequence").first()
    return later.day if later else meeting.mechanism.date_after(meeting.day, meeting.day, calendar)


class _Leads:
    """The lead organizations of the tasks in scope; the host's side stands first in its meeting's papers."""

    def __init__(self, meeting):
        self.host_id = meeting.host_id
        self.of_task: dict[int, list[Organization]] = {}
        owners = TaskOwner.objects.leads().filter(task__in=tasks_in_scope(meeting)).select_related("organization")
        for owner in sorted(owners, key=lambda owner: (owner.party_id != self.host_id, owner.pk)):
            self.of_task.setdefault(owner.task_id, []).append(owner.organization)

    def first(self, task_id) -> Organization | None:
        return next(iter(self.of_task.get(task_id, [])), None)

    def names(self, task_id) -> str:
        return "、".join(organization.short_name for organization in self.of_task.get(task_id, [])) or "—"


# --- The sections


def _earlier_decisions(meeting, today, calendar):
    earlier = Decision.objects.in_force().filter(
        meeting__mechanism=meeting.mechanism_id, meeting__sequence__lt=meeting.sequence
    )
    last = Meeting.objects.held().filter(mechanism=meeting.mechanism_id, sequence__lt=meeting.sequence).first()
    rows = followed_up(
        earlier.select_related("meeting", "milestone", "task")
        .prefetch_related("leads__organization")
        .order_by("meeting__sequence", "number"),
        meeting.agreement,
        today,
        calendar,
    )
    for row in still_matter(rows, last.held_on if last else None):
        decision = row["decision"]
        leads = sorted(decision.leads.all(), key=lambda lead: lead.party_id != meeting.host_id)
        origin = _("Meeting %(meeting)s, decision %(number)s") % {
            "meeting": decision.meeting.sequence,
            "number": decision.number,
        }
        state = "；".join([row["word"], *row["reasons"]])
        yield Line(
            f"decision:{decision.pk}",
            Section.FOLLOW_UP,
            _short(decision.text),
            "\n".join(
                [f"{origin}：{decision.text}", _("State: %(state)s") % {"state": state}, _carried_by(leads)]
            ).strip(),
            leads[0].organization if leads else None,
            MINUTES["decision"],
            {"decision": decision, "task": decision.task, "milestone": decision.milestone},
        )


def _carried_by(leads) -> str:
    names = "、".join(lead.organization.short_name for lead in leads)
    return _("Carried out by: %(names)s") % {"names": names} if names else ""


def _progress(meeting, terms, leads):
    tasks = tasks_in_scope(meeting).with_health(terms).most_urgent_first()
    rows = explained(tasks.values(), terms)
    counts = {light: sum(row["light"] == light for row in rows) for light in Light}
    # "3 behind, 2 at risk": the words are the lights' own.
    words = "，".join(f"{light.label} {number}" for light, number in counts.items() if number)
    amber = [row for row in rows if row["light"] == Light.AMBER]
    text = [_("%(total)s tasks: %(counts)s.") % {"total": len(rows), "counts": words or "—"}]
    if amber:
        text.append(_("At risk:"))
        text.extend(_listed([f"{row['number']} {row['title']}：{_why(row)}" for row in amber]))
    yield Line(
        "progress:overview",
        Section.PROGRESS,
        _("Overall progress"),
        "\n".join(text),
        Organization.objects.filter(party=meeting.host_id, is_coordinating_office=True).first(),
        MINUTES["overview"],
    )
    for row in rows:
        if row["light"] == Light.RED:
            yield Line(
                f"late:{row['id']}",
                Section.PROGRESS,
                _short(_("Behind: %(number)s %(title)s") % {"number": row["number"], "title": row["title"]}),
                "\n".join([_why(row), _("Leads: %(names)s") % {"names": leads.names(row["id"])}]),
                leads.first(row["id"]),
                MINUTES["late"],
                {"task_id": row["id"]},
            )


def _why(row) -> str:
    return "；".join(row["reasons"]) or row["word"]


def _issues(meeting):
    issues = issues_in_scope(meeting).select_related("organization", "asked_of", "task")
    for issue in issues.order_by("level_since", "id"):
        asked = _("Asked: %(ask)s") % {"ask": issue.ask}
        if issue.asked_of:
            asked = _("Asked of %(organization)s: %(ask)s") % {
                "organization": issue.asked_of.short_name,
                "ask": issue.ask,
            }
        yield Line(
            f"issue:{issue.pk}",
            Section.ISSUES,
            _short(issue.title),
            "\n".join(filter(None, [f"{issue.task.number} {issue.task.title}", issue.facts, asked, issue.options])),
            issue.organization,
            MINUTES["issue"],
            {"issue": issue, "task": issue.task},
        )


def _ahead(meeting, calendar, leads):
    until = next_meeting_day(meeting, calendar)
    milestones = list(
        Milestone.objects.due_between(meeting.day, until)
        .filter(task__in=tasks_in_scope(meeting).open())
        .select_related("task", "organization")
        .order_by("due_on", "id")
    )
    if milestones:
        lines = [
            f"{milestone.due_on} {milestone.task.number} {milestone.title}"
            f"（{milestone.organization.short_name if milestone.organization else leads.names(milestone.task_id)}）"
            for milestone in milestones
        ]
        yield Line(
            "ahead",
            Section.AHEAD,
            _("%(number)s milestones before the next meeting") % {"number": len(milestones)},
            "\n".join(_listed(lines)),
            Organization.objects.filter(party=meeting.host_id, is_coordinating_office=True).first(),
            MINUTES["ahead"],
        )


def _closing(meeting, calendar):
    parties = sorted(
        Party.objects.filter(agreement=meeting.agreement_id),
        key=lambda party: (party.pk != meeting.host_id, party.position),
    )
    if meeting.mechanism.level > 1:
        for party in parties:
            yield Line(
                f"speech:{party.pk}",
                Section.CLOSING,
                _("Statement of %(party)s") % {"party": party.name},
                minutes=MINUTES["speech"],
            )
    day = next_meeting_day(meeting, calendar)
    text = _("Proposed: around %(date)s; host: %(host)s.") % {
        "date": day,
        "host": meeting.mechanism.host_after(meeting).name,
    }
    yield Line("next", Section.CLOSING, _("Next meeting: time and host"), text, minutes=MINUTES["next"])


def _short(text: str, length: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def _listed(lines: list[str]) -> list[str]:
    more = len(lines) - AT_MOST
    return [*lines[:AT_MOST], _("… and %(number)s more") % {"number": more}] if more > 0 else lines
