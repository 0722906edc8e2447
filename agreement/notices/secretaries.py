"""A message that will not arrive is told to the office of the recipient's side, in the application only."""

from datetime import datetime, timedelta

from agreement.models import Delivery, Membership, Notice, Role
from agreement.notices.ledger import add_deliveries
from agreement.workdays import calendar

VALID = timedelta(days=30)


def tell_secretaries(delivery: Delivery, reason: str, now: datetime) -> None:
    """Tells the recipient's own office that `delivery` failed for `reason`, so that somebody takes up the telephone."""
    if not delivery.organization_id:
        return
    own = Membership.objects.current().filter(
        agreement=delivery.notice.agreement_id,
        role=Role.SECRETARY,
        organization__party__organizations=delivery.organization_id,
    )
    people = dict(own.values_list("user", "organization"))
    if not people:
        return
    notice, _created = Notice.objects.get_or_create(
        subject=f"delivery:{delivery.pk}",
        occasion=f"failed:{delivery.attempts}",
        defaults={
            "agreement_id": delivery.notice.agreement_id,
            "series": "delivery-failed",
            "fire_at": now,
            "valid_until": now + VALID,
            "payload": {
                "name": str(delivery.recipient),
                "phone": delivery.recipient.phone,
                "address": delivery.recipient.email,
                "reason": reason,
                "about": delivery.notice.payload.get("label", ""),
            },
        },
    )
    add_deliveries({notice: people}, now=now, calendar=calendar(), channels=[Delivery.Channel.IN_APP])
