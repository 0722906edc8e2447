"""Reporting: who owes, writing and sending, the own office's word, and what the other side never sees before it."""

import datetime
import uuid

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreement.models import Activity, Delivery
from agreement.models.activity import key_of
from agreement.workdays import Calendar, parse_period
from domains.models import Report, TaskOwner
from domains.reporting import changes, owed_reports
from tests.cast import TODAY, make_task

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def on_the_day():
    """Every test of this file happens at noon of TODAY, two working days before reports are due."""
    with time_machine.travel(datetime.datetime(2026, 11, 23, 4, tzinfo=datetime.UTC)):
        yield


@pytest.fixture
def task(cast):
    return make_task(cast)


@pytest.fixture
def place(cast, task):
    return report_url(cast.east.transport)


def report_url(organization, period="2026-11", number="2.3"):
    return reverse("report", args=["delta", number, period, organization.pk])


def make_report(task, side, state="accepted", period="2026-10", **facts):
    return Report.objects.create(
        task=task,
        organization=side.transport,
        period=period,
        state=state,
        author=side.staff,
        **{"work_done": "路基完成，桥梁开工", "approved_by_name": "张三"} | facts,
    )


def words(answer):
    return answer.content.decode()


def form_of(answer):
    """The values with which the report's form was shown."""
    form = answer.context["form"]
    return {name: form[name].value() or "" for name in form.fields}


def owing(cast, key="2026-11"):
    period = parse_period(cast.agreement, key, Calendar())
    return {(row.task.number, row.organization.slug) for row in owed_reports(cast.agreement, period)}


# --- who owes


def test_the_leads_of_started_tasks_owe(cast):
    make_task(cast, "2.1")
    make_task(cast, "2.2", started_on=None)
    make_task(cast, "2.3", ended_on=TODAY, outcome="achieved")
    make_task(cast, "2.4", cancelled_on=TODAY)
    alone = make_task(cast, "2.5", doing_side=cast.east.party)
    alone.cooperation = "one_side"
    alone.save()
    TaskOwner.objects.create(task=alone, organization=cast.east.town, role="support", position=2)
    assert {number for number, _ in owing(cast)} == {"2.1", "2.5"}
    assert TaskOwner.objects.owing_reports().filter(task=alone).count() == 1


def test_a_task_that_ended_later_was_owed_before(cast):
    make_task(cast, ended_on=TODAY, outcome="achieved")
    assert owing(cast, "2026-10")
    assert not owing(cast, "2026-11")


# --- writing


def test_the_last_text_is_carried_forward_and_compared(cast, sign_in, task, place):
    make_report(task, cast.east, next_steps="铺路面")
    answer = sign_in(cast.east.staff).get(place)
    assert form_of(answer)["work_done"] == "路基完成，桥梁开工"
    assert form_of(answer)["approved_by_name"] == "张三"
    sign_in(cast.east.staff).post(place, form_of(answer) | {"work_done": "路基完成，桥梁合龙", "action": "save"})
    assert "路基完成，桥梁开工" in words(sign_in(cast.east.staff).get(place))


def test_a_draft_is_kept_then_sent(cast, sign_in, task, place):
    client = sign_in(cast.east.staff)
    answer = client.post(place, form_of(client.get(place)) | {"work_done": "甲", "action": "save"})
    assert answer.status_code == 302
    assert Report.objects.get().state == "draft"
    answer = client.post(
        place, form_of(client.get(place)) | {"work_done": "乙", "approved_by_name": "李四", "action": "submit"}
    )
    report = Report.objects.get()
    assert (report.state, report.work_done, report.version, report.late) == ("submitted", "乙", 1, False)
    assert report.progress == {"percent": 0}
    assert {"drafted", "submitted"} == set(Activity.objects.about(key_of(report)).values_list("verb", flat=True))
    assert not Activity.objects.filter(side=None, subject=key_of(report)).exists()


