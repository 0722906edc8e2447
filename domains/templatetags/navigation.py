"""The domains in the main navigation."""

from django import template

from domains.models import Domain

register = template.Library()


@register.simple_tag
def navigation_domains(agreement):
    """The domains of `agreement`, the strategic mechanism (number 0) first; one query."""
    return Domain.objects.filter(agreement=agreement).order_by("number") if agreement else []
