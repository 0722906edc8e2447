"""An organization: its names, its counterparts, its people, and what it carries."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from agreement.models import Membership, Organization
from agreement.permissions import members_only
from agreement.workdays import office_today


@members_only()
@require_GET
def organization(request, agreement, id):
    """Both sides see who is to be called: post and office phone of the people of this agreement, nothing else of them."""
    units = Organization.objects.of_agreement(agreement).select_related("party__agreement", "successor")
    unit = get_object_or_404(units.prefetch_related("counterparts", "members", "groups", "predecessors"), pk=id)
    people = Membership.objects.of_organizations([unit.pk]).filter(agreement=agreement)
    context = {
        "unit": unit,
        "people": people.select_related("user", "organization").in_contact_order(),
        "today": office_today(),
        "page_number": request.GET.get("page"),
    }
    return render(request, "agreement/organization.html", context)
