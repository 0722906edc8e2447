"""Reporting: who owes a report of a period, the report itself, and the own office's word on it."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from agreement.models import Role
from agreement.permissions import members_only


@require_GET
@members_only()
def reporting_current(request, agreement):
    return HttpResponse("")


@require_GET
@members_only()
def reporting(request, agreement, period):
    return HttpResponse("")


@require_http_methods(["GET", "HEAD", "POST"])
@members_only()
def report(request, agreement, number, period, organization):
    return HttpResponse("")


@require_POST
@members_only(Role.SECRETARY)
def report_decide(request, agreement, id):
    return HttpResponse("")
