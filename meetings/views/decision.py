from django.shortcuts import render

from agreement.permissions import members_only


@members_only()
def decision_new(request, agreement, **kwargs):
    return render(request, "meetings/list.html")

@members_only()
def decision(request, agreement, **kwargs):
    return render(request, "meetings/list.html")

@members_only()
def decision_drop(request, agreement, **kwargs):
    return render(request, "meetings/list.html")

@members_only()
def decision_conclude(request, agreement, **kwargs):
    return render(request, "meetings/list.html")
