"""What other pages show of floor 2: each function takes an agreement, task or person and gives rows, in few queries."""

import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agreement.workdays import OFFICE_TIME, calendar
from domains.days import last_month_ended
from domains.health import Light
from domains.models import Issue
from meetings.followup import followed_up, still_matter
from meetings.models import AgendaItem, Consent, Decision, Mechanism, MechanismMember, Meeting

RECENT = datetime.timedelta(days=90)


def start_of(day: datetime.date) -> datetime.datetime:
    """The first moment of `day` where the offices are: a meeting of this morning is still today's."""
    return datetime.datetime.combine(day, datetime.time.min, OFFICE_TIME)


def cadence_light(mechanism, today: datetime.date) -> dict:
    """{light, word, reasons} of a mechanism with calendar: is it held within its interval?

    Reckoned as the light of a cadence task is (domains/health.py): months are counted whole.
    """
    last = max(filter(None, [mechanism.held_meeting_on, mechanism.noted_on]), default=None)
    begun = last or (mechanism.task.started_on if mechanism.task else None)
    if begun is None:
        return {"light": Light.GREY, "word": _("not held yet"), "reasons": []}
    runs_out = begun.year * 12 + begun.month + mechanism.interval_months
    year, month = divmod(runs_out - 1, 12)
    when = {"month": f"{year}-{month + 1:02}", "last": last or _("never")}
    warning = datetime.timedelta(days=mechanism.agreement.warning_days)
    if runs_out <= last_month_ended(today - datetime.timedelta(days=1)):
        words = _("Its interval ran out at the end of %(month)s; last held: %(last)s") % when
        return {"light": Light.RED, "word": pgettext("light", "behind"), "reasons": [words]}
    words = _("To be held by the end of %(month)s; last held: %(last)s") % when
    if runs_out <= last_month_ended(today + warning):
        return {"light": Light.AMBER, "word": pgettext("light", "due soon"), "reasons": [words]}
    return {"light": Light.GREEN, "word": _("on schedule"), "reasons": [words]}


def mechanisms_with_next(agreement, today: datetime.date) -> list[dict]:
    """Every mechanism of `agreement`, the leaders' first: {mechanism, last_on, sides, and its cadence's light}."""
    seats = Prefetch(
        "members",
        MechanismMember.objects.select_related("organization__party").order_by("organization__party__position", "id"),
    )
    mechanisms = (
        Mechanism.objects.filter(agreement=agreement)
        .with_calendar(today)
        .select_related("agreement", "domain", "task", "first_host")
        .prefetch_related(seats)
        .order_by("-level", "domain__number", "number")
    )
    rows = []
    for mechanism in mechanisms:
        sides: dict = {}
        for member in mechanism.members.all():
            sides.setdefault(member.organization.party, []).append(member)
        last = max(filter(None, [mechanism.held_meeting_on, mechanism.noted_on]), default=None)
        rows.append({"mechanism": mechanism, "last_on": last, "sides": sides, **cadence_light(mechanism, today)})
    return rows


def recent_decisions(agreement, today: datetime.date) -> list[dict]:
    """Decisions in force that are still open, or ended in the last 90 days; the late first, then the newest."""
    decisions = (
        Decision.objects.in_force()
        .filter(agreement=agreement)
        .select_related("meeting__mechanism", "milestone__task", "task", "agreement")
        .prefetch_related("leads__organization")
        .order_by("-in_force_on", "-meeting", "number")
    )
    rows = still_matter(followed_up(decisions, agreement, today, calendar()), today - RECENT)
    order = {Light.RED: 0, Light.AMBER: 1, Light.GREEN: 2, Light.GREY: 2}
    return sorted(rows, key=lambda row: order.get(row["light"], 3))


def decisions_wanted(agreement, today: datetime.date) -> list[dict]:
    """What leaders must decide: issues at the leading group's or the leaders' level: {issue, items}, the oldest first.

    `items` are those of agendas still to be held, each with its meeting: where it will be decided.
    """
    on_agendas = AgendaItem.objects.standing().filter(
        meeting__held_on=None, meeting__cancelled_on=None, meeting__starts_at__gte=start_of(today)
    )
    issues = (
        Issue.objects.open()
        .filter(agreement=agreement, level__gte=Issue.Level.LEADING_GROUP)
        .select_related("task", "organization", "asked_of", "agreement")
        .prefetch_related(
            Prefetch("agenda_items", on_agendas.select_related("meeting__mechanism", "meeting__agreement"))
        )
        .order_by("-level", "level_since", "id")
    )
    return [{"issue": issue, "items": list(issue.agenda_items.all())} for issue in issues]


def consents_asked(agreement, membership):
    """What the other side has agreed to and waits for: its consents to which the reader's side has not given its own."""
    given = Consent.objects.filter(meeting__agreement=agreement, meeting__cancelled_on=None)
    ours = given.filter(meeting=OuterRef("meeting"), stage=OuterRef("stage"), party=membership.party_id)
    waiting = given.exclude(party=membership.party_id).exclude(Exists(ours))
    return waiting.select_related("meeting__mechanism", "meeting__agreement", "party").order_by(
        "meeting__starts_at", "pk"
    )


def task_meetings(task) -> dict:
    """Agenda items and decisions that touched `task`: {items, decisions}, the newest meeting first."""
    items = AgendaItem.objects.standing().filter(Q(task=task) | Q(issue__task=task) | Q(milestone__task=task))
    return {"items": _items(items), "decisions": _decisions(Decision.objects.of_task(task))}


def issue_meetings(issue) -> dict:
    """Agenda items about `issue` and the decisions taken on them: {items, decisions}."""
    return {
        "items": _items(AgendaItem.objects.standing().filter(issue=issue)),
        "decisions": _decisions(Decision.objects.filter(item__issue=issue)),
    }


def _items(items):
    return (
        items.select_related("meeting__mechanism", "meeting__agreement")
        .order_by("-meeting__starts_at", "id")
        .distinct()
    )


def _decisions(decisions):
    return decisions.select_related("meeting__mechanism", "agreement").order_by("-meeting__starts_at", "number")


def my_meetings(membership, today: datetime.date):
    """Meetings to come of the mechanisms in which this person's organization (or its group) has a seat."""
    organization = membership.organization_id
    seats = MechanismMember.objects.filter(Q(organization=organization) | Q(organization__members=organization))
    return (
        Meeting.objects.to_come(start_of(today))
        .filter(agreement=membership.agreement_id, mechanism__in=seats.values("mechanism"))
        .select_related("mechanism", "host", "agreement")
    )
