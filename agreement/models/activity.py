"""The trace (留痕): an append-only record of every change. The database itself refuses to change or delete a row."""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreement.models.agreement import Agreement, Party
from agreement.models.user import User


class ActivityQuerySet(models.QuerySet):
    def visible_to(self, membership):
        """What is joint, and what is the reader's own side's."""
        return self.filter(models.Q(side=None) | models.Q(side=membership.party_id))

    def about(self, *subjects):
        """The rows about these subject keys, newest first."""
        return self.filter(subject__in=subjects).order_by("-id")

    def stamp(self, agreement) -> str:
        """A short text that differs after any change in `agreement`.

        The newest fifty ids, not only the highest: a transaction that took a lower id may commit later.
        """
        ids = self.filter(agreement=agreement).order_by("-id").values_list("id", flat=True)[:50]
        return "-".join(f"{number:x}" for number in ids)


class Activity(models.Model):
    """Who did what to which object, when, and what it changed."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="activities")
    subject = models.CharField(max_length=60)  # "task:12": the kind of noun and its key
    parent = models.CharField(max_length=60, blank=True)  # the task or meeting on whose page it is shown
    verb = models.CharField(_("action"), max_length=40)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="activities")  # None: the system itself
    on_behalf = models.BooleanField(_("on behalf"), default=False)
    side = models.ForeignKey(Party, models.PROTECT, null=True, related_name="+")  # set: that side's own affair
    label = models.CharField(_("about"), max_length=200, blank=True)
    changes = models.JSONField(default=dict)  # {field: [old, new]}, plain values
    version = models.PositiveIntegerField(null=True)  # of the subject, after this change
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        indexes = [
            models.Index(fields=["agreement", "-id"], name="activity_newest"),
            models.Index(fields=["subject", "-id"], name="activity_of_subject"),
            models.Index(fields=["parent", "-id"], name="activity_of_parent"),
        ]

    def __str__(self):
        return f"{self.verb} {self.subject}"


def key_of(noun: models.Model) -> str:
    """The subject key of an object: "task:12"."""
    return f"{noun._meta.model_name}:{noun.pk}"


def plain(value):
    """A field's value as JSON can hold it."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, (list, tuple, set)):
        return [plain(each) for each in value]
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


_moment: ContextVar = ContextVar("moment", default=None)


@contextmanager
def recorded_at(moment):
    """Gives the rows written inside the time `moment`. Only for a story told afterwards: the demonstration data."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)


def drafted(noun, verb, *, by, agreement, parent=None, side=None, changes=None, label="", on_behalf=False):
    """The activity row of a change, not yet written; the arguments are `record`'s."""
    return Activity(
        agreement=agreement,
        subject=key_of(noun),
        parent=key_of(parent or noun),
        verb=verb,
        by=by,
        on_behalf=on_behalf,
        side=side,
        label=(label or str(noun))[:200],
        changes={field: [plain(old), plain(new)] for field, (old, new) in (changes or {}).items()},
        version=getattr(noun, "version", None),
        at=_moment.get() or timezone.now(),
    )


def record(noun, verb, *, by, agreement, parent=None, side=None, changes=None, label="", on_behalf=False):
    """Writes the activity row of a change, inside the caller's transaction, and returns it.

    `noun` is what changed, `verb` a past participle ("started"), `changes` {field: (old, new)}, `parent` the task
    or meeting it belongs to, `side` the party whose own affair it is (None: joint).
    """
    activity = drafted(
        noun,
        verb,
        by=by,
        agreement=agreement,
        parent=parent,
        side=side,
        changes=changes,
        label=label,
        on_behalf=on_behalf,
    )
    activity.save(force_insert=True)
    return activity
