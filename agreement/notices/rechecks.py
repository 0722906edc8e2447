"""Asked once more at the moment of sending: is it still true, and may this person still read it?"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from importlib import import_module

from agreement.models import Delivery
from agreement.notices.words import words_of


def facts_of_wanted(deliveries: Iterable[Delivery], now: datetime) -> dict[int, dict]:
    """{delivery id: facts as they are now} of those still to be sent.

    The recipient must be active and hold the post in which the notice was made. The module that planned it is asked by
    its `still_wanted(deliveries, now)`, which answers alike; what somebody's deed caused stays true.
    """
    deliveries = list(deliveries)
    ids = [delivery.pk for delivery in deliveries]
    entitled = set(Delivery.objects.filter(pk__in=ids).to_current_posts().values_list("pk", flat=True))
    by_source: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        if delivery.pk in entitled:
            by_source[delivery.notice.source].append(delivery)
    wanted: dict[int, dict] = {}
    for source, asked in by_source.items():
        if source:
            wanted |= import_module(source.rpartition(".")[0]).still_wanted(asked, now)
        else:
            wanted |= {delivery.pk: {} for delivery in asked if delivery.notice.series != "digest"}
            wanted |= _digests([delivery for delivery in asked if delivery.notice.series == "digest"], now)
    return wanted


def _digests(digests, now):
    """A digest lists those of its messages that are still wanted; with none of them left it is not sent."""
    wanted = {}
    for digest in digests:
        folded = Delivery.objects.filter(pk__in=digest.notice.payload["deliveries"], recipient=digest.recipient_id)
        rows = [row for row in folded.select_related("notice__agreement", "recipient") if row.notice.valid_until > now]
        facts = facts_of_wanted(rows, now)
        lines = [words_of(row.notice, now, facts=facts[row.pk]) for row in rows if row.pk in facts]
        if lines:
            wanted[digest.pk] = {"count": len(lines), "lines": lines}
    return wanted
