"""The agreement's own text, each clause with the lights of its tasks."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from agreement.permissions import members_only


@require_GET
@members_only()
def text(request, agreement):
    return render(request, "agreement/text.html")
