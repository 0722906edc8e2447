"""The office's page: who of the own side owes what, and whom to call."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from domains.models import Report
from tests.cast import TODAY, make_milestone, make_task

DAY = datetime.timedelta(days=1)
OFFICE = "/delta/office/"


@pytest.fixture(autouse=True)
def on_the_day():
    """Every test of this file happens at noon of TODAY, before November's reports are due."""
    with time_machine.travel(datetime.datetime(2026, 11, 23, 4, tzinfo=datetime.UTC)):
        yield


def make_report(task, side, state, period, **facts):
    return Report.objects.create(
        task=task, organization=side.transport, period=period, state=state, author=side.staff, **facts
    )


def test_it_says_who_owes_what_and_whom_to_call(cast, sign_in):
    cast.east.staff.phone = "0573-84000001"
    cast.east.staff.save()
    task = make_task(cast)
    make_milestone(task, cast.east.transport, title="晚了的节点", due_on=TODAY - 12 * DAY)
    make_milestone(task, None, title="双方晚了的节点", due_on=TODAY - DAY)
    make_milestone(task, cast.east.transport, title="没到期", due_on=TODAY)
    make_report(task, cast.east, "returned", "2026-11")
    answer = sign_in(cast.east.secretary).get(OFFICE)
    text = answer.content.decode()
    for words in ("晚了的节点", "双方晚了的节点", 'href="tel:0573-84000001"', "east.staff"):
        assert words in text
    assert "没到期" not in text
    (row,) = answer.context["rows"]
    assert [(each["period"].key, each["standing"], each["late"]) for each in row["reports"]] == [
        ("2026-10", "missing", True),
        ("2026-11", "returned", False),
    ]


def test_leaders_read_it_too(cast, sign_in):
    make_task(cast)
    assert sign_in(cast.east.leader).get(OFFICE).context["rows"]


def test_organizations_stand_in_their_order_not_by_their_debts(cast, sign_in):
    task = make_task(cast)
    for _ in range(3):
        make_milestone(task, cast.east.town, due_on=TODAY - DAY)
    make_milestone(task, cast.east.office, due_on=TODAY - DAY)
    names = [row["organization"].slug for row in sign_in(cast.east.secretary).get(OFFICE).context["rows"]]
    assert names == ["office", "transport", "town"]


def test_nobody_who_owes_nothing_is_named(cast, sign_in):
    task = make_task(cast)
    for period in ("2026-10", "2026-11"):
        make_report(task, cast.east, "accepted" if period == "2026-10" else "submitted", period)
    answer = sign_in(cast.east.secretary).get(OFFICE)
    assert answer.context["rows"] == []
    assert 'class="empty"' in answer.content.decode()


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_the_other_side_is_not_here(cast, sign_in, state):
    task = make_task(cast)
    make_milestone(task, cast.east.transport, title="CANARY", due_on=TODAY - DAY)
    make_report(task, cast.east, state, "2026-10", work_done="CANARY", return_reason="CANARY")
    for reader in (cast.west.secretary, cast.west.leader):
        text = sign_in(reader).get(OFFICE).content.decode()
        assert "CANARY" not in text
        assert "easttransport" not in text


def test_who_may_not_read_it(cast, sign_in):
    assert sign_in(cast.east.staff).get(OFFICE).status_code == 403
    assert sign_in(cast.admin).get(OFFICE).status_code == 403
    assert sign_in(cast.outsider).get(OFFICE).status_code == 404
    assert sign_in(cast.east.secretary).post(OFFICE).status_code == 405


def test_it_asks_the_database_as_often_for_many_rows(cast, sign_in):
    def queries():
        client = sign_in(cast.east.secretary)
        with CaptureQueriesContext(connection) as asked:
            client.get(OFFICE)
        return len(asked)

    def one(number):
        task = make_task(cast, number)
        for organization in (cast.east.transport, cast.east.town, cast.east.office, None):
            make_milestone(task, organization, due_on=TODAY - DAY)
        make_report(task, cast.east, "returned", "2026-11")

    one("2.1")
    queries()
    few = queries()
    for number in range(2, 9):
        one(f"2.{number}")
    assert queries() == few
