"""Office hours: what is not urgent never reaches anybody at night or on a day off (DESIGN section 3, "never built")."""

from datetime import datetime, time

from django.conf import settings

from agreement.workdays import OFFICE_TIME, Calendar

OPENS, CLOSES = time(8, 30), time(18, 0)


def next_office_hour(at: datetime, calendar: Calendar) -> datetime:
    """`at` itself when offices are open, otherwise the moment they next open."""
    here = at.astimezone(OFFICE_TIME)
    day = here.date()
    if calendar.is_workday(day):
        if OPENS <= here.time() < CLOSES:
            return at
        if here.time() < OPENS:
            return datetime.combine(day, OPENS, OFFICE_TIME)
    return datetime.combine(calendar.add_workdays(day, 1), OPENS, OFFICE_TIME)


def sending_time(notice, at: datetime, calendar: Calendar) -> datetime:
    """When a message of `notice` that is ready at `at` may go out.

    At once when it is urgent, when it would be worthless by the time offices open, or when it only goes into the local
    outbox, which disturbs nobody.
    """
    opening = next_office_hour(at, calendar)
    return at if settings.LOCAL_OUTBOX or notice.urgent or opening >= notice.valid_until else opening
