"""Planning: what is due is written down once, however often, late or twice at a time it is planned."""

import datetime
import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from agreement.models import Delivery, Heartbeat, Membership, Notice
from agreement.models.activity import record
from agreement.notices import hours, planner
from agreement.notices.ledger import withdraw
from agreement.notices.planner import plan
from agreement.notices.telling import tell
from agreement.workdays import OFFICE_TIME, Calendar, seed_workdays
from tests import notice_source
from tests.cast import make_agreement
from tests.notice_source import occasion

NOW = datetime.datetime(2026, 11, 23, 10, 0, tzinfo=OFFICE_TIME)  # a Monday morning
NIGHT = datetime.datetime(2026, 11, 23, 22, 0, tzinfo=OFFICE_TIME)
State, Channel = Delivery.State, Delivery.Channel


@pytest.fixture(autouse=True)
def source(settings):
    settings.NOTICE_SOURCES = [notice_source.SOURCE]
    notice_source.saying[:] = []
    notice_source.unwanted.clear()


def say(*occasions):
    notice_source.saying[:] = occasions


def states(channel=Channel.MAIL, **where):
    return sorted(Delivery.objects.filter(channel=channel, **where).values_list("state", flat=True))


def test_it_writes_one_delivery_a_person_and_channel_however_often_it_runs(cast):
    say(occasion(cast.agreement, [cast.east.staff, cast.west.staff], NOW))
    assert [plan(NOW + timedelta(minutes=n)) for n in range(5)] == [4, 0, 0, 0, 0]
    assert states(Channel.IN_APP) == [State.SENT] * 2
    assert states(Channel.MAIL) == [State.PENDING] * 2


def test_a_round_with_nothing_new_costs_the_same_for_one_and_many(cast, django_assert_max_num_queries):
    people = [cast.east.staff, cast.west.staff, cast.east.leader, cast.west.leader]
    say(*[occasion(cast.agreement, people, NOW, subject=f"meeting:{n}") for n in range(20)])
    plan(NOW)
    with django_assert_max_num_queries(8):
        assert plan(NOW) == 0


def test_it_tells_only_in_the_window(cast):
    early = occasion(cast.agreement, [cast.east.staff], NOW, fire_at=NOW + timedelta(seconds=1))
    late = occasion(cast.agreement, [cast.east.staff], NOW, subject="meeting:10", valid_until=NOW)
    say(early, late)
    assert plan(NOW) == 0
    assert not Notice.objects.exists()


def test_who_joins_later_is_told_and_who_was_told_is_not_told_again(cast):
    say(occasion(cast.agreement, [cast.east.staff], NOW))
    plan(NOW)
    say(occasion(cast.agreement, [cast.east.staff, cast.west.staff], NOW))
    assert plan(NOW) == 2
    assert Delivery.objects.filter(recipient=cast.east.staff).count() == 2


def test_people_without_a_post_in_the_agreement_are_not_told(cast):
    Membership.objects.filter(user=cast.west.staff).update(ended_on=datetime.date(2026, 11, 1))
    say(occasion(cast.agreement, [cast.east.staff, cast.west.staff, cast.outsider], NOW))
    plan(NOW)
    assert set(Delivery.objects.values_list("recipient", flat=True)) == {cast.east.staff.pk}


def test_the_newest_stage_goes_out_and_the_older_ones_do_not(cast):
    first = occasion(cast.agreement, [cast.east.staff], NOW, stage="T-7d:x", fire_at=NOW - timedelta(days=5))
    say(first)
    plan(NOW - timedelta(days=4))
    older = occasion(cast.agreement, [cast.east.staff], NOW, stage="T-3d:x", fire_at=NOW - timedelta(days=2))
    newest = occasion(cast.agreement, [cast.east.staff], NOW, stage="T-1d:x")
    say(first, older, newest)
    plan(NOW)
    found = {each.notice.occasion: (each.state, each.reason) for each in Delivery.objects.filter(channel=Channel.MAIL)}
    assert found == {
        "T-7d:x": (State.SKIPPED, "superseded"),
        "T-3d:x": (State.SKIPPED, "superseded"),
        "T-1d:x": (State.PENDING, ""),
    }
    assert [each.notice.occasion for each in Delivery.objects.shown_to(cast.east.staff)] == ["T-1d:x", "T-7d:x"]


