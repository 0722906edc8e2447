from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreement.models import Party, User
from meetings.models.meeting import Meeting


class Consent(models.Model):
    """One side's word on a meeting's agenda or decisions. What concerns both needs both; silence is no consent."""

    class Stage(models.TextChoices):
        AGENDA = "agenda", _("the agenda")
        DECISIONS = "decisions", _("the decisions")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="consents")
    stage = models.CharField(max_length=10, choices=Stage)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["meeting", "stage", "party"], name="consent_once_a_side")]

    def __str__(self):
        return f"{self.party}: {self.get_stage_display()}"
