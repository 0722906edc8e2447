from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreement.models import Party, User
from agreement.models.activity import record
from meetings.models.meeting import Meeting


class Answer(models.TextChoices):
    """What came of giving a consent."""

    AGREED = "agreed", _("Both sides have now agreed.")
    WAITING = "waiting", _("Your side has agreed; the other side has not yet.")
    CHANGED = "changed", _("It was changed since you read it. Read it again, then agree.")
    EMPTY = "empty", _("There is nothing to agree to yet.")
    CLOSED = "closed", _("This can no longer be agreed to.")
    OBSTACLE = "obstacle", _("One of the decisions cannot take effect as it stands; see below.")


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
        return f"{self.party} · {self.get_stage_display()}"

    @classmethod
    def give(cls, meeting, stage, *, party, by, on, version):
        """The side `party` agrees to the agenda or decisions as of `version`. Returns an Answer.

        With the last side's word the stage is reached: the agenda is agreed, or the decisions take effect on day `on`.
        The meeting's row is locked throughout, so that of two words at once one sees the other.
        """
        with transaction.atomic():
            locked = Meeting.objects.locked(meeting.pk)
            agenda = stage == cls.Stage.AGENDA
            if not (locked.agenda_is_open if agenda else locked.decisions_are_open):
                return Answer.CLOSED
            if (locked.agenda_version if agenda else locked.decisions_version) != version:
                return Answer.CHANGED
            if not (locked.items.standing() if agenda else locked.decisions).exists():
                return Answer.EMPTY
            if not agenda and any(decision.obstacle() for decision in locked.decisions.all()):
                return Answer.OBSTACLE
            consent, new = cls.objects.get_or_create(meeting=locked, stage=stage, party=party, defaults={"by": by})
            if new:
                record(consent, f"{stage}_consented", by=by, agreement=locked.agreement, parent=locked)
            sides = Party.objects.filter(agreement=locked.agreement_id).count()
            if locked.consents.filter(stage=stage).count() < sides:
                return Answer.WAITING
            if not agenda:
                for decision in locked.decisions.order_by("number"):
                    decision.take_effect(by=by, on=on)
            state = Meeting.State.AGREED if agenda else Meeting.State.MINUTED
            Meeting.objects.filter(pk=locked.pk).update(state=state)
            record(
                locked, f"{stage}_agreed", by=by, agreement=locked.agreement, changes={"state": (locked.state, state)}
            )
            return Answer.AGREED

    def withdraw(self, *, by) -> None:
        """Takes the side's word back; an agreed agenda is open again. Decisions in force stay. The meeting is locked."""
        record(self, f"{self.stage}_withdrawn", by=by, agreement=self.meeting.agreement, parent=self.meeting)
        Meeting.objects.filter(pk=self.meeting_id, state=Meeting.State.AGREED).update(state=Meeting.State.PLANNED)
        self.delete()
