"""How far a task is, in the way of its kind: percent of works, steps done, a count, or when it was last held."""

from django.db.models import Case, Count, F, FloatField, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Least, Round
from django.utils.translation import gettext as _

from agreement.models.bilingual import in_english
from domains.health import HealthQuerySet


class ProgressQuerySet(HealthQuerySet):
    def with_progress(self, parties):
        """Adds `percent` (works; of two halves the smaller), `steps_done`, `steps_total`, `counted` and `last_held_on`.

        `parties` are the two sides of the agreement; a milestone of neither counts for both.
        """
        milestones = self._of("milestones").filter(task=OuterRef("pk")).order_by().values("task")
        records = self._of("progress_records").filter(task=OuterRef("pk"))
        whole = _weighted(milestones)
        sides = [_weighted(milestones.filter(Q(organization=None) | Q(organization__party=party))) for party in parties]
        halves = Least(*[Coalesce(side, Value(0.0)) for side in sides]) if len(sides) > 1 else whole
        return self.annotate(
            percent=Round(Case(When(cooperation="halves", then=halves), default=whole)),
            steps_done=Coalesce(Subquery(milestones.values(n=Count("pk", filter=Q(done_on__isnull=False)))), 0),
            steps_total=Coalesce(Subquery(milestones.values(n=Count("pk"))), 0),
            counted=Coalesce(Subquery(records.order_by().values("task").values(n=Sum("amount"))), 0),
            last_held_on=Subquery(records.order_by("-on").values("on")[:1]),
        )


def _weighted(milestones):
    share = Cast(Sum(F("percent") * F("weight")), FloatField()) / Sum("weight")
    return Subquery(milestones.filter(weight__gt=0).values(share=share), output_field=FloatField())


def progress_words(task: dict) -> str:
    """The progress of a row of `.values()` in a few characters, for boards and tables."""
    kind = task["progress_kind"]
    if kind == "works":
        return f"{int(task['percent'] or 0)}%"
    if kind == "steps":
        return _("%(done)s of %(total)s steps") % {"done": task["steps_done"], "total": task["steps_total"]}
    if kind == "count":
        unit = (in_english() and task.get("unit_en")) or task.get("unit") or ""
        total = f"/{task['target']}" if task["target"] else ""
        return f"{task['counted']}{total} {unit}".strip()
    return _("last held %(date)s") % {"date": task["last_held_on"]} if task["last_held_on"] else _("not held yet")


def progress_share(task: dict) -> int | None:
    """The same as percent of the whole, 0 to 100, for a bar; None where percent means nothing (a mechanism)."""
    kind = task["progress_kind"]
    if kind == "works":
        return int(task["percent"] or 0)
    if kind == "steps":
        return 100 * task["steps_done"] // task["steps_total"] if task["steps_total"] else 0
    if kind == "count" and task["target"]:
        return max(0, min(100, 100 * task["counted"] // task["target"]))
    return None
