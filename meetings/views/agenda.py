from django.shortcuts import render

from agreement.permissions import members_only


@members_only()
def agenda(request, agreement, **kwargs):
    return render(request, "meetings/list.html")

@members_only()
def generate(request, agreement, **kwargs):
    return render(request, "meetings/list.html")

@members_only()
def item_new(request, agreement, **kwargs):
    return render(request, "meetings/list.html")

@members_only()
def item_edit(request, agreement, **kwargs):
    return render(request, "meetings/list.html")

@members_only()
def item_move(request, agreement, **kwargs):
    return render(request, "meetings/list.html")

@members_only()
def item_remove(request, agreement, **kwargs):
    return render(request, "meetings/list.html")

@members_only()
def item_restore(request, agreement, **kwargs):
    return render(request, "meetings/list.html")
