"""Who may enter an agreement, and in which role: outsiders get 404, insiders without the right 403."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404

from agreement.models import Membership, Organization, Role

CONTENT = (Role.STAFF, Role.SECRETARY, Role.LEADER)  # who sees the work; an administrator sees people and settings


def membership_in(user, slug: str) -> Membership | None:
    """The current membership of `user` in the agreement `slug`, with agreement, organization and party at hand."""
    memberships = Membership.objects.current().select_related("agreement", "organization__party")
    return memberships.filter(user=user, agreement__slug=slug).first()


def members_only(*roles):
    """Opens a view to current members of the agreement in its address, in one of `roles` (default: all but administrators).

    The view is called as `view(request, agreement, ...)` with the Agreement; `request.membership` is the reader's.
    Raises Http404 for outsiders and PermissionDenied for members in another role.
    """

    def decorate(view):
        @wraps(view)
        def entered(request, agreement, *args, **kwargs):
            membership = membership_in(request.user, agreement)
            if membership is None:
                raise Http404
            request.membership, request.agreement = membership, membership.agreement
            if membership.role not in (roles or CONTENT):
                raise PermissionDenied
            return view(request, membership.agreement, *args, **kwargs)

        return entered

    return decorate


def demand(allowed: bool) -> None:
    """Raises PermissionDenied unless `allowed`."""
    if not allowed:
        raise PermissionDenied


def is_secretary(membership) -> bool:
    return membership.role == Role.SECRETARY


def is_leader(membership) -> bool:
    return membership.role == Role.LEADER


def is_staff(membership) -> bool:
    return membership.role == Role.STAFF


def acting_organizations(membership) -> set[int]:
    """The ids of the organizations this person may act for: staff their own (and its groups), a secretary their side's."""
    if is_secretary(membership):
        return set(Organization.objects.filter(party=membership.party_id).values_list("id", flat=True))
    if is_staff(membership):
        return set(Organization.objects.acting_for(membership.organization_id).values_list("id", flat=True))
    return set()
