"""One delivery as a mail. It carries the facts, so that reading it needs no sign-in, and a name that never changes."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation

from agreement.models import Delivery
from agreement.notices.words import words_of


def message_id(delivery: Delivery) -> str:
    """The same for every try, so that a second copy can be told from a second message."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<d{delivery.pk}.{delivery.notice.agreement.slug}@{host}>"


def compose(delivery: Delivery, now: datetime, facts: dict | None = None) -> EmailMessage:
    """The mail of `delivery` in the office's language, as true at `now`; `facts` are newer than the notice's own."""
    words = words_of(delivery.notice, now, language=settings.LANGUAGE_CODE, facts=facts)
    with translation.override(settings.LANGUAGE_CODE):
        agreement = delivery.notice.agreement.localized("title")
    lines = [words.body]
    if words.path:
        lines.append(settings.SITE_URL + words.path)
    lines.append(f"-- \n{agreement}")
    return EmailMessage(
        subject=words.subject,
        body="\n\n".join(lines),
        to=[delivery.recipient.email],
        headers={
            "Message-ID": message_id(delivery),
            "X-Notice-Id": f"N-{delivery.notice_id:06d}",
            "Auto-Submitted": "auto-generated",
        },
    )
