"""An organization's own page."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from agreement.models import Organization
from agreement.permissions import members_only


@require_GET
@members_only()
def organization(request, agreement, id):
    unit = get_object_or_404(Organization.objects.of_agreement(agreement), pk=id)
    return render(request, "agreement/organization.html", {"unit": unit})
