"""A nudge for the worker. Losing it costs seconds: the next tick of beat does the same."""

import logging
import time

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)
QUIET = 30  # seconds in which this process does not try again a broker that did not answer
_quiet_until = 0.0


def wake(job: str = "notices.drain") -> bool:
    """Asks a worker to run `job` now; False when the broker could not be reached. Never raises, never waits long."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return False
    try:
        current_app.send_task(job, expires=30, retry=False)
    except Exception as error:  # whatever a broker can do wrong, the page that called must not fail by it
        _quiet_until = time.monotonic() + QUIET
        log.warning("The broker cannot be reached, beat will do it later: %s", type(error).__name__)
        return False
    return True


def wake_on_commit() -> None:
    """Wakes the worker once the transaction around is committed; at once when there is none."""
    # A lambda: Django cannot log the failure of a robust functools.partial.
    transaction.on_commit(lambda: wake(), robust=True)
