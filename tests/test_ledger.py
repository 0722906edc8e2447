"""The ledger: the columns, what may be asked of it, and what it must never show."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from domains.models import Issue, Report, TaskOwner
from tests.cast import TODAY, make_milestone, make_task


@pytest.fixture(autouse=True)
def on_the_day():
    """Every test of this file happens at noon of TODAY."""
    with time_machine.travel(datetime.datetime(2026, 11, 23, 4, tzinfo=datetime.UTC)):
        yield


@pytest.fixture
def read(cast, sign_in):
    """The ledger's text as a person sees it, filtered by the query string."""

    def reading(user, query="", **headers):
        answer = sign_in(user).get(reverse("ledger", args=["delta"]) + query, **headers)
        assert answer.status_code == 200
        return answer.content.decode()

    return reading


def report_of(task, side, state, words, **facts):
    return Report.objects.create(
        task=task,
        organization=side.transport,
        period="2026-11",
        state=state,
        work_done=words,
        author=side.staff,
        **facts,
    )


def test_it_shows_the_columns_of_an_office(cast, read):
    task = make_task(cast, goal="两地公路贯通", due_text="年底前")
    make_milestone(task, title="路基完成", due_text="三季度末")
    TaskOwner.objects.create(task=task, organization=cast.east.towns, role="support", position=2)
    report_of(task, cast.east, "accepted", "完成路基 3 公里", next_steps="铺设路面")
    page = read(cast.west.staff)
    for words in (
        "2.3",
        "基础设施",
        "事项2.3",
        "两地公路贯通",
        "路基完成",
        "三季度末",
        "easttransport",
        "westtransport",
    ):
        assert words in page
    for words in ("各镇", "年底前", "完成路基 3 公里", "铺设路面", "light-"):
        assert words in page


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_what_one_side_has_not_accepted_never_reaches_the_other(cast, read, state):
    task = make_task(cast)
    report_of(task, cast.east, state, "CANARY-WORK", difficulties="CANARY-TROUBLE", next_steps="CANARY-NEXT")
    Issue.objects.create(
        agreement=cast.agreement, task=task, organization=cast.east.office, raised_by=cast.east.secretary,
        raised_on=TODAY, level_since=TODAY, title="CANARY-ISSUE", facts="x", ask="CANARY-ASK",
    )  # fmt: skip
    for reader in (cast.west.secretary, cast.west.leader):
        assert "CANARY" not in read(reader)
        assert "CANARY-" not in read(reader, "?q=CANARY")
    assert "CANARY-WORK" not in read(cast.west.staff)
    assert ("CANARY-WORK" in read(cast.east.secretary)) == (state == "submitted")


def test_the_newest_accepted_text_is_shown_while_a_correction_is_written(cast, read):
    task = make_task(cast)
    report_of(task, cast.east, "accepted", "旧的文字")
    report_of(task, cast.east, "draft", "CANARY-DRAFT", version=2)
    for reader in (cast.west.secretary, cast.east.secretary):
        page = read(reader)
        assert "旧的文字" in page
        assert "CANARY" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=2.10", {"2.10"}),
        ("?q=东桥", {"2.10"}),
        ("?q=老交通局", {"2.3", "2.10"}),
        ("?domain=2", {"2.3", "2.10"}),
        ("?light=grey", {"2.10"}),
        ("?light=green", set()),
        ("?kind=project", {"2.3", "2.10"}),
        ("?kind=mechanism", set()),
        ("?side=east", {"2.3", "2.10"}),
        ("?confirm=yes", {"2.3", "2.10"}),
    ],
)
def test_filters_leave_what_was_asked_for(cast, read, query, found):
    make_task(cast)
    make_task(cast, "2.10", started_on=None, goal="东桥改建")
    cast.east.transport.aliases = ["老交通局"]
    cast.east.transport.save()
    page = read(cast.east.staff, query)
    assert {number for number in ("2.3", "2.10") if f">事项{number}<" in page} == found


def test_an_organization_finds_its_tasks_and_its_groups(cast, read):
    TaskOwner.objects.create(task=make_task(cast), organization=cast.east.towns, role="support", position=2)
    make_task(cast, "2.4")
    page = read(cast.east.staff, f"?organization={cast.east.town.pk}")
    assert ">事项2.3<" in page
    assert ">事项2.4<" not in page


def test_headers_sort_both_ways(cast, read):
    make_task(cast, "2.1", due_on=TODAY.replace(year=2027))
    make_task(cast, "2.2", due_on=TODAY.replace(year=2028))
    up, down = read(cast.east.staff, "?sort=due"), read(cast.east.staff, "?sort=-due")
    assert up.index("事项2.1") < up.index("事项2.2")
    assert down.index("事项2.2") < down.index("事项2.1")


@pytest.mark.parametrize(
    "query",
    [
        "?page=abc", f"?page={10**20}", "?page=-1", "?sort=password", "?sort=owners__organization__party", "?sort=--due",
        "?q=%00", "?domain=%00", "?domain=abc", f"?organization={10**20}", "?organization=%00", "?light=purple", "?side='",
        "?kind=x", "?confirm=maybe", "?q=" + "长" * 500, "?domain=2&domain=3", f"?page={'9' * 5000}",
    ],
)  # fmt: skip
def test_nonsense_in_the_address_is_left_out(cast, read, query):
    make_task(cast)
    assert "2.3" in read(cast.east.staff, query)


def test_htmx_gets_the_table_alone_and_going_back_the_page(cast, read):
    make_task(cast)
    assert "<html" not in read(cast.east.staff, headers={"HX-Request": "true"})
    back = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in read(cast.east.staff, headers=back)


def test_it_asks_the_database_as_often_for_many_rows(cast, sign_in):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            sign_in(cast.east.secretary).get(reverse("ledger", args=["delta"]) + "?contacts=yes")
        return len(asked)

    def one(number):
        task = make_task(cast, number)
        make_milestone(task)
        report_of(task, cast.east, "accepted", "x")

    one("2.1")
    queries()  # the first sign-in fills caches
    few = queries()
    for number in range(2, 12):
        one(f"2.{number}")
    assert queries() == few


def test_fifty_rows_a_page(cast, read):
    for number in range(1, 53):
        make_task(cast, f"2.{number}")
    page = read(cast.east.staff, "?page=2&side=east")
    assert "事项2.52" in page
    assert "事项2.3<" not in page
    assert "side=east" in page.split('class="pager"')[1]


def test_outsiders_find_nothing_and_administrators_may_not(cast, sign_in):
    address = reverse("ledger", args=["delta"])
    assert sign_in(cast.outsider).get(address).status_code == 404
    assert sign_in(cast.admin).get(address).status_code == 403
    assert sign_in(cast.east.staff).post(address).status_code == 405
