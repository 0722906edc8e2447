"""How a change is answered: the fresh task where it was asked for in place, a redirect where there is no JavaScript."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect, reswap, retarget, trigger_client_event

from domains.dossier import dossier
from domains.models import Task

FRAGMENTS = {"drawer-body": "domains/_task_drawer.html", "task-body": "domains/_task.html"}


def get_task(agreement, number) -> Task:
    """The task of `agreement` with what its page needs at hand; Http404 when there is none."""
    if "\0" in number:  # PostgreSQL takes none
        raise Http404
    tasks = Task.objects.select_related("agreement", "domain", "doing_side", "move_side")
    return get_object_or_404(
        tasks.prefetch_related("clauses", "owners__organization", "milestones__organization"),
        agreement=agreement,
        number=number,
    )


def show_task(request, task, *, bound=None, status=200, done="", place=None):
    """The task's page, or the piece of it that htmx asked for. `bound`: a form with errors, shown in its place.

    `place` is the id of the element the piece belongs in, by default htmx's target.
    """
    place = (place or request.htmx.target) if request.htmx else None
    fragment = FRAGMENTS.get(place or "")
    context = dossier(task, request.membership, page=request.GET.get("page"), bound=bound, done=done)
    context["place"] = place if fragment else "task-body"
    return render(request, fragment or "domains/task.html", context, status=status)


def changed(request, task, said, *, anchor="", place=None):
    """After a change of `task`: the fresh piece with a confirmation, and word to the board behind it."""
    if request.htmx:
        place = place if place in FRAGMENTS else request.htmx.target
        if place in FRAGMENTS:
            response = show_task(request, get_task(task.agreement, task.number), done=said, place=place)
            response = reswap(retarget(response, f"#{place}"), "innerHTML")
        else:
            messages.success(request, said)
            return HttpResponseClientRedirect(task.get_absolute_url() + anchor)
        trigger_client_event(response, "toast", {"text": str(said), "level": "ok"})
        return trigger_client_event(response, "task-changed", {})
    messages.success(request, said)
    back = request.POST.get("next", "")
    if back and url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        return redirect(back)
    return redirect(task.get_absolute_url() + anchor)
