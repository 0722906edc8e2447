from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreement.models.agreement import Party
from agreement.models.bilingual import Bilingual


class OrganizationQuerySet(models.QuerySet):
    def get_by_natural_key(self, agreement, party, slug):
        return self.get(party__agreement__slug=agreement, party__slug=party, slug=slug)

    def of_agreement(self, agreement):
        return self.filter(party__agreement=agreement)

    def acting_for(self, organization_id):
        """The organization itself and the groups it belongs to: what is asked of "all towns" is asked of each."""
        return self.filter(Q(pk=organization_id) | Q(members=organization_id))


class Organization(Bilingual):
    """A department, town or platform. It carries the task: a person who leaves hands it on without a paper."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", _("department")
        BRANCH = "branch", _("branch of a municipal bureau")
        PLATFORM = "platform", _("platform")
        TOWN = "town", _("town or street")
        GROUP = "group", _("group")

    party = models.ForeignKey(Party, models.PROTECT, related_name="organizations", verbose_name=_("party"))
    slug = models.SlugField(_("key"), max_length=40)
    name = models.CharField(_("full name"), max_length=80)
    name_en = models.CharField(_("full name in English"), max_length=120, blank=True)
    short_name = models.CharField(_("short name"), max_length=20)
    short_name_en = models.CharField(_("short name in English"), max_length=60, blank=True)
    aliases = models.JSONField(_("other names"), default=list, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    is_coordinating_office = models.BooleanField(_("office of the leading group"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("successor")
    )
    counterparts = models.ManyToManyField("self", blank=True, verbose_name=_("counterparts on the other side"))
    members = models.ManyToManyField(
        "self", blank=True, symmetrical=False, related_name="groups", verbose_name=_("members of the group")
    )
    to_confirm = models.BooleanField(_("to be confirmed"), default=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["party", "position", "id"]
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        constraints = [
            models.UniqueConstraint(fields=["party", "slug"], name="organization_slug_in_party"),
            models.UniqueConstraint(
                fields=["party"],
                condition=Q(is_coordinating_office=True),
                name="organization_one_office",
                violation_error_message=_("Each side has one coordinating office."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=models.F("valid_from")),
                name="organization_valid_dates",
                violation_error_message=_("The end lies before the beginning."),
            ),
        ]

    def __str__(self):
        return self.short_name

    def natural_key(self):
        return (*self.party.natural_key(), self.slug)

    natural_key.dependencies = ["agreement.party"]  # type: ignore[attr-defined]

    def get_absolute_url(self):
        return reverse("organization", args=[self.party.agreement.slug, self.pk])
