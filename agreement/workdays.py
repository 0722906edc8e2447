"""The office calendar: working days with the shifted ones (调休), and the periods people report on.

Agreed dates never move. What the system itself times (reminders, the days of a reporting period) moves to an
earlier working day (BRIEF section 5).
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreement.models import Agreement, WorkdayException

OFFICE_TIME = ZoneInfo("Asia/Shanghai")
FIRST_SEEDED_YEAR = 2020
CHASING_DAYS, LOCKING_DAYS = 1, 3  # after the due date the office chases, then the period locks (BRIEF 2.2)
A_DAY = timedelta(days=1)


def office_today(now: datetime | None = None) -> date:
    """The date on the office wall at `now` (an aware datetime; default: this moment)."""
    return (now or timezone.now()).astimezone(OFFICE_TIME).date()


class Calendar:
    """Working days: Monday to Friday but for `exceptions` {day: is it worked}."""

    def __init__(self, exceptions: dict[date, bool] | None = None):
        self.exceptions = exceptions or {}

    def is_workday(self, day: date) -> bool:
        return self.exceptions.get(day, day.weekday() < 5)

    def is_provisional(self, year: int) -> bool:
        """Whether the State Council's notice for `year` has not been loaded (each one frees 1 October)."""
        return self.exceptions.get(date(year, 10, 1), True)

    def on_or_before(self, day: date) -> date:
        """`day` itself when it is worked, otherwise the last working day before it."""
        while not self.is_workday(day):
            day -= A_DAY
        return day

    def on_or_after(self, day: date) -> date:
        """`day` itself when it is worked, otherwise the first working day after it."""
        while not self.is_workday(day):
            day += A_DAY
        return day

    def workdays_before(self, day: date, n: int) -> date:
        """The `n`-th working day before `day`; `day` itself, worked or not, when `n` is 0."""
        return self._step(day, n, -A_DAY)

    def add_workdays(self, day: date, n: int) -> date:
        """The `n`-th working day after `day`; `day` itself, worked or not, when `n` is 0."""
        return self._step(day, n, A_DAY)

    def workdays_between(self, first: date, last: date) -> int:
        """How many working days lie after `first` up to and including `last`; below zero when `last` is earlier."""
        if last < first:
            return -self.workdays_between(last, first)
        return sum(self.is_workday(first + A_DAY * step) for step in range(1, (last - first).days + 1))

    def _step(self, day, n, step):
        if n < 0:
            raise ValueError("A number of working days is not below zero.")
        while n:
            day += step
            n -= self.is_workday(day)
        return day


def calendar() -> Calendar:
    """The calendar of this installation, in one query."""
    return Calendar(dict(WorkdayException.objects.values_list("day", "is_workday")))


def seed_workdays() -> int:
    """Adds the days of every State Council notice known to the installed `holidays`; returns how many were missing.

    What an administrator has entered stays. A year whose notice is not known is left to Monday to Friday.
    """
    china = holidays.country_holidays("CN", years=range(FIRST_SEEDED_YEAR, office_today().year + 2), language="zh_CN")
    worked = {day for day in china.weekend_workdays if day.year >= FIRST_SEEDED_YEAR}
    known_years = {day.year for day in worked}
    rows = [WorkdayException(day=day, is_workday=True, name="调休上班") for day in worked]
    rows += [
        WorkdayException(day=day, is_workday=False, name=name[:60])
        for day, name in china.items()
        if day.year in known_years and day not in worked
    ]
    before = WorkdayException.objects.count()
    WorkdayException.objects.bulk_create(sorted(rows, key=lambda row: row.day), ignore_conflicts=True)
    return WorkdayException.objects.count() - before


@dataclass(frozen=True)
class Period:
    """A month or quarter reported on. It opens, is due, and closes (later reports count as late ones)."""

    key: str  # "2026-11" or "2026Q4"
    kind: str
    starts_on: date
    ends_on: date
    opens_on: date
    due_on: date
    closes_on: date

    def __str__(self):
        return period_words(self.key)

    def is_open_on(self, day: date) -> bool:
        return self.opens_on <= day <= self.closes_on

    def is_late_on(self, day: date) -> bool:
        """Whether a report handed in on `day` is a late one (补报)."""
        return day > self.closes_on


def period_words(key: str) -> str:
    """A period's key, "2026-11" or "2026Q4", as people write it; anything else as it came."""
    found = re.fullmatch(r"(\d{4})(?:-(0[1-9]|1[0-2])|Q([1-4]))", key)
    if not found:
        return key
    year, month, quarter = found.groups()
    if month:
        return date_format(date(int(year), int(month), 1), "YEAR_MONTH_FORMAT")
    return _("quarter %(quarter)s of %(year)s") % {"quarter": quarter, "year": int(year)}


def period_of(agreement: Agreement, day: date, calendar: Calendar) -> Period:
    """The period being reported on `day`: the first that has not closed by then."""
    length = _length(agreement)
    this = _month_number(day) // length * length
    near = (_period(agreement, this + step * length, calendar) for step in (-2, -1, 0, 1))
    return next(period for period in near if period.closes_on >= day)


def last_closed_period(agreement: Agreement, day: date, calendar: Calendar) -> Period:
    """The newest period whose `closes_on` lies before `day`."""
    return neighbours(agreement, period_of(agreement, day, calendar), calendar)[0]


def parse_period(agreement: Agreement, key: str, calendar: Calendar) -> Period:
    """The period named `key`, "2026-11" or "2026Q4" as the agreement reports; ValueError for anything else."""
    monthly = agreement.report_period == Agreement.Period.MONTH
    found = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])" if monthly else r"(20[0-9]{2})Q([1-4])", key)
    if not found:
        raise ValueError("Not a period of this agreement.")
    year, number = map(int, found.groups())
    return _period(agreement, year * 12 + (number - 1) * (1 if monthly else 3), calendar)


def neighbours(agreement: Agreement, period: Period, calendar: Calendar) -> tuple[Period, Period]:
    """The periods before and after `period`."""
    first, length = _month_number(period.starts_on), _length(agreement)
    return _period(agreement, first - length, calendar), _period(agreement, first + length, calendar)


def _length(agreement) -> int:
    return 1 if agreement.report_period == Agreement.Period.MONTH else 3


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _date(month_number: int, day: int) -> date:
    return date(month_number // 12, month_number % 12 + 1, day)


def _period(agreement, first, calendar):
    """The period whose first month has the number `first` (years x 12 + months)."""
    last = first + _length(agreement) - 1
    starts_on, ends_on = _date(first, 1), _date(last + 1, 1) - A_DAY
    opens, due = agreement.report_opens_day, agreement.report_due_day
    due_on = calendar.on_or_before(_date(last + (due < opens), due))
    return Period(
        key=f"{starts_on:%Y-%m}"
        if agreement.report_period == Agreement.Period.MONTH
        else f"{starts_on.year}Q{first % 12 // 3 + 1}",
        kind=agreement.report_period,
        starts_on=starts_on,
        ends_on=ends_on,
        opens_on=calendar.on_or_before(_date(last, opens)),
        due_on=due_on,
        closes_on=calendar.add_workdays(due_on, CHASING_DAYS + LOCKING_DAYS),
    )
