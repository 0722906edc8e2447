from django.shortcuts import render

from agreement.permissions import members_only


@members_only()
def mechanism(request, agreement, **kwargs):
    return render(request, "meetings/list.html")

@members_only()
def mechanism_edit(request, agreement, **kwargs):
    return render(request, "meetings/list.html")

@members_only()
def meeting_new(request, agreement, **kwargs):
    return render(request, "meetings/list.html")
