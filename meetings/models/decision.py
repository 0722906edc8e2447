from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreement.models import Agreement, Organization, Party
from domains.models import Domain, Milestone, Task
from meetings.models.agenda_item import AgendaItem
from meetings.models.meeting import Meeting


class Decision(models.Model):
    """What a meeting settled (议定事项). It becomes work once both offices have confirmed the meeting's decisions."""

    class Verb(models.TextChoices):
        IN_PRINCIPLE = "in_principle", _("agrees in principle")
        DECIDES = "decides", _("decides")
        REQUIRES = "requires", _("requires")

    class Effect(models.TextChoices):
        NONE = "none", _("followed up by itself")
        MILESTONE = "milestone", _("a new milestone of a task")
        RESCHEDULE = "reschedule", _("a new date for a milestone")
        NEW_TASK = "new_task", _("a new task")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="decisions")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("agenda item")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    verb = models.CharField(_("weight"), max_length=12, choices=Verb, default=Verb.DECIDES)
    text = models.TextField(_("what was decided"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_text = models.CharField(_("due date as written"), max_length=40, blank=True)
    effect = models.CharField(_("becomes"), max_length=10, choices=Effect, default=Effect.NONE)
    domain = models.ForeignKey(
        Domain, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("domain of the new task")
    )
    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("task")
    )
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("milestone")
    )
    in_force_on = models.DateField(_("in force since"), null=True, blank=True)
    concluded_on = models.DateField(_("concluded on"), null=True, blank=True)
    conclusion = models.CharField(_("what became of it"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["meeting", "number"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="decision_number_in_meeting"),
            models.CheckConstraint(
                condition=~Q(effect__in=["milestone", "reschedule"]) | Q(task__isnull=False),
                name="decision_effect_names_task",
                violation_error_message=_("Say which task this changes."),
            ),
        ]

    def __str__(self):
        return self.text[:40]


class DecisionLead(models.Model):
    """Who carries a decision out, one organization a side."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="leads")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    party = models.ForeignKey(Party, models.PROTECT, related_name="+", editable=False)

    class Meta:
        ordering = ["decision", "party"]
        constraints = [models.UniqueConstraint(fields=["decision", "party"], name="decision_one_lead_a_side")]

    def __str__(self):
        return str(self.organization)

    def save(self, *args, **kwargs):
        self.party_id = self.organization.party_id
        super().save(*args, **kwargs)
