"""Content in two languages: `title` is the users' own Chinese, `title_en` its English where somebody wrote it."""

from django.db.models import F, Model, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import get_language


def in_english() -> bool:
    """Whether the reader of this request has chosen English."""
    return (get_language() or "").startswith("en")


def localized(field: str) -> F | Coalesce:
    """The expression for a bilingual `field` ("title", "domain__name") in the reader's language, for `.values()`."""
    if not in_english():
        return F(field)
    return Coalesce(NullIf(F(f"{field}_en"), Value("")), F(field))


class Bilingual(Model):
    """A noun whose texts come in pairs, `x` and `x_en`."""

    class Meta:
        abstract = True

    def localized(self, field: str) -> str:
        """The text of `field` in the reader's language; the Chinese where no English was written."""
        return (in_english() and getattr(self, f"{field}_en")) or getattr(self, field)
