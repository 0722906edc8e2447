"""A form that could not be taken (session ended, token stale) is kept: shown again, complete, to be sent once more."""

from urllib.parse import urlencode

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

UNKEPT = {"csrfmiddlewaretoken", "password", "resume_to"}


def kept_fields(data) -> list[tuple[str, str]]:
    """The posted fields worth keeping, in order, repeated ones repeated; tokens and passwords are not."""
    return [(name, value) for name, values in data.lists() if name not in UNKEPT for value in values]


def offer_resume(request):
    """Answers a POST without a session: the sign-in form, carrying everything that had been typed."""
    context = {"resume_to": request.get_full_path(), "kept": kept_fields(request.POST), "form": None}
    context["login_url"] = f"{reverse('login')}?{urlencode({'next': request.path})}"
    return render(request, "accounts/resume_sign_in.html", context, status=401)


def csrf_failure(request, reason=""):
    """CSRF_FAILURE_VIEW: the token was of an earlier sign-in. Shows the same form again to be sent with a fresh one."""
    if request.htmx:
        return render(
            request,
            "accounts/_stale.html",
            {"message": _("This page was open too long. Reload it; what you typed is kept.")},
            status=403,
        )
    context = {"resume_to": request.get_full_path(), "kept": kept_fields(request.POST), "debug": settings.DEBUG}
    return render(request, "accounts/resume.html", context, status=403)
