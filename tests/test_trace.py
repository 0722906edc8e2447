"""The trace of changes: every change with meaning leaves a row, and the database lets nobody rewrite one."""

import pytest
from django.db import DatabaseError, connection, transaction

from agreement.models import Activity
from agreement.models.activity import record
from tests.cast import TODAY, make_task


@pytest.fixture
def task(cast):
    return make_task(cast, started_on=None)


def test_starting_a_task_leaves_one_row_with_who_and_what(cast, task):
    assert task.start(by=cast.east.staff, on=TODAY)
    (row,) = Activity.objects.filter(subject=f"task:{task.pk}")
    assert (row.verb, row.by, row.changes) == ("started", cast.east.staff, {"started_on": [None, "2026-11-23"]})


def test_starting_it_twice_changes_nothing(cast, task):
    task.start(by=cast.east.staff, on=TODAY)
    assert not task.start(by=cast.west.staff, on=TODAY)
    assert Activity.objects.count() == 1


@pytest.mark.parametrize(
    "statement", ["UPDATE agreement_activity SET verb = 'nothing'", "DELETE FROM agreement_activity"]
)
def test_the_database_refuses_to_rewrite_it(cast, task, statement):
    record(task, "started", by=cast.east.staff, agreement=cast.agreement)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Activity.objects.get().verb == "started"


def test_one_sides_own_row_is_not_shown_to_the_other(cast, task):
    record(task, "submitted", by=cast.east.staff, agreement=cast.agreement, side=cast.east.party)
    assert Activity.objects.visible_to(cast.east.leader.post).count() == 1
    assert Activity.objects.visible_to(cast.west.leader.post).count() == 0


def test_the_stamp_changes_with_every_row_and_only_in_its_agreement(cast, task):
    before = Activity.objects.stamp(cast.agreement), Activity.objects.stamp(cast.elsewhere.agreement)
    record(task, "started", by=cast.east.staff, agreement=cast.agreement)
    after = Activity.objects.stamp(cast.agreement), Activity.objects.stamp(cast.elsewhere.agreement)
    assert after[0] != before[0]
    assert after[1] == before[1]


def test_the_stamp_notices_a_row_that_committed_late_under_a_lower_id(cast, task):
    rows = [record(task, "started", by=None, agreement=cast.agreement) for _ in range(3)]
    seen = Activity.objects.filter(agreement=cast.agreement).exclude(pk=rows[1].pk).stamp(cast.agreement)
    assert seen != Activity.objects.stamp(cast.agreement)
