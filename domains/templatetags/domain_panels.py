"""The panels of floor 1, for pages that belong to no floor."""

from django import template

from domains import panels

register = template.Library()


@register.simple_tag
def overview(agreement, today):
    """The agreement on the day `today`; give it to the panels of a page, which then ask only once."""
    return panels.Overview(agreement, today)


@register.inclusion_tag("dashboard/_overall.html", takes_context=True)
def overall(context, state):
    """How is it overall: the tally, the "1", the six, and both sides beside each other."""
    return {"state": state, "agreement": state.agreement, "membership": context["membership"]}


@register.inclusion_tag("dashboard/_late.html")
def late_tasks(state):
    """What is late, why, and whose."""
    return {"state": state, "agreement": state.agreement}


@register.inclusion_tag("dashboard/_wanted.html")
def wanted(agreement, membership, today):
    """What this person is asked to decide."""
    return {
        "agreement": agreement,
        "membership": membership,
        "wanted": panels.issues_wanting(agreement, membership, today),
        "reports_waiting": panels.reports_waiting(agreement, membership),
    }


@register.inclusion_tag("dashboard/_distribution.html")
def distribution(tally):
    """A bar with one stretch for each light, as long as there are tasks with it."""
    stretches, start = [], 0
    for each in tally:
        if each["count"]:
            stretches.append(each | {"start": start})
            start += each["count"]
    return {"stretches": stretches, "total": start}


@register.simple_tag
def clause_tasks(agreement, today):
    """The tasks of every clause: `tasks|at:clause.pk`."""
    return panels.tasks_by_clause(agreement, today)


@register.simple_tag
def organization_tasks(unit, today, page):
    """A page of the tasks this organization has a part in."""
    return panels.tasks_of_organization(unit, today, page)


@register.filter
def at(mapping, key):
    """What `mapping` holds under `key`, or nothing."""
    return mapping.get(key, [])
