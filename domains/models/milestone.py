from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreement.models import Organization
from agreement.models.activity import record
from agreement.models.bilingual import Bilingual
from domains.models.task import Task


class MilestoneQuerySet(models.QuerySet):
    def get_by_natural_key(self, agreement, number, position):
        return self.get(task__agreement__slug=agreement, task__number=number, position=position)

    def open(self):
        return self.filter(done_on=None)

    def overdue(self, today):
        return self.open().filter(due_on__lt=today)

    def due_between(self, first, last):
        return self.open().filter(due_on__range=(first, last))


class Milestone(Bilingual):
    """A point on the way (时间节点). `due_text` keeps the words; a "long-term" one has no date, and none is invented."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="milestones")
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=80)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="milestones",
        verbose_name=_("organization"),
        help_text=_("Empty: both sides together."),
    )
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_text = models.CharField(_("due date as written"), max_length=40, blank=True)
    baseline_due_on = models.DateField(_("first agreed date"), null=True, blank=True, editable=False)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    percent = models.PositiveSmallIntegerField(_("percent"), default=0)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        ordering = ["task", "position", "id"]
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__range=(0, 100)),
                name="milestone_percent_range",
                violation_error_message=_("Percent goes from 0 to 100."),
            ),
            models.CheckConstraint(
                condition=Q(done_on=None) | Q(percent=100),
                name="milestone_done_is_whole",
                violation_error_message=_("A milestone that is done stands at 100 percent."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(due_on=None) | Q(due_on__gte=F("starts_on")),
                name="milestone_dates_in_order",
                violation_error_message=_("The due date lies before the start."),
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(done_on=None), name="milestone_open_due")]

    def __str__(self):
        return self.title

    def natural_key(self):
        return (*self.task.natural_key(), self.position)

    natural_key.dependencies = ["domains.task", "agreement.organization"]  # type: ignore[attr-defined]

    def save(self, *args, **kwargs):
        # The first date ever agreed stays for ever; a later one is seen beside it.
        if self.due_on and not self.baseline_due_on:
            self.baseline_due_on = self.due_on
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "baseline_due_on"}
        super().save(*args, **kwargs)

    def move_to(self, percent, *, by, on, version, evidence="", on_behalf=False) -> bool:
        """Sets the progress to `percent` on day `on`, done at 100; starts the task if it had not begun.

        False, and nothing changed, when somebody saved it since `version` was read.
        """
        with transaction.atomic():
            before = Milestone.objects.select_for_update().get(pk=self.pk)
            if before.version != version:
                return False
            done_on = (before.done_on or on) if percent == 100 else None
            Milestone.objects.filter(pk=self.pk).update(
                percent=percent, done_on=done_on, evidence=evidence, version=version + 1
            )
            self.refresh_from_db()
            old = {"percent": before.percent, "done_on": before.done_on, "evidence": before.evidence}
            changes = {field: (was, getattr(self, field)) for field, was in old.items() if was != getattr(self, field)}
            record(
                self,
                "moved",
                by=by,
                agreement=self.task.agreement,
                parent=self.task,
                changes=changes,
                on_behalf=on_behalf,
            )
            if percent:
                self.task.start(by=by, on=on, on_behalf=on_behalf)
            return True

    def reschedule(self, due_on, *, by, reason, due_text="") -> None:
        """Moves the due date to `due_on`, in the decision's words `due_text`, by a decision named in `reason`.

        The baseline stays; the words of the old date go with it, for they would contradict the new one.
        """
        with transaction.atomic():
            before = Milestone.objects.select_for_update().get(pk=self.pk)
            changes = {"due_on": (before.due_on, due_on), "reason": ("", reason)}
            if before.due_text != due_text:
                changes["due_text"] = (before.due_text, due_text)
            Milestone.objects.filter(pk=self.pk).update(due_on=due_on, due_text=due_text, version=F("version") + 1)
            self.refresh_from_db()
            record(self, "rescheduled", by=by, agreement=self.task.agreement, parent=self.task, changes=changes)
