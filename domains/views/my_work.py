"""My work: what the reader owes in all their agreements, most urgent first."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET


@require_GET
def my_work(request):
    return HttpResponse("")
