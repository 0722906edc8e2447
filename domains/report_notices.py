"""Word of a report to whose move it now is: the own office when it was sent, its unit when it came back."""

from django.utils import translation
from django.utils.translation import gettext as _

from agreement.models import Activity, Membership, Role
from agreement.models.activity import key_of
from agreement.notices.telling import tell


def tell_office(report, *, path) -> None:
    """Tells the secretaries of the own side that `report` waits; inside the transaction in which it was sent."""
    posts = Membership.objects.current().filter(role=Role.SECRETARY, organization__party=report.organization.party_id)
    _tell(report, posts, path, lambda: _("A report waits for you: %(report)s"))


def tell_unit(report, *, path) -> None:
    """Tells the staff of the unit that `report` was returned, and why; inside the transaction in which it was."""
    posts = Membership.objects.of_organizations([report.organization_id]).filter(role=Role.STAFF)
    _tell(report, posts, path, lambda: _("Returned for revision: %(report)s"), report.return_reason)


def _tell(report, posts, path, title, text=""):
    activity = Activity.objects.about(key_of(report)).select_related("by").first()
    facts = {"text": text, "text_en": text}
    for language, suffix in (("zh-hans", ""), ("en", "_en")):
        with translation.override(language):
            named = f"{report.task.number} {report.task.localized('title')} {report.period}"
            facts[f"title{suffix}"] = (title() % {"report": named})[:120]
    tell(activity, set(posts.values_list("user", flat=True)), path=path, **facts)