def test_sending_asks_for_words_and_a_name_and_keeps_what_was_typed(cast, sign_in, task, place):
    client = sign_in(cast.east.staff)
    answer = client.post(
        place, form_of(client.get(place)) | {"next_steps": "我写的话", "action": "submit"}, headers=HTMX
    )
    assert answer.status_code == 422
    assert "我写的话" in words(answer)
    assert {"work_done", "approved_by_name"} <= set(answer.context["form"].errors)
    assert not Report.objects.exists()


def test_words_that_are_too_long_are_refused_and_kept(cast, sign_in, task, place):
    client = sign_in(cast.east.staff)
    answer = client.post(place, {"work_done": "长" * 2001, "action": "save"})
    assert answer.status_code == 422
    assert "长" * 2001 in words(answer)


def test_no_change_repeats_the_last_text_in_one_click(cast, sign_in, task, place):
    make_report(task, cast.east, next_steps="铺路面")
    once = uuid.uuid4()
    for _ in range(2):
        sign_in(cast.east.staff).post(place, {"action": "nil", "once": once}, headers=HTMX)
    report = Report.objects.get(period="2026-11")
    assert (report.state, report.nil, report.work_done, report.next_steps, report.approved_by_name) == (
        "submitted", True, "路基完成，桥梁开工", "铺路面", "张三",
    )  # fmt: skip


def test_no_change_is_refused_when_there_is_nothing_to_repeat(cast, sign_in, task, place):
    answer = sign_in(cast.east.staff).post(place, {"action": "nil"})
    assert answer.status_code == 409
    assert not Report.objects.exists()


def test_no_change_never_replaces_a_draft(cast, sign_in, task, place):
    make_report(task, cast.east)
    make_report(task, cast.east, "draft", "2026-11", work_done="新写的")
    assert sign_in(cast.east.staff).post(place, {"action": "nil"}).status_code == 409
    assert Report.objects.get(period="2026-11").work_done == "新写的"


def test_a_report_after_the_close_is_marked_late(cast, sign_in, task):
    make_report(task, cast.east, period="2026-09")
    sign_in(cast.east.staff).post(report_url(cast.east.transport, "2026-10"), {"action": "nil"})
    assert Report.objects.get(period="2026-10").late


def test_the_secretary_writes_on_behalf_and_it_is_marked(cast, sign_in, task, place):
    client = sign_in(cast.east.secretary)
    client.post(place, form_of(client.get(place)) | {"work_done": "甲", "approved_by_name": "李四", "action": "submit"})
    report = Report.objects.get()
    assert report.on_behalf
    assert all(Activity.objects.about(key_of(report)).values_list("on_behalf", flat=True))


def test_the_same_form_sent_twice_counts_once(cast, sign_in, task, place):
    client = sign_in(cast.east.staff)
    data = form_of(client.get(place)) | {"work_done": "甲", "approved_by_name": "李四", "action": "submit"}
    assert client.post(place, data).status_code == 302
    assert client.post(place, data).status_code == 302
    assert Report.objects.count() == 1


@pytest.mark.parametrize("htmx", [{}, HTMX])
def test_two_people_writing_one_draft_the_second_is_told_and_keeps_the_words(cast, sign_in, task, place, htmx):
    first = form_of(sign_in(cast.east.staff).get(place))
    second = form_of(sign_in(cast.east.secretary).get(place))
    sign_in(cast.east.staff).post(place, first | {"work_done": "先写的", "action": "save"})
    answer = sign_in(cast.east.secretary).post(place, second | {"work_done": "后写的", "action": "save"}, headers=htmx)
    assert answer.status_code == 409
    assert "先写的" in words(answer)
    assert "后写的" in words(answer)
    assert Report.objects.get().work_done == "先写的"
    again = sign_in(cast.east.secretary).post(place, form_of(answer) | {"action": "save"})
    assert again.status_code == 302
    assert Report.objects.get().work_done == "后写的"


