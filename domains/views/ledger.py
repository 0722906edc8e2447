"""The ledger (台账): every task in one table, with the columns offices use."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from agreement.permissions import members_only


@require_GET
@members_only()
def ledger(request, agreement):
    return HttpResponse("")
