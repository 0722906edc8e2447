"""Sign-in for every page that does not say otherwise, without losing what somebody had typed; nothing kept in caches."""

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpResponse
from django.utils.cache import add_never_cache_headers

from agreement.views.resume import offer_resume


class SignInMiddleware(LoginRequiredMiddleware):
    """Asks for a sign-in; a form that was sent after the session ended is kept and sent again afterwards."""

    def handle_no_permission(self, request, view_func):
        if request.htmx:
            # A redirect would swap the sign-in page into a fragment; app.js opens a dialog and sends again.
            return HttpResponse(status=401, headers={"HX-Trigger": "session-expired"})
        if request.method == "POST":
            return offer_resume(request)
        return super().handle_no_permission(request, view_func)


class PrivateMiddleware:
    """Pages of a signed-in person stay out of every cache, the browser's too (a shared desk, the back button)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
            response["Cache-Control"] = "no-store, private"
        return response
