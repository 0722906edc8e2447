from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreement.models import Organization, User
from agreement.models.activity import record
from domains.models.task import Task


class ReportQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """Accepted ones are joint; before that a report is its organization's and its own office's and leaders'."""
        if not membership.organization_id:
            return self.none()
        own = (
            Q(organization__in=Organization.objects.acting_for(membership.organization_id))
            if membership.role == "staff"
            else Q(organization__party=membership.party_id)
        )
        return self.filter(Q(state=Report.State.ACCEPTED) | own)

    def accepted(self):
        return self.filter(state=Report.State.ACCEPTED)

    def newest_first(self):
        return self.order_by("-period", "-version", "-id")


class Report(models.Model):
    """What an organization says of a task in a period. What was sent is never rewritten: a correction is a new version."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        ACCEPTED = "accepted", _("accepted")
        RETURNED = "returned", _("returned")

    task = models.ForeignKey(Task, models.PROTECT, related_name="reports")
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="reports", verbose_name=_("organization")
    )
    period = models.CharField(_("period"), max_length=7)  # "2026-11" or "2026Q4": agreement/workdays.py
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)
    work_done = models.TextField(_("work done"), blank=True)
    difficulties = models.TextField(_("difficulties"), blank=True)
    next_steps = models.TextField(_("next steps"), blank=True)
    approved_by_name = models.CharField(_("signed off by"), max_length=40, blank=True)
    nil = models.BooleanField(_("no change"), default=False)
    on_behalf = models.BooleanField(_("entered on behalf"), default=False)
    late = models.BooleanField(_("late"), default=False)
    progress = models.JSONField(default=dict)  # what the task stood at when this was sent: {"percent": 60}
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    return_reason = models.CharField(_("what is to be changed"), max_length=300, blank=True)
    lock = models.PositiveIntegerField(default=1)  # counts saves of the draft, against two people writing at once

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["task", "period", "organization", "version"]
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(fields=["task", "organization", "period", "version"], name="report_version_once"),
            models.UniqueConstraint(
                fields=["task", "organization", "period"],
                condition=Q(state__in=["draft", "submitted"]),
                name="report_one_in_hand",
            ),
        ]
        indexes = [models.Index(fields=["period", "organization", "state"], name="report_of_period")]

    def __str__(self):
        return f"{self.task.number} {self.organization} {self.period} v{self.version}"

    def submit(self, *, by, at, late=False, nil=False, on_behalf=False) -> bool:
        """Sends the draft to the own office; False when it is no draft any more."""
        return self._advance(
            self.State.DRAFT,
            self.State.SUBMITTED,
            "submitted",
            by=by,
            on_behalf=on_behalf,
            submitted_at=at,
            late=late,
            nil=nil,
        )

    def accept(self, *, by, at) -> bool:
        """The own office takes it, and only now the other side sees it; False when it was not waiting."""
        return self._advance(self.State.SUBMITTED, self.State.ACCEPTED, "accepted", by=by, decided_at=at, decided_by=by)

    def send_back(self, reason, *, by, at) -> bool:
        """The own office returns it with what is to be changed; False when it was not waiting."""
        return self._advance(
            self.State.SUBMITTED,
            self.State.RETURNED,
            "returned",
            by=by,
            decided_at=at,
            decided_by=by,
            return_reason=reason,
        )

    def _advance(self, old, new, verb, *, by, on_behalf=False, **facts) -> bool:
        with transaction.atomic():
            if not Report.objects.filter(pk=self.pk, state=old).update(state=new, saved_at=timezone.now(), **facts):
                return False
            self.refresh_from_db()
            joint = new == self.State.ACCEPTED
            record(
                self,
                verb,
                by=by,
                agreement=self.task.agreement,
                parent=self.task,
                on_behalf=on_behalf,
                side=None if joint else self.organization.party,
                changes={"state": (old, new)},
            )
            return True
