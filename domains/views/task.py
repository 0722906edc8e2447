"""The page of a task."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from agreement.permissions import members_only


@require_GET
@members_only()
def task(request, agreement, number):
    return HttpResponse(status=501)


start = task
