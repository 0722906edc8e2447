"""Reminders: of meetings to come, and of reports that are due."""

import datetime
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreement.models import Delivery, Membership, Notice, User
from agreement.notices.planner import plan
from agreement.notices.words import words_of
from agreement.workdays import OFFICE_TIME, calendar, parse_period, seed_workdays
from domains import reminders as reporting
from domains.models import Report, Task
from meetings import reminders
from meetings.models import MechanismMember, Meeting
from tests.cast import make_mechanism, make_task
from tests.test_workdays import OFFICE, days

Channel, State = Delivery.Channel, Delivery.State


def at(text) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=OFFICE_TIME)


@pytest.fixture
def mechanism(cast):
    seed_workdays()
    return make_mechanism(cast)


def make_meeting(mechanism, starts_at=None, **facts):
    values = {"sequence": mechanism.meetings.count() + 1, "host": mechanism.first_host, "place": "二楼会议室"} | facts
    return Meeting.objects.create(
        agreement=mechanism.agreement, mechanism=mechanism, starts_at=starts_at or at("12-10 09:30"), **values
    )


def told(user) -> list[str]:
    """The occasions `user` was told of in the application, the oldest first."""
    return [row.notice.occasion for row in reversed(Delivery.objects.shown_to(user).select_related("notice"))]


# Stages


@given(
    days,
    st.times(),
    st.sets(st.integers(1, 20), min_size=1),
)
def test_every_stage_begins_on_a_working_day_and_gives_way_to_the_next(day, hour, counts):
    starts_at = datetime.datetime.combine(day, hour, OFFICE_TIME)
    stages = reminders.stages(starts_at, counts, OFFICE)
    assert [n for n, _, _ in stages] == sorted(counts, reverse=True)
    assert all(OFFICE.is_workday(begins.date()) for _, begins, _ in stages)
    assert all(begins < ends for _, begins, ends in stages)
    assert [ends for _, _, ends in stages] == [*[begins for _, begins, _ in stages[1:]], starts_at]


def test_before_the_long_holiday_the_reminder_comes_on_the_last_working_day():
    stages = reminders.stages(at("10-09 09:00"), [7, 3, 1], OFFICE)
    assert [f"{n} {begins:%m-%d %H:%M}" for n, begins, _ in stages] == [
        "7 09-22 09:00",
        "3 09-29 09:00",
        "1 10-08 09:00",
    ]


@pytest.mark.parametrize("counts", [[], ["7"], [0, -1], [1000], [3, 3], None, 7, {"7": 1}])
def test_odd_settings_remind_of_what_they_can(counts):
    assert len(reminders.stages(at("12-10 09:30"), counts, OFFICE)) == (1 if counts == [3, 3] else 0)


# Meetings


def test_members_are_reminded_seven_three_and_one_working_days_before_each_once(cast, mechanism):
    make_meeting(mechanism)
    now = at("11-25 00:00")
    while now < at("12-11 00:00"):
        plan(now)
        now += timedelta(hours=3)
    assert told(cast.east.staff) == ["T-7d:2026-12-10", "T-3d:2026-12-10", "T-1d:2026-12-10"]
    assert told(cast.west.leader) == told(cast.east.staff)
    first = Delivery.objects.filter(channel=Channel.IN_APP).order_by("sent_at").first()
    assert first.sent_at == at("12-01 09:00")


def test_only_the_mechanism_s_members_are_reminded(cast, mechanism):
    make_meeting(mechanism)
    plan(at("12-09 10:00"))
    reminded = set(Delivery.objects.values_list("recipient__username", flat=True))
    assert reminded == {f"{side}.{role}" for side in ("east", "west") for role in ("secretary", "leader", "staff")}


def test_a_group_s_seat_is_its_members_seat(cast, mechanism):
    MechanismMember.objects.create(mechanism=mechanism, organization=cast.east.towns)
    make_meeting(mechanism)
    plan(at("12-09 10:00"))
    assert told(cast.east.other) == ["T-1d:2026-12-10"]
    assert told(cast.west.other) == []


def test_after_a_beat_of_silence_for_26_hours_only_the_stage_that_counts_goes_out(cast, mechanism):
    make_meeting(mechanism)
    plan(at("12-07 08:00"))
    plan(at("12-09 10:00"))  # nothing ran when the three-day reminder was due, nor the morning of the last
    assert told(cast.east.staff) == ["T-7d:2026-12-10", "T-1d:2026-12-10"]
    waiting = Delivery.objects.filter(recipient=cast.east.staff, channel=Channel.MAIL, state=State.PENDING)
    assert [row.notice.occasion for row in waiting] == ["T-1d:2026-12-10"]


def test_a_meeting_called_for_tomorrow_is_told_at_once_at_any_hour(cast, mechanism, settings):
    settings.LOCAL_OUTBOX = None
    make_meeting(mechanism)
    for now in (at("12-09 06:00"), at("12-09 23:00")):
        Delivery.objects.all().delete()
        Notice.objects.all().delete()
        plan(now)
        assert set(Delivery.objects.filter(channel=Channel.MAIL).values_list("next_at", flat=True)) == {now}


@pytest.mark.parametrize(
    "change", [{"held_on": date(2026, 12, 8)}, {"cancelled_on": date(2026, 12, 8)}, {"starts_at": at("12-08 09:00")}]
)
def test_a_meeting_held_called_off_or_begun_is_not_reminded_of(cast, mechanism, change):
    meeting = make_meeting(mechanism)
    plan(at("12-04 10:00"))
    Meeting.objects.filter(pk=meeting.pk).update(**change)
    mails = Delivery.objects.filter(channel=Channel.MAIL)
    assert reminders.still_wanted(mails.select_related("notice"), at("12-08 10:00")) == {}
    assert plan(at("12-09 10:00")) == 0


