from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreement.models import Organization
from domains.models import Issue, Milestone, Task
from meetings.models.meeting import Meeting


class AgendaItemQuerySet(models.QuerySet):
    def standing(self):
        """Those on the agenda; a removed one stays as a mark, so that generating again does not bring it back."""
        return self.filter(removed_at=None)

    def in_order(self):
        return self.order_by("section", "position", "id")


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
