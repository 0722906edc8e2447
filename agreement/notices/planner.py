"""Writing down what is due now. A function of the database and the clock, without memory of its own.

It may run twice, at two places at once, or not for a day: it finds what is missing and adds it, never a second time.
"""

import logging
from collections import defaultdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.module_loading import import_string

from agreement.models import Delivery, Heartbeat, Notice
from agreement.notices.hours import sending_time
from agreement.notices.ledger import add_deliveries, posts_of
from agreement.notices.occasion import Occasion, newest_of_series
from agreement.workdays import calendar

log = logging.getLogger(__name__)
DIGEST_FROM = 6  # so many mails to one person in one round become one
DIGEST_VALID = timedelta(days=30)


def plan(now: datetime) -> int:
    """Adds every notice due at `now` that is missing, with its deliveries; returns how many deliveries were added.

    A source that fails is logged and told by the heartbeat's note; the others are planned all the same.
    """
    sourced: dict[str, list[Occasion]] = {}
    failed = []
    for source in settings.NOTICE_SOURCES:
        try:
            sourced[source] = [each for each in import_string(source)(now) if each.is_open(now)]
        except Exception:
            log.exception("No notices from %s this time", source)
            failed.append(source)
    added = _write(sourced, now)
    Heartbeat.objects.update_or_create(
        name="plan", defaults={"at": now, "note": f"failed: {failed}"[:200] if failed else ""}
    )
    return added


def _write(sourced, now) -> int:
    occasions = {each.key: (source, each) for source, found in sourced.items() for each in found}
    posts = _posts(each for _, each in occasions.values())
    people = {
        key: {user: posts[each.agreement_id, user] for user in each.recipients if (each.agreement_id, user) in posts}
        for key, (_, each) in occasions.items()
    }
    known = _notices(occasions)
    _refresh(known, occasions)
    if not _something_missing(known, people):
        return _revive(known, people, occasions)
    office_days = calendar()
    with transaction.atomic():
        fresh = [
            Notice(
                agreement_id=each.agreement_id,
                subject=each.subject,
                occasion=each.occasion,
                series=each.series,
                fire_at=each.fire_at,
                valid_until=each.valid_until,
                source=source,
                urgent=each.urgent,
                payload=each.payload,
            )
            for key, (source, each) in sorted(occasions.items())
            if key not in known
        ]
        Notice.objects.bulk_create(fresh, ignore_conflicts=True)
        known = _notices(occasions)
        newest = newest_of_series(each for _, each in occasions.values())
        mark = add_deliveries(
            {known[key]: people[key] for key in occasions if people[key]},
            now=now,
            calendar=office_days,
            superseded={notice for key, notice in known.items() if key not in newest},
        )
        _supersede(known, newest)
        added = Delivery.objects.filter(token=mark).count()
        _fold(mark, now, office_days)
    return added + _revive(known, people, occasions)


def _posts(occasions):
    occasions = list(occasions)
    return posts_of({each.agreement_id for each in occasions}, {user for each in occasions for user in each.recipients})


def _notices(keys) -> dict[tuple[str, str], Notice]:
    found = Notice.objects.filter(subject__in={subject for subject, _ in keys})
    return {(notice.subject, notice.occasion): notice for notice in found if (notice.subject, notice.occasion) in keys}


def _refresh(known, occasions):
    """Keeps the facts of what is already told true: a meeting's new room shows in the notice of yesterday."""
    for key, notice in known.items():
        facts = occasions[key][1].payload
        if notice.payload != facts:
            notice.payload = facts
            notice.save(update_fields=["payload"])


def _something_missing(known, people) -> bool:
    wanted = {(known[key].pk if key in known else None, user) for key, users in people.items() for user in users}
    return bool(wanted - set(Delivery.objects.filter(notice__in=known.values()).values_list("notice", "recipient")))


def _supersede(known, newest):
    """What is still waiting of an older stage gives way to the newer one."""
    for key in newest:
        notice = known[key]
        older = Delivery.objects.filter(
            notice__subject=notice.subject, notice__series=notice.series, notice__fire_at__lt=notice.fire_at
        )
        older.filter(state=Delivery.State.PENDING).update(state=Delivery.State.SKIPPED, reason="superseded")


def _revive(known, people, occasions) -> int:
    """Brings back what was taken back (a meeting moved and moved back). What was sent is never sent again."""
    cancelled = Delivery.objects.filter(notice__in=known.values(), state=Delivery.State.CANCELLED)
    wanted = {(known[key].pk, user) for key, users in people.items() if key in known for user in users}
    back = [row.pk for row in cancelled if (row.notice_id, row.recipient_id) in wanted]
    if not back:
        return 0
    rows = Delivery.objects.filter(pk__in=back, state=Delivery.State.CANCELLED)
    in_app = Q(channel=Delivery.Channel.IN_APP)
    return rows.filter(in_app).update(state=Delivery.State.SENT, reason="") + rows.filter(~in_app).update(
        state=Delivery.State.PENDING, reason=""
    )


def _fold(mark, now, office_days):
    """Of many mails to one person in one round, one: a list. In the application each stands by itself."""
    waiting = defaultdict(list)
    rows = Delivery.objects.filter(token=mark, channel=Delivery.Channel.MAIL, state=Delivery.State.PENDING)
    for row in rows.select_related("notice").order_by("id"):
        waiting[row.notice.agreement_id, row.recipient_id, row.organization_id].append(row)
    for (agreement, person, organization), mails in waiting.items():
        if len(mails) < DIGEST_FROM:
            continue
        notice, _created = Notice.objects.get_or_create(
            subject=f"digest:{agreement}:{person}",
            occasion=f"{mails[0].pk}-{mails[-1].pk}",
            defaults={
                "agreement_id": agreement,
                "series": "digest",
                "fire_at": now,
                "valid_until": max(mail.notice.valid_until for mail in mails),
                "urgent": any(mail.notice.urgent for mail in mails),
                "payload": {"deliveries": [mail.pk for mail in mails], "count": len(mails), "path": "/me/notices/"},
            },
        )
        Delivery.objects.filter(pk__in=[mail.pk for mail in mails]).update(state=Delivery.State.FOLDED)
        Delivery.objects.create(
            notice=notice,
            recipient_id=person,
            organization_id=organization,
            channel=Delivery.Channel.MAIL,
            next_at=sending_time(notice, now, office_days),
        )
