from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person. What they may do comes from their memberships, never from this row."""

    first_name = last_name = None  # type: ignore[assignment]  # Chinese names are one word
    name = models.CharField(_("name"), max_length=40)
    phone = models.CharField(_("office phone"), max_length=30, blank=True)

    REQUIRED_FIELDS = ["name", "email"]

    class Meta(AbstractUser.Meta):
        verbose_name = _("person")  # type: ignore[assignment]  # the stubs know no lazy text here
        verbose_name_plural = _("people")  # type: ignore[assignment]

    def __str__(self):
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)
