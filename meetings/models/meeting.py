from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreement.models import Agreement, Party
from meetings.models.mechanism import Mechanism


class MeetingQuerySet(models.QuerySet):
    def to_come(self, now):
        """Those still to be held, the next first."""
        return self.filter(starts_at__gte=now, held_on=None, cancelled_on=None).order_by("starts_at", "id")

    def held(self):
        return self.filter(held_on__isnull=False).order_by("-held_on", "-id")


class Meeting(models.Model):
    """One session of a mechanism, numbered through."""

    class Kind(models.TextChoices):
        REGULAR = "regular", _("regular")
        PREPARATORY = "preparatory", _("preparatory")
        REVIEW = "review", _("progress review")

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        COLLECTING = "collecting", _("collecting topics")
        AGREED = "agreed", _("agenda agreed")
        ISSUED = "issued", _("notice issued")
        HELD = "held", _("held")
        MINUTED = "minuted", _("decisions confirmed")
        CLOSED = "closed", _("closed")
        CANCELLED = "cancelled", _("cancelled")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="meetings")
    mechanism = models.ForeignKey(Mechanism, models.PROTECT, related_name="meetings", verbose_name=_("mechanism"))
    sequence = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.REGULAR)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PLANNED)
    starts_at = models.DateTimeField(_("begins"))
    minutes = models.PositiveSmallIntegerField(_("length in minutes"), default=120)
    place = models.CharField(_("place"), max_length=100, blank=True)
    host = models.ForeignKey(Party, models.PROTECT, related_name="hosted_meetings", verbose_name=_("host"))
    chair = models.CharField(_("chair"), max_length=60, blank=True)
    remark = models.TextField(_("remark"), blank=True)
    held_on = models.DateField(_("held on"), null=True, blank=True)
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True)
    agenda_version = models.PositiveIntegerField(default=1)  # of the items' order and number
    version = models.PositiveIntegerField(default=1)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-id"]
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        constraints = [
            models.UniqueConstraint(
                fields=["mechanism", "sequence"],
                name="meeting_number_in_mechanism",
                violation_error_message=_("This mechanism already has a meeting of this number."),
            ),
            models.CheckConstraint(condition=Q(held_on=None) | Q(cancelled_on=None), name="meeting_held_or_cancelled"),
        ]
        indexes = [models.Index(fields=["agreement", "starts_at"], name="meeting_calendar")]

    def __str__(self):
        return _("%(mechanism)s, meeting %(number)s") % {
            "mechanism": self.mechanism.localized("name"),
            "number": self.sequence,
        }

    def get_absolute_url(self):
        return reverse("meeting", args=[self.agreement.slug, self.pk])