def test_after_a_day_without_beat_many_mails_become_one(cast):
    say(*[occasion(cast.agreement, [cast.east.staff], NOW, subject=f"meeting:{n}") for n in range(8)])
    plan(NOW + timedelta(hours=2))
    assert states(Channel.MAIL) == [State.FOLDED] * 8 + [State.PENDING]
    assert states(Channel.IN_APP) == [State.SENT] * 8
    plan(NOW + timedelta(hours=2, minutes=1))
    assert Delivery.objects.filter(channel=Channel.MAIL, state=State.PENDING).count() == 1


def test_what_was_taken_back_comes_back_when_it_turns_right_again_but_never_twice(cast):
    say(occasion(cast.agreement, [cast.east.staff, cast.west.staff], NOW))
    plan(NOW)
    Delivery.objects.filter(recipient=cast.west.staff, channel=Channel.MAIL).update(state=State.SENT, sent_at=NOW)
    Delivery.objects.filter(recipient=cast.west.staff, channel=Channel.IN_APP).update(read_at=NOW)
    assert withdraw("meeting:9") == 2
    assert not Delivery.objects.shown_to(cast.east.staff).exists()
    assert plan(NOW) == 2
    assert states(Channel.MAIL) == [State.PENDING, State.SENT]
    assert Delivery.objects.shown_to(cast.east.staff).count() == 1


def test_mail_keeps_office_hours_unless_it_is_urgent_or_would_come_too_late(cast, settings):
    settings.LOCAL_OUTBOX = None
    seed_workdays()
    people = [cast.east.staff]
    say(
        occasion(cast.agreement, people, NIGHT, subject="meeting:1"),
        occasion(cast.agreement, people, NIGHT, subject="meeting:2", urgent=True),
        occasion(cast.agreement, people, NIGHT, subject="meeting:3", hours=10),
    )
    plan(NIGHT)
    at = dict(Delivery.objects.filter(channel=Channel.MAIL).values_list("notice__subject", "next_at"))
    assert at == {
        "meeting:1": datetime.datetime(2026, 11, 24, 8, 30, tzinfo=OFFICE_TIME),
        "meeting:2": NIGHT,
        "meeting:3": NIGHT,
    }


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-23 08:29", "2026-11-23 08:30"),
        ("2026-11-23 08:30", "2026-11-23 08:30"),
        ("2026-11-23 17:59", "2026-11-23 17:59"),
        ("2026-11-23 18:00", "2026-11-24 08:30"),
        ("2026-11-27 18:00", "2026-11-30 08:30"),
        ("2026-11-28 10:00", "2026-11-28 10:00"),  # a Saturday worked in this calendar
        ("2026-11-29 10:00", "2026-11-30 08:30"),
    ],
)
def test_office_hours(at, opens):
    office = Calendar({datetime.date(2026, 11, 28): at == "2026-11-28 10:00"})
    moment = datetime.datetime.fromisoformat(at).replace(tzinfo=OFFICE_TIME)
    assert f"{hours.next_office_hour(moment, office):%Y-%m-%d %H:%M}" == opens


def test_newer_facts_show_in_what_was_told_before(cast):
    say(occasion(cast.agreement, [cast.east.staff], NOW))
    plan(NOW)
    say(occasion(cast.agreement, [cast.east.staff], NOW, payload={"title": "换了会议室", "path": "/x/"}))
    plan(NOW)
    assert Notice.objects.get().payload["title"] == "换了会议室"