def test_words_written_while_the_report_was_sent_are_kept(cast, sign_in, task, place):
    make_report(task, cast.east, "draft", "2026-11")
    form = form_of(sign_in(cast.east.secretary).get(place))
    Report.objects.get().submit(by=cast.east.staff, at=datetime.datetime.now(datetime.UTC))
    answer = sign_in(cast.east.secretary).post(place, form | {"work_done": "后写的", "action": "submit"})
    assert answer.status_code == 409
    assert "后写的" in words(answer)
    again = sign_in(cast.east.secretary).post(place, form_of(answer) | {"action": "submit"})
    assert again.status_code == 409
    assert Report.objects.get().work_done == "路基完成，桥梁开工"


def test_a_form_without_its_marks_never_overwrites(cast, sign_in, task, place):
    make_report(task, cast.east, "draft", "2026-11")
    for seen in ("", "abc", "1.1.accepted", "9" * 400):
        assert (
            sign_in(cast.east.staff).post(place, {"work_done": "x", "seen": seen, "action": "save"}).status_code == 409
        )
    assert sign_in(cast.east.staff).post(place, {"work_done": "x", "seen": "\0", "action": "save"}).status_code == 422
    assert Report.objects.get().work_done == "路基完成，桥梁开工"


# --- the office's word


@pytest.fixture
def waiting(cast, task):
    return make_report(task, cast.east, "submitted", "2026-11", work_done="CANARY 完成")


def decide(client, report, htmx=None, **data):
    return client.post(reverse("report-decide", args=["delta", report.pk]), data, headers=htmx or {})


def test_only_what_the_own_office_accepted_reaches_the_other_side(cast, sign_in, waiting, place):
    page = reverse("reporting", args=["delta", "2026-11"])
    for reader in (cast.west.secretary, cast.west.leader, cast.west.staff):
        assert "CANARY" not in words(sign_in(reader).get(page)) + words(sign_in(reader).get(place))
    assert decide(sign_in(cast.east.secretary), waiting, action="accept").status_code == 302
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by) == ("accepted", cast.east.secretary)
    for reader in (cast.west.secretary, cast.west.leader, cast.west.staff):
        assert "CANARY" in words(sign_in(reader).get(page))
        assert "CANARY" in words(sign_in(reader).get(place))


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
@pytest.mark.parametrize("period", ["2026-10", "2026-11"])
def test_unaccepted_words_stay_on_their_side(cast, sign_in, task, place, state, period):
    make_report(
        task, cast.east, state, period,
        work_done="CANARY", difficulties="CANARY", next_steps="CANARY", return_reason="CANARY", approved_by_name="CANARY",
    )  # fmt: skip
    make_report(task, cast.east, "accepted", "2026-09", version=1)
    for side_page in (reverse("reporting", args=["delta", period]), place, report_url(cast.east.transport, period)):
        for reader in (cast.west.secretary, cast.west.leader, cast.west.staff, cast.east.other):
            assert "CANARY" not in words(sign_in(reader).get(side_page))


def test_an_older_version_that_was_returned_stays_hidden_behind_the_accepted_one(cast, sign_in, task, place):
    make_report(task, cast.east, "returned", "2026-11", work_done="CANARY", return_reason="CANARY")
    make_report(task, cast.east, "accepted", "2026-11", version=2)
    make_report(task, cast.east, "draft", "2026-11", version=3, work_done="CANARY")
    assert "CANARY" not in words(sign_in(cast.west.secretary).get(place))
    assert "路基完成" in words(sign_in(cast.west.secretary).get(place))


