"""The cards of a board: tasks as prepared rows, in a fixed number of queries whatever their number."""

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count

from agreement.models.bilingual import localized
from domains.health import explained
from domains.models import Issue, Milestone, Task, TaskOwner
from domains.progress import progress_share, progress_words

FIELDS = (
    "id",
    "number",
    "domain__number",
    "light",
    "outcome",
    "late_on",
    "near_on",
    "late_title",
    "near_title",
    "lag_gap",
    "lag_planned",
    "lag_percent",
    "lag_title",
    "last_on",
    "last_month",
    "report_missing",
    "issue_raised",
    "progress_kind",
    "percent",
    "steps_done",
    "steps_total",
    "counted",
    "last_held_on",
    "target",
    "unit",
    "unit_en",
    "due_on",
    "started_on",
    "ended_on",
    "cancelled_on",
    "interval_months",
    "cooperation",
    "doing_side",
    "move",
    "move_since",
    "to_confirm",
    "light_note",
)


def cards(tasks, *, parties, membership, terms, calendar) -> list[dict]:
    """A dictionary per task of the queryset `tasks`, most urgent first, with all a card shows.

    Adds to the task's own fields: title, word and reasons of the light, progress in words, share and planned (percent),
    next_on (its next open date), owners (of each side the lead's name or None), issues (open ones this person may see),
    mover (whose move, in words; "" for nobody's) and waited (working days since).
    """
    rows = explained(
        tasks.with_health(terms)
        .with_progress(parties)
        .most_urgent_first()
        .values(*FIELDS, words=localized("title"), mover=localized("move_side__short_name")),
        terms,
    )
    ids = [row["id"] for row in rows]
    leads = _leads(ids)
    dates, plans = _schedule(ids, terms.today)
    issues = dict(
        Issue.objects.open()
        .visible_to(membership)
        .filter(task__in=ids)
        .order_by()
        .values("task")
        .annotate(number=Count("pk"))
        .values_list("task", "number")
    )
    for row in rows:
        row["title"] = row.pop("words")
        row["progress"] = progress_words(row)
        row["share"] = progress_share(row)
        row["planned"] = plans.get(row["id"]) if row["progress_kind"] == "works" and row["ended_on"] is None else None
        row["next_on"] = min(filter(None, (dates.get(row["id"]), row["due_on"])), default=None)
        row["issues"] = issues.get(row["id"], 0)
        row["owners"] = [{"party": party, "lead": leads[row["id"]].get(party.pk)} for party in parties]
        row["gap"] = row["cooperation"] != Task.Cooperation.ONE_SIDE
        row["mover"] = row["mover"] or (str(Task.Move(row["move"]).label) if row["move"] else "")
        since = row["move_since"]
        row["waited"] = max(0, calendar.workdays_between(since, terms.today)) if row["move"] and since else None
    return rows


def _leads(ids) -> dict[int, dict]:
    """The leads' names by task and side."""
    leads: dict[int, dict] = defaultdict(dict)
    for task, party, name in (
        TaskOwner.objects.leads()
        .filter(task__in=ids)
        .values_list("task", "party", localized("organization__short_name"))
    ):
        leads[task][party] = name
    return leads


def _schedule(ids, today) -> tuple[dict, dict]:
    """The next open date and the planned percent of each task with milestones."""
    by_task = defaultdict(list)
    for row in Milestone.objects.filter(task__in=ids).values(
        "task", "starts_on", "due_on", "weight", "done_on", "percent"
    ):
        by_task[row["task"]].append(row)
    dates = {
        task: min((row["due_on"] for row in rows if row["due_on"] and not row["done_on"]), default=None)
        for task, rows in by_task.items()
    }
    return dates, {task: planned_share(rows, today) for task, rows in by_task.items()}


def planned_share(milestones: Sequence[Mapping[str, Any]], today: datetime.date) -> int | None:
    """Where the schedule says milestones {starts_on, due_on, weight, percent} stand today, in percent of the whole.

    A straight line from start to due date (BRIEF 2.3); without a start nothing is asked before the due date, without
    a due date no more than is done. None without any weight.
    """
    weight = sum(row["weight"] for row in milestones)
    if not weight:
        return None
    return round(sum(row["weight"] * _planned(row, today) for row in milestones) / weight)


def _planned(row, today) -> float:
    starts, due = row["starts_on"], row["due_on"]
    if due is None:
        return row["percent"]
    if today >= due:
        return 100
    if starts is None or today <= starts:
        return 0
    return 100 * (today - starts).days / (due - starts).days
