"""The frame of the story: its days, its cast, and what happened when, written in the order in which it happened."""

from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path

import yaml

from agreement.models import Activity, Organization, User
from agreement.models.activity import drafted, recorded_at
from agreement.workdays import OFFICE_TIME
from domains.models import Task, TaskOwner

CONTENTS = Path(__file__).parents[2] / "fixtures" / "demo"
MEETING_DAY = 12  # of the month


def contents(name: str):
    """What fixtures/demo/<name>.yaml holds."""
    return yaml.safe_load((CONTENTS / f"{name}.yaml").read_text(encoding="utf-8"))


class Story:
    """What happened in an agreement until `today`; days are counted from there."""

    def __init__(self, agreement, today: date, calendar):
        self.agreement, self.today, self.calendar = agreement, today, calendar
        self.parties = {party.slug: party for party in agreement.parties.all()}
        self.people: dict[tuple[str, str], User] = {}  # who acts for an organization
        self.secretaries: dict[str, User] = {}
        self._deeds: list = []
        self._clock = 0

    @cached_property
    def organizations(self) -> dict[tuple[str, str], Organization]:
        found = Organization.objects.of_agreement(self.agreement).select_related("party")
        return {(each.party.slug, each.slug): each for each in found}

    @cached_property
    def tasks(self) -> dict[str, Task]:
        return {task.number: task for task in Task.objects.filter(agreement=self.agreement)}

    @cached_property
    def leads(self) -> dict[tuple[str, str], Organization]:
        """The lead organization of each (task number, party)."""
        owners = TaskOwner.objects.leads().filter(task__agreement=self.agreement).values_list(
            "task__number", "party__slug", "organization__slug"
        )  # fmt: skip
        return {(number, party): self.organizations[party, slug] for number, party, slug in owners}

    def actor(self, organization) -> User:
        """The person who acts for `organization`."""
        return self.people[organization.party.slug, organization.slug]

    def leader_of(self, task, place=0) -> User:
        """A person of a lead of `task`, of one side and the other in turn by `place`."""
        sides = [side for side in self.parties if (task.number, side) in self.leads]
        return self.actor(self.leads[task.number, sides[place % len(sides)]])

    def day(self, offset: int) -> date:
        """The day `offset` days from today, moved away from today to a working day."""
        day = self.today + timedelta(days=offset)
        return self.calendar.on_or_before(day) if offset < 0 else self.calendar.on_or_after(day)

    def month_day(self, months_ago: int) -> date:
        """A working day of the month so many months back."""
        month = self.today.year * 12 + self.today.month - 1 - months_ago
        return self.calendar.on_or_before(date(month // 12, month % 12 + 1, MEETING_DAY))

    def at(self, day: date, hour=9) -> datetime:
        """A moment of `day`, in office hours and a different one each time."""
        self._clock += 7
        return datetime.combine(day, time(hour, self._clock % 60), OFFICE_TIME)

    def then(self, moment: datetime, deed) -> None:
        """At `moment`, `deed(moment)` was done."""
        self._deeds.append((moment, len(self._deeds), deed))

    def left(self, moment: datetime, noun, verb, *, by, **about) -> None:
        """At `moment`, `noun` left this activity row; the arguments are those of `record`."""
        with recorded_at(moment):
            self.then(moment, drafted(noun, verb, by=by, agreement=self.agreement, **about))

    def tell(self) -> None:
        """Does and writes everything, in the order of time."""
        rows = []
        for moment, _, deed in sorted(self._deeds, key=lambda each: each[:2]):
            if isinstance(deed, Activity):
                rows.append(deed)
                continue
            Activity.objects.bulk_create(rows)
            rows = []
            with recorded_at(moment):
                deed(moment)
        Activity.objects.bulk_create(rows)
        self._deeds.clear()
