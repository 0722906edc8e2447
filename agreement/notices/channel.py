"""A fault of a whole channel (server away, sign-in refused, name unknown) closes it for a while, then one try probes."""

from datetime import datetime, timedelta

from django.db.models import F, Q

from agreement.models import ChannelHealth

CLOSED_FOR = timedelta(minutes=5)
PROBING = timedelta(seconds=60)


def may_send(channel: str, now: datetime, usual: int) -> int:
    """How many messages may be taken up now: `usual`, one as a probe, or none while the channel is closed."""
    health = ChannelHealth.objects.filter(channel=channel).first()
    if health is None or not health.failures:
        return usual
    # Whoever moves the date may probe; the others see it moved.
    probing = ChannelHealth.objects.filter(Q(closed_until=None) | Q(closed_until__lte=now), pk=health.pk)
    return probing.update(closed_until=now + PROBING)


def close(channel: str, now: datetime, error: str) -> datetime:
    """Closes the channel because of `error`; returns until when."""
    until = now + CLOSED_FOR
    ChannelHealth.objects.get_or_create(channel=channel)
    ChannelHealth.objects.filter(channel=channel).update(
        closed_until=until, failures=F("failures") + 1, last_error=error[:200]
    )
    return until


def reopen(channel: str) -> None:
    """A message went through: the channel works."""
    ChannelHealth.objects.filter(channel=channel).exclude(failures=0).update(
        failures=0, closed_until=None, last_error=""
    )
