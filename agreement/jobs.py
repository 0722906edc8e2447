"""What beat asks for and a nudge may ask for earlier. Each may run at any time, twice at once, or not for a while."""

from celery import shared_task
from django.utils import timezone

from agreement.notices.outbox import drain
from agreement.notices.planner import plan
from agreement.notices.waking import wake


@shared_task(name="notices.plan")
def plan_notices() -> None:
    """Writes down what is due now."""
    if plan(timezone.now()):
        wake()


@shared_task(name="notices.drain")
def drain_outbox() -> None:
    """Sends what waits."""
    drain()
