"""The meetings of the story: held, called off, and to come. The leading group's next one is left to be created."""

from datetime import datetime, time

from agreement.models.activity import record
from agreement.workdays import OFFICE_TIME
from domains.models import Milestone, ProgressRecord
from meetings import agenda
from meetings.demo.story import Story, contents
from meetings.demo.tasks import Tracks
from meetings.models import AgendaItem, Consent, Decision, DecisionLead, Mechanism, Meeting

BEGINS = time(14, 30)
PREPARATION_DAYS = 20  # working days


def convene(story: Story, tracks: Tracks) -> None:
    """Puts the meetings into `story`, each with its preparation, its decisions, and what became of them."""
    mechanisms = {
        each.number: each for each in Mechanism.objects.filter(agreement=story.agreement).select_related("task")
    }
    numbers = dict.fromkeys(mechanisms, 0)
    for facts in contents("meetings"):
        mechanism = mechanisms[facts["mechanism"]]
        numbers[mechanism.number] += 1
        _Session(story, mechanism, numbers[mechanism.number], facts).convene(tracks)


class _Session:
    """One meeting, from the day it was planned."""

    def __init__(self, story, mechanism, number, facts):
        self.story, self.mechanism, self.number, self.facts = story, mechanism, number, facts
        self.host = story.secretaries[facts["host"]]
        if "ahead" in facts:
            self.day = story.calendar.add_workdays(story.today, facts["ahead"])
        else:
            self.day = story.month_day(facts["months_ago"])

    def convene(self, tracks):
        story, day = self.story, self.day
        before, after = story.calendar.workdays_before, story.calendar.add_workdays
        yesterday = story.day(-1)
        story.then(story.at(min(before(day, PREPARATION_DAYS), story.day(-2)), 9), self.plan)
        if self.facts.get("generate"):
            story.then(story.at(yesterday, 15), self.generate)
            story.then(story.at(yesterday, 17), lambda moment: self.consent("agenda", moment))
        if "cancelled" in self.facts:
            story.then(story.at(before(day, 2), 10), self.call_off)
        if "items" not in self.facts:
            return
        if self.mechanism.task and self.mechanism.task.progress_kind == "cadence":
            self.mechanism.task = story.tasks[self.mechanism.task.number]
            self.mechanism.task.started_on = self.mechanism.task.started_on or day
            tracks.marks[self.mechanism.task.number].append((day, 1))
        story.then(story.at(before(day, 8), 9), self.write_agenda)
        story.then(story.at(before(day, 5), 9), lambda moment: self.consent("agenda", moment))
        story.then(story.at(day, 17), self.hold)
        story.then(story.at(after(day, 1), 10), self.decide)
        story.then(story.at(after(day, 4), 16), lambda moment: self.consent("decisions", moment))
        for place, decision in enumerate(self.facts["decisions"]):
            if "concluded" in decision:
                story.then(story.at(story.day(decision["concluded"][0]), 11), self._conclude(place))
            if "moved" in decision:
                story.then(story.at(story.day(decision["moved"]), 15), self._move(place))

    def plan(self, moment):
        story, facts = self.story, self.facts
        self.meeting = Meeting.objects.create(
            agreement=story.agreement,
            mechanism=self.mechanism,
            sequence=self.number,
            starts_at=datetime.combine(self.day, BEGINS, OFFICE_TIME),
            place=facts["place"],
            host=story.parties[facts["host"]],
            chair=facts["chair"],
            remark="（演示）演示会议。",
        )
        changes = {"starts_at": (None, self.day)}
        record(self.meeting, "planned", by=self.host, agreement=story.agreement, changes=changes)

    def write_agenda(self, moment):
        for place, title in enumerate(self.facts["items"], 1):
            AgendaItem.objects.create(
                meeting=self.meeting,
                position=place,
                title=f"{title}（演示）",
                presenter=self._office(self.facts["host"]),
                minutes=10,
            )
        self._agenda_is_written(len(self.facts["items"]))

    def generate(self, moment):
        """Composes the agenda as things stand, and adds a topic by hand."""
        today, calendar = self.story.today, self.story.calendar
        agenda.generate(self.meeting, by=self.host, today=today, calendar=calendar)
        AgendaItem.objects.create(
            meeting=self.meeting,
            position=1,
            title=f"{self.facts['extra']}（演示）",
            text="（演示）双方通报各自路段铺面安排，商定接缝处施工顺序。",
            presenter=self.story.organizations[self.facts["host"], "transport"],
            minutes=15,
        )
        self._agenda_is_written(1)

    def _agenda_is_written(self, items):
        changes = {"added": (None, items)}
        record(self.meeting, "agenda_generated", by=self.host, agreement=self.story.agreement, changes=changes)
        self.meeting.agenda_changed(by=self.host)

    def consent(self, stage, moment):
        """Both sides agree, the host first."""
        self.meeting.refresh_from_db()
        version = self.meeting.agenda_version if stage == "agenda" else self.meeting.decisions_version
        sides = sorted(self.story.parties.values(), key=lambda party: party.pk != self.meeting.host_id)
        for party in sides:
            secretary = self.story.secretaries[party.slug]
            on = moment.date()
            Consent.give(self.meeting, stage, party=party, by=secretary, on=on, version=version)
        given = Consent.objects.filter(meeting=self.meeting, stage=stage)
        if given.update(at=moment) != len(sides):
            raise ValueError(f"{self.meeting}: no consent to {stage}")
        self.meeting.refresh_from_db()

    def hold(self, moment):
        self.meeting.hold(by=self.host, on=self.day)
        ProgressRecord.objects.filter(task=self.mechanism.task_id, on=self.day).update(at=moment)

    def call_off(self, moment):
        self.meeting.cancel(by=self.host, on=moment.date(), reason=self.facts["cancelled"])

    def decide(self, moment):
        self.decisions = [self._decision(place, facts) for place, facts in enumerate(self.facts["decisions"], 1)]
        self.meeting.decisions_changed(by=self.host)

    def _decision(self, number, facts):
        story = self.story
        task = story.tasks[facts["task"]] if "task" in facts else None
        decision = Decision.objects.create(
            agreement=story.agreement,
            meeting=self.meeting,
            item=self.meeting.items.in_order().last(),
            number=number,
            verb=facts["verb"],
            text=facts["text"],
            title=facts.get("title", ""),
            due_on=story.day(facts["due"]) if "due" in facts else None,
            effect=facts.get("effect", "none"),
            task=task,
            milestone=Milestone.objects.get(task=task, title=facts["milestone"]) if "milestone" in facts else None,
        )
        for party, slug in zip(story.parties, facts["leads"], strict=True):
            if slug:
                DecisionLead.objects.create(decision=decision, organization=story.organizations[party, slug])
        record(decision, "added", by=self.host, agreement=story.agreement, parent=self.meeting)
        return decision

    def _conclude(self, place):
        def conclude(moment):
            words = self.facts["decisions"][place]["concluded"][1]
            self.decisions[place].conclude(by=self.host, on=moment.date(), words=words)

        return conclude

    def _move(self, place):
        """Progress of the milestone a decision made."""

        def move(moment):
            decision = self.decisions[place]
            decision.refresh_from_db()
            milestone = decision.milestone
            milestone.move_to(
                self.facts["decisions"][place]["percent"],
                by=self.story.leader_of(milestone.task, place),
                on=moment.date(),
                version=milestone.version,
                evidence="（演示）按议定事项推进。",
            )

        return move

    def _office(self, side):
        return self.story.organizations[side, "drc"]
