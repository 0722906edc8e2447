"""The reports of the story: three closed periods, and the one under way, in which everything is still in hand."""

from datetime import timedelta

from django.db.models.functions import Coalesce

from agreement.workdays import last_closed_period, neighbours, period_of
from domains.models import Report
from meetings.demo.people import invented_name
from meetings.demo.story import Story, contents
from meetings.demo.tasks import Tracks

State = Report.State
# What is not in order in the last closed period; all else is accepted. None: nothing was written.
LEFT_OVER = {("1.5a", "jiashan"): None, ("5.5c", "xiuzhou"): State.SUBMITTED, ("6.1b", "jiashan"): State.RETURNED}
# The period under way: how far the first, second, ... report owed is, over and over.
IN_HAND = [
    State.ACCEPTED,
    None,
    State.SUBMITTED,
    None,
    State.DRAFT,
    State.ACCEPTED,
    None,
    None,
    State.RETURNED,
    None,
    None,
]
TO_WRITE = {"2.3", "3.1"}  # left to who tries the demonstration
NOTHING = "无。"


def write(story: Story, tracks: Tracks) -> None:
    """Writes the reports of `story` and what became of them."""
    current = period_of(story.agreement, story.today, story.calendar)
    period = last_closed_period(story.agreement, story.today, story.calendar)
    own_words = contents("reports")
    rows = []
    for back in range(3):
        for task, side in _owed(story, period):
            state = LEFT_OVER.get((task.number, side), State.ACCEPTED) if back == 0 else State.ACCEPTED
            texts = own_words.get(task.number, {}).get(side) if back == 0 else None
            rows.append(_report(story, tracks, task, side, period, state, texts))
        period = neighbours(story.agreement, period, story.calendar)[0]
    if current.opens_on < story.today:
        owed = [(task, side) for task, side in _owed(story, current) if task.number not in TO_WRITE]
        for place, (task, side) in enumerate(owed):
            rows.append(_report(story, tracks, task, side, current, IN_HAND[place % len(IN_HAND)], None))
    _keep(story, [row for row in rows if row])


def _owed(story, period):
    """(task, side) of every report owed for `period`."""
    for task in story.tasks.values():
        begun = task.started_on and task.started_on <= period.ends_on
        over = task.ended_on or task.cancelled_on
        if not begun or (over and over <= period.ends_on):
            continue
        for side, party in story.parties.items():
            one_side = task.cooperation == "one_side" and task.doing_side_id not in (None, party.pk)
            if (task.number, side) in story.leads and not one_side:
                yield task, side


def _report(story, tracks, task, side, period, state, texts):
    if state is None:
        return None
    organization = story.leads[task.number, side]
    closed = period.closes_on < story.today
    last_day = story.calendar.on_or_before(story.today - timedelta(days=1))
    late = closed and state != State.ACCEPTED  # what is still in hand of a closed period came after its end
    sent_on = last_day if late else period.due_on if closed else max(period.opens_on, last_day)
    decided_on = story.calendar.add_workdays(sent_on, 1) if closed and not late else sent_on
    as_of = min(period.ends_on, sent_on)
    done, difficulties, steps = texts or composed(story, tracks, task, side, as_of)
    sent, decided = story.at(sent_on, 10), story.at(decided_on, 16)
    return Report(
        task=task,
        organization=organization,
        period=period.key,
        state=state,
        work_done=f"（演示）{done}",
        difficulties=difficulties,
        next_steps=steps,
        approved_by_name=f"{invented_name(organization.position * 3 + organization.party.position * 10)}（演示）",
        progress=stood_at(story, tracks, task, as_of),
        author=story.actor(organization),
        submitted_at=None if state == State.DRAFT else sent,
        saved_at=sent,
        late=late,
        decided_at=decided if state in (State.ACCEPTED, State.RETURNED) else None,
        decided_by=story.secretaries[side] if state in (State.ACCEPTED, State.RETURNED) else None,
        return_reason="（演示）请补充本期新增数量和下一步时间安排。" if state == State.RETURNED else "",
    )


