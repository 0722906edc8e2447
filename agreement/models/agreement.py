from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreement.models.bilingual import Bilingual

# First words of addresses that are not agreements (agreement/urls.py).
RESERVED_SLUGS = {"accounts", "admin", "healthz", "i18n", "me", "readyz", "search", "static"}


def refuse_reserved(slug: str) -> None:
    """Raises ValidationError when `slug` would hide one of the site's own addresses."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("This word is an address of the site itself; choose another."))


def default_reminder_days() -> list[int]:
    return [7, 3, 1]


class AgreementQuerySet(models.QuerySet):
    def get_by_natural_key(self, slug):
        return self.get(slug=slug)

    def of(self, user):
        """Those in which `user` has a current membership."""
        return self.filter(membership__user=user, membership__ended_on=None).distinct()


class Agreement(Bilingual):
    """A framework agreement between two governments, with the thresholds both have settled on."""

    class Period(models.TextChoices):
        MONTH = "month", _("monthly")
        QUARTER = "quarter", _("quarterly")

    slug = models.SlugField(_("address"), max_length=60, unique=True, validators=[refuse_reserved])
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    signed_on = models.DateField(_("signed on"))
    remark = models.TextField(_("remark"), blank=True)

    # The light (DESIGN section 3); BRIEF 2.3 says where the numbers come from.
    warning_days = models.PositiveSmallIntegerField(_("days before a due date that turn a light amber"), default=14)
    amber_gap = models.PositiveSmallIntegerField(_("points behind schedule that turn a light amber"), default=10)
    red_gap = models.PositiveSmallIntegerField(_("points behind schedule that turn a light red"), default=30)
    red_ratio = models.PositiveSmallIntegerField(_("share of the schedule below which it is red, percent"), default=70)
    # Reporting (BRIEF 2.2)
    report_period = models.CharField(_("reporting period"), max_length=10, choices=Period, default=Period.MONTH)
    report_opens_day = models.PositiveSmallIntegerField(_("day of the month a period opens"), default=20)
    report_due_day = models.PositiveSmallIntegerField(_("day of the month reports are due"), default=25)
    # Issues (BRIEF 2.4): working days without an answer after which the next level is offered
    issue_days = models.PositiveSmallIntegerField(_("working days before an issue may rise"), default=10)
    reminder_days = models.JSONField(_("working days before a meeting to remind"), default=default_reminder_days)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["signed_on", "slug"]
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(report_opens_day__range=(1, 28), report_due_day__range=(1, 28)),
                name="agreement_report_days_in_month",
                violation_error_message=_("Days of the month go from 1 to 28."),
            ),
            models.CheckConstraint(
                condition=models.Q(amber_gap__lte=models.F("red_gap")),
                name="agreement_amber_before_red",
                violation_error_message=_("A light turns amber before it turns red."),
            ),
        ]

    def __str__(self):
        return self.title

    def natural_key(self):
        return (self.slug,)

    def get_absolute_url(self):
        return reverse("dashboard", args=[self.slug])


class PartyQuerySet(models.QuerySet):
    def get_by_natural_key(self, agreement, slug):
        return self.get(agreement__slug=agreement, slug=slug)


class Party(Bilingual):
    """One side. `position` is the order of the signing text; it gives no precedence."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="parties")
    slug = models.SlugField(_("address"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    short_name = models.CharField(_("short name"), max_length=10)
    short_name_en = models.CharField(_("short name in English"), max_length=20, blank=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        ordering = ["agreement", "position"]
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        constraints = [
            models.UniqueConstraint(fields=["agreement", "slug"], name="party_slug_in_agreement"),
            models.UniqueConstraint(fields=["agreement", "position"], name="party_position_in_agreement"),
        ]

    def __str__(self):
        return self.name

    def natural_key(self):
        return (self.agreement.slug, self.slug)

    natural_key.dependencies = ["agreement.agreement"]  # type: ignore[attr-defined]
