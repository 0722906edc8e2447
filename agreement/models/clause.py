from django.db import models
from django.utils.translation import gettext_lazy as _

from agreement.models.agreement import Agreement
from agreement.models.bilingual import Bilingual


class SectionQuerySet(models.QuerySet):
    def get_by_natural_key(self, agreement, number):
        return self.get(agreement__slug=agreement, number=number)


class Section(Bilingual):
    """A chapter of the agreement's text: the "1", one of the "6", or the "x"."""

    class Part(models.TextChoices):
        ONE = "1", _("the strategic mechanism")
        SIX = "6", _("the six domains")
        X = "x", _("the joint mechanisms")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="sections")
    number = models.PositiveSmallIntegerField(_("number"))
    part = models.CharField(_("part"), max_length=1, choices=Part)
    title = models.CharField(_("title"), max_length=80)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)

    objects = SectionQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "number"]
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [models.UniqueConstraint(fields=["agreement", "number"], name="section_number_in_agreement")]

    def __str__(self):
        return self.title

    def natural_key(self):
        return (self.agreement.slug, self.number)

    natural_key.dependencies = ["agreement.agreement"]  # type: ignore[attr-defined]


class ClauseQuerySet(models.QuerySet):
    def get_by_natural_key(self, agreement, number):
        return self.get(agreement__slug=agreement, number=number)


class Clause(Bilingual):
    """A commitment as it stands in the text. Its words do not change when names of bureaus or tasks do."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="clauses")
    section = models.ForeignKey(Section, models.PROTECT, related_name="clauses", verbose_name=_("section"))
    number = models.CharField(_("number"), max_length=10)
    position = models.PositiveSmallIntegerField(_("position"))
    heading = models.CharField(_("heading"), max_length=80)
    heading_en = models.CharField(_("heading in English"), max_length=160, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    summary_en = models.TextField(_("summary in English"), blank=True)

    objects = ClauseQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "position"]
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        constraints = [models.UniqueConstraint(fields=["agreement", "number"], name="clause_number_in_agreement")]

    def __str__(self):
        return f"{self.number} {self.heading}"

    def natural_key(self):
        return (self.agreement.slug, self.number)

    natural_key.dependencies = ["agreement.agreement", "agreement.section"]  # type: ignore[attr-defined]
