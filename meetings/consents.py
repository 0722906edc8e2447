"""How far the two sides have agreed, for pages."""

from agreement.models import Party
from meetings.permissions import may_write


def consent_rows(meeting, stage: str, membership) -> list[dict]:
    """One row a side, the host's first: {party, consent or None, is_mine, may_act}."""
    given = {consent.party_id: consent for consent in meeting.consents.filter(stage=stage).select_related("by")}
    parties = Party.objects.filter(agreement=meeting.agreement_id)
    return [
        {
            "party": party,
            "consent": given.get(party.pk),
            "is_mine": party.pk == membership.party_id,
            "may_act": party.pk == membership.party_id and may_write(membership),
        }
        for party in sorted(parties, key=lambda party: (party.pk != meeting.host_id, party.position))
    ]
