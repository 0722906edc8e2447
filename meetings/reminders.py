"""Reminders of meetings to come, so many working days before, to the people of the mechanism's member organizations."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from agreement.models import Membership, Organization
from agreement.models.activity import key_of
from agreement.notices.occasion import Occasion
from agreement.workdays import OFFICE_TIME, Calendar, calendar, office_today
from meetings.models import MechanismMember, Meeting

SERIES = "meeting"
REMIND_AT = time(9, 0)
LONGEST = 60  # working days; what was entered beyond is a slip of the pen


def stages(starts_at: datetime, days: Iterable[int], office_days: Calendar) -> list[tuple[int, datetime, datetime]]:
    """The reminders of a meeting: (n, from, until) for each n of `days`, earliest first.

    Each begins at nine on the n-th working day before, and gives way to the next; the last one lasts until the meeting.
    """
    entered = days if isinstance(days, list | set | tuple) else []  # JSON from a form may be anything
    counts = sorted({n for n in entered if isinstance(n, int) and 0 < n <= LONGEST}, reverse=True)
    on = starts_at.astimezone(OFFICE_TIME).date()
    begins = [datetime.combine(office_days.workdays_before(on, n), REMIND_AT, OFFICE_TIME) for n in counts]
    return list(zip(counts, begins, [*begins, starts_at][1:], strict=True))


def occasions(now: datetime) -> Iterator[Occasion]:
    """What is to be reminded of at `now`, in a fixed number of queries."""
    office_days = calendar()
    due = []
    for meeting in Meeting.objects.to_come(now).select_related("agreement", "mechanism", "host"):
        found = stages(meeting.starts_at, meeting.agreement.reminder_days, office_days)
        open_now = [stage for stage in found if stage[1] <= now < stage[2]]
        if open_now:
            due.append((meeting, open_now[-1]))
    people = people_of({meeting.mechanism_id for meeting, _ in due})
    tomorrow = office_today(now) + timedelta(days=1)
    for meeting, (n, fire_at, valid_until) in due:
        yield Occasion(
            agreement_id=meeting.agreement_id,
            subject=key_of(meeting),
            series=SERIES,
            occasion=f"T-{n}d:{_on(meeting)}",
            fire_at=fire_at,
            valid_until=valid_until,
            recipients=frozenset(people[meeting.mechanism_id]),
            payload=_facts(meeting),
            urgent=_on(meeting) <= tomorrow,
        )


def still_wanted(deliveries, now: datetime) -> dict[int, dict]:
    """{delivery id: the meeting's facts now} of those whose meeting is still to come on that day and whom it concerns."""
    asked = {delivery.notice.subject.rpartition(":")[2] for delivery in deliveries}
    meetings = Meeting.objects.to_come(now).filter(pk__in=asked).select_related("agreement", "mechanism", "host")
    by_subject = {key_of(meeting): meeting for meeting in meetings}
    people = people_of({meeting.mechanism_id for meeting in by_subject.values()})
    wanted = {}
    for delivery in deliveries:
        meeting = by_subject.get(delivery.notice.subject)
        if (
            meeting
            and delivery.notice.occasion.endswith(f":{_on(meeting)}")
            and delivery.recipient_id in people[meeting.mechanism_id]
        ):
            wanted[delivery.pk] = _facts(meeting)
    return wanted


def people_of(mechanism_ids) -> dict[int, set[int]]:
    """{mechanism: ids of the people who now hold a post in its member organizations; a group's are its members'}."""
    seats = list(MechanismMember.objects.filter(mechanism__in=mechanism_ids).values_list("mechanism", "organization"))
    seated = {organization for _, organization in seats}
    groups = Organization.members.through.objects.filter(from_organization__in=seated)
    members = defaultdict(set)
    for group, member in groups.values_list("from_organization", "to_organization"):
        members[group].add(member)
    staff = defaultdict(set)
    posts = Membership.objects.current().filter(organization__in=seated.union(*members.values()))
    for organization, user in posts.values_list("organization", "user"):
        staff[organization].add(user)
    people: dict[int, set[int]] = defaultdict(set)
    for mechanism, organization in seats:
        for place in {organization} | members[organization]:
            people[mechanism] |= staff[place]
    return people


def _on(meeting) -> date:
    return meeting.starts_at.astimezone(OFFICE_TIME).date()


def _facts(meeting) -> dict:
    return {
        "on": _on(meeting).isoformat(),
        "starts_at": meeting.starts_at.astimezone(OFFICE_TIME).isoformat(),
        "mechanism": meeting.mechanism.name,
        "mechanism_en": meeting.mechanism.name_en,
        "number": meeting.sequence,
        "place": meeting.place,
        "host": meeting.host.name,
        "host_en": meeting.host.name_en,
        "chair": meeting.chair,
        "path": meeting.get_absolute_url(),
    }
