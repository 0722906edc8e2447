"""The agenda of a meeting: composed in one click, then put in order, reworded, shortened and completed by both offices."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from agreement.models.activity import record
from agreement.permissions import members_only
from agreement.workdays import calendar, office_today
from meetings import agenda as composing
from meetings.consents import consent_rows
from meetings.forms import ItemForm, NewItemForm
from meetings.models import AgendaItem, Meeting
from meetings.models.meeting import Refused
from meetings.permissions import WRITERS, may_write
from meetings.views.meeting import meeting_of


def item_of(meeting, pk):
    """The item `pk` of this meeting; Http404 for another's."""
    return get_object_or_404(AgendaItem.objects.select_related("meeting"), meeting=meeting, pk=pk)


def agenda_context(request, meeting):
    """Everything the agenda shows: its sections in order, minutes added up, consents, removed items."""
    items = list(
        meeting.items.standing()
        .in_order()
        .select_related("presenter__party", "task__agreement", "issue__agreement", "decision__meeting")
    )
    sections = [
        {"number": number, "label": label, "items": [item for item in items if item.section == number]}
        for number, label in AgendaItem.Section.choices
    ]
    total = sum(item.minutes for item in items)
    writes = may_write(request.membership)
    return {
        "meeting": meeting,
        "sections": [section for section in sections if section["items"]],
        "items": items,
        "removed": meeting.items.removed().in_order(),
        "total": total,
        "over": total - meeting.minutes,
        "consents": consent_rows(meeting, "agenda", request.membership),
        "may_write": writes,
        "may_change": writes and meeting.agenda_is_open,
    }


def answer(request, meeting, *, words="", ok=True, focus=""):
    """After a change: the agenda's fragment for htmx (409 when refused), otherwise back to the page with the words."""
    if request.htmx:
        fresh = Meeting.objects.select_related("agreement", "mechanism", "host").get(pk=meeting.pk)
        context = agenda_context(request, fresh) | {"refused": "" if ok else words}
        response = render(request, "meetings/_agenda.html", context, status=200 if ok else 409)
        return trigger_client_event(response, "toast", {"text": words, "level": "ok"}) if words and ok else response
    if words:
        messages.add_message(request, messages.SUCCESS if ok else messages.WARNING, words)
    return redirect(reverse("agenda", args=[meeting.agreement.slug, meeting.pk]) + (f"#{focus}" if focus else ""))


@members_only()
@require_GET
def agenda(request, agreement, pk):
    """The agenda to read, to print and, for both offices, to work on."""
    return render(request, "meetings/agenda.html", agenda_context(request, meeting_of(agreement, pk)))


@members_only(*WRITERS)
@require_POST
def generate(request, agreement, pk):
    """Composes the agenda from the facts of today, keeping everything people did to it."""
    meeting = meeting_of(agreement, pk)
    try:
        done = composing.generate(meeting, by=request.user, today=office_today(), calendar=calendar())
    except Refused as refused:
        return answer(request, meeting, words=str(refused), ok=False)
    if any(done.values()):
        words = _("Generated: %(added)s added, %(renewed)s brought up to date, %(gone)s taken off.") % done
    else:
        words = _("The agenda is up to date; nothing has changed.")
    return answer(request, meeting, words=words)


@members_only(*WRITERS)
@require_http_methods(["GET", "POST"])
def item_new(request, agreement, pk):
    """Adds an item by hand, once however often it is sent."""
    meeting = meeting_of(agreement, pk)
    item = AgendaItem(meeting=meeting)
    form = NewItemForm(request.POST or None, instance=item, agreement=agreement, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            with meeting.writing_agenda() as locked:
                if form.first_time():
                    item.edited, item.position = True, locked.items.next_position(item.section)
                    form.save()
                    record(item, "added", by=request.user, agreement=agreement, parent=locked)
                    locked.agenda_changed(by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
            return _item_page(request, meeting, form, status=409)
        return answer(request, meeting, words=_("Added."), focus=f"item-{item.pk}")
    return _item_page(request, meeting, form, status=422 if form.is_bound else 200)


@members_only(*WRITERS)
@require_http_methods(["GET", "POST"])
def item_edit(request, agreement, pk, item):
    """Rewords an item. From then on generating again leaves its words alone."""
    meeting = meeting_of(agreement, pk)
    found = item_of(meeting, item)
    form = ItemForm(request.POST or None, instance=found, agreement=agreement)
    if request.method == "POST" and form.is_valid():
        try:
            with meeting.writing_agenda() as locked:
                saved = _save_item(form, locked, by=request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
            saved = None
        if saved:
            return answer(request, meeting, words=_("Saved."), focus=f"item-{found.pk}")
        return _item_page(request, meeting, form, status=409)
    return _item_page(request, meeting, form, status=422 if form.is_bound else 200)


def _save_item(form, meeting, *, by):
    """Saves the form over its item of the locked `meeting`; None on a conflict."""
    before = meeting.items.get(pk=form.instance.pk)
    saved = form.save_over(by=by, verb="edited", parent=meeting, agreement=meeting.agreement)
    if saved and saved.version != before.version:
        saved.edited = True
        if saved.section != before.section:
            saved.position = meeting.items.exclude(pk=saved.pk).next_position(saved.section)
        saved.save(update_fields=["edited", "position"])
        meeting.items.close_ranks(before.section)
        meeting.agenda_changed(by=by)
    return saved


@members_only(*WRITERS)
@require_POST
def item_move(request, agreement, pk, item):
    """One place up or down in its section; refused, and shown anew, when the order is no longer the one seen."""
    meeting = meeting_of(agreement, pk)
    found = item_of(meeting, item)
    seen = request.POST.get("version", "")
    try:
        step = -1 if request.POST.get("move") == "up" else 1
        found.move(step, by=request.user, version=int(seen) if seen.isdecimal() and len(seen) < 10 else 0)
    except Refused as refused:
        return answer(request, meeting, words=str(refused), ok=False)
    return answer(request, meeting, focus=f"item-{found.pk}")


@members_only(*WRITERS)
@require_POST
def item_remove(request, agreement, pk, item):
    """Takes an item off the agenda; it can be put back, and generating again does not bring it back."""
    return _put(request, agreement, pk, item, "remove")


@members_only(*WRITERS)
@require_POST
def item_restore(request, agreement, pk, item):
    """Puts a removed item back."""
    return _put(request, agreement, pk, item, "restore")


def _put(request, agreement, pk, item, verb):
    meeting = meeting_of(agreement, pk)
    try:
        getattr(item_of(meeting, item), verb)(by=request.user)
    except Refused as refused:
        return answer(request, meeting, words=str(refused), ok=False)
    return answer(request, meeting)


def _item_page(request, meeting, form, *, status):
    withdraws = meeting.consents.filter(stage="agenda").exists()
    context = {"meeting": meeting, "form": form, "withdraws": withdraws}
    return render(request, "meetings/item_form.html", context, status=status)
