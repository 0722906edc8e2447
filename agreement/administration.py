"""The site of the administrators: people and settings, never content."""

from functools import update_wrapper
from urllib.parse import urlencode

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreement.models import Agreement, Membership, Role


def administered(user):
    """The agreements `user` administers; every one for a superuser."""
    if user.is_superuser:
        return Agreement.objects.all()
    posts = Membership.objects.current().filter(user=user, role=Role.ADMINISTRATOR)
    return Agreement.objects.filter(pk__in=posts.values("agreement"))


def administered_ids(request) -> list[int]:
    """The same for whoever asks, found once a request: every permission of every page asks for it."""
    if not hasattr(request, "administered_ids"):
        user = request.user
        request.administered_ids = list(administered(user).values_list("pk", flat=True)) if user.is_active else []
    return request.administered_ids


class AdministrationSite(AdminSite):
    """Open to administrators by their membership, whatever their user row says; one sign-in page for all."""

    site_header = site_title = _("Administration")
    index_title = _("People, organizations, settings")
    site_url = "/"

    def has_permission(self, request):
        user = request.user
        return user.is_active and (user.is_superuser or bool(administered_ids(request)))

    def admin_view(self, view, cacheable=False):
        inner = super().admin_view(view, cacheable)

        def entered(request, *args, **kwargs):
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        return update_wrapper(entered, inner)

    def login(self, request, extra_context=None):
        if request.user.is_authenticated:
            return redirect("home")
        return redirect(f"{reverse('login')}?{urlencode({'next': request.GET.get('next', reverse('admin:index'))})}")
