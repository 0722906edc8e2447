"""The nouns of floor 2."""

from meetings.models.agenda_item import AgendaItem
from meetings.models.consent import Answer, Consent
from meetings.models.decision import Decision, DecisionLead
from meetings.models.mechanism import Mechanism, MechanismMember
from meetings.models.meeting import Meeting

__all__ = ["AgendaItem", "Answer", "Consent", "Decision", "DecisionLead", "Mechanism", "MechanismMember", "Meeting"]
