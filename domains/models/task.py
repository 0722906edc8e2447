from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreement.models import Agreement, Clause, Party
from agreement.models.activity import record
from agreement.models.bilingual import Bilingual
from domains.models.domain import Domain
from domains.progress import ProgressQuerySet


class TaskQuerySet(ProgressQuerySet):
    def get_by_natural_key(self, agreement, number):
        return self.get(agreement__slug=agreement, number=number)

    def open(self):
        """Those that are neither ended nor cancelled."""
        return self.filter(ended_on=None, cancelled_on=None)

    def owned_by(self, organization_ids):
        """Those in which one of these organizations leads, supports or answers for a milestone."""
        return self.filter(
            Q(owners__organization__in=organization_ids) | Q(milestones__organization__in=organization_ids)
        ).distinct()

    def of_side(self, party):
        return self.filter(owners__party=party).distinct()


class Task(Bilingual):
    """What was made of a commitment: carried by organizations, followed by milestones, reports and issues."""

    class Kind(models.TextChoices):
        PROJECT = "project", _("project")
        MECHANISM = "mechanism", _("mechanism")
        REFORM = "reform", _("reform")
        SERVICE = "service", _("service")

    class ProgressKind(models.TextChoices):
        WORKS = "works", _("works, in percent")
        STEPS = "steps", _("steps, one after the other")
        COUNT = "count", _("a count towards a target")
        CADENCE = "cadence", _("held within its interval")

    class Cooperation(models.TextChoices):
        HALVES = "halves", _("one object in two halves")
        ONE_SIDE = "one_side", _("wholly on one side")
        EACH_OWN = "each_own", _("each its own")
        PROVIDER = "provider", _("provider and receiver")
        STANDING = "standing", _("a standing body")

    class Outcome(models.TextChoices):
        ACHIEVED = "achieved", _("achieved")
        NOT_ACHIEVED = "not_achieved", _("not achieved")
        MERGED = "merged", _("merged into another task")
        CARRIED_OVER = "carried_over", _("carried over")
        RUNNING = "running", _("running as a routine")

    class Move(models.TextChoices):
        NONE = "", _("nobody in particular")
        JOINT = "joint", _("both sides together")
        PARTY = "party", _("one side")
        SUPERIOR = "superior", _("the superior")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="tasks")
    domain = models.ForeignKey(Domain, models.PROTECT, related_name="tasks", verbose_name=_("domain"))
    clauses = models.ManyToManyField(Clause, related_name="tasks", verbose_name=_("clauses"))
    number = models.CharField(_("number"), max_length=12)
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=80)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    goal = models.TextField(_("goal"), blank=True)
    goal_en = models.TextField(_("goal in English"), blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    progress_kind = models.CharField(_("kind of progress"), max_length=8, choices=ProgressKind)
    cooperation = models.CharField(_("form of cooperation"), max_length=10, choices=Cooperation)
    # cooperation "one_side": the side that does it; "provider": the side that gives
    doing_side = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("side that does it")
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_text = models.CharField(_("due date as written"), max_length=40, blank=True)
    target = models.PositiveIntegerField(_("target"), null=True, blank=True)
    unit = models.CharField(_("unit counted"), max_length=10, blank=True)
    unit_en = models.CharField(_("unit counted, in English"), max_length=20, blank=True)
    interval_months = models.PositiveSmallIntegerField(_("interval in months"), null=True, blank=True)
    move = models.CharField(_("whose move"), max_length=8, choices=Move, blank=True, default="")
    move_side = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("the side to move")
    )
    move_since = models.DateField(_("waiting since"), null=True, blank=True)
    light_note = models.CharField(_("what the offices say of the light"), max_length=200, blank=True)
    started_on = models.DateField(_("started on"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True)
    end_reason = models.CharField(_("reason of the end"), max_length=200, blank=True)
    to_confirm = models.BooleanField(_("to be confirmed"), default=True)
    note = models.TextField(_("remark"), blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "domain__number", "position", "id"]
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "number"],
                name="task_number_in_agreement",
                violation_error_message=_("Another task has this number."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | ~Q(outcome=""),
                name="task_end_has_outcome",
                violation_error_message=_("An ended task has an outcome."),
            ),
            models.CheckConstraint(
                condition=Q(progress_kind="cadence", interval_months__gte=1) | ~Q(progress_kind="cadence"),
                name="task_cadence_has_interval",
                violation_error_message=_("A cadence needs its interval in months."),
            ),
            models.CheckConstraint(
                condition=~Q(move="party") | Q(move_side__isnull=False),
                name="task_move_names_side",
                violation_error_message=_("Say which side is to move."),
            ),
        ]
        indexes = [models.Index(fields=["agreement", "domain", "position"], name="task_of_board")]

    def __str__(self):
        return f"{self.number} {self.title}"

    def natural_key(self):
        return (self.agreement.slug, self.number)

    natural_key.dependencies = ["agreement.agreement", "domains.domain"]  # type: ignore[attr-defined]

    def get_absolute_url(self):
        return reverse("task", args=[self.agreement.slug, self.number])

    @property
    def is_open(self) -> bool:
        return not (self.ended_on or self.cancelled_on)

    def start(self, *, by, on, on_behalf=False) -> bool:
        """Begins work on day `on`; False when it had begun (or ended) already."""
        with transaction.atomic():
            begun = (
                Task.objects.open().filter(pk=self.pk, started_on=None).update(started_on=on, version=F("version") + 1)
            )
            if not begun:
                return False
            self.refresh_from_db()
            record(
                self,
                "started",
                by=by,
                agreement=self.agreement,
                changes={"started_on": (None, on)},
                on_behalf=on_behalf,
            )
            return True