def test_a_return_needs_a_reason_and_opens_a_new_version_with_the_text(cast, sign_in, waiting, place):
    assert decide(sign_in(cast.east.secretary), waiting, HTMX, action="return").status_code == 422
    assert decide(sign_in(cast.east.secretary), waiting, action="return", reason="请写清里程").status_code == 302
    client = sign_in(cast.east.staff)
    answer = client.get(place)
    assert "请写清里程" in words(answer)
    assert form_of(answer)["work_done"] == "CANARY 完成"
    client.post(place, form_of(answer) | {"work_done": "完成 3 公里", "action": "submit"})
    assert list(Report.objects.order_by("version").values_list("version", "state", "work_done")) == [
        (1, "returned", "CANARY 完成"),
        (2, "submitted", "完成 3 公里"),
    ]


def test_a_correction_after_acceptance_is_a_new_version(cast, sign_in, task, place):
    make_report(task, cast.east, "accepted", "2026-11")
    client = sign_in(cast.east.staff)
    assert client.get(place).context["form"] is None
    answer = client.get(place + "?write=1")
    client.post(place, form_of(answer) | {"work_done": "更正", "action": "submit"})
    assert list(Report.objects.order_by("version").values_list("state", flat=True)) == ["accepted", "submitted"]


def test_the_second_decision_is_told(cast, sign_in, waiting):
    decide(sign_in(cast.east.secretary), waiting, action="accept")
    answer = decide(sign_in(cast.east.secretary), waiting, HTMX, action="return", reason="晚了")
    assert answer.status_code == 409
    waiting.refresh_from_db()
    assert waiting.state == "accepted"


def test_a_decision_in_place_answers_the_row(cast, sign_in, waiting):
    row = {**HTMX, "HX-Target": f"owed-{waiting.task_id}-{waiting.organization_id}-2026-11"}
    answer = decide(sign_in(cast.east.secretary), waiting, row, action="accept")
    assert words(answer).lstrip().startswith("<li")
    assert "toast" in answer.headers["HX-Trigger"]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("east.staff", 403),
        ("east.leader", 403),
        ("west.secretary", 404),
        ("west.staff", 404),
        ("east.other", 404),
        ("admin", 403),
        ("outsider", 404),
    ],
)
def test_who_may_not_decide(cast, sign_in, waiting, who, status):
    assert decide(sign_in(named(cast, who)), waiting, action="accept").status_code == status
    waiting.refresh_from_db()
    assert waiting.state == "submitted"


def test_the_other_sides_accepted_report_is_not_to_be_decided(cast, sign_in, task):
    report = make_report(task, cast.east, "accepted", "2026-11")
    assert decide(sign_in(cast.west.secretary), report, action="return", reason="x").status_code == 403


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("east.leader", 403),
        ("east.other", 403),
        ("west.secretary", 403),
        ("west.staff", 403),
        ("admin", 403),
        ("outsider", 404),
    ],
)
def test_who_may_not_write(cast, sign_in, task, place, who, status):
    data = {"work_done": "x", "approved_by_name": "y", "action": "submit"}
    assert sign_in(named(cast, who)).post(place, data).status_code == status
    assert not Report.objects.exists()


def named(cast, who):
    side, _, person = who.rpartition(".")
    return getattr(getattr(cast, side) if side else cast, person)


# --- the page of a period


def test_staff_see_what_they_owe_and_secretaries_their_side(cast, sign_in, task):
    page = reverse("reporting", args=["delta", "2026-11"])
    assert sign_in(cast.east.staff).get(page).context["total"] == 1
    assert sign_in(cast.east.other).get(page).context["total"] == 0
    assert [
        row["party_id"] for _, rows in sign_in(cast.east.secretary).get(page).context["groups"] for row in rows
    ] == [cast.east.party.pk]
    leader = sign_in(cast.east.leader).get(page)
    assert leader.context["total"] == 1
    assert 'action="nil"' not in words(leader)


def test_current_leads_to_the_period_of_today(cast, sign_in):
    answer = sign_in(cast.east.staff).get(reverse("reporting-current", args=["delta"]))
    assert answer.url.endswith("/reporting/2026-11/")


