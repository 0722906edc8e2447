"""Panels of floor 2 for the pages of others. Each ends in a template of templates/meetings/."""

from django import template
from django.utils.translation import gettext_lazy as _

from meetings import panels
from meetings.permissions import may_write

register = template.Library()


@register.inclusion_tag("meetings/_mechanisms_with_next.html", takes_context=True)
def mechanisms_with_next(context, agreement, membership, today):
    """The joint mechanisms, each with its cadence's light and its next meeting, or who should set a date."""
    return {
        "agreement": agreement,
        "rows": panels.mechanisms_with_next(agreement, today),
        "may_write": may_write(membership),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("meetings/_recent_decisions.html")
def recent_decisions(agreement, today, limit=8):
    """What became of earlier decisions."""
    rows = panels.recent_decisions(agreement, today)
    return {"agreement": agreement, "rows": rows[:limit], "total": len(rows), "more": max(len(rows) - limit, 0)}


@register.inclusion_tag("meetings/_decisions_wanted.html")
def decisions_wanted(agreement, today, limit=8):
    """What must be decided, and at which meeting."""
    rows = panels.decisions_wanted(agreement, today)
    return {"agreement": agreement, "rows": rows[:limit], "total": len(rows), "more": max(len(rows) - limit, 0)}


@register.inclusion_tag("meetings/_consents_asked.html")
def consents_asked(agreement, membership):
    """For a secretary: what the other side has agreed to and waits for."""
    asked = panels.consents_asked(agreement, membership) if may_write(membership) else []
    return {"agreement": agreement, "consents": asked}


@register.inclusion_tag("meetings/_touched.html")
def task_meetings(task):
    """Meetings and decisions that touched a task."""
    return {"agreement": task.agreement, **panels.task_meetings(task)}


@register.inclusion_tag("meetings/_touched.html")
def issue_meetings(issue):
    """Meetings that had an issue on their agenda, and what they decided."""
    return {"agreement": issue.agreement, **panels.issue_meetings(issue)}


@register.inclusion_tag("meetings/_my_meetings.html")
def my_meetings(membership, today):
    """The next meetings of the mechanisms one's organization sits in."""
    return {"agreement": membership.agreement, "meetings": list(panels.my_meetings(membership, today)[:6])}


VERBS = {
    "planned": _("planned the meeting"),
    "changed": _("changed"),
    "edited": _("reworded"),
    "added": _("added"),
    "removed": _("took off"),
    "restored": _("put back"),
    "moved": _("moved"),
    "dropped": _("took back"),
    "held": _("recorded as held"),
    "cancelled": _("cancelled the meeting"),
    "seated": _("changed the members"),
    "agenda_generated": _("generated the agenda"),
    "agenda_consented": _("agreed to the agenda"),
    "agenda_withdrawn": _("the consent to the agenda was withdrawn"),
    "agenda_agreed": _("the agenda is agreed by both sides"),
    "decisions_consented": _("confirmed the decisions"),
    "decisions_withdrawn": _("the confirmation of the decisions was withdrawn"),
    "decisions_agreed": _("the decisions are confirmed by both sides"),
    "leads_changed": _("changed who carries it out"),
    "in_force": _("came into force"),
    "concluded": _("concluded"),
}


@register.filter
def verb_words(activity) -> str:
    """What was done, in the reader's language."""
    return str(VERBS.get(activity.verb, activity.verb))
