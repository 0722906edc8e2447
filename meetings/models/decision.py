import re

from django.db import models, transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from agreement.models import Agreement, Organization, Party
from agreement.models.activity import record
from domains.models import Domain, Milestone, Task, TaskOwner
from meetings.models.agenda_item import AgendaItem
from meetings.models.meeting import Meeting


class DecisionQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(in_force_on__isnull=False)

    def of_task(self, task):
        """Those that made or changed `task`, or were taken on an agenda item about it."""
        return self.filter(Q(task=task) | Q(milestone__task=task) | Q(item__task=task)).distinct()


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
    title = models.CharField(
        _("title of the new task or milestone"),
        max_length=80,
        blank=True,
        help_text=_("Empty: the beginning of the decision's text."),
    )
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

    objects = DecisionQuerySet.as_manager()

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

    def obstacle(self) -> str:
        """Why it cannot take effect as it stands, in words; "" when it can."""
        effect = self.Effect
        if self.effect == effect.NONE:
            return ""
        if self.effect == effect.NEW_TASK:
            return "" if self.domain_id else now_("Say in which domain the new task belongs.")
        if not self.task_id:
            return now_("Say which task this changes.")
        if not self.task.is_open:
            return now_("This task has ended or was cancelled.")
        if self.effect == effect.MILESTONE:
            return ""
        if not self.milestone_id or self.milestone.task_id != self.task_id:
            return now_("Say which milestone of the task gets the new date.")
        if not self.due_on:
            return now_("Say the new date.")
        if self.milestone.done_on:
            return now_("This milestone is done.")
        if self.milestone.starts_on and self.due_on < self.milestone.starts_on:
            return now_("The new date lies before the milestone's start.")
        return ""

    def take_effect(self, *, by, on) -> bool:
        """Puts it in force on day `on` and makes or changes the task or milestone it is about; False when it was before."""
        with transaction.atomic():
            if not Decision.objects.filter(pk=self.pk, in_force_on=None).update(
                in_force_on=on, version=F("version") + 1
            ):
                return False
            self.refresh_from_db()
            if self.effect == self.Effect.NEW_TASK:
                self._make_task(by)
            elif self.effect == self.Effect.MILESTONE:
                self._make_milestone(by)
            elif self.effect == self.Effect.RESCHEDULE:
                self.milestone.reschedule(self.due_on, by=by, reason=self.reference(), due_text=self.due_text)
            record(self, "in_force", by=by, agreement=self.agreement, parent=self.meeting, changes=self._made())
            return True

    def conclude(self, *, by, on, words) -> bool:
        """Says what became of it; False when it is not in force or was concluded already."""
        with transaction.atomic():
            open_ = Decision.objects.in_force().filter(pk=self.pk, concluded_on=None)
            if not open_.update(concluded_on=on, conclusion=words, version=F("version") + 1):
                return False
            self.refresh_from_db()
            record(
                self,
                "concluded",
                by=by,
                agreement=self.agreement,
                parent=self.meeting,
                changes={"conclusion": ("", words)},
            )
            return True

    def reference(self) -> str:
        """Where it was decided, for the reasons of what it changes."""
        return now_("%(meeting)s, decision %(number)s") % {"meeting": self.meeting, "number": self.number}

    def _made(self) -> dict:
        return {name: (None, value) for name in ("task", "milestone", "due_on") if (value := getattr(self, name))}

    def _heading(self) -> str:
        return self.title or (self.text if len(self.text) <= 80 else f"{self.text[:79]}…")

    def _make_task(self, by):
        domain = Domain.objects.select_for_update().get(pk=self.domain_id)  # one new number at a time
        leads = list(self.leads.select_related("organization__party"))
        one_side = len(leads) == 1
        task = Task.objects.create(
            agreement=self.agreement,
            domain=domain,
            number=_free_number(domain),
            position=(Task.objects.filter(domain=domain).aggregate(last=Max("position"))["last"] or 0) + 1,
            title=self._heading(),
            goal=self.text,
            kind=Task.Kind.SERVICE,
            progress_kind=Task.ProgressKind.STEPS,
            cooperation=Task.Cooperation.ONE_SIDE if one_side else Task.Cooperation.EACH_OWN,
            doing_side=leads[0].party if one_side else None,
            due_on=self.due_on,
            due_text=self.due_text,
            to_confirm=False,
            note=self.reference(),
        )
        for lead in leads:
            TaskOwner.objects.create(
                task=task, organization=lead.organization, role=TaskOwner.OwnerRole.LEAD, to_confirm=False
            )
        if self.item and self.item.task:
            task.clauses.set(self.item.task.clauses.all())
        record(task, "created", by=by, agreement=self.agreement, changes={"reason": ("", self.reference())})
        self.task = task
        self._make_milestone(by)

    def _make_milestone(self, by):
        task = Task.objects.select_for_update(of=("self",)).get(pk=self.task_id)
        leads = list(self.leads.all())
        self.milestone = Milestone.objects.create(
            task=task,
            position=(task.milestones.aggregate(last=Max("position"))["last"] or 0) + 1,
            title=self._heading(),
            organization=leads[0].organization if len(leads) == 1 else None,
            due_on=self.due_on,
            due_text=self.due_text,
        )
        record(
            self.milestone,
            "created",
            by=by,
            agreement=self.agreement,
            parent=task,
            changes={"due_on": (None, self.due_on), "reason": ("", self.reference())},
        )
        self.save(update_fields=["task", "milestone"])


def _free_number(domain) -> str:
    """The next number of the domain: "2.11" after "2.10b" or "2.10"."""
    pattern = re.compile(rf"{domain.number}\.(\d+)")
    numbers = Task.objects.filter(agreement=domain.agreement_id).values_list("number", flat=True)
    taken = [int(found[1]) for number in numbers if (found := pattern.match(number))]
    return f"{domain.number}.{max(taken, default=0) + 1}"


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
