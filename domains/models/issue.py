from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreement.models import Agreement, Organization, User
from agreement.models.activity import record
from domains.models.task import Task


class IssueQuerySet(models.QuerySet):
    def open(self):
        return self.filter(outcome="")

    def joint(self):
        """From level 1 on an issue is both sides' affair (DESIGN section 5)."""
        return self.filter(peak_level__gte=1)

    def visible_to(self, membership):
        """What is joint; below that what concerns one's own organization (its two leads), or one's own side."""
        if not membership.organization_id:
            return self.none()
        if membership.role == "staff":
            mine = Q(organization=membership.organization_id) | Q(
                task__in=Task.objects.filter(owners__organization=membership.organization_id, owners__role="lead")
            )
        else:
            mine = Q(organization__party=membership.party_id)
        return self.filter(Q(peak_level__gte=1) | mine)


class Issue(models.Model):
    """What stands in the way, and what is asked of whom. It climbs the ladder only when people move it."""

    class Level(models.IntegerChoices):
        LEADS = 0, _("the two leads")
        DEPARTMENTS = 1, _("departments' joint meeting")
        LEADING_GROUP = 2, _("leading group's joint meeting")
        LEADERS = 3, _("leaders' consultation")

    class Outcome(models.TextChoices):
        DECIDED = "decided", _("decided")
        SENT_DOWN = "sent_down", _("sent down")
        DROPPED = "dropped", _("dropped")
        MUNICIPAL = "municipal", _("put to the municipal level")
        RESOLVED = "resolved", _("resolved")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="issues")
    task = models.ForeignKey(Task, models.PROTECT, related_name="issues")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="issues", verbose_name=_("raised by"))
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    raised_on = models.DateField(_("raised on"))
    title = models.CharField(_("in one line"), max_length=60)
    facts = models.TextField(_("the facts"), max_length=1000)
    ask = models.CharField(_("what is asked"), max_length=200)
    asked_of = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked of")
    )
    options = models.TextField(_("options"), blank=True)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level, default=Level.LEADS)
    peak_level = models.PositiveSmallIntegerField(_("highest level reached"), choices=Level, default=Level.LEADS)
    level_since = models.DateField(_("at this level since"))
    on_behalf = models.BooleanField(_("entered on behalf"), default=False)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    outcome_text = models.CharField(_("outcome in words"), max_length=300, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["-level", "raised_on", "id"]
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        constraints = [
            models.CheckConstraint(
                condition=Q(peak_level__gte=F("level"), level__lte=3), name="issue_peak_not_below_level"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", closed_on=None) | (~Q(outcome="") & Q(closed_on__isnull=False)),
                name="issue_outcome_has_date",
            ),
        ]
        indexes = [models.Index(fields=["task", "outcome", "level"], name="issue_of_task")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("issue", args=[self.agreement.slug, self.pk])

    @property
    def is_open(self) -> bool:
        return not self.outcome

    @property
    def side(self):
        """The party whose own affair it still is; None once it is joint."""
        return None if self.peak_level else self.organization.party

    @classmethod
    def put(cls, task, *, organization, by, on, on_behalf=False, **facts):
        """Raises an issue of `task` at level 0 for `organization`, seen only by its two leads; returns it."""
        with transaction.atomic():
            issue = cls.objects.create(
                agreement=task.agreement,
                task=task,
                organization=organization,
                raised_by=by,
                raised_on=on,
                level_since=on,
                on_behalf=on_behalf,
                **facts,
            )
            record(
                issue,
                "raised",
                by=by,
                agreement=task.agreement,
                parent=task,
                side=issue.side,
                changes={"ask": ("", issue.ask), "asked_of": (None, issue.asked_of)},
                on_behalf=on_behalf,
            )
            return issue

    def escalate(self, *, by, on, version) -> bool:
        """Puts it one level up; False when it is closed, at the top, or was changed since `version`."""
        return self._advance(
            version,
            "escalated",
            by=by,
            old={"level": self.level},
            level=F("level") + 1,
            peak_level=Greatest(F("peak_level"), F("level") + 1),
            level_since=on,
        )

    def send_down(self, *, by, on, version, words) -> bool:
        """Gives it back to the level below with `words` why; False as for `escalate`."""
        return self._advance(
            version,
            "sent_down",
            by=by,
            old={"level": self.level, "words": ("")},
            words=words,
            level=F("level") - 1,
            level_since=on,
        )

    def close(self, outcome, *, by, on, version, words="") -> bool:
        """Ends it with an Outcome; False when it is closed already or was changed since `version`."""
        return self._advance(
            version, "closed", by=by, old={"outcome": ""}, outcome=outcome, outcome_text=words, closed_on=on
        )

    def _advance(self, version, verb, *, by, old, words=None, **facts) -> bool:
        with transaction.atomic():
            alive = Issue.objects.open().filter(pk=self.pk, version=version)
            if verb == "escalated":
                alive = alive.filter(level__lt=self.Level.LEADERS)
            elif verb == "sent_down":
                alive = alive.filter(level__gt=self.Level.LEADS)
            if not alive.update(version=F("version") + 1, **facts):
                return False
            self.refresh_from_db()
            changes = {field: (was, words if field == "words" else getattr(self, field)) for field, was in old.items()}
            record(self, verb, by=by, agreement=self.agreement, parent=self.task, side=self.side, changes=changes)
            return True
