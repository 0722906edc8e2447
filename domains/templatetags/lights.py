"""The light beside a task, everywhere the same: shape, colour and word."""

from django import template

register = template.Library()


@register.inclusion_tag("agreement/_light.html")
def light(task):
    """Shows the light of a row from `domains.health.explained`."""
    return {"light": task["light"], "word": task["word"], "reason": "；".join(task["reasons"])}
