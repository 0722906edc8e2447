from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreement.models import Agreement, Section
from agreement.models.bilingual import Bilingual


class DomainQuerySet(models.QuerySet):
    def get_by_natural_key(self, agreement, number):
        return self.get(agreement__slug=agreement, number=number)


class Domain(Bilingual):
    """A field of cooperation; number 0 is the strategic mechanism, the "1". Data, not law."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="domains")
    number = models.PositiveSmallIntegerField(_("number"))
    slug = models.SlugField(_("address"), max_length=40)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    motto = models.CharField(_("motto"), max_length=20, blank=True)
    motto_en = models.CharField(_("motto in English"), max_length=40, blank=True)
    section = models.ForeignKey(Section, models.PROTECT, null=True, blank=True, related_name="domains")

    objects = DomainQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "number"]
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        constraints = [models.UniqueConstraint(fields=["agreement", "number"], name="domain_number_in_agreement")]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.agreement.slug, self.number)

    natural_key.dependencies = ["agreement.agreement", "agreement.section"]  # type: ignore[attr-defined]

    def get_absolute_url(self):
        return reverse("domain-board", args=[self.agreement.slug, self.number])
