"""Notices of what somebody has just done, written in the same transaction as the deed."""

from collections.abc import Iterable
from datetime import timedelta

from agreement.models import Activity, Notice
from agreement.models.membership import Membership
from agreement.notices.ledger import add_deliveries, posts_of
from agreement.notices.waking import wake_on_commit
from agreement.workdays import calendar

VALID = timedelta(days=30)


def tell(activity: Activity, recipients: Iterable[int], *, path: str, series: str = "event", urgent=False, **facts):
    """Tells `recipients` (ids of users) about `activity`; returns the Notice, or None when nobody is left to tell.

    Call it inside the transaction of the change, with the Activity row the change left: what is taken once is told once.
    Only people with a current post in the agreement are told, of the activity's side when it is one side's own affair,
    and never who did it. `facts` follow the rules of Occasion.payload; `title`, `text`, `title_en`, `text_en` are what
    templates/notices/event.txt shows; another `series` needs a template of its name.
    """
    agreement = activity.agreement_id
    people = {user: place for (_, user), place in posts_of([agreement], recipients).items() if user != activity.by_id}
    if activity.side_id:
        own = Membership.objects.current().filter(agreement=agreement, organization__party=activity.side_id)
        people = {user: people[user] for user in own.filter(user__in=people).values_list("user", flat=True)}
    if not people:
        return None
    now = activity.at
    notice, _created = Notice.objects.get_or_create(
        subject=activity.subject,
        occasion=f"evt:{activity.pk}:{series}",
        defaults={
            "agreement_id": agreement,
            "series": series,
            "fire_at": now,
            "valid_until": now + VALID,
            "urgent": urgent,
            "payload": {"by": str(activity.by or ""), "label": activity.label, "path": path, **facts},
        },
    )
    add_deliveries({notice: people}, now=now, calendar=calendar())
    wake_on_commit()
    return notice