@pytest.mark.parametrize(
    "period", ["2026-13", "2026Q4", "abc", "2026-12", "2099-01", "0000-00", "2026-1\x00", "9" * 60]
)
def test_no_such_period(cast, sign_in, task, period):
    assert sign_in(cast.east.staff).get(reverse("reporting", args=["delta", period])).status_code == 404
    assert sign_in(cast.east.staff).get(report_url(cast.east.transport, period)).status_code == 404


@pytest.mark.parametrize(("number", "organization"), [("9.9", None), ("2\x00", None), ("2.3", 10**20), ("2.3", 0)])
def test_no_such_report(cast, sign_in, task, number, organization):
    key = cast.east.transport.pk if organization is None else organization
    address = reverse("report", args=["delta", number, "2026-11", key])
    assert sign_in(cast.east.staff).get(address).status_code == 404


def test_an_unknown_state_shows_all(cast, sign_in, task):
    page = reverse("reporting", args=["delta", "2026-11"])
    for query in ("?state=purple", "?state=%00"):
        assert sign_in(cast.east.secretary).get(page + query).status_code == 200


def test_quarterly_agreements_report_by_quarter(cast, sign_in, task):
    cast.agreement.report_period = "quarter"
    cast.agreement.save()
    assert sign_in(cast.east.staff).get(reverse("reporting", args=["delta", "2026Q3"])).status_code == 200
    assert sign_in(cast.east.staff).get(report_url(cast.east.transport, "2026Q3")).status_code == 200


def test_outsiders_and_administrators(cast, sign_in, task, place):
    for address in (
        place,
        reverse("reporting", args=["delta", "2026-11"]),
        reverse("reporting-current", args=["delta"]),
    ):
        assert sign_in(cast.outsider).get(address).status_code == 404
        assert sign_in(cast.admin).get(address).status_code == 403


def test_it_asks_the_database_as_often_for_many_rows(cast, sign_in):
    page = reverse("reporting", args=["delta", "2026-11"])

    def queries():
        client = sign_in(cast.east.secretary)
        with CaptureQueriesContext(connection) as asked:
            client.get(page)
        return len(asked)

    def one(number, state):
        task = make_task(cast, number)
        make_report(task, cast.east, period="2026-10")
        make_report(task, cast.east, state, period="2026-11")
        make_report(task, cast.west, period="2026-11")

    one("2.1", "submitted")
    queries()
    few = queries()
    for number in range(2, 10):
        one(f"2.{number}", ("submitted", "returned", "draft", "accepted")[number % 4])
    assert queries() == few


def test_changes_are_marked_clause_by_clause():
    assert changes("路基完成，桥梁开工。", "路基完成，桥梁合龙。") == [
        ("same", "路基完成，"),
        ("gone", "桥梁开工。"),
        ("new", "桥梁合龙。"),
    ]
    assert changes("", "新") == [("new", "新")]
    assert changes("旧", "旧") == [("same", "旧")]


# --- who is told


def told(report):
    return {
        (delivery.recipient.username, delivery.notice.payload["title"].split("：")[0].split(":")[0])
        for delivery in Delivery.objects.filter(notice__subject=key_of(report)).select_related("recipient", "notice")
    }


def test_the_own_office_is_told_of_what_was_sent_and_the_unit_of_what_came_back(cast, sign_in, task, place):
    make_report(task, cast.east)
    sign_in(cast.east.staff).post(place, {"action": "nil"})
    report = Report.objects.get(period="2026-11")
    assert {name for name, _ in told(report)} == {"east.secretary"}
    decide(sign_in(cast.east.secretary), report, action="return", reason="请写清里程")
    assert {name for name, _ in told(report)} == {"east.secretary", "east.staff"}
    assert Delivery.objects.filter(notice__payload__text="请写清里程", recipient=cast.east.staff).exists()


def test_nobody_is_told_of_a_draft(cast, sign_in, task, place):
    sign_in(cast.east.staff).post(place, {"work_done": "甲", "action": "save"})
    assert Report.objects.get().state == "draft"
    assert not Delivery.objects.exists()
