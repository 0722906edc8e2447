"""What every page's frame shows: the agreement, who is reading in which role, and how many notices wait."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from agreement.models import Delivery


def shell(request):
    """Context of base.html: agreement, membership, demo, embedded, unread_notices (lazy: not every answer has a frame)."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    return {
        "agreement": getattr(request, "agreement", None),
        "membership": getattr(request, "membership", None),
        "demo": settings.DEMO,
        "local_outbox": bool(settings.LOCAL_OUTBOX),
        "unread_notices": SimpleLazyObject(lambda: Delivery.objects.shown_to(user).unread().count())
        if signed_in
        else 0,
    }
