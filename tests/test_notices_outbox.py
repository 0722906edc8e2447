"""Sending: each answer of a mail server has its consequence, and a row is finished only by who holds it."""

import datetime
import socket
from datetime import timedelta
from types import SimpleNamespace

import pytest

from agreement.models import ChannelHealth, Delivery, DeliveryAttempt, Membership, Notice
from agreement.notices import outbox, waking
from agreement.notices.ledger import add_deliveries
from agreement.notices.local_outbox import folder_of, read
from agreement.notices.mail import message_id
from agreement.notices.outbox import PAUSES, claim, drain, send_all
from agreement.notices.planner import plan
from agreement.workdays import OFFICE_TIME, Calendar
from tests import notice_source
from tests.notice_source import occasion
from tests.smtp_sink import SinkServer

NOW = datetime.datetime(2026, 11, 23, 10, 0, tzinfo=OFFICE_TIME)
State = Delivery.State


@pytest.fixture
def sink(settings):
    server = SinkServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 2
    settings.LOCAL_OUTBOX = None
    yield server.sink
    server.stop()


@pytest.fixture
def clock():
    """A clock that stands until it is told to go on: `clock.go(minutes=5)`."""
    state = SimpleNamespace(now=NOW)

    def tick():
        return state.now

    def go(**by):
        state.now += timedelta(**by)

    tick.go = go
    return tick


def notice_of(cast, *users, series="event", urgent=True, days=10, **payload):
    """A notice of a deed, with a mail waiting for each of `users`; returns the mails."""
    notice = Notice.objects.create(
        agreement=cast.agreement,
        subject="issue:1",
        occasion=f"evt:{Notice.objects.count()}",
        series=series,
        fire_at=NOW,
        valid_until=NOW + timedelta(days=days),
        urgent=urgent,
        payload={"title": "新增问题", "text": "过江通道用地指标", "path": "/delta/issues/1/"} | payload,
    )
    people = {user.pk: user.post.organization_id for user in users}
    add_deliveries({notice: people}, now=NOW, calendar=Calendar(), channels=[Delivery.Channel.MAIL])
    return list(notice.deliveries.order_by("id"))


def test_a_mail_carries_the_facts_and_is_sent_once(cast, sink, clock):
    [row] = notice_of(cast, cast.east.staff, title="第一行\r\nBcc: everybody@example.test")
    assert (drain(clock), drain(clock)) == (1, 0)
    [(recipients, mail)] = sink.mails
    assert recipients == ["east.staff@example.test"]
    assert mail["Subject"] == "第一行 Bcc: everybody@example.test"
    assert mail["Bcc"] is None
    assert mail["Message-ID"] == f"<d{row.pk}.delta@127.0.0.1>" == message_id(row)
    assert "过江通道用地指标" in mail.get_content()
    assert "http://127.0.0.1:8000/delta/issues/1/" in mail.get_content()
    row.refresh_from_db()
    assert (row.state, row.sent_at, row.attempts, row.uncertain) == (State.SENT, NOW, 1, 0)
    assert [each.outcome for each in row.tries.all()] == ["sent"]


def test_a_temporary_refusal_is_tried_again_later_and_later(cast, sink, clock):
    [row] = notice_of(cast, cast.east.staff)
    sink.answers["east.staff@example.test"] = ["451 busy", "452 full"]
    assert drain(clock) == 0
    row.refresh_from_db()
    assert (row.state, row.attempts, row.wire_at) == (State.PENDING, 1, None)
    assert 0.8 * PAUSES[0] <= row.next_at - NOW <= 1.2 * PAUSES[0]
    assert "451" in row.last_error
    clock.go(seconds=73)
    assert drain(clock) == 0
    row.refresh_from_db()
    assert 0.8 * PAUSES[1] <= row.next_at - clock() <= 1.2 * PAUSES[1]
    clock.go(minutes=7)
    assert drain(clock) == 1
    assert list(row.tries.values_list("outcome", flat=True)) == ["again", "again", "sent"]
    assert sum(sink.ids().values()) == 1


def test_it_gives_up_when_the_notice_is_worth_nothing_any_more_and_tells_the_own_office(cast, sink, clock):
    [row] = notice_of(cast, cast.east.staff, days=1 / 24)
    sink.answers["east.staff@example.test"] = "451 busy"
    for minutes in (0, 2, 7, 19):
        clock.go(minutes=minutes)
        drain(clock)
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.FAILED, "gave_up")
    assert [each.notice.series for each in Delivery.objects.shown_to(cast.east.secretary)] == ["delivery-failed"]
    assert not Delivery.objects.shown_to(cast.west.secretary).exists()


