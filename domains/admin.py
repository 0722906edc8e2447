"""The names of the domains; the work in them is not the administration's."""

from django.contrib import admin

from agreement.admin.scope import ScopedAdmin, ScopedFilter
from domains.models import Domain


@admin.register(Domain)
class DomainAdmin(ScopedAdmin):
    list_display = ("number", "name", "motto", "section", "agreement")
    list_display_links = ("number", "name")
    list_filter = (("agreement", ScopedFilter),)
    search_fields = ("name", "name_en", "motto")
    autocomplete_fields = ("section",)
    list_select_related = ("section", "agreement")
