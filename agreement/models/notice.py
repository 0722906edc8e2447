"""Notices and their deliveries: outbox and ledger in one. Rows are the truth; broker messages only wake workers."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreement.models.agreement import Agreement
from agreement.models.membership import Membership
from agreement.models.organization import Organization
from agreement.models.user import User


class Notice(models.Model):
    """One thing worth telling, once for ever: a subject and an occasion ("meeting:9", "T-3d:2026-06-30")."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="notices")
    subject = models.CharField(max_length=80)
    occasion = models.CharField(max_length=120)  # always contains the target date or the event's id
    series = models.CharField(max_length=60)  # a newer occasion of a series supersedes an older one
    fire_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    source = models.CharField(max_length=80, blank=True)  # who planned it, and is asked again before it is sent
    urgent = models.BooleanField(default=False)  # goes out at any hour; everything else keeps office hours
    payload = models.JSONField(default=dict)  # ids and facts; words are made when it is sent or shown
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [models.UniqueConstraint(fields=["subject", "occasion"], name="notice_once")]

    def __str__(self):
        return f"{self.subject} {self.occasion}"


class DeliveryQuerySet(models.QuerySet):
    def to_current_posts(self):
        """Those whose recipient still holds the post in which they are told: who has moved on learns nothing more."""
        posts = Membership.objects.current().filter(user=OuterRef("recipient"), agreement=OuterRef("notice__agreement"))
        return self.filter(
            Q(Exists(posts), organization=None) | Q(Exists(posts.filter(organization=OuterRef("organization"))))
        )

    def shown_to(self, user):
        """What `user` finds in the application: sent in a post still held, newest first."""
        mine = self.filter(recipient=user, channel=Delivery.Channel.IN_APP, state=Delivery.State.SENT)
        return mine.to_current_posts().order_by("-sent_at", "-id")

    def unread(self):
        return self.filter(read_at=None)

    def due(self, now):
        """What may be claimed: pending and due, or left behind by a worker that died."""
        return self.filter(
            Q(state=Delivery.State.PENDING, next_at__lte=now) | Q(state=Delivery.State.SENDING, lease_until__lt=now)
        )


class Delivery(models.Model):
    """A notice on its way to one recipient by one channel."""

    class Channel(models.TextChoices):
        IN_APP = "inapp", _("in the application")
        MAIL = "mail", _("e-mail")

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        SKIPPED = "skipped", _("skipped")
        CANCELLED = "cancelled", _("cancelled")
        FOLDED = "folded", _("folded into a digest")

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="deliveries")
    recipient = models.ForeignKey(User, models.PROTECT, related_name="deliveries")
    # The post in which the person is told; None for an administrator, who belongs to no organization.
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=10, choices=Channel)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    uncertain = models.PositiveSmallIntegerField(default=0)  # times it may already have been on the wire
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    wire_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)  # only who holds it may finish the row
    last_error = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["notice", "recipient", "channel"], name="delivery_once"),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=Q(state__in=["pending", "sending"]), name="delivery_due"),
            models.Index(fields=["recipient", "channel", "state", "-sent_at"], name="delivery_of_recipient"),
        ]

    def __str__(self):
        return f"{self.notice_id} → {self.recipient_id} ({self.channel})"


class DeliveryAttempt(models.Model):
    """One try to send, append-only."""

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="tries")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=20)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.delivery_id}: {self.outcome}"


class ChannelHealth(models.Model):
    """Whether a channel works at all. A fault of the whole channel closes it for a while; nothing is lost meanwhile."""

    channel = models.CharField(max_length=10, choices=Delivery.Channel, unique=True)
    closed_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["channel"]

    def __str__(self):
        return self.channel


class Heartbeat(models.Model):
    """When a part of the machinery last did its round."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
