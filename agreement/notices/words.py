"""The words of a notice, made from its facts when it is sent or shown: "3 days left" is never yesterday's truth.

templates/notices/<series>.txt: the first line is the subject, the rest the body.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.template import Context
from django.template.loader import select_template
from django.utils import translation

from agreement.models import Notice
from agreement.models.bilingual import in_english
from agreement.workdays import OFFICE_TIME, office_today


@dataclass(frozen=True)
class Words:
    subject: str
    body: str
    path: str  # where it leads, "" when nowhere


def words_of(notice: Notice, now: datetime, *, language: str | None = None, facts: dict | None = None) -> Words:
    """Subject and body of `notice` as true at `now`, in `language` (default: the reader's); newer `facts` go first."""
    with translation.override(language or translation.get_language() or settings.LANGUAGE_CODE):
        template = select_template([f"notices/{notice.series}.txt", "notices/event.txt"])
        payload = notice.payload | (facts or {})
        context = _facts(payload)
        on = context.get("on")
        days_left = (on - office_today(now)).days if isinstance(on, date) else None
        context |= {"days_left": days_left, "agreement": notice.agreement.localized("title")}
        text = template.template.render(Context(context, autoescape=False))  # plain text
    subject, _, body = text.strip().partition("\n")
    return Words(subject=" ".join(subject.split())[:180], body=body.strip(), path=str(payload.get("path", "")))


def _facts(payload: dict) -> dict:
    """The payload in the language in force, its dates and times as such."""
    facts = {}
    for name, value in payload.items():
        if name.endswith("_en"):
            continue
        if in_english() and payload.get(f"{name}_en"):
            value = payload[f"{name}_en"]
        if isinstance(value, str) and value and (name == "on" or name.endswith("_on")):
            value = date.fromisoformat(value)
        elif isinstance(value, str) and value and name.endswith("_at"):
            value = datetime.fromisoformat(value).astimezone(OFFICE_TIME)
        elif isinstance(value, str) and name != "text":
            value = " ".join(value.split())  # a line break in a title would end the subject
        facts[name] = value
    return facts