def test_a_moved_meeting_is_reminded_of_for_its_new_date_only(cast, mechanism):
    meeting = make_meeting(mechanism)
    plan(at("12-04 10:00"))
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=at("12-11 14:00"))
    plan(at("12-04 11:00"))
    assert told(cast.east.staff) == ["T-7d:2026-12-10", "T-7d:2026-12-11"]
    wanted = reminders.still_wanted(
        Delivery.objects.filter(channel=Channel.MAIL).select_related("notice"), at("12-04 11:00")
    )
    occasions = set(Delivery.objects.filter(pk__in=wanted).values_list("notice__occasion", flat=True))
    assert occasions == {"T-7d:2026-12-11"}
    assert {facts["starts_at"][11:16] for facts in wanted.values()} == {"14:00"}


def test_the_words_count_the_days_that_are_left_when_it_is_read(cast, mechanism):
    make_meeting(mechanism)
    plan(at("12-07 10:00"))
    notice = Notice.objects.get()
    words = [words_of(notice, at(day), language="en").subject for day in ("12-07 10:00", "12-09 08:00", "12-10 08:00")]
    assert [text.split(":")[0] for text in words] == ["3 days left", "1 day left", "Today"]
    said = words_of(notice, at("12-07 10:00"), language="en")
    assert "2026-12-10 09:30" in said.body
    assert "二楼会议室" in said.body
    assert said.path == Meeting.objects.get().get_absolute_url()


def test_many_meetings_cost_no_more_queries_than_one(cast, mechanism, django_assert_max_num_queries):
    for n in range(30):
        make_meeting(make_mechanism(cast, number=f"x.{n}"), at("12-10 09:30") + timedelta(hours=n % 8))
    with django_assert_max_num_queries(5):
        assert len(list(reminders.occasions(at("12-09 10:00")))) == 30


def test_agreements_do_not_hear_of_each_other_s_meetings(cast, mechanism):
    make_meeting(mechanism)
    plan(at("12-09 10:00"))
    assert told(cast.outsider) == []
    assert set(Notice.objects.values_list("agreement", flat=True)) == {cast.agreement.pk}


# Reports


@pytest.fixture
def task(cast):
    seed_workdays()
    return make_task(cast)


def november(cast):
    return parse_period(cast.agreement, "2026-11", calendar())


def test_both_leads_hear_that_a_period_opens_and_who_has_not_reported_that_it_is_due(cast, task):
    now = at("11-19 00:00")
    while now < at("11-22 00:00"):
        plan(now)
        now += timedelta(hours=3)
    assert told(cast.east.staff) == told(cast.west.staff) == ["opens:2026-11:2026-11-25"]
    Report.objects.create(
        task=task, organization=cast.west.transport, period="2026-11", state="submitted", author=cast.west.staff
    )
    plan(at("11-23 09:00"))
    assert told(cast.east.staff)[1:] == ["due:2026-11:2026-11-25"]
    assert told(cast.west.staff)[1:] == []
    assert told(cast.east.secretary) == []


def test_a_report_handed_in_takes_its_reminder_back(cast, task):
    plan(at("11-23 10:00"))
    Report.objects.create(
        task=task, organization=cast.east.transport, period="2026-11", state="submitted", author=cast.east.staff
    )
    mails = Delivery.objects.filter(channel=Channel.MAIL).select_related("notice")
    wanted = reporting.still_wanted(mails, at("11-23 11:00"))
    assert {mail.recipient for mail in mails if mail.pk in wanted} == {cast.west.staff}


@pytest.mark.parametrize(
    "change",
    [{"started_on": None}, {"ended_on": date(2026, 11, 1), "outcome": "achieved"}, {"cancelled_on": date(2026, 11, 1)}],
)
def test_a_task_not_started_or_over_asks_for_no_report(cast, task, change):
    Task.objects.filter(pk=task.pk).update(**change)
    assert reporting.owed_reports(cast.agreement, november(cast)) == {}


def test_a_task_on_one_side_asks_no_report_of_the_other(cast, task):
    Task.objects.filter(pk=task.pk).update(cooperation="one_side", doing_side=cast.east.party)
    assert set(reporting.owed_reports(cast.agreement, november(cast))) == {cast.east.transport}


def test_each_organization_reads_only_of_its_own_reports(cast, task):
    make_task(cast, "2.4")
    Report.objects.create(
        task=task, organization=cast.west.transport, period="2026-11", state="submitted", author=cast.west.staff
    )
    plan(at("11-23 10:00"))
    said = {
        row.recipient.username: words_of(row.notice, at("11-23 10:00"), language="en")
        for row in Delivery.objects.filter(channel=Channel.MAIL)
    }
    assert "2 reports" in said["east.staff"].subject
    assert "1 report " in said["west.staff"].subject
    assert "2.3" in said["east.staff"].body
    assert "2.3" not in said["west.staff"].body


def test_more_tasks_and_people_cost_no_more_queries(cast, task, django_assert_max_num_queries):
    for n in range(10):
        make_task(cast, f"2.{n + 10}")
        user = User.objects.create_user(f"more{n}", f"more{n}@example.test", name="x")
        Membership.objects.create(agreement=cast.agreement, user=user, organization=cast.east.transport, role="staff")
    with django_assert_max_num_queries(12):
        assert len(list(reporting.occasions(at("11-23 10:00")))) == 2
