"""Sign-in (as a page, as a dialog over a page, and to resume a form), sign-out, change of password."""

from django.conf import settings
from django.contrib.auth import views as auth
from django.contrib.auth.forms import PasswordChangeForm
from django.db import transaction
from django.http import JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from agreement import demo_accounts
from agreement.models import Membership
from agreement.models.activity import record
from agreement.sign_in import SignInForm
from agreement.views.resume import RESUME_TEMPLATE, as_json, kept_again, local_path, offer_again

JSON = "application/json"


def wants_json(request) -> bool:
    """Whether app.js asks, from the dialog over a page whose session has ended."""
    return request.headers.get("Accept") == JSON


class SignIn(auth.LoginView):
    """The sign-in page. In demo mode every demo account is one click away."""

    template_name = "accounts/login.html"
    form_class = SignInForm

    def get(self, request, *args, **kwargs):
        if wants_json(request):
            return JsonResponse({"csrfToken": get_token(request)})
        if request.user.is_authenticated:
            return redirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def form_valid(self, form):
        response = super().form_valid(form)
        if wants_json(self.request):
            # The token turned with the session; the page behind the dialog goes on with this one.
            return JsonResponse({"csrfToken": get_token(self.request), "user": str(form.get_user().pk)})
        return response

    def form_invalid(self, form):
        if wants_json(self.request):
            return JsonResponse({"error": str(SignInForm.error_messages["invalid_login"])}, status=422)
        response = super().form_invalid(form)
        response.status_code = 422
        return response

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | demo_context()


def demo_context() -> dict:
    """What the sign-in page shows of demo mode; nothing, not even the password, when it is off."""
    if not settings.DEMO:
        return {}
    return {"demo_accounts": demo_accounts.ACCOUNTS, "demo_password": demo_accounts.PASSWORD}


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class SignInAndResume(SignIn):
    """Sign-in in the middle of a form: on success the form is offered again, with every word typed."""

    template_name = RESUME_TEMPLATE

    def get(self, request, *args, **kwargs):
        return redirect("login")

    def form_valid(self, form):
        super().form_valid(form)
        return offer_again(self.request, kept_again(self.request.POST), local_path(self.request))

    def get_context_data(self, **kwargs):
        resumed = {"kept_json": as_json(kept_again(self.request.POST)), "resume_to": local_path(self.request)}
        return super().get_context_data(**kwargs) | resumed


def locked_out(request, response=None, credentials=None):
    """Answers a sign-in refused for too many failures by this name from this address; others are not touched."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    words = _("Too many failed attempts with this account from this address. Try again in %(minutes)s minutes.")
    words = words % {"minutes": minutes}
    if wants_json(request):
        return JsonResponse({"error": words}, status=settings.AXES_HTTP_RESPONSE_CODE)
    context = {"words": words, "minutes": minutes}
    if kept := kept_again(request.POST):
        context |= {"kept_json": as_json(kept), "resume_to": local_path(request), "form": SignInForm(request)}
        return render(request, RESUME_TEMPLATE, context, status=settings.AXES_HTTP_RESPONSE_CODE)
    return render(request, "accounts/locked.html", context, status=settings.AXES_HTTP_RESPONSE_CODE)


class SignOut(auth.LogoutView):
    """By POST only. The session's row is deleted, and the browser is told to forget what the site stored in it."""

    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"storage"'
        return response


class ChangePassword(auth.PasswordChangeView):
    """A new password ends every other session of this person."""

    template_name = "accounts/password_change.html"
    form_class = PasswordChangeForm

    @transaction.atomic
    def form_valid(self, form):
        response = super().form_valid(form)
        for membership in Membership.objects.current().filter(user=self.request.user).select_related("organization"):
            record(
                self.request.user,
                "password_changed",
                by=self.request.user,
                agreement=membership.agreement,
                side=membership.party,
            )
        return response

    def form_invalid(self, form):
        response = super().form_invalid(form)
        response.status_code = 422
        return response


class PasswordChanged(auth.PasswordChangeDoneView):
    template_name = "accounts/password_changed.html"
