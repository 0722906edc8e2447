from django.db import models
from django.utils.translation import gettext_lazy as _


class WorkdayException(models.Model):
    """A day that breaks the Monday-to-Friday rule: a holiday, or a weekend day worked instead.

    Seeded from the State Council's yearly notice; an administrator adds local ones (typhoon, festivals).
    """

    day = models.DateField(_("day"), unique=True)
    is_workday = models.BooleanField(_("is worked"))
    name = models.CharField(_("name"), max_length=60, blank=True)

    class Meta:
        ordering = ["day"]
        verbose_name = _("exception to the working week")
        verbose_name_plural = _("exceptions to the working week")

    def __str__(self):
        return f"{self.day} {self.name}".strip()
