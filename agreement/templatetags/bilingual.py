"""Content in the reader's language, in templates: {{ task|localized:"title" }}."""

from django import template

register = template.Library()


@register.filter
def localized(thing, field):
    """The text of a bilingual `field` of a model's row; empty for nothing."""
    return thing.localized(field) if thing else ""
