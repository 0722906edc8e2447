from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreement.models.agreement import Agreement
from agreement.models.bilingual import Bilingual
from agreement.models.organization import Organization
from agreement.models.user import User


class Role(models.TextChoices):
    STAFF = "staff", _("staff")
    SECRETARY = "secretary", _("secretary")
    LEADER = "leader", _("leader")
    ADMINISTRATOR = "administrator", _("administrator")


class MembershipQuerySet(models.QuerySet):
    def current(self):
        """Those still in force, of people who may still sign in."""
        return self.filter(ended_on=None, user__is_active=True)

    def of_organizations(self, organization_ids):
        """The current people of these organizations; those of a group are its members' people."""
        return (
            self.current()
            .filter(Q(organization__in=organization_ids) | Q(organization__groups__in=organization_ids))
            .distinct()
        )

    def in_contact_order(self):
        """Whom to call first: the liaison officer, then by rank."""
        return self.order_by("organization", "-is_liaison", "rank", "id")


class Membership(Bilingual):
    """A person's post in an organization. An administrator belongs to the agreement, to neither side."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, verbose_name=_("agreement"))
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("organization")
    )
    role = models.CharField(_("role"), max_length=14, choices=Role)
    title = models.CharField(_("post"), max_length=60, blank=True)
    title_en = models.CharField(_("post in English"), max_length=100, blank=True)
    rank = models.PositiveSmallIntegerField(_("rank"), default=10)
    is_liaison = models.BooleanField(_("liaison officer"), default=False)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "organization", "rank", "id"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            # One current post a person and agreement: every right has one answer.
            models.UniqueConstraint(
                fields=["agreement", "user"],
                condition=Q(ended_on=None),
                name="membership_one_current",
                violation_error_message=_("This person already has a current post in this agreement."),
            ),
            models.CheckConstraint(
                condition=Q(role=Role.ADMINISTRATOR, organization=None)
                | (~Q(role=Role.ADMINISTRATOR) & Q(organization__isnull=False)),
                name="membership_administrator_has_no_side",
                violation_error_message=_("Administrators belong to no organization; everybody else to one."),
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.organization or self.get_role_display()}"

    def clean(self):
        super().clean()
        if self.organization and self.organization.party.agreement_id != self.agreement_id:
            raise ValidationError({"organization": _("This organization belongs to another agreement.")})

    @property
    def party(self):
        """The side this person speaks for; None for an administrator."""
        return self.organization.party if self.organization else None

    @property
    def party_id(self) -> int | None:
        return self.organization.party_id if self.organization else None
