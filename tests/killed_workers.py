"""python -m tests.killed_workers: senders that are killed at failpoints and started again until every mail has its end.

Prints {"kills": n}. With "mark-first" it sends as one must not: marked as sent before it is sent.
"""

import json
import os
import signal
import sys
from datetime import timedelta

import django
from django.db import connection

django.setup()

from agreement.models import Delivery  # noqa: E402
from agreement.notices import outbox  # noqa: E402

AT_ONCE = 3
outbox.LEASE = timedelta(seconds=1)


def mark_first(delivery, token, facts, clock, sending=outbox._send):
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.SENT, sent_at=clock())
    outbox.failpoint("accepted")
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.SENDING)
    return sending(delivery, token, facts, clock)


def send_until_done():
    while Delivery.objects.filter(state__in=["pending", "sending"]).exists():
        outbox.drain()


def main():
    if "mark-first" in sys.argv:
        outbox._send = mark_first
    kills, living = 0, set()
    done = False
    while living or not done:
        while not done and len(living) < AT_ONCE:
            child = os.fork()
            if not child:
                send_until_done()
                connection.close()
                os._exit(0)
            living.add(child)
        child, status = os.wait()
        living.discard(child)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        kills += killed
        done = done or not killed
    sys.stdout.write(json.dumps({"kills": kills}) + "\n")


if __name__ == "__main__":
    main()