def test_a_source_that_fails_stops_nobody_else(cast, settings):
    settings.NOTICE_SOURCES = ["tests.test_notices_planner.broken", notice_source.SOURCE]
    say(occasion(cast.agreement, [cast.east.staff], NOW))
    assert plan(NOW) == 2
    assert "broken" in Heartbeat.objects.get(name="plan").note


def broken(now):
    raise RuntimeError("no database there")


def test_who_moves_to_another_organization_no_longer_sees_what_was_told_there(cast):
    say(occasion(cast.agreement, [cast.east.staff], NOW))
    plan(NOW)
    assert Delivery.objects.shown_to(cast.east.staff).count() == 1
    Membership.objects.filter(user=cast.east.staff).update(organization=cast.west.transport)
    assert not Delivery.objects.shown_to(cast.east.staff).exists()


# What somebody has just done


def deed(cast, side=None):
    return record(cast.clause, "changed", by=cast.east.secretary, agreement=cast.agreement, side=side)


def test_a_deed_is_told_once_to_others_and_not_to_who_did_it(cast):
    people = [cast.east.secretary.pk, cast.east.staff.pk, cast.outsider.pk]
    activity = deed(cast)
    for _ in range(2):
        tell(activity, people, path="/x/", title="条款已修改")
    assert Notice.objects.count() == 1
    assert set(Delivery.objects.values_list("recipient", flat=True)) == {cast.east.staff.pk}


def test_a_side_s_own_affair_is_never_told_to_the_other(cast):
    everybody = [cast.east.staff.pk, cast.west.staff.pk, cast.west.secretary.pk, cast.admin.pk]
    tell(deed(cast, side=cast.east.party), everybody, path="/x/", title="内部")
    assert set(Delivery.objects.values_list("recipient", flat=True)) == {cast.east.staff.pk}


def test_a_deed_that_fails_is_not_told(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        tell(deed(cast), [cast.east.staff.pk], path="/x/", title="x")
        raise IntegrityError
    assert not Notice.objects.exists()


# Two planners at once


def plan_in_threads(times=2):
    """Runs plan(NOW) in so many threads, each with a connection of its own, let go together; what they raised."""
    ready, raised = threading.Barrier(times), []

    def run():
        try:
            ready.wait(10)
            plan(NOW)
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return raised


@pytest.fixture
def big_round(transactional_db):
    cast = make_agreement()
    people = [user for side in (cast.east, cast.west) for user in (side.staff, side.secretary, side.leader, side.other)]
    say(*[occasion(cast.agreement, people, NOW, subject=f"meeting:{n}") for n in range(5)])
    return 5, len(people)


@pytest.mark.postgres
def test_five_planners_at_once_write_each_delivery_once(big_round):
    matters, people = big_round
    assert plan_in_threads(5) == []
    assert Notice.objects.count() == matters
    assert Delivery.objects.count() == matters * people * 2


@pytest.mark.postgres
def test_without_the_constraints_the_same_planners_would_write_doubles(big_round, monkeypatch):
    """The negative control: it is the constraints that hold, so without them this very test must see doubles."""
    matters, _people = big_round
    real, together = planner._notices, threading.Barrier(5)

    def looked_at_the_same_time(keys):
        found = real(keys)
        if not found:
            together.wait(10)
        return found

    monkeypatch.setattr(planner, "_notices", looked_at_the_same_time)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE agreement_notice DROP CONSTRAINT notice_once")
    try:
        plan_in_threads(5)
        assert Notice.objects.count() > matters
    finally:
        Delivery.objects.all().delete()
        Notice.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE agreement_notice ADD CONSTRAINT notice_once UNIQUE (subject, occasion)")


def test_the_database_itself_refuses_a_second_delivery(cast):
    say(occasion(cast.agreement, [cast.east.staff], NOW))
    plan(NOW)
    row = Delivery.objects.first()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
