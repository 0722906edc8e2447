"""The dashboard."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from agreement.permissions import members_only


@require_GET
@members_only()
def dashboard(request, agreement):
    return render(request, "dashboard/page.html")
