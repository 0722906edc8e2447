"""Dates as people in an office write them: 2026-06-30, 2026年6月30日, 2026.6.30, 20260630, full-width digits too."""

import calendar
import datetime
import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

FIRST_YEAR, LAST_YEAR = 2000, 2099
_WRITTEN = re.compile(r"(\d{4})\s*(?:[-./]|年)\s*(\d{1,2})\s*(?:[-./]|月)\s*(\d{1,2})\s*[日号號]?")
_RUN_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})")
_WITHOUT_YEAR = re.compile(r"\d{1,2}\s*(?:[-./]|月)\s*\d{1,2}\s*[日号號]?")


def read_day(text: str) -> datetime.date:
    """The date written in `text`; ValidationError says, in the reader's words, what is wrong with it."""
    typed = unicodedata.normalize("NFKC", text).strip()
    found = _WRITTEN.fullmatch(typed) or _RUN_TOGETHER.fullmatch(typed)
    if not found:
        if _WITHOUT_YEAR.fullmatch(typed):
            raise ValidationError(_("Write the year too, for example 2026-06-30."), code="invalid")
        raise ValidationError(_("This is not a date. Write it like 2026-06-30 or 2026年6月30日."), code="invalid")
    year, month, day = map(int, found.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValidationError(
            _("The year %(year)s lies outside %(first)s to %(last)s.")
            % {"year": year, "first": FIRST_YEAR, "last": LAST_YEAR},
            code="invalid",
        )
    if not 1 <= month <= 12:
        raise ValidationError(_("There is no month %(month)s.") % {"month": month}, code="invalid")
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise ValidationError(
            _("%(year)s-%(month)s has only days 1 to %(last)s.") % {"year": year, "month": f"{month:02}", "last": last},
            code="invalid",
        )
    return datetime.date(year, month, day)


class DayField(forms.DateField):
    """A form field for a date, typed the Chinese way or the ISO way. `latest` (a date or None) refuses days after it."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"placeholder": "2026-06-30", "autocomplete": "off", "size": 12})
    default_error_messages = {
        "future": gettext_lazy("This day is still to come."),
    }

    def __init__(self, *, latest: datetime.date | None = None, **kwargs):
        super().__init__(**kwargs)
        self.latest = latest

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if isinstance(value, datetime.datetime):
            return value.date()
        return value if isinstance(value, datetime.date) else read_day(str(value))

    def validate(self, value):
        super().validate(value)
        if value and self.latest and value > self.latest:
            raise ValidationError(self.error_messages["future"], code="future")
