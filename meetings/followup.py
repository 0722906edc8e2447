"""What became of earlier decisions: the state of each, read from what it made or changed, or from its own conclusion."""

import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agreement.models import Agreement
from agreement.workdays import Calendar
from domains.health import Light, Terms, explained
from domains.models import Task


def followed_up(decisions, agreement: Agreement, today: datetime.date, calendar: Calendar) -> list[dict]:
    """Rows {decision, light, word, reasons, is_open, ended_on} for `decisions` of `agreement`, in their order.

    Takes a fixed number of queries, however many decisions there are.
    """
    decisions = list(decisions)
    terms = Terms.of(agreement, today, calendar)
    made = {decision.task_id for decision in decisions if decision.effect == "new_task"}
    tasks = Task.objects.filter(pk__in=made).with_health(terms).values()
    rows = {row["id"]: row for row in explained(tasks, terms)} if made else {}
    return [_followed_up(decision, rows, terms) for decision in decisions]


def still_matter(rows, since: datetime.date | None) -> list[dict]:
    """Of `rows`, those still open, and those that ended on or after `since` (all that ended when it is None)."""
    return [row for row in rows if row["is_open"] or since is None or (row["ended_on"] and row["ended_on"] >= since)]


def _followed_up(decision, tasks, terms) -> dict:
    light, word, reason, ended_on = _state(decision, tasks, terms)
    return {
        "decision": decision,
        "light": light,
        "word": word,
        "reasons": reason if isinstance(reason, list) else [reason] if reason else [],
        "ended_on": ended_on,
        "is_open": ended_on is None,
    }


def _state(decision, tasks, terms):
    """(light, word, reasons, day it ended or None), the first that applies."""
    if decision.in_force_on is None:
        return Light.GREY, _("not yet confirmed"), "", None
    if decision.concluded_on:
        return Light.ENDED, _("concluded"), decision.conclusion, decision.concluded_on
    if task := tasks.get(decision.task_id):
        return task["light"], task["word"], task["reasons"], task["ended_on"] or task["cancelled_on"]
    if milestone := decision.milestone:
        if milestone.done_on:
            words = _("“%(title)s” was done on %(date)s") % {"title": milestone.title, "date": milestone.done_on}
            return Light.ENDED, _("done"), words, milestone.done_on
        return (*_by_date(milestone.due_on, terms, _percent(milestone)), None)
    return (*_by_date(decision.due_on, terms, ""), None)


def _percent(milestone) -> str:
    return _("“%(title)s” stands at %(percent)s%%") % {"title": milestone.title, "percent": milestone.percent}


def _by_date(due_on, terms, otherwise):
    if due_on and due_on < terms.today:
        words = _("was due on %(date)s, %(days)s days late") % {"date": due_on, "days": (terms.today - due_on).days}
        return Light.RED, pgettext("light", "behind"), words
    if due_on and due_on <= terms.today + datetime.timedelta(days=terms.warning_days):
        return Light.AMBER, pgettext("light", "due soon"), _("is due on %(date)s") % {"date": due_on}
    return Light.GREEN, pgettext("light", "under way"), otherwise
