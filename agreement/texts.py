"""Text as it is typed or pasted from WeChat and Word, cleaned of what nobody can see; line breaks stay."""

import re
import unicodedata

from django import forms
from django.db import models

from agreement.dates import DayField

# Controls but for tab and line feed; marks that turn the direction of text around; invisible joiners at the edges.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb]"
)


def clean_text(text: str) -> str:
    """`text` without NUL, control and direction characters, with plain line feeds."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    plain = "".join(each for each in plain if not 0xD800 <= ord(each) <= 0xDFFF)
    return unicodedata.normalize("NFC", _UNSEEN.sub("", plain))


class CleanCharField(forms.CharField):
    """A text field that takes what was pasted and drops what cannot be seen."""

    def to_python(self, value):
        return super().to_python(clean_text(str(value)) if value is not None else value)


def field_for_people(field: models.Field, **kwargs):
    """The form field of a model's field as people type: clean text, dates the Chinese way.

    For ModelForms: `class Meta: formfield_callback = field_for_people`.
    """
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return field.formfield(**({"form_class": DayField} | kwargs))
    if isinstance(field, models.CharField | models.TextField) and not field.choices:
        return field.formfield(**({"form_class": CleanCharField} | kwargs))
    return field.formfield(**kwargs)
