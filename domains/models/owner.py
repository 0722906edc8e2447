from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreement.models import Organization, Party
from agreement.models.activity import record
from domains.models.task import Task


class TaskOwnerQuerySet(models.QuerySet):
    def get_by_natural_key(self, agreement, number, party, organization):
        return self.get(
            task__agreement__slug=agreement,
            task__number=number,
            organization__party__slug=party,
            organization__slug=organization,
        )

    def leads(self):
        return self.filter(role=TaskOwner.OwnerRole.LEAD)

    def owing_reports(self):
        """The leads that report: of a task wholly on one side, only that side's (DESIGN section 3)."""
        return self.leads().exclude(
            Q(task__cooperation=Task.Cooperation.ONE_SIDE)
            & Q(task__doing_side__isnull=False)
            & ~Q(task__doing_side=models.F("party"))
        )


class TaskOwner(models.Model):
    """An organization's part in a task. The first named of a side leads, the others support (BRIEF fact 2)."""

    class OwnerRole(models.TextChoices):
        LEAD = "lead", _("lead")
        SUPPORT = "support", _("support")

    task = models.ForeignKey(Task, models.CASCADE, related_name="owners")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="task_owners", verbose_name=_("organization")
    )
    party = models.ForeignKey(
        Party, models.PROTECT, related_name="+", editable=False
    )  # the organization's, for the constraint
    role = models.CharField(_("role"), max_length=7, choices=OwnerRole)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    to_confirm = models.BooleanField(_("to be confirmed"), default=True)

    objects = TaskOwnerQuerySet.as_manager()

    class Meta:
        ordering = ["task", "party", "position", "id"]
        verbose_name = _("task owner")
        verbose_name_plural = _("task owners")
        constraints = [
            models.UniqueConstraint(
                fields=["task", "organization"],
                name="owner_once_in_task",
                violation_error_message=_("This organization is named twice."),
            ),
            models.UniqueConstraint(
                fields=["task", "party"],
                condition=Q(role="lead"),
                name="owner_one_lead_a_side",
                violation_error_message=_("Each side has one lead."),
            ),
        ]

    def __str__(self):
        return f"{self.task.number} {self.organization} ({self.get_role_display()})"

    def save(self, *args, **kwargs):
        self.party_id = self.organization.party_id
        super().save(*args, **kwargs)

    @classmethod
    def join(cls, task, organization, role, *, by):
        """Names `organization` in `task`; IntegrityError when it is named already or its side has a lead."""
        with transaction.atomic():
            last = task.owners.filter(party=organization.party_id).aggregate(last=models.Max("position"))["last"] or 0
            owner = cls.objects.create(
                task=task, organization=organization, role=role, position=last + 1, to_confirm=False
            )
            owner._trace("joined", by, {"role": ("", owner.role)})
            return owner

    def leave(self, *, by) -> None:
        """Takes the organization out of the task; a side without a lead is shown as a gap."""
        with transaction.atomic():
            self._trace("left", by, {"role": (self.role, "")})
            self.delete()

    def take_lead(self, *, by) -> bool:
        """Makes it its side's lead, who led until now supports; False when it was taken out meanwhile."""
        with transaction.atomic():
            side = list(TaskOwner.objects.select_for_update().filter(task=self.task, party=self.party).order_by("pk"))
            if self.pk not in {owner.pk for owner in side}:
                return False
            TaskOwner.objects.filter(pk__in=[owner.pk for owner in side], role=self.OwnerRole.LEAD).exclude(
                pk=self.pk
            ).update(role=self.OwnerRole.SUPPORT)
            old, self.role, self.to_confirm = self.role, self.OwnerRole.LEAD, False
            self.save(update_fields=["role", "to_confirm"])
            self._trace("took_lead", by, {"role": (old, self.role)})
            return True

    def _trace(self, verb, by, changes):
        record(
            self,
            verb,
            by=by,
            agreement=self.task.agreement,
            parent=self.task,
            label=self.organization.name,
            changes=changes,
        )

    def natural_key(self):
        return (*self.task.natural_key(), self.organization.party.slug, self.organization.slug)

    natural_key.dependencies = ["domains.task", "agreement.organization"]  # type: ignore[attr-defined]
