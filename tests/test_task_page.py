"""The page of a task: what it says to whom, in the drawer and as a page, and progress put in in place."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreement.models import Activity
from agreement.workdays import office_today
from domains.models import Issue, ProgressRecord, Report, Task, TaskOwner
from tests.cast import make_milestone, make_task

DRAWER = {"HX-Request": "true", "HX-Target": "drawer-body"}


def page_of(task):
    return reverse("task", args=[task.agreement.slug, task.number])


def text(response):
    return response.content.decode()


def test_it_shows_clause_owners_milestones_and_the_people_to_call(cast, sign_in):
    task = make_task(cast, goal="全线通车", to_confirm=True)
    make_milestone(task, title="路基完工", due_text="年底前")
    cast.west.staff.phone = "0573-12345"
    cast.west.staff.save()
    page = text(sign_in(cast.east.staff).get(page_of(task)))
    for words in (
        "公路提速",
        "#clause-2.3",
        "全线通车",
        "路基完工",
        "年底前",
        "easttransport局",
        "westtransport局",
        "0573-12345",
    ):
        assert words in page


def test_htmx_gets_the_drawer_and_a_browser_without_it_the_page(cast, sign_in):
    task = make_task(cast)
    client = sign_in(cast.east.staff)
    assert "<html" in text(client.get(page_of(task)))
    drawer = text(client.get(page_of(task), headers=DRAWER))
    assert "<html" not in drawer
    assert drawer.lstrip().startswith('<h2 tabindex="-1">')


def test_a_date_that_was_moved_shows_the_one_first_agreed(cast, sign_in):
    task = make_task(cast)
    milestone = make_milestone(task, starts_on=None, due_on=datetime.date(2030, 6, 30))
    milestone.reschedule(datetime.date(2030, 12, 31), by=None, reason="第三次联席会议")
    page = text(sign_in(cast.east.staff).get(page_of(task)))
    assert "2030-12-31" in page
    assert "2030-06-30" in page
    assert "第三次联席会议" in page


def test_whose_move_is_told_with_the_working_days_waited(cast, sign_in):
    since = office_today() - datetime.timedelta(days=14)
    task = make_task(cast, move="party", move_side=cast.west.party, move_since=since)
    card = sign_in(cast.east.staff).get(page_of(task)).context["card"]
    assert card["mover"] == cast.west.party.short_name
    assert card["waited"] == 10


def test_what_is_the_other_sides_own_leaves_no_trace(cast, sign_in):
    task = make_task(cast)
    task.owners.filter(party=cast.east.party).update(role="support")
    Issue.put(
        task,
        organization=cast.west.transport,
        by=cast.west.staff,
        on=office_today(),
        title="金丝雀一",
        facts="f",
        ask="金丝雀二",
    )
    draft = Report.objects.create(
        task=task, organization=cast.west.transport, period="2026-10", work_done="金丝雀三", author=cast.west.staff
    )
    draft.submit(by=cast.west.staff, at=datetime.datetime.now(datetime.UTC))
    for person in (cast.east.staff, cast.east.secretary, cast.east.leader, cast.west.other):
        for headers in ({}, DRAWER):
            assert "金丝雀" not in text(sign_in(person).get(page_of(task), headers=headers)), person
    own = text(sign_in(cast.west.secretary).get(page_of(task)))
    assert "金丝雀一" in own
    assert "金丝雀三" in own
    draft.accept(by=cast.west.secretary, at=datetime.datetime.now(datetime.UTC))
    assert "金丝雀三" in text(sign_in(cast.east.staff).get(page_of(task)))


def test_the_history_is_in_words_and_paged(cast, sign_in):
    task = make_task(cast)
    milestone = make_milestone(task, title="架梁", percent=10)
    for percent in range(20, 40):
        milestone.refresh_from_db()
        milestone.move_to(percent, by=cast.east.staff, on=office_today(), version=milestone.version)
    client = sign_in(cast.west.leader)
    history = client.get(page_of(task)).context["history"]
    assert len(history["rows"]) == 10
    first = history["rows"][0]
    assert (first["who"], first["label"]) == ("east.staff", "架梁")
    assert [(change["old"], change["new"]) for change in first["changes"]] == [("38%", "39%")]
    older = client.get(page_of(task) + "?page=2", headers={"HX-Request": "true", "HX-Target": "task-history"})
    assert "19%" not in text(older)
    assert "29%" in text(older)


def test_its_cost_does_not_grow_with_what_it_shows(cast, sign_in):
    task = make_task(cast)
    make_milestone(task, organization=cast.west.transport)
    client = sign_in(cast.east.secretary)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page_of(task)).status_code == 200
        return len(queries)

    Issue.put(
        task, organization=cast.east.transport, by=cast.east.staff, on=office_today(), title="t", facts="f", ask="a"
    )
    cost()
    few = cost()
    for number in range(15):
        make_milestone(task, organization=cast.west.transport if number % 2 else None)
        Issue.put(
            task, organization=cast.east.transport, by=cast.east.staff, on=office_today(), title="t", facts="f", ask="a"
        )
    TaskOwner.objects.create(task=task, organization=cast.east.town, role="support", position=2)
    TaskOwner.objects.create(task=task, organization=cast.west.towns, role="support", position=2)
    assert cost() == few


def test_a_task_is_started_on_a_day_typed_the_chinese_way(cast, sign_in):
    task = make_task(cast, started_on=None)
    response = sign_in(cast.east.staff).post(
        reverse("task-start", args=[cast.agreement.slug, task.number]), {"on": "2026年１月5日"}
    )
    assert response.status_code == 302
    task.refresh_from_db()
    assert task.started_on == datetime.date(2026, 1, 5)
    assert Activity.objects.get(verb="started").by == cast.east.staff


def test_starting_refuses_what_is_no_day_and_days_to_come(cast, sign_in):
    task = make_task(cast, started_on=None)
    address = reverse("task-start", args=[cast.agreement.slug, task.number])
    for typed in ("2026-02-30", "昨天", "2999-01-01", "", "6月30日"):
        response = sign_in(cast.east.staff).post(address, {"on": typed}, headers=DRAWER)
        assert response.status_code == 422, typed
        assert 'aria-invalid="true"' in text(response)
    tomorrow = (office_today() + datetime.timedelta(days=1)).isoformat()
    assert sign_in(cast.east.staff).post(address, {"on": tomorrow}).status_code == 422
    task.refresh_from_db()
    assert task.started_on is None


def test_a_count_goes_up_in_place_and_tells_the_board(cast, sign_in):
    task = make_task(cast, progress_kind="count")
    address = reverse("progress-new", args=[cast.agreement.slug, task.number])
    once = "7f1b2f0e-6a55-4f6e-8f0a-0c8b6d1c7a11"
    data = {"amount": "3", "on": office_today().isoformat(), "words": "新增三条\x00线路\u202e", "once": once}
    client = sign_in(cast.east.staff)
    response = client.post(address, data, headers=DRAWER)
    assert response.status_code == 200
    assert "task-changed" in response["HX-Trigger"]
    assert client.post(address, data, headers=DRAWER).status_code == 200  # the double click
    record = ProgressRecord.objects.get()
    assert (record.amount, record.words, record.organization) == (3, "新增三条线路", cast.east.transport)


@pytest.mark.parametrize(
    ("amount", "words", "field"),
    [
        ("0", "x", "amount"),
        ("-1", "", "words"),
        ("-9", "更正", "amount"),
        ("many", "", "amount"),
        ("99999999999", "", "amount"),
    ],
)
def test_a_count_is_refused_at_its_field_with_the_words_kept(cast, sign_in, amount, words, field):
    task = make_task(cast, progress_kind="count")
    ProgressRecord.note(task, on=office_today(), amount=2, by=cast.east.staff)
    address = reverse("progress-new", args=[cast.agreement.slug, task.number])
    response = sign_in(cast.east.staff).post(
        address, {"amount": amount, "on": office_today().isoformat(), "words": words}, headers=DRAWER
    )
    assert response.status_code == 422
    assert field in response.context["progress_form"].errors
    assert words in text(response)
    assert ProgressRecord.objects.count() == 1


def test_a_mistake_is_taken_back_by_a_number_below_zero_with_words(cast, sign_in):
    task = make_task(cast, progress_kind="count")
    ProgressRecord.note(task, on=office_today(), amount=2, by=cast.east.staff)
    address = reverse("progress-new", args=[cast.agreement.slug, task.number])
    data = {"amount": "-1", "on": office_today().isoformat(), "words": "重复计数"}
    assert sign_in(cast.east.staff).post(address, data).status_code == 302
    assert Task.objects.with_progress(cast.parties).get().counted == 1


def test_a_mechanism_says_when_it_was_held_and_a_percent_is_never_asked(cast, sign_in):
    task = make_task(cast, progress_kind="cadence")
    client = sign_in(cast.west.secretary)
    assert 'name="amount"' not in text(client.get(page_of(task)))
    address = reverse("progress-new", args=[cast.agreement.slug, task.number])
    assert client.post(address, {"on": office_today().isoformat(), "words": "第二次"}).status_code == 302
    record = ProgressRecord.objects.get()
    assert record.organization == cast.west.transport
    assert Activity.objects.get(verb="held").on_behalf


def test_works_take_no_count(cast, sign_in):
    task = make_task(cast)
    address = reverse("progress-new", args=[cast.agreement.slug, task.number])
    assert sign_in(cast.east.staff).post(address, {"amount": 1, "on": "2026-01-01"}).status_code == 404


def test_only_those_who_own_it_may_put_something_in(cast, sign_in):
    task = make_task(cast, progress_kind="count", started_on=None)
    for name in ("task-start", "progress-new"):
        address = reverse(name, args=[cast.agreement.slug, task.number])
        for person, status in (
            (cast.east.other, 403),
            (cast.east.leader, 403),
            (cast.admin, 403),
            (cast.outsider, 404),
        ):
            assert sign_in(person).post(address, {"on": "2026-01-01", "amount": 1}).status_code == status
    assert sign_in(cast.outsider).get(page_of(task)).status_code == 404
    assert sign_in(cast.admin).get(page_of(task)).status_code == 403
    assert not ProgressRecord.objects.exists()


def test_a_task_that_has_ended_takes_nothing_more(cast, sign_in):
    task = make_task(cast, progress_kind="count", outcome="achieved", ended_on=office_today())
    client = sign_in(cast.east.staff)
    assert (
        client.post(reverse("progress-new", args=[cast.agreement.slug, task.number]), {"amount": 1}).status_code == 403
    )
    assert client.get(page_of(task)).context["progress_form"] is None
