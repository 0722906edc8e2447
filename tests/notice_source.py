"""A source of notices for the tests: it says what a test told it to say."""

from datetime import timedelta

from agreement.notices.occasion import Occasion

SOURCE = "tests.notice_source.occasions"
saying: list[Occasion] = []
unwanted: set[int] = set()  # ids of users the source no longer means


def occasions(now):
    return list(saying)


def still_wanted(deliveries, now):
    standing = {each.key: each for each in saying}
    return {
        delivery.pk: standing[delivery.notice.subject, delivery.notice.occasion].payload
        for delivery in deliveries
        if (delivery.notice.subject, delivery.notice.occasion) in standing and delivery.recipient_id not in unwanted
    }


def occasion(agreement, recipients, now, *, subject="meeting:9", stage="T-3d:2026-11-26", hours=24, **facts):
    """An occasion open since an hour before `now`, for `hours`."""
    values = {
        "series": "event",
        "fire_at": now - timedelta(hours=1),
        "valid_until": now + timedelta(hours=hours),
        "payload": {"title": "会议通知", "text": "请准时参加", "path": "/x/"},
        "urgent": False,
    } | facts
    return Occasion(
        agreement_id=agreement.pk,
        subject=subject,
        occasion=stage,
        recipients=frozenset(user.pk for user in recipients),
        **values,
    )
