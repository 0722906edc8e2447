"""Sending what waits: claim with a lease, send outside any transaction, and finish only what one still holds.

Killed anywhere, a worker leaves a row from which the next one goes on. The one window in which a mail may go out twice
lies between the server's "250" and our commit; such a row is sent again once, under the same Message-ID, and counted.
"""

import logging
from datetime import datetime, timedelta
from random import SystemRandom
from uuid import UUID, uuid4

from django.core.mail import get_connection
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from agreement.models import Delivery, DeliveryAttempt, Heartbeat
from agreement.notices import channel, verdict
from agreement.notices.failpoints import failpoint
from agreement.notices.hours import sending_time
from agreement.notices.mail import compose
from agreement.notices.rechecks import facts_of_wanted
from agreement.notices.secretaries import tell_secretaries
from agreement.workdays import calendar

log = logging.getLogger(__name__)
BATCH = 5  # BATCH tries of at most 20 s each stay within the LEASE
LEASE = timedelta(seconds=120)
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440)]
ROUND = timedelta(seconds=60)  # then the next tick goes on
State = Delivery.State


def database_now() -> datetime:
    """The clock all workers share: PostgreSQL's own, or this machine's where the database is a file on it."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def drain(clock=database_now) -> int:
    """Sends what is due until nothing is or a minute has passed; returns how many were sent."""
    started = clock()
    sent = 0
    while (now := clock()) - started < ROUND:
        limit = channel.may_send(Delivery.Channel.MAIL, now, BATCH)
        if not limit:
            break
        token, held = claim(now, limit)
        if not held:
            break
        failpoint("claimed")
        sent += send_all(token, held, clock)
    Heartbeat.objects.update_or_create(name="drain", defaults={"at": clock(), "note": ""})
    return sent


def claim(now: datetime, limit: int = BATCH) -> tuple[UUID, list[Delivery]]:
    """Takes up to `limit` due mails for LEASE; returns the token that alone may finish them, and the rows."""
    token = uuid4()
    with transaction.atomic():
        due = Delivery.objects.due(now).filter(channel=Delivery.Channel.MAIL).order_by("next_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        ids = list(due.values_list("id", flat=True)[:limit])
        # The condition once more: it, not the lock, decides who gets the row.
        Delivery.objects.due(now).filter(id__in=ids).update(
            state=State.SENDING, token=token, lease_until=now + LEASE, attempts=F("attempts") + 1
        )
    held = Delivery.objects.filter(token=token, state=State.SENDING).order_by("next_at", "id")
    return token, list(held.select_related("notice__agreement", "recipient"))


def send_all(token: UUID, held: list[Delivery], clock) -> int:
    """Sends the rows held under `token`; returns how many were accepted."""
    wanted = facts_of_wanted(held, clock())
    office_days = calendar()
    sent = 0
    for place, delivery in enumerate(held):
        now = clock()
        if reason := _not_to_send(delivery, wanted, now):
            state = State.CANCELLED if reason == "not_wanted" else State.SKIPPED
            _finish(delivery, token, state=state, reason=reason, started=now, now=now)
            continue
        if (opening := sending_time(delivery.notice, now, office_days)) > now:
            _give_back([delivery], token, opening)
            continue
        outcome, error = _send(delivery, token, wanted[delivery.pk], clock)
        if outcome == verdict.CHANNEL:
            until = channel.close(Delivery.Channel.MAIL, clock(), error)
            _give_back(held[place:], token, until)
            break
        sent += _conclude(delivery, token, outcome, error, office_days, started=now, now=clock())
    return sent


def _not_to_send(delivery, wanted, now) -> str:
    if now >= delivery.notice.valid_until:
        return "expired"
    if delivery.pk not in wanted:
        return "not_wanted"
    if not delivery.recipient.email:
        return "no_address"
    return ""


def _send(delivery, token, facts, clock) -> tuple[str, str]:
    """One try: a verdict and the error in words. The row says "may be on the wire" before the first byte is."""
    try:
        message = compose(delivery, clock(), facts)
    except Exception as error:
        log.exception("Delivery %s has no words", delivery.pk)
        return verdict.TEMPORARY, verdict.in_words(error)
    server = get_connection()
    if delivery.wire_at and not getattr(server, "same_id_overwrites", False):
        if delivery.uncertain:
            return verdict.UNCERTAIN, "twice perhaps sent already"
        _held(delivery, token).update(uncertain=F("uncertain") + 1)
    try:
        server.open()
    except Exception as error:  # whatever stands between us and the server stands between it and every mail
        return verdict.CHANNEL, verdict.in_words(error)
    failpoint("wire")
    if not _held(delivery, token).update(wire_at=clock(), lease_until=clock() + LEASE):
        return verdict.LOST, "the lease was lost"
    try:
        server.send_messages([message])
        failpoint("accepted")
        return verdict.SENT, ""
    except Exception as error:
        return verdict.of(error), verdict.in_words(error)
    finally:
        _hang_up(server)


def _hang_up(server):
    try:
        server.close()
    except Exception as error:  # the message has gone or not gone; the good-bye changes nothing
        log.info("The mail server did not take the good-bye: %s", error)


def _conclude(delivery, token, outcome, error, office_days, *, started, now) -> bool:
    """Writes down what came of a try; whether the mail is sent."""
    if outcome == verdict.LOST:
        log.warning("Delivery %s: %s", delivery.pk, error)
        return False
    if outcome == verdict.SENT:
        channel.reopen(Delivery.Channel.MAIL)
        done = _finish(delivery, token, state=State.SENT, started=started, now=now, sent_at=now)
        failpoint("marked")
        return done
    if outcome in (verdict.TEMPORARY, verdict.UNCERTAIN_TRY) and delivery.attempts <= len(PAUSES):
        pause = PAUSES[delivery.attempts - 1] * SystemRandom().uniform(0.8, 1.2)
        next_at = sending_time(delivery.notice, now + pause, office_days)
        if next_at < delivery.notice.valid_until:
            facts = {} if outcome == verdict.UNCERTAIN_TRY else {"wire_at": None}
            _finish(
                delivery, token, state=State.PENDING, started=started, now=now, error=error, next_at=next_at, **facts
            )
            return False
    reason = {verdict.PERMANENT: "permanent", verdict.UNCERTAIN: "uncertain"}.get(outcome, "gave_up")
    with transaction.atomic():
        if _finish(delivery, token, state=State.FAILED, reason=reason, started=started, now=now, error=error):
            tell_secretaries(delivery, reason, now)
    return False


def _held(delivery, token):
    return Delivery.objects.filter(pk=delivery.pk, token=token, state=State.SENDING)


def _finish(delivery, token, *, started, now, error="", **facts) -> bool:
    """Ends the try; False, and nothing written, when the lease went to somebody else meanwhile."""
    with transaction.atomic():
        if not _held(delivery, token).update(lease_until=None, last_error=error[:200], **facts):
            log.warning("Delivery %s: the lease was lost before the try ended", delivery.pk)
            return False
        outcome = facts["state"] if facts["state"] != State.PENDING else "again"
        DeliveryAttempt.objects.create(
            delivery=delivery, started_at=started, ended_at=now, outcome=outcome, error=error[:200]
        )
    return True


def _give_back(rows, token, until):
    """These wait until then, and no try is counted."""
    Delivery.objects.filter(pk__in=[row.pk for row in rows], token=token, state=State.SENDING).update(
        state=State.PENDING, lease_until=None, next_at=until, attempts=F("attempts") - 1
    )
