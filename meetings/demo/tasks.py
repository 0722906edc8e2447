"""How far the tasks of the story are: works, steps, counts, and what meets without a joint mechanism of its own."""

from collections import defaultdict
from itertools import pairwise

from domains.models import Milestone, ProgressRecord, Task
from meetings.demo.story import Story, contents

NOTE = "（演示）本事项的节点与进展均为演示数据。"
MOVES = 3  # a milestone came to where it stands in so many moves


class Tracks:
    """The past of the tasks, as far as reports tell of it."""

    def __init__(self):
        self.moves = defaultdict(list)  # milestone: [(day, percent)]
        self.milestones = defaultdict(list)  # task number: its milestones
        self.marks = defaultdict(list)  # task number: [(day, amount)]


def lay_out(story: Story) -> Tracks:
    """Starts, moves, counts, ends and cancels the tasks of `story`; returns what happened when."""
    tracks = Tracks()
    works, steps, counts = contents("works"), contents("steps"), contents("counts")
    milestones = [
        *(each for number, facts in works.items() for each in _works(story, number, facts)),
        *(each for number, facts in steps.items() for each in _steps(story, number, facts)),
    ]
    for milestone in Milestone.objects.bulk_create(milestones):
        tracks.milestones[milestone.task.number].append(milestone)
        _move(story, milestone, tracks)
    Milestone.objects.bulk_update(milestones, ["version", "evidence"])
    for number, facts in counts.items():
        _count(story, story.tasks[number], facts, tracks)
    for number, facts in (works | steps | counts).items():
        _live(story, story.tasks[number], facts)
    for number, facts in contents("cadences").items():
        _hold(story, story.tasks[number], facts, tracks)
    fields = ["started_on", "ended_on", "outcome", "end_reason", "cancelled_on", "note", "version"]
    Task.objects.bulk_update(story.tasks.values(), fields)
    return tracks


def _works(story, number, facts):
    for position, row in enumerate(facts["milestones"], 1):
        done = row.get("done")
        yield Milestone(
            task=story.tasks[number],
            position=position,
            title=row["title"],
            title_en=row["en"],
            organization=story.leads[number, row["side"]] if "side" in row else None,
            starts_on=story.day(row["from"]),
            due_on=story.day(row["due"]),
            baseline_due_on=story.day(row["due"]),
            weight=row.get("weight", 1),
            percent=row.get("percent", 100),
            done_on=None if done is None else story.day(done),
        )


def _steps(story, number, facts):
    for position, (title, english, due, done, *side) in enumerate(facts["steps"], 1):
        yield Milestone(
            task=story.tasks[number],
            position=position,
            title=title,
            title_en=english,
            organization=story.leads[number, side[0]] if side else None,
            due_on=story.day(due),
            baseline_due_on=story.day(due),
            percent=0 if done is None else 100,
            done_on=None if done is None else story.day(done),
        )


def _move(story, milestone, tracks):
    """How the milestone came to its percent; evidence says that it is invented."""
    if not milestone.percent:
        return
    last = milestone.done_on or story.day(-3 - milestone.position)
    first, moves = milestone.starts_on, MOVES
    if first is None:
        first, moves = last, 1
    days = [story.calendar.on_or_before(first + (last - first) * move / moves) for move in range(1, moves + 1)]
    percents = [0] + [milestone.percent * move // moves for move in range(1, moves + 1)]
    by = (
        story.actor(milestone.organization) if milestone.organization else story.leader_of(milestone.task, milestone.pk)
    )
    for day, (old, new) in zip(days, pairwise(percents), strict=True):
        tracks.moves[milestone.pk].append((day, new))
        milestone.version += 1
        changes = {"percent": (old, new)}
        if new == 100:
            changes["done_on"] = (None, milestone.done_on)
        story.left(story.at(day, 15), milestone, "moved", by=by, parent=milestone.task, changes=changes)
    milestone.evidence = "（演示）进度由单位填报。"


def _count(story, task, facts, tracks):
    records = ProgressRecord.objects.bulk_create(
        ProgressRecord(
            task=task,
            organization=story.leads[task.number, side],
            on=story.day(offset),
            amount=amount,
            words=f"（演示）{facts['what']}",
            by=story.actor(story.leads[task.number, side]),
            at=story.at(story.day(offset), 16),
        )
        for offset, amount, side in facts["marks"]
    )
    for each in records:
        tracks.marks[task.number].append((each.on, each.amount))
        changes = {"amount": (None, each.amount), "on": (None, each.on), "words": ("", each.words)}
        story.left(each.at, each, "counted", by=each.by, parent=task, changes=changes)


def _hold(story, task, facts, tracks):
    days = [story.month_day(months) for months in facts["months_ago"]]
    records = ProgressRecord.objects.bulk_create(
        ProgressRecord(
            task=task,
            on=day,
            words=f"（演示）{facts['what']}",
            by=story.leader_of(task, place),
            at=story.at(day, 16),
        )
        for place, day in enumerate(days)
    )
    for each in records:
        tracks.marks[task.number].append((each.on, 1))
        changes = {"on": (None, each.on), "words": ("", each.words)}
        story.left(each.at, each, "held", by=each.by, parent=task, changes=changes)
    _begin(story, task, days[0])


def _live(story, task, facts):
    """Starts the task, and ends or cancels it."""
    if "start" in facts:
        _begin(story, task, story.day(facts["start"]))
    if "end" in facts:
        offset, task.outcome, task.end_reason = facts["end"]
        task.ended_on = story.day(offset)
        changes = {"outcome": ("", task.outcome), "ended_on": (None, task.ended_on)}
    elif "cancel" in facts:
        offset, task.end_reason = facts["cancel"]
        task.cancelled_on = story.day(offset)
        changes = {"cancelled_on": (None, task.cancelled_on)}
    else:
        return
    task.version += 1
    changes["end_reason"] = ("", task.end_reason)
    by = story.secretaries[list(story.parties)[task.position % 2]]
    story.left(story.at(story.day(offset), 16), task, "changed", by=by, changes=changes)


def _begin(story, task, day):
    task.started_on = day
    task.version += 1
    task.note = f"{task.note}\n{NOTE}".strip()
    changes = {"started_on": (None, day)}
    story.left(story.at(day, 8), task, "started", by=story.leader_of(task, task.position), changes=changes)
