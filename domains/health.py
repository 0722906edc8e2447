"""The light of a task on a given day: the one definition (DESIGN section 3), annotated in SQL."""

import datetime
from dataclasses import dataclass

from django.db.models import (
    Case,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from agreement.models.bilingual import localized
from agreement.workdays import Calendar, last_closed_period
from domains.days import DayNumber, day_number, last_month_ended, month_index


class Light(TextChoices):
    """The six lights; the label is the word that always goes with the colour."""

    RED = "red", pgettext_lazy("light", "behind")
    AMBER = "amber", pgettext_lazy("light", "at risk")
    GREEN = "green", pgettext_lazy("light", "under way")
    GREY = "grey", pgettext_lazy("light", "not started")
    ENDED = "ended", pgettext_lazy("light", "ended")
    CANCELLED = "cancelled", pgettext_lazy("light", "cancelled")


URGENCY = {Light.RED: 0, Light.AMBER: 1, Light.GREEN: 2, Light.GREY: 3, Light.ENDED: 4, Light.CANCELLED: 4}
DUE_SOON = pgettext_lazy("light", "due soon")
# How a task ended is its word; keys are Task.Outcome.
OUTCOME_WORDS = {
    "achieved": pgettext_lazy("light", "struck off"),
    "not_achieved": pgettext_lazy("light", "not achieved"),
    "merged": pgettext_lazy("light", "merged"),
    "carried_over": pgettext_lazy("light", "carried over"),
    "running": pgettext_lazy("light", "routine"),
}


@dataclass(frozen=True)
class Terms:
    """What lights are judged by: the day, the agreement's thresholds, and the last period reports were due for."""

    today: datetime.date
    warning_days: int
    amber_gap: int
    red_gap: int
    red_ratio: int
    period: str
    period_ended_on: datetime.date

    @classmethod
    def of(cls, agreement, today: datetime.date, calendar: Calendar) -> "Terms":
        """The terms of `agreement` on the day `today`."""
        period = last_closed_period(agreement, today, calendar)
        return cls(
            today,
            agreement.warning_days,
            agreement.amber_gap,
            agreement.red_gap,
            agreement.red_ratio,
            period.key,
            period.ends_on,
        )


class HealthQuerySet(QuerySet):
    def with_health(self, terms: Terms):
        """Adds `light` (a Light value) and the facts behind it, which `reasons()` puts into words."""
        milestones = self._of("milestones").filter(task=OuterRef("pk"), done_on=None)
        late = milestones.filter(due_on__lt=terms.today).order_by("due_on", "id")
        horizon = terms.today + datetime.timedelta(days=terms.warning_days)
        near = milestones.filter(due_on__range=(terms.today, horizon)).order_by("due_on", "id")
        lagging = self._lagging(milestones, terms)
        missing = (
            self._of("owners")
            .owing_reports()
            .filter(task=OuterRef("pk"))
            .exclude(
                Exists(
                    self._of("reports").filter(
                        task=OuterRef("task"),
                        organization=OuterRef("organization"),
                        period=terms.period,
                        state="accepted",
                    )
                )
            )
        )
        held = self._of("progress_records").filter(task=OuterRef("pk")).order_by().values("task")
        return (
            self.annotate(
                late_on=Subquery(late.values("due_on")[:1]),
                late_title=Subquery(late.values(words=localized("title"))[:1]),
                near_on=Subquery(near.values("due_on")[:1]),
                near_title=Subquery(near.values(words=localized("title"))[:1]),
                lag_gap=Subquery(lagging.values("gap")[:1]),
                lag_planned=Subquery(lagging.values("planned")[:1]),
                lag_percent=Subquery(lagging.values("percent")[:1]),
                lag_title=Subquery(lagging.values(words=localized("title"))[:1]),
                last_on=Subquery(held.values(last=Max("on"))[:1]),
                last_month=month_index(Coalesce("last_on", "started_on")) + F("interval_months"),
                report_missing=Exists(missing.filter(task__started_on__lte=terms.period_ended_on)),
                issue_raised=Exists(self._of("issues").filter(task=OuterRef("pk"), outcome="", level__gte=1)),
            )
            .annotate(light=self._judged(terms, horizon, {light: light for light in Light}))
            .alias(urgency=self._judged(terms, horizon, URGENCY))
        )

    def _of(self, name):
        """The objects behind a reverse relation; their modules stand above this one."""
        return self.model._meta.get_field(name).related_model.objects.all()

    @staticmethod
    def _lagging(milestones, terms):
        """Milestones under way whose percent is below the straight line from start to due date, the worst first."""
        return (
            milestones.filter(task__progress_kind="works", starts_on__lt=terms.today, due_on__gte=terms.today)
            .annotate(span=DayNumber("due_on") - DayNumber("starts_on"))
            .annotate(planned=(Value(day_number(terms.today)) - DayNumber("starts_on")) * 100 / F("span"))
            .annotate(gap=F("planned") - F("percent"))
            .filter(gap__gte=terms.amber_gap)
            .order_by("-gap", "id")
        )

    @staticmethod
    def _judged(terms, horizon, values):
        """For each Light its value in `values`, by the first case that holds, worst before better."""
        cadence = Q(progress_kind="cadence", started_on__isnull=False)
        return Case(
            When(cancelled_on__isnull=False, then=Value(values[Light.CANCELLED])),
            When(ended_on__isnull=False, then=Value(values[Light.ENDED])),
            When(Q(late_on__isnull=False) | Q(due_on__lt=terms.today), then=Value(values[Light.RED])),
            When(
                lag_gap__gt=terms.red_gap,
                lag_percent__lt=F("lag_planned") * terms.red_ratio / 100,
                then=Value(values[Light.RED]),
            ),
            When(
                cadence & Q(last_month__lte=last_month_ended(terms.today - datetime.timedelta(days=1))),
                then=Value(values[Light.RED]),
            ),
            When(Q(near_on__isnull=False) | Q(due_on__range=(terms.today, horizon)), then=Value(values[Light.AMBER])),
            When(lag_gap__isnull=False, then=Value(values[Light.AMBER])),
            When(Q(report_missing=True) | Q(issue_raised=True), then=Value(values[Light.AMBER])),
            When(cadence & Q(last_month__lte=last_month_ended(horizon)), then=Value(values[Light.AMBER])),
            When(started_on__isnull=False, then=Value(values[Light.GREEN])),
            default=Value(values[Light.GREY]),
        )

    def of_light(self, *lights):
        """Of tasks with health, those with one of these lights."""
        return self.filter(light__in=lights)

    def most_urgent_first(self):
        """Of tasks with health: red, amber, green, grey, then what has ended; the earliest date first."""
        # `urgency` is judged beside `light`, not made from it: the database would be sent the whole case once a value.
        return self.annotate(next_on=Coalesce("late_on", "near_on", "due_on")).order_by(
            "urgency", F("next_on").asc(nulls_last=True), "domain__number", "position"
        )


def word(task) -> str:
    """The word beside the light; `task` is a row of `.values()` or an object, with health."""
    light, near_on, outcome = (_get(task, name) for name in ("light", "near_on", "outcome"))
    if light == Light.ENDED:
        return str(OUTCOME_WORDS[outcome])
    if light == Light.AMBER and near_on:
        return str(DUE_SOON)
    return str(Light(light).label)


def reasons(task, terms: Terms) -> list[str]:
    """Why the light is as it is, in words, the weightiest first; empty when there is nothing to explain."""
    light = _get(task, "light")
    if light in (Light.ENDED, Light.CANCELLED):
        return [reason] if (reason := _get(task, "end_reason")) else []
    words = []
    if late_on := _get(task, "late_on"):
        words.append(
            _("“%(title)s” was due on %(date)s, %(days)s late")
            % {"title": _get(task, "late_title"), "date": late_on, "days": _days((terms.today - late_on).days)}
        )
    due_on = _get(task, "due_on")
    if due_on and due_on < terms.today:
        words.append(_("The task was due on %(date)s") % {"date": due_on})
    if (gap := _get(task, "lag_gap")) is not None:
        words.append(
            _("“%(title)s” stands at %(percent)s%%, by schedule %(planned)s%% (%(gap)s points behind)")
            % {
                "title": _get(task, "lag_title"),
                "percent": _get(task, "lag_percent"),
                "planned": _get(task, "lag_planned"),
                "gap": gap,
            }
        )
    words.extend(_cadence(task, terms))
    if near_on := _get(task, "near_on"):
        words.append(_("“%(title)s” is due on %(date)s") % {"title": _get(task, "near_title"), "date": near_on})
    if _get(task, "issue_raised"):
        words.append(_("An issue waits for a joint meeting"))
    if _get(task, "report_missing"):
        words.append(_("No accepted report for %(period)s yet") % {"period": terms.period})
    return words


def _cadence(task, terms):
    runs_out = _get(task, "last_month")
    if _get(task, "progress_kind") != "cadence" or runs_out is None:
        return
    year, month = divmod(runs_out - 1, 12)
    when = {"month": f"{year}-{month + 1:02}", "last": _get(task, "last_on") or _("never")}
    if runs_out <= last_month_ended(terms.today - datetime.timedelta(days=1)):
        yield _("Its interval ran out at the end of %(month)s; last held: %(last)s") % when
    elif runs_out <= last_month_ended(terms.today + datetime.timedelta(days=terms.warning_days)):
        yield _("To be held by the end of %(month)s; last held: %(last)s") % when


def _days(number):
    return ngettext("%(number)s day", "%(number)s days", number) % {"number": number}


def _get(task, name):
    return task.get(name) if isinstance(task, dict) else getattr(task, name, None)


# The words of the board's columns, in the order of a task's life.
COLUMNS = {
    Light.GREY: pgettext_lazy("light", "not started"),
    Light.GREEN: pgettext_lazy("light", "under way"),
    Light.AMBER: gettext_lazy("due soon · at risk"),
    Light.RED: pgettext_lazy("light", "behind"),
    Light.ENDED: gettext_lazy("concluded"),
}


def explained(rows, terms: Terms) -> list[dict]:
    """The rows of a `.values()` with health, each with its `word` and `reasons` ready for `agreement/_light.html`."""
    return [{**row, "word": word(row), "reasons": reasons(row, terms)} for row in rows]
