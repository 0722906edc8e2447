"""Who may do what to meetings (DESIGN section 5): everybody who sees the work reads; the two offices write."""

from agreement.models import Role
from agreement.permissions import is_secretary

WRITERS = (Role.SECRETARY,)


def may_write(membership) -> bool:
    """Whether this person keeps mechanisms, meetings, agendas and decisions."""
    return is_secretary(membership)
