"""My work: what a person owes, most urgent first, each with its action, and nothing that is not theirs to see."""

import datetime

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreement.models import Membership
from domains.models import Issue, Report, TaskOwner
from tests.cast import TODAY, make_milestone, make_task

DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def on_the_day():
    """Every test of this file happens at noon of TODAY."""
    with time_machine.travel(datetime.datetime(2026, 11, 23, 4, tzinfo=datetime.UTC)):
        yield


@pytest.fixture
def task(cast):
    return make_task(cast)


@pytest.fixture
def page(sign_in):
    """My work as a person sees it: the answer, its part for their one agreement, and the text."""

    def reading(user):
        answer = sign_in(user).get(reverse("my-work"))
        assert answer.status_code == 200
        return answer.context["parts"][0] if answer.context["parts"] else None, answer.content.decode()

    return reading


def make_report(task, side, state, period="2026-11", **facts):
    values = {"work_done": "路基完成", "approved_by_name": "张三"} | facts
    return Report.objects.create(
        task=task, organization=side.transport, period=period, state=state, author=side.staff, **values
    )


def make_issue(cast, task, side, title, **facts):
    values = {"facts": "x", "ask": "请答复", "level_since": TODAY, "raised_on": TODAY} | facts
    return Issue.objects.create(
        agreement=cast.agreement, task=task, organization=side.transport, raised_by=side.staff, title=title, **values
    )


def test_the_most_urgent_comes_first_whatever_it_is(cast, page, task):
    make_milestone(task, cast.east.transport, title="快到了", due_on=TODAY + DAY)
    make_milestone(task, cast.east.transport, title="早过了", starts_on=None, due_on=TODAY - 90 * DAY)
    make_milestone(task, cast.east.transport, title="还远", due_on=TODAY + 90 * DAY)
    part, text = page(cast.east.staff)
    assert [todo.kind for todo in part["todo"]] == ["milestone", "report", "milestone", "report"]
    assert text.index("早过了") < text.index("快到了")
    assert "还远" not in text
    assert part["late"] == 2


def test_each_thing_has_its_action_in_place(cast, page, task):
    milestone = make_milestone(task, cast.east.transport, due_on=TODAY)
    make_report(task, cast.east, "accepted", "2026-10")
    text = page(cast.east.staff)[1]
    report = reverse("report", args=["delta", "2.3", "2026-11", cast.east.transport.pk])
    assert f'hx-post="{reverse("milestone", args=["delta", milestone.pk])}"' in text
    assert f'hx-post="{report}"' in text
    assert f'href="{report}"' in text


def test_no_change_from_here_answers_the_row(cast, sign_in, task):
    make_report(task, cast.east, "accepted", "2026-10")
    row = {"HX-Request": "true", "HX-Target": f"owed-{task.pk}-{cast.east.transport.pk}-2026-11"}
    report = reverse("report", args=["delta", "2.3", "2026-11", cast.east.transport.pk])
    answer = sign_in(cast.east.staff).post(report, {"action": "nil"}, headers=row)
    assert answer.status_code == 200
    assert answer.content.decode().lstrip().startswith("<li")
    assert Report.objects.get(period="2026-11").nil


def test_a_group_is_its_members_business(cast, page, task):
    TaskOwner.objects.create(task=task, organization=cast.east.towns, role="support", position=2)
    make_milestone(task, cast.east.towns, title="各镇的节点", due_on=TODAY)
    assert "各镇的节点" in page(cast.east.other)[1]
    assert "各镇的节点" not in page(cast.west.other)[1]


def test_joint_milestones_are_the_leads(cast, page, task):
    make_milestone(task, None, title="双方的节点", due_on=TODAY)
    assert "双方的节点" in page(cast.east.staff)[1]
    assert "双方的节点" in page(cast.west.staff)[1]
    assert "双方的节点" not in page(cast.east.other)[1]


def test_what_is_done_or_over_asks_nothing(cast, page):
    over = make_task(cast, "2.1", ended_on=TODAY, outcome="achieved")
    make_milestone(over, cast.east.transport, due_on=TODAY - DAY)
    done = make_task(cast, "2.2")
    make_milestone(done, cast.east.transport, due_on=TODAY - DAY, percent=100, done_on=TODAY)
    for period in ("2026-10", "2026-11"):
        make_report(done, cast.east, "accepted", period)
    part, text = page(cast.east.staff)
    assert [todo.row["number"] for todo in part["todo"]] == ["2.1"]  # its report of October, when it was not over
    assert part["late"] == 1
    assert "2.2" not in text


