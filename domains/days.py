"""Dates as numbers, so that the database can reckon with them alike on PostgreSQL and SQLite."""

import datetime

from django.db.models import Func, IntegerField
from django.db.models.functions import ExtractMonth, ExtractYear


class DayNumber(Func):
    """Days from 1 January 1970 to a date column; a plain whole number, so that shares of time can be divided."""

    output_field = IntegerField()

    def as_sqlite(self, compiler, connection, **extra):
        return self.as_sql(
            compiler, connection, template="CAST(julianday(%(expressions)s) - 2440587.5 AS INTEGER)", **extra
        )

    def as_postgresql(self, compiler, connection, **extra):
        return self.as_sql(compiler, connection, template="(%(expressions)s - DATE '1970-01-01')", **extra)


def day_number(day: datetime.date) -> int:
    """The same number for a date at hand."""
    return day.toordinal() - datetime.date(1970, 1, 1).toordinal()


def month_index(field):
    """The month of a date column as a number that grows by one a month."""
    return ExtractYear(field) * 12 + ExtractMonth(field)


def last_month_ended(day: datetime.date) -> int:
    """The index of the newest month whose last day is `day` or earlier."""
    ends = (day + datetime.timedelta(days=1)).month != day.month
    return day.year * 12 + day.month - (0 if ends else 1)
