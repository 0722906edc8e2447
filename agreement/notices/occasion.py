"""What is worth telling whom, from when until when: the answer of a source to "what is due now?"."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Occasion:
    """One stage of one matter. The pair (subject, occasion) is told once for ever, so `occasion` holds the target date.

    It is told only in its window from `fire_at` until before `valid_until`. Of the stages of a `series` whose windows
    are open, only the newest is sent. `payload` holds facts, never words: dates and times in ISO form under names that
    end in "_on" and "_at", texts in pairs `x` and `x_en`, the address under "path".
    The words are in templates/notices/<series>.txt.
    """

    agreement_id: int
    subject: str
    series: str
    occasion: str
    fire_at: datetime
    valid_until: datetime
    recipients: frozenset[int]  # ids of users
    payload: dict = field(hash=False)
    urgent: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.subject, self.occasion

    def is_open(self, now: datetime) -> bool:
        return self.fire_at <= now < self.valid_until


def newest_of_series(occasions: Iterable[Occasion]) -> set[tuple[str, str]]:
    """The keys of those that are the newest of their subject's series."""
    newest: dict[tuple[str, str], Occasion] = {}
    for each in occasions:
        rival = newest.setdefault((each.subject, each.series), each)
        if each.fire_at > rival.fire_at:
            newest[each.subject, each.series] = each
    return {each.key for each in newest.values()}
