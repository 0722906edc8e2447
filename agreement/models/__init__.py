"""The nouns of the ground floor."""

from agreement.models.activity import Activity
from agreement.models.agreement import Agreement, Party
from agreement.models.clause import Clause, Section
from agreement.models.membership import Membership, Role
from agreement.models.notice import ChannelHealth, Delivery, DeliveryAttempt, Heartbeat, Notice
from agreement.models.organization import Organization
from agreement.models.submission import Submission
from agreement.models.user import User
from agreement.models.workday import WorkdayException

__all__ = [
    "Activity",
    "Agreement",
    "ChannelHealth",
    "Clause",
    "Delivery",
    "DeliveryAttempt",
    "Heartbeat",
    "Membership",
    "Notice",
    "Organization",
    "Party",
    "Role",
    "Section",
    "Submission",
    "User",
    "WorkdayException",
]
