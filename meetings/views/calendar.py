from django.shortcuts import render

from agreement.permissions import members_only


@members_only()
def meeting_list(request, agreement, **kwargs):
    return render(request, "meetings/list.html")
