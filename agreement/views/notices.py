"""What a person has been told, and, where there is no mail server, the mails they would have got."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from agreement.models import Delivery, Membership
from agreement.notices.local_outbox import read
from agreement.notices.mail import message_id
from agreement.notices.words import words_of
from agreement.permissions import CONTENT

PAGE = 30
MAILS_SHOWN = 50


@require_GET
def notices(request):
    """The reader's notices, newest first; `?unread=1` only those not read."""
    _frame(request)
    now = timezone.now()
    shown = Delivery.objects.shown_to(request.user).select_related("notice__agreement")
    unread = shown.unread().count()
    only_unread = request.GET.get("unread") == "1"
    page = Paginator(shown.unread() if only_unread else shown, PAGE).get_page(request.GET.get("page"))
    entries = [{"delivery": each, "words": words_of(each.notice, now)} for each in page]
    context = {"page": page, "entries": entries, "unread": unread, "only_unread": only_unread}
    return render(request, "me/notices.html", context)


@require_POST
def notice_read(request, pk):
    """Marks one of the reader's notices as read and, with `open`, goes on to what it is about."""
    delivery = get_object_or_404(Delivery.objects.shown_to(request.user).select_related("notice"), pk=pk)
    Delivery.objects.filter(pk=delivery.pk).unread().update(read_at=timezone.now())
    path = str(delivery.notice.payload.get("path", ""))
    if "open" in request.POST and path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return redirect(path)
    return redirect("notices")


@require_POST
def notices_read_all(request):
    """Marks all the reader's notices as read."""
    unread = Delivery.objects.shown_to(request.user).unread().order_by()
    Delivery.objects.filter(pk__in=unread.values("pk")).update(read_at=timezone.now())
    return redirect("notices")


@require_GET
def outbox(request):
    """The mails to the reader that stayed on this machine; 404 where a mail server takes them."""
    if not settings.LOCAL_OUTBOX:
        raise Http404
    _frame(request)
    mails = Delivery.objects.filter(recipient=request.user, channel=Delivery.Channel.MAIL).to_current_posts()
    mails = mails.select_related("notice__agreement")
    sent = mails.filter(state=Delivery.State.SENT).order_by("-sent_at", "-id")[:MAILS_SHOWN]
    kept = [(each, read(request.user.email, message_id(each))) for each in sent]
    entries = [
        {"delivery": each, "mail": mail, "text": mail.get_content() if mail else ""} for each, mail in kept if mail
    ]
    waiting = mails.filter(state__in=[Delivery.State.PENDING, Delivery.State.SENDING]).order_by("next_at", "id")
    return render(request, "me/outbox.html", {"entries": entries, "waiting": waiting[:MAILS_SHOWN]})


def _frame(request):
    """Puts the navigation of the reader's agreement around the page when there is only one."""
    posts = Membership.objects.current().filter(user=request.user, role__in=CONTENT)
    posts = list(posts.select_related("agreement", "organization__party")[:2])
    if len(posts) == 1:
        request.membership, request.agreement = posts[0], posts[0].agreement