def test_a_permanent_refusal_ends_at_once_and_touches_nobody_else(cast, sink, clock):
    sink.answers["east.staff@example.test"] = "550 no such person"
    bad, good = notice_of(cast, cast.east.staff, cast.west.staff)
    assert drain(clock) == 1
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.reason, good.state) == (State.FAILED, "permanent", State.SENT)


@pytest.mark.parametrize("answer", ["451 later", "554 never"])
def test_the_answer_after_the_message_counts_too(cast, sink, clock, answer):
    [row] = notice_of(cast, cast.east.staff)
    sink.after_data = [answer]
    drain(clock)
    row.refresh_from_db()
    assert row.state == (State.PENDING if answer[0] == "4" else State.FAILED)


def test_a_line_that_breaks_after_the_message_is_counted_and_sent_again_once_under_the_same_name(cast, sink, clock):
    [row] = notice_of(cast, cast.east.staff)
    sink.after_data = ["hang up after taking it"]
    assert drain(clock) == 0
    clock.go(minutes=2)
    assert drain(clock) == 1
    row.refresh_from_db()
    assert (row.state, row.uncertain) == (State.SENT, 1)
    assert list(sink.ids().values()) == [2]


def test_a_line_that_breaks_twice_is_not_tried_a_third_time(cast, sink, clock):
    [row] = notice_of(cast, cast.east.staff)
    sink.after_data = ["hang up after taking it"] * 3
    for minutes in (0, 2, 10):
        clock.go(minutes=minutes)
        drain(clock)
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.FAILED, "uncertain")
    assert list(sink.ids().values()) == [2]


def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def test_a_server_that_is_away_closes_the_channel_and_costs_no_try(cast, sink, clock, settings):
    rows = notice_of(cast, cast.east.staff, cast.west.staff, cast.east.leader)
    running, settings.EMAIL_PORT = settings.EMAIL_PORT, unused_port()
    assert drain(clock) == 0
    health = ChannelHealth.objects.get()
    assert (health.failures, health.closed_until) == (1, NOW + timedelta(minutes=5))
    assert {(each.state, each.attempts) for each in Delivery.objects.all()} == {(State.PENDING, 0)}
    settings.EMAIL_PORT = running
    clock.go(minutes=4)
    assert drain(clock) == 0  # still closed, though the server is back
    clock.go(minutes=2)
    assert drain(clock) == len(rows)
    assert ChannelHealth.objects.get().failures == 0


def test_a_closed_channel_is_probed_with_one_message_by_one_worker(cast, sink, clock, settings):
    notice_of(cast, cast.east.staff, cast.west.staff)
    settings.EMAIL_PORT = unused_port()
    drain(clock)
    clock.go(minutes=6)
    assert [outbox.channel.may_send("mail", clock(), 5) for _ in range(3)] == [1, 0, 0]


def test_a_refused_sign_in_is_a_fault_of_the_channel_and_its_password_is_never_written_down(
    cast, sink, clock, settings
):
    notice_of(cast, cast.east.staff)
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "office", "s3cret-word"
    drain(clock)
    assert Delivery.objects.get().attempts == 0
    assert "s3cret-word" not in ChannelHealth.objects.get().last_error


def test_a_refused_sender_is_a_fault_of_the_channel(cast, sink, clock):
    notice_of(cast, cast.east.staff)
    sink.refuse_sender = "553 sender not allowed"
    drain(clock)
    assert (Delivery.objects.get().state, ChannelHealth.objects.get().failures) == (State.PENDING, 1)


# Still true, still theirs


def test_who_was_retired_moved_or_has_no_address_is_not_sent_anything(cast, sink, clock):
    retired, moved, bare, stays = cast.east.staff, cast.west.staff, cast.east.leader, cast.west.leader
    notice_of(cast, retired, moved, bare, stays)
    retired.is_active = False
    retired.save()
    Membership.objects.filter(user=moved).update(organization=cast.west.town)
    bare.email = ""
    bare.save()
    assert drain(clock) == 1
    found = {row.recipient_id: (row.state, row.reason) for row in Delivery.objects.all()}
    assert found[retired.pk] == found[moved.pk] == (State.CANCELLED, "not_wanted")
    assert found[bare.pk] == (State.SKIPPED, "no_address")
    assert [recipients for recipients, _ in sink.mails] == [["west.leader@example.test"]]


