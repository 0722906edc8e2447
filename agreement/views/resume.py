"""A form that could not be taken (session ended, token stale) is kept: shown again, complete, to be sent once more."""

import json
from urllib.parse import urlencode, urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from agreement.sign_in import SignInForm

UNKEPT = {"csrfmiddlewaretoken", "resume_to", "kept"}
RESUME_TEMPLATE = "accounts/resume_sign_in.html"
UNSHOWN = {"once", "version", "original", "seen", "action", "next"}
SIGN_IN_VIEWS = {"login", "resume"}


def kept_fields(data) -> list[list[str]]:
    """The posted fields worth keeping as [name, value], in order, repeated ones repeated; tokens and passwords are not."""
    return [
        [name, value]
        for name, values in data.lists()
        if name not in UNKEPT and "password" not in name
        for value in values
    ]


def kept_again(data) -> list[list[str]]:
    """The fields a page of this module carries in its field `kept`; empty for anything else."""
    try:
        kept = json.loads(data.get("kept") or "[]")
        return [[str(name), str(value)] for name, value in kept]
    except (TypeError, ValueError, RecursionError):
        return []


def as_json(kept) -> str:
    """The kept fields as the hidden field `kept` carries them."""
    return json.dumps(kept, ensure_ascii=False)


def local_path(request) -> str:
    """Where the kept form was going: an address of this very site, home for anything else."""
    path = request.POST.get("resume_to", "")
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, {request.get_host()}):
        return reverse("home")
    try:
        resolve(urlsplit(path).path)
    except Resolver404:
        return reverse("home")
    return path


def offer_resume(request):
    """Answers a POST without a session: the sign-in form, carrying everything that had been typed."""
    if not from_here(request):
        return redirect(f"{reverse('login')}?{urlencode({'next': request.path})}")
    return _sign_in_page(request, kept_fields(request.POST), request.get_full_path(), status=401)


def offer_again(request, kept, resume_to, status=200):
    """The form that was interrupted, complete, with a fresh token and one button."""
    words = [value for name, value in kept if len(value.strip()) > 1 and name not in UNSHOWN]
    context = {"kept": kept, "resume_to": resume_to, "words": words}
    return render(request, "accounts/resume.html", context, status=status)


def csrf_failure(request, reason=""):
    """CSRF_FAILURE_VIEW: the token was of an earlier sign-in. Shows the same form again to be sent with a fresh one.

    Not for a form that another site sent: nobody is to be talked into sending that.
    """
    if request.htmx:
        words = _("This page was open too long. Reload it; what you typed is kept.")
        return HttpResponse(words, status=403, content_type="text/plain; charset=utf-8")
    if not from_here(request):
        return render(request, "403.html", status=403)
    name = request.resolver_match.view_name if request.resolver_match else ""
    if name in SIGN_IN_VIEWS:
        kept, resume_to = kept_again(request.POST), local_path(request)
    else:
        kept, resume_to = kept_fields(request.POST), request.get_full_path()
    if not request.user.is_authenticated:
        return _sign_in_page(request, kept, resume_to, status=403)
    return offer_again(request, kept, resume_to, status=403)


def from_here(request) -> bool:
    """Whether a page of this site sent the form, as far as the browser says."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site in ("same-origin", "none")
    source = request.headers.get("Origin") or request.headers.get("Referer")
    return not source or urlsplit(source).netloc == request.get_host()


def _sign_in_page(request, kept, resume_to, status):
    context = {"kept_json": as_json(kept), "resume_to": resume_to, "form": SignInForm(request)}
    return render(request, RESUME_TEMPLATE, context, status=status)
