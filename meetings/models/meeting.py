import datetime
from contextlib import contextmanager

from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from agreement.models import Agreement, Party
from agreement.models.activity import record
from agreement.workdays import OFFICE_TIME
from domains.models import ProgressRecord
from meetings.models.mechanism import Mechanism


class Refused(Exception):
    """What was asked cannot be done as things stand; the message says why, in the user's words."""


class MeetingQuerySet(models.QuerySet):
    def open(self):
        """Those neither held nor cancelled, also those whose day has passed."""
        return self.filter(held_on=None, cancelled_on=None)

    def locked(self, pk):
        """The meeting `pk`, its row locked until the transaction ends: one writer at a time to agenda and decisions."""
        return self.select_for_update(of=("self",)).select_related("agreement", "mechanism").get(pk=pk)

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
    cancel_reason = models.CharField(_("why it was cancelled"), max_length=200, blank=True)
    # What a side's consent is bound to: any change of the items, or of the decisions, counts one up.
    agenda_version = models.PositiveIntegerField(default=1)
    decisions_version = models.PositiveIntegerField(default=1)
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

    @property
    def day(self) -> datetime.date:
        """The date it begins on, where the offices are."""
        return self.starts_at.astimezone(OFFICE_TIME).date()

    @property
    def is_open(self) -> bool:
        return self.held_on is None and self.cancelled_on is None

    @property
    def agenda_is_open(self) -> bool:
        """Whether the agenda may be changed: before both have agreed to it and before it is held."""
        return self.is_open and self.state in (self.State.PLANNED, self.State.COLLECTING)

    @property
    def decisions_are_open(self) -> bool:
        """Whether decisions may be recorded: after it was held, before both have confirmed them."""
        return self.state == self.State.HELD

    def hold(self, *, by, on) -> bool:
        """Records that it was held on day `on`, also for the cadence of its commitment; False when it was not open."""
        return self._end("held", by=by, state=self.State.HELD, held_on=on)

    def cancel(self, *, by, on, reason) -> bool:
        """Calls it off, with the reason; False when it was held or cancelled already."""
        return self._end("cancelled", by=by, state=self.State.CANCELLED, cancelled_on=on, cancel_reason=reason)

    def _end(self, verb, *, by, **facts) -> bool:
        with transaction.atomic():
            if not Meeting.objects.open().filter(pk=self.pk).update(version=F("version") + 1, **facts):
                return False
            self.refresh_from_db()
            task = self.mechanism.task
            if verb == "held" and task and task.progress_kind == "cadence" and task.is_open:
                ProgressRecord.note(task, on=self.held_on, words=str(self)[:200], by=by)
            changes = {name: (None, value) for name, value in facts.items() if name != "state"}
            record(self, verb, by=by, agreement=self.agreement, changes=changes)
            return True

    @contextmanager
    def writing_agenda(self, *, version=None):
        """Lets one writer at a time change the agenda; yields the locked meeting, on which to call `agenda_changed`.

        Raises Refused when the agenda is closed, or was changed since the `agenda_version` the writer saw.
        """
        with transaction.atomic():
            locked = Meeting.objects.locked(self.pk)
            if not locked.agenda_is_open:
                raise Refused(now_("The agenda is agreed. To change it, first withdraw your side's consent."))
            if version is not None and locked.agenda_version != version:
                raise Refused(now_("Somebody changed the agenda meanwhile. This is how it stands now."))
            yield locked

    @contextmanager
    def writing_decisions(self):
        """Lets one writer at a time change the decisions; yields the locked meeting. Raises Refused when they are closed."""
        with transaction.atomic():
            locked = Meeting.objects.locked(self.pk)
            if not locked.decisions_are_open:
                raise Refused(
                    now_("Decisions can be written down once the meeting is held, and until both sides confirm them.")
                )
            yield locked

    def agenda_changed(self, *, by) -> None:
        """Counts a change of the agenda and withdraws the consents given to what it was. The row must be locked."""
        self._changed("agenda", by)

    def decisions_changed(self, *, by) -> None:
        """Counts a change of the decisions and withdraws the consents given to what they were. The row must be locked."""
        self._changed("decisions", by)

    def _changed(self, stage, by):
        Meeting.objects.filter(pk=self.pk).update(**{f"{stage}_version": F(f"{stage}_version") + 1})
        self.refresh_from_db(fields=[f"{stage}_version"])
        for consent in self.consents.filter(stage=stage).select_related("party"):
            consent.withdraw(by=by)