def test_what_its_source_no_longer_means_is_not_sent_and_newer_facts_are(cast, sink, clock, settings):
    settings.NOTICE_SOURCES = [notice_source.SOURCE]
    people = [cast.east.staff, cast.west.staff]
    notice_source.saying[:] = [occasion(cast.agreement, people, NOW)]
    notice_source.unwanted = {cast.west.staff.pk}
    plan(NOW)
    notice_source.saying[:] = [occasion(cast.agreement, people, NOW, payload={"title": "改到二楼", "path": "/x/"})]
    assert drain(clock) == 1
    assert [(recipients[0], mail["Subject"]) for recipients, mail in sink.mails] == [
        ("east.staff@example.test", "改到二楼")
    ]


def test_what_is_over_is_not_sent(cast, sink, clock):
    [row] = notice_of(cast, cast.east.staff, days=1)
    clock.go(days=1)
    drain(clock)
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.SKIPPED, "expired")


def test_a_mail_that_comes_up_at_night_waits_for_the_morning(cast, sink, clock):
    [row] = notice_of(cast, cast.east.staff, urgent=False)
    clock.go(hours=12)
    assert drain(clock) == 0
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.PENDING, 0)
    assert row.next_at == datetime.datetime(2026, 11, 24, 8, 30, tzinfo=OFFICE_TIME)


def test_a_digest_lists_what_is_still_true(cast, sink, clock, settings):
    settings.NOTICE_SOURCES = [notice_source.SOURCE]
    matters = [
        occasion(
            cast.agreement, [cast.east.staff], NOW, subject=f"meeting:{n}", payload={"title": f"会议{n}", "path": ""}
        )
        for n in range(8)
    ]
    notice_source.saying[:] = matters
    notice_source.unwanted = set()
    plan(NOW)
    notice_source.saying[:] = matters[:3]
    assert drain(clock) == 1
    [(_, mail)] = sink.mails
    assert [f"会议{n}" in mail.get_content() for n in range(8)] == [True] * 3 + [False] * 5


# The lease


def test_who_lost_the_lease_can_neither_send_nor_finish(cast, sink, clock):
    [row] = notice_of(cast, cast.east.staff)
    stale, held = claim(clock(), 5)
    clock.go(seconds=121)
    fresh, again = claim(clock(), 5)
    assert [each.pk for each in again] == [row.pk]
    assert send_all(stale, held, clock) == 0
    assert not sink.mails
    assert not outbox._finish(row, stale, state=State.SENT, started=NOW, now=NOW)
    assert send_all(fresh, again, clock) == 1
    assert DeliveryAttempt.objects.count() == 1


def test_a_live_lease_is_not_taken_over(cast, clock):
    notice_of(cast, cast.east.staff)
    claim(clock(), 5)
    clock.go(seconds=119)
    assert claim(clock(), 5)[1] == []


def test_a_row_left_behind_on_the_wire_is_sent_again_and_counted(cast, sink, clock):
    [row] = notice_of(cast, cast.east.staff)
    claim(clock(), 5)
    Delivery.objects.update(wire_at=NOW)
    clock.go(seconds=121)
    assert drain(clock) == 1
    row.refresh_from_db()
    assert row.uncertain == 1


# The local outbox


def test_the_local_outbox_keeps_one_file_however_often_the_same_mail_is_written(cast, clock, settings, tmp_path):
    settings.LOCAL_OUTBOX = tmp_path
    settings.EMAIL_BACKEND = "agreement.notices.local_outbox.LocalOutboxBackend"
    [row] = notice_of(cast, cast.east.staff)
    for _ in range(3):
        assert drain(clock) == 1
        Delivery.objects.update(state=State.SENDING, wire_at=NOW, lease_until=NOW - timedelta(seconds=1))
    assert [each.name for each in tmp_path.rglob("*") if each.is_file()] == [f"d{row.pk}.delta@127.0.0.1.eml"]
    assert read("East.Staff@example.test", message_id(row))["Subject"] == "新增问题"


@pytest.mark.parametrize("address", ["../../etc/passwd@x", "..@..", "a/b@c", "张三@例子.中国", "x" * 300 + "@y", ".@."])
def test_no_address_leads_out_of_the_local_outbox(settings, tmp_path, address):
    settings.LOCAL_OUTBOX = tmp_path
    folder = folder_of(address)
    assert folder.parent == tmp_path
    assert folder.resolve().parent == tmp_path.resolve()
    assert len(folder.name) < 120


# The nudge


def test_a_broker_that_is_away_neither_fails_nor_delays_anybody(monkeypatch):
    asked = []

    def refuse(*args, **kwargs):
        asked.append(kwargs)
        raise ConnectionError("nobody there")

    monkeypatch.setattr(waking.current_app, "send_task", refuse)
    monkeypatch.setattr(waking, "_quiet_until", 0.0)
    assert [waking.wake(), waking.wake()] == [False, False]
    assert asked == [{"expires": 30, "retry": False}]
