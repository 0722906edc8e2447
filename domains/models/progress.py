from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreement.models import Organization, User
from agreement.models.activity import record
from domains.models.task import Task


class ProgressRecord(models.Model):
    """What was done of a count, or one time a mechanism met. Append-only: a mistake is corrected by a negative amount."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="progress_records")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organization")
    )
    on = models.DateField(_("on"))
    amount = models.IntegerField(_("amount"), default=1)
    words = models.CharField(_("in words"), max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-on", "-id"]
        verbose_name = _("progress record")
        verbose_name_plural = _("progress records")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(amount=0),
                name="progress_amount_not_zero",
                violation_error_message=_("Nothing to count."),
            )
        ]
        indexes = [models.Index(fields=["task", "-on"], name="progress_of_task")]

    def __str__(self):
        return f"{self.task.number} {self.on} {self.amount:+}"

    @classmethod
    def note(cls, task, *, on, amount=1, words="", organization=None, by=None, on_behalf=False):
        """Adds a record to `task`, starting it if it had not begun; returns the record."""
        with transaction.atomic():
            entry = cls.objects.create(task=task, organization=organization, on=on, amount=amount, words=words, by=by)
            verb = "held" if task.progress_kind == Task.ProgressKind.CADENCE else "counted"
            record(
                entry,
                verb,
                by=by,
                agreement=task.agreement,
                parent=task,
                changes={"amount": (None, amount), "on": (None, on), "words": ("", words)},
                on_behalf=on_behalf,
            )
            task.start(by=by, on=on, on_behalf=on_behalf)
            return entry
