from django.db import models
from django.utils.translation import gettext_lazy as _

from agreement.models import Agreement, Organization, Party
from agreement.models.bilingual import Bilingual
from domains.models import Domain, Task


class MechanismQuerySet(models.QuerySet):
    def get_by_natural_key(self, agreement, number):
        return self.get(agreement__slug=agreement, number=number)


class Mechanism(Bilingual):
    """A body in which both sides meet and decide (联席会议、会商). Its host alternates; neither side presides by right."""

    class Level(models.IntegerChoices):
        DEPARTMENTS = 1, _("departments")
        LEADING_GROUP = 2, _("leading group")
        LEADERS = 3, _("main leaders")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="mechanisms")
    number = models.CharField(_("clause"), max_length=10)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    domain = models.ForeignKey(
        Domain, models.PROTECT, null=True, blank=True, related_name="mechanisms", verbose_name=_("domain")
    )
    task = models.ForeignKey(
        Task, models.PROTECT, null=True, blank=True, related_name="mechanisms", verbose_name=_("its commitment")
    )
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    interval_months = models.PositiveSmallIntegerField(_("interval in months"))
    first_host = models.ForeignKey(Party, models.PROTECT, related_name="+", verbose_name=_("first host"))
    host_alternates = models.BooleanField(_("host alternates"), default=True)
    rules = models.TextField(_("rules of procedure"), blank=True)
    to_confirm = models.BooleanField(_("to be confirmed"), default=True)
    version = models.PositiveIntegerField(default=1)

    objects = MechanismQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "-level", "domain__number", "number"]
        verbose_name = _("joint mechanism")
        verbose_name_plural = _("joint mechanisms")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="mechanism_number_in_agreement"),
            models.CheckConstraint(condition=models.Q(interval_months__gte=1), name="mechanism_has_interval"),
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.agreement.slug, self.number)

    natural_key.dependencies = ["agreement.agreement", "domains.domain", "domains.task"]  # type: ignore[attr-defined]


class MechanismMemberQuerySet(models.QuerySet):
    def get_by_natural_key(self, agreement, number, party, organization):
        return self.get(
            mechanism__agreement__slug=agreement,
            mechanism__number=number,
            organization__party__slug=party,
            organization__slug=organization,
        )


class MechanismMember(models.Model):
    """An organization's seat in a mechanism; a group's seat is each of its members'."""

    class Seat(models.TextChoices):
        CONVENER = "convener", _("convener")
        HEAD = "head", _("head of the group")
        DEPUTY = "deputy", _("deputy head")
        MEMBER = "member", _("member")

    mechanism = models.ForeignKey(Mechanism, models.CASCADE, related_name="members")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="seats", verbose_name=_("organization"))
    seat = models.CharField(_("seat"), max_length=8, choices=Seat, default=Seat.MEMBER)

    objects = MechanismMemberQuerySet.as_manager()

    class Meta:
        ordering = ["mechanism", "organization__party", "seat", "id"]
        constraints = [models.UniqueConstraint(fields=["mechanism", "organization"], name="mechanism_member_once")]

    def __str__(self):
        return f"{self.mechanism}: {self.organization}"

    def natural_key(self):
        return (*self.mechanism.natural_key(), self.organization.party.slug, self.organization.slug)

    natural_key.dependencies = ["meetings.mechanism", "agreement.organization"]  # type: ignore[attr-defined]
