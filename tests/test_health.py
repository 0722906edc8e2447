"""The light of a task: each rule of DESIGN section 3, on the day before and the day it turns."""

import datetime

import pytest

from agreement.workdays import Calendar
from domains.health import Light, Terms, explained
from domains.models import Issue, ProgressRecord, Report, Task
from tests.cast import TODAY, make_milestone, make_task

DAY = datetime.timedelta(days=1)


def light(task, today=TODAY):
    """The light of `task` and the reasons for it."""
    terms = Terms.of(task.agreement, today, Calendar())
    (row,) = explained(Task.objects.filter(pk=task.pk).with_health(terms).values(), terms)
    return row["light"], row["word"], row["reasons"]


@pytest.fixture
def task(cast):
    """A started task whose leads' reports for the last closed period are accepted."""
    task = make_task(cast)
    for side in (cast.east, cast.west):
        Report.objects.create(
            task=task, organization=side.transport, period="2026-10", state="accepted", author=side.staff
        )
    return task


def test_it_is_green_when_started_and_nothing_is_wrong(task):
    make_milestone(task)
    assert light(task)[0] == Light.GREEN


def test_it_is_grey_before_the_start(cast):
    assert light(make_task(cast, started_on=None))[0] == Light.GREY


def test_it_is_red_from_the_day_after_the_due_date(task):
    milestone = make_milestone(task, due_on=TODAY, percent=90)
    assert light(task)[0] == Light.AMBER
    assert light(task, TODAY + DAY)[0] == Light.RED
    milestone.percent, milestone.done_on = 100, TODAY
    milestone.save()
    assert light(task, TODAY + DAY)[0] == Light.GREEN


def test_it_is_red_when_a_task_that_never_started_is_past_a_due_date(cast):
    task = make_task(cast, started_on=None)
    make_milestone(task, starts_on=None, due_on=TODAY - DAY, percent=0)
    assert light(task)[0] == Light.RED


@pytest.mark.parametrize(
    ("percent", "expected"), [(41, Light.GREEN), (40, Light.AMBER), (20, Light.AMBER), (19, Light.RED)]
)
def test_works_are_held_against_the_line_from_start_to_due_date(task, percent, expected):
    # Half of the time is gone: 50 % is the schedule; 10 points behind is amber, more than 30 red.
    make_milestone(task, starts_on=TODAY - 50 * DAY, due_on=TODAY + 50 * DAY, percent=percent)
    assert light(task)[0] == expected


def test_steps_are_not_held_against_a_line(cast, task):
    Task.objects.filter(pk=task.pk).update(progress_kind="steps")
    make_milestone(task, percent=0)
    assert light(task)[0] == Light.GREEN


@pytest.mark.parametrize(("days", "expected"), [(15, Light.GREEN), (14, Light.AMBER)])
def test_it_is_amber_within_the_warning_days(task, days, expected):
    make_milestone(task, starts_on=None, due_on=TODAY + days * DAY, percent=0)
    assert light(task)[0] == expected


def test_it_is_amber_while_a_report_of_the_last_period_is_not_accepted(cast, task):
    Report.objects.filter(organization=cast.west.transport).update(state="submitted")
    state, word, reasons = light(task)
    assert (state, word) == (Light.AMBER, str(Light.AMBER.label))
    assert len(reasons) == 1 and "2026-10" in reasons[0]


def test_the_other_side_owes_no_report_of_a_task_on_one_side(cast, task):
    Report.objects.filter(organization=cast.west.transport).delete()
    Task.objects.filter(pk=task.pk).update(cooperation="one_side", doing_side=cast.east.party)
    assert light(task)[0] == Light.GREEN


@pytest.mark.parametrize(("level", "expected"), [(0, Light.GREEN), (1, Light.AMBER)])
def test_an_issue_counts_from_level_one(cast, task, level, expected):
    Issue.objects.create(agreement=cast.agreement, task=task, organization=cast.east.transport, raised_by=cast.east.staff, raised_on=TODAY,
        title="x", facts="x", ask="x", level=level, peak_level=level, level_since=TODAY)  # fmt: skip
    assert light(task)[0] == expected


@pytest.mark.parametrize(
    ("held_on", "expected"),
    [
        (datetime.date(2026, 9, 1), Light.GREEN),  # to be held by the end of December
        (datetime.date(2026, 8, 31), Light.AMBER),  # by the end of this month, seven days from now
        (datetime.date(2026, 7, 31), Light.RED),  # ran out at the end of October
    ],
)
def test_a_cadence_runs_to_the_end_of_the_month(task, held_on, expected):
    Task.objects.filter(pk=task.pk).update(progress_kind="cadence", interval_months=3)
    ProgressRecord.objects.create(task=task, on=held_on)
    assert light(task)[0] == expected


def test_a_mechanism_never_held_counts_from_its_start(task):
    Task.objects.filter(pk=task.pk).update(progress_kind="cadence", interval_months=3)
    state, _, reasons = light(task)
    assert state == Light.RED
    assert reasons


def test_an_ended_task_shows_its_outcome_whatever_is_overdue(task):
    make_milestone(task, due_on=TODAY - DAY)
    Task.objects.filter(pk=task.pk).update(outcome="achieved", ended_on=TODAY)
    assert light(task)[0] == Light.ENDED


def test_a_cancelled_task_is_cancelled(task):
    Task.objects.filter(pk=task.pk).update(cancelled_on=TODAY)
    assert light(task)[0] == Light.CANCELLED


def test_many_tasks_cost_one_query(cast, django_assert_num_queries):
    for number in range(20):
        make_milestone(make_task(cast, f"2.{number + 10}"))
    terms = Terms.of(cast.agreement, TODAY, Calendar())
    with django_assert_num_queries(1):
        list(Task.objects.with_health(terms).with_progress(cast.parties).most_urgent_first().values())
