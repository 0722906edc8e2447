"""Who is told what of a meeting, in both languages, in the transaction of the change."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from agreement.models import Activity, Membership, Role
from agreement.models.activity import key_of
from agreement.notices.telling import tell
from agreement.workdays import OFFICE_TIME
from meetings.reminders import people_of


def secretaries(agreement, *, other_than=None) -> set[int]:
    """The ids of the users who are secretaries in `agreement`, but for the side `other_than`."""
    posts = Membership.objects.current().filter(agreement=agreement, role=Role.SECRETARY)
    if other_than:
        posts = posts.exclude(organization__party=other_than)
    return set(posts.values_list("user", flat=True))


def tell_meeting(meeting, title: str) -> None:
    """Tells the people of the meeting's mechanism and both offices what was just recorded about it.

    `title` is a msgid with one %(meeting)s.
    """
    people = people_of({meeting.mechanism_id})[meeting.mechanism_id] | secretaries(meeting.agreement)
    _tell(meeting, people, title, meeting, meeting.get_absolute_url())


def tell_other_office(noun, title: str, *, named, side, path: str) -> None:
    """Tells the secretaries of the side that is not `side` what was just recorded about `noun`; `named` has the name."""
    _tell(noun, secretaries(named.agreement, other_than=side), title, named, path)


def _tell(noun, people, title, named, path):
    activity = Activity.objects.about(key_of(noun)).select_related("by", "agreement").first()
    facts = {}
    for suffix, language in (("", settings.LANGUAGE_CODE), ("_en", "en")):
        with translation.override(language):
            facts[f"title{suffix}"] = _(title) % {"meeting": str(named)}
            facts[f"text{suffix}"] = _facts_of(named)
    tell(activity, people, path=path, **facts)


def _facts_of(named) -> str:
    if not hasattr(named, "starts_at"):
        return ""
    at = named.starts_at.astimezone(OFFICE_TIME)
    return _("%(time)s, %(place)s; host: %(host)s") % {
        "time": f"{at:%Y-%m-%d %H:%M}",
        "place": named.place or _("place still open"),
        "host": named.host.localized("name"),
    }
