from django.shortcuts import render

from agreement.permissions import members_only


@members_only()
def meeting(request, agreement, **kwargs):
    return render(request, "meetings/list.html")

@members_only()
def meeting_edit(request, agreement, **kwargs):
    return render(request, "meetings/list.html")

@members_only()
def meeting_cancel(request, agreement, **kwargs):
    return render(request, "meetings/list.html")

@members_only()
def meeting_hold(request, agreement, **kwargs):
    return render(request, "meetings/list.html")