def _keep(story, rows):
    for report in Report.objects.bulk_create(rows):
        about = {"parent": report.task, "side": report.organization.party}
        if report.submitted_at:
            changes = {"state": (State.DRAFT, State.SUBMITTED)}
            story.left(report.submitted_at, report, "submitted", by=report.author, changes=changes, **about)
        if report.decided_at:
            changes = {"state": (State.SUBMITTED, report.state)}
            if report.state == State.ACCEPTED:
                about["side"] = None
            story.left(report.decided_at, report, report.state, by=report.decided_by, changes=changes, **about)
    # Saving a row stamps it with the clock; the story has times of its own.
    last_day = story.calendar.on_or_before(story.today - timedelta(days=1))
    mine = Report.objects.filter(task__agreement=story.agreement)
    mine.update(saved_at=Coalesce("decided_at", "submitted_at", story.at(last_day, 11)))


def percent_on(tracks, milestone, day) -> int:
    """Where the milestone stood on `day`."""
    return next((percent for on, percent in reversed(tracks.moves[milestone.pk]) if on <= day), 0)


def stood_at(story, tracks, task, day) -> dict:
    """What the task stood at on `day`, as a report keeps it."""
    marks = [(on, amount) for on, amount in sorted(tracks.marks[task.number]) if on <= day]
    if task.progress_kind == "count":
        return {"counted": sum(amount for _, amount in marks)}
    if task.progress_kind == "cadence":
        return {"last_held_on": marks[-1][0].isoformat()} if marks else {}
    milestones = tracks.milestones[task.number]
    if task.progress_kind == "steps":
        done = sum(percent_on(tracks, each, day) == 100 for each in milestones)
        return {"percent": 100 * done // len(milestones) if milestones else 0}
    sides = story.parties.values() if task.cooperation == "halves" else [None]
    halves = [
        [m for m in milestones if not side or not m.organization or m.organization.party == side] for side in sides
    ]
    shares = [sum(percent_on(tracks, m, day) * m.weight for m in half) / sum(m.weight for m in half) for half in halves]
    return {"percent": round(min(shares))}


def composed(story, tracks, task, side, day) -> tuple[str, str, str]:
    """A report's three texts from what the task stood at on `day`: work done, difficulties, next steps."""
    if task.progress_kind == "count":
        return _of_count(tracks, task, day)
    if task.progress_kind == "cadence":
        return _of_cadence(tracks, task, day)
    mine = [m for m in tracks.milestones[task.number] if not m.organization or m.organization.party.slug == side]
    done = [m for m in mine if percent_on(tracks, m, day) == 100]
    ahead = [m for m in mine if percent_on(tracks, m, day) < 100]
    if not ahead:
        return f"“{done[-1].title}”已完成，本方承担的工作全部到位。", NOTHING, "配合对方完成后续工作。"
    now = ahead[0]
    percent = percent_on(tracks, now, day)
    words = f"“{done[-1].title}”已完成，" if done else ""
    words += f"“{now.title}”形象进度{percent}%。" if percent else f"正在推进“{now.title}”。"
    late = now.due_on and now.due_on < day
    trouble = "未按原定时间完成，正在倒排工期。" if late else NOTHING
    return words, trouble, f"继续推进“{now.title}”，完成时限{now.due_on:%Y-%m-%d}。"


def _of_count(tracks, task, day):
    marks = [(on, amount) for on, amount in sorted(tracks.marks[task.number]) if on <= day]
    fresh = sum(amount for on, amount in marks if (on.year, on.month) == (day.year, day.month))
    total = sum(amount for _, amount in marks)
    words = f"本期新增{fresh}{task.unit}，" if fresh else "本期无新增，"
    return (
        f"{words}累计{total}{task.unit}，建议目标{task.target}{task.unit}。",
        NOTHING,
        "按年度安排继续推进，会同对口单位商定下一批。",
    )


def _of_cadence(tracks, task, day):
    held = [on for on, _ in sorted(tracks.marks[task.number]) if on <= day]
    if not held:
        return "正在会同对口单位筹备首次会商。", NOTHING, "商定时间和议题。"
    return f"最近一次于{held[-1]:%Y-%m-%d}召开，商定事项正在落实。", NOTHING, "按约定周期筹备下一次会商。"
