"""A report's text beside what was sent last time."""

from django import template

from agreement.workdays import period_words
from domains.reporting import TEXTS, changes

register = template.Library()
register.filter("period_words", period_words)


@register.inclusion_tag("domains/_report_texts.html")
def report_texts(report, last=None):
    """The words of `report`, its changes since `last` marked; all of it new when there was no report before."""
    parts = []
    for name in TEXTS:
        words = getattr(report, name)
        if words or (last and getattr(last, name)):
            pieces = changes(getattr(last, name), words) if last else [("same", words)]
            parts.append({"label": report._meta.get_field(name).verbose_name, "pieces": pieces})
    return {"report": report, "last": last, "parts": parts}


@register.inclusion_tag("domains/_last_time.html")
def last_time(field, last):
    """Below a field of the form: whether its words are those of `last`, and those words."""
    words = str(field.value() or "").replace("\r\n", "\n")
    before = getattr(last, field.name) if last else ""
    return {"last": last, "before": before, "same": before == words, "field": field}
