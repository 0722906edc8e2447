"""The office's page: who of the own side owes what, with the liaison's name and phone."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from agreement.models import Role
from agreement.permissions import members_only


@require_GET
@members_only(Role.SECRETARY, Role.LEADER)
def office(request, agreement):
    return HttpResponse("")
