"""The way in: the agreement of this person, or the list of theirs."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from agreement.models import Membership, Role


@require_GET
def home(request):
    """Leads to the one agreement; shows the list when a person has several, and says so when there is none."""
    memberships = list(
        Membership.objects.current()
        .filter(user=request.user)
        .select_related("agreement", "organization__party")
        .order_by("agreement__signed_on", "agreement_id")
    )
    working = [membership for membership in memberships if membership.role != Role.ADMINISTRATOR]
    if len(memberships) == 1:
        return redirect("dashboard", working[0].agreement.slug) if working else redirect("admin:index")
    if not memberships and request.user.is_superuser:
        return redirect("admin:index")
    return render(request, "accounts/home.html", {"memberships": memberships})