def test_an_empty_list_is_a_kind_one(cast, page):
    part, text = page(cast.east.other)
    assert part["todo"] == []
    assert 'class="empty"' in text


def test_a_returned_report_comes_back_with_its_reason(cast, page, task):
    make_report(task, cast.east, "returned", return_reason="请写清里程")
    assert "请写清里程" in page(cast.east.staff)[1]


def test_issues_between_the_leads_wait_for_the_one_who_is_asked(cast, page, task):
    make_issue(cast, task, cast.east, "问题一", asked_of=cast.west.transport)
    make_issue(cast, task, cast.east, "问题二")
    for user, seen in ((cast.west.staff, True), (cast.east.staff, False), (cast.west.other, False)):
        text = page(user)[1]
        assert ("问题一" in text, "问题二" in text) == (seen, seen)


def test_the_secretary_decides_here_and_counts_what_is_missing(cast, page, task):
    make_report(task, cast.east, "submitted")
    make_report(task, cast.west, "submitted", work_done="CANARY")
    part, text = page(cast.east.secretary)
    assert [row["party_id"] for row in part["decide"]] == [cast.east.party.pk]
    assert [(period.key, number) for period, number in part["missing"]] == [("2026-10", 1)]
    assert "CANARY" not in text


def test_the_leader_sees_what_came_up_and_what_is_behind(cast, page, task):
    make_milestone(task, cast.east.transport, title="晚了的节点", due_on=TODAY - DAY)
    make_issue(cast, task, cast.west, "上报的问题", level=2, peak_level=2)
    make_issue(cast, task, cast.west, "CANARY-底层", level=1, peak_level=1)
    part, text = page(cast.east.leader)
    assert part["red_total"] == 1
    assert "上报的问题" in text
    assert "CANARY" not in text
    assert "todo-" not in text


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_the_other_sides_unaccepted_words_are_not_here(cast, page, task, state):
    for period in ("2026-10", "2026-11"):
        make_report(task, cast.east, state, period, work_done="CANARY", return_reason="CANARY", next_steps="CANARY")
    make_issue(cast, task, cast.east, "CANARY", asked_of=cast.east.office)
    for reader in (cast.west.secretary, cast.west.leader, cast.west.other, cast.east.other):
        assert "CANARY" not in page(reader)[1]


def test_several_agreements_stand_beside_each_other(cast, sign_in, task):
    Membership.objects.create(
        agreement=cast.elsewhere.agreement,
        user=cast.east.staff,
        organization=cast.elsewhere.north.transport,
        role="staff",
    )
    answer = sign_in(cast.east.staff).get(reverse("my-work"))
    assert len(answer.context["parts"]) == 2
    assert "harbour" in answer.content.decode()


def test_outsiders_see_their_own_and_nothing_of_others(cast, page, task):
    make_milestone(task, None, title="CANARY", due_on=TODAY)
    assert "CANARY" not in page(cast.outsider)[1]


def test_administrators_and_former_members_find_an_empty_page(cast, page, task):
    assert page(cast.admin)[0] is None
    cast.east.staff.post.ended_on = TODAY
    cast.east.staff.post.save()
    assert page(cast.east.staff)[0] is None


@pytest.mark.parametrize("who", ["staff", "secretary", "leader"])
def test_it_asks_the_database_as_often_for_many_rows(cast, sign_in, who):
    def queries():
        client = sign_in(getattr(cast.east, who))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("my-work"))
        return len(asked)

    def one(number):
        task = make_task(cast, number)
        make_milestone(task, cast.east.transport, due_on=TODAY - DAY)
        make_milestone(task, cast.east.office, due_on=TODAY - DAY)
        make_report(task, cast.east, "accepted", "2026-09")
        make_report(task, cast.east, "submitted", "2026-10")
        make_issue(cast, task, cast.west, "问题", asked_of=cast.east.transport)
        make_issue(cast, task, cast.west, "问题", level=2, peak_level=2)

    one("2.1")
    queries()
    few = queries()
    for number in range(2, 9):
        one(f"2.{number}")
    assert queries() == few
