from django.db import models
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreement.models import Organization
from agreement.models.activity import record
from domains.models import Issue, Milestone, Task
from meetings.models.meeting import Meeting


class AgendaItemQuerySet(models.QuerySet):
    def standing(self):
        """Those on the agenda; a removed one stays as a mark, so that generating again does not bring it back."""
        return self.filter(removed_at=None)

    def removed(self):
        return self.filter(removed_at__isnull=False)

    def in_order(self):
        return self.order_by("section", "position", "id")

    def next_position(self, section):
        """The place after the last of `section`."""
        return (self.standing().filter(section=section).aggregate(last=Max("position"))["last"] or 0) + 1

    def close_ranks(self, section):
        """Numbers the standing items of `section` 1, 2, 3 … in the order they have. The meeting must be locked."""
        for place, item in enumerate(self.standing().filter(section=section).in_order(), 1):
            if item.position != place:
                self.filter(pk=item.pk).update(position=place)


class AgendaItem(models.Model):
    """A line of the agenda: written by hand, or composed from what the tracker knows (its source)."""

    class Section(models.IntegerChoices):
        FOLLOW_UP = 1, _("what became of earlier decisions")
        PROGRESS = 2, _("overall progress")
        ISSUES = 3, _("issues raised to this meeting")
        TOPICS = 4, _("topics")
        AHEAD = 5, _("milestones before the next meeting")
        CLOSING = 6, _("statements, next meeting")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    section = models.PositiveSmallIntegerField(_("section"), choices=Section, default=Section.TOPICS)
    position = models.PositiveIntegerField(_("position"), default=0)
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"), blank=True)
    presenter = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("presented by")
    )
    presenter_name = models.CharField(_("presenter's name and post"), max_length=60, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=5)
    # The source, so that each line leads back to what it is about and is composed only once.
    source = models.CharField(max_length=60, blank=True)
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="agenda_items")
    issue = models.ForeignKey(Issue, models.PROTECT, null=True, blank=True, related_name="agenda_items")
    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, blank=True, related_name="agenda_items")
    decision = models.ForeignKey(
        "meetings.Decision", models.PROTECT, null=True, blank=True, related_name="followed_up_in"
    )
    edited = models.BooleanField(default=False)  # by hand: generating again leaves its words alone
    moved = models.BooleanField(default=False)
    vanished = models.BooleanField(default=False)  # its source is gone, but somebody had worked on it
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "section", "position", "id"]
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "source"], condition=~Q(source=""), name="agenda_source_once"),
        ]

    def __str__(self):
        return self.title

    @property
    def is_composed(self) -> bool:
        """Whether it came from the tracker, not from somebody's pen."""
        return bool(self.source)

    def move(self, step, *, by, version) -> bool:
        """Moves it one place up (-1) or down (1) in its section; False at the end of it.

        Raises Refused when the agenda is closed or is no longer of the `version` whose order the writer saw.
        """
        with self.meeting.writing_agenda(version=version) as meeting:
            order = list(meeting.items.standing().filter(section=self.section).in_order())
            place = next((n for n, item in enumerate(order) if item.pk == self.pk), None)
            if place is None or not 0 <= place + step < len(order):
                return False
            order.insert(place + step, order.pop(place))
            for position, item in enumerate(order, 1):
                if item.position != position:
                    AgendaItem.objects.filter(pk=item.pk).update(position=position)
            AgendaItem.objects.filter(pk=self.pk).update(moved=True)
            record(
                self,
                "moved",
                by=by,
                agreement=meeting.agreement,
                parent=meeting,
                changes={"position": (place + 1, place + 1 + step)},
            )
            meeting.agenda_changed(by=by)
            return True

    def remove(self, *, by) -> bool:
        """Takes it off the agenda, where it can be put back; False when it was off already. Raises Refused."""
        return self._put("removed", by=by, removed_at=timezone.now())

    def restore(self, *, by) -> bool:
        """Puts a removed item back, last in its section; False when it stands there already. Raises Refused."""
        return self._put("restored", by=by, removed_at=None)

    def _put(self, verb, *, by, removed_at) -> bool:
        with self.meeting.writing_agenda() as meeting:
            there = meeting.items.filter(pk=self.pk, removed_at__isnull=verb == "removed")
            place = meeting.items.next_position(self.section)
            if not there.update(removed_at=removed_at, position=place, version=F("version") + 1):
                return False
            meeting.items.close_ranks(self.section)
            self.refresh_from_db()
            record(self, verb, by=by, agreement=meeting.agreement, parent=meeting)
            meeting.agenda_changed(by=by)
            return True
