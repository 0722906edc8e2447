"""Word to the other office: what one secretary changes in the common plan, the other learns at once."""

from django.utils import translation

from agreement.models import Activity, Membership, Role
from agreement.models.activity import key_of
from agreement.notices.telling import tell
from domains.history import in_words


def secretaries_of_others(membership):
    """The ids of the people in the other sides' offices today."""
    posts = Membership.objects.current().filter(agreement=membership.agreement_id, role=Role.SECRETARY)
    return set(posts.exclude(organization__party=membership.party_id).values_list("user", flat=True))


def tell_other_office(noun, membership, *, path) -> None:
    """Tells the other office of the last change of `noun`; inside the transaction of that change."""
    activity = Activity.objects.about(key_of(noun)).select_related("by").first()
    if activity is None:
        return
    tell(activity, secretaries_of_others(membership), path=path, **_facts(activity))


def _facts(activity) -> dict:
    """Title and text of the notice in both languages."""
    facts = {}
    for language, suffix in (("zh-hans", ""), ("en", "_en")):
        with translation.override(language):
            told = in_words([activity])[0]
            facts[f"title{suffix}"] = f"{told['who']} {told['deed']}: {activity.label}"[:120]
            facts[f"text{suffix}"] = "\n".join(
                f"{change['field']}: {change['old'] or '—'} → {change['new'] or '—'}" for change in told["changes"]
            )
    return facts
