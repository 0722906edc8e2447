"""Writing notices and their deliveries: what the database's two unique constraints make "once for ever"."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from agreement.models import Delivery, Membership, Notice
from agreement.notices.hours import sending_time
from agreement.workdays import Calendar


def posts_of(agreement_ids: Iterable[int], user_ids: Iterable[int]) -> dict[tuple[int, int], int | None]:
    """{(agreement, user): organization} of the posts these people hold now; who holds none is missing."""
    posts = Membership.objects.current().filter(agreement__in=set(agreement_ids), user__in=set(user_ids))
    return {
        (agreement, user): place for agreement, user, place in posts.values_list("agreement", "user", "organization")
    }


def add_deliveries(
    recipients: Mapping[Notice, Mapping[int, int | None]],
    *,
    now: datetime,
    calendar: Calendar,
    channels=tuple(Delivery.Channel),
    superseded=frozenset(),
) -> UUID:
    """Adds what is missing of `recipients` {notice: {user: organization}}; returns the mark (token) on rows added here.

    A message in the application is sent by being written. Rows of notices in `superseded` are kept, not sent.
    """
    mark = uuid4()
    rows = []
    for notice, people in recipients.items():
        mail_at = sending_time(notice, now, calendar)
        for user, organization in people.items():
            for channel in channels:
                row = Delivery(
                    notice=notice,
                    recipient_id=user,
                    organization_id=organization,
                    channel=channel,
                    next_at=mail_at,
                    token=mark,
                )
                if notice in superseded:
                    row.state, row.reason = Delivery.State.SKIPPED, "superseded"
                elif channel == Delivery.Channel.IN_APP:
                    row.state, row.sent_at, row.next_at = Delivery.State.SENT, now, now
                rows.append(row)
    # In one order: two planners at once then wait for each other instead of locking each other out.
    rows.sort(key=lambda row: (row.notice_id, row.recipient_id, row.channel))
    Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return mark


def withdraw(subject: str, *, series: str | None = None, reason: str = "rescheduled") -> int:
    """Takes back what about `subject` is not sent or, in the application, not read yet; returns how many rows.

    Call it inside the transaction that makes the news wrong (a meeting moved or called off). The planner brings a row
    back if its occasion turns right again.
    """
    unsent = Delivery.objects.filter(notice__subject=subject, state=Delivery.State.PENDING)
    unread = Delivery.objects.filter(
        notice__subject=subject, channel=Delivery.Channel.IN_APP, state=Delivery.State.SENT, read_at=None
    )
    if series:
        unsent, unread = unsent.filter(notice__series=series), unread.filter(notice__series=series)
    return sum(rows.update(state=Delivery.State.CANCELLED, reason=reason) for rows in (unsent, unread))
