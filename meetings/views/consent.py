from django.shortcuts import render

from agreement.permissions import members_only


@members_only()
def consent(request, agreement, **kwargs):
    return render(request, "meetings/list.html")
