"""The agreement and its settings, its sides and organizations, its text, and the working days."""

import re

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from agreement.admin.scope import Scoped, ScopedAdmin, ScopedFilter
from agreement.models import Agreement, Clause, Organization, Party, Section, WorkdayException


class NamesField(forms.CharField):
    """A list of names, as people write one: 交通局、交运局."""

    def prepare_value(self, value):
        return "、".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return [name.strip() for name in re.split(r"[、，,;；\n]", value or "") if name.strip()]

    def has_changed(self, initial, data):
        return self.to_python(data) != (initial or [])

    def validate(self, value):
        """Any list will do, none too."""

    def run_validators(self, value):
        """Nothing more is asked of a name."""


class SuperusersAdd:
    """New ones are a matter of the installation."""

    def has_add_permission(self, request, obj=None):
        return request.user.is_superuser


class PartyInline(SuperusersAdd, Scoped, admin.TabularInline):
    model = Party
    extra = 0
    fields = ("position", "slug", "name", "name_en", "short_name", "short_name_en")


@admin.register(Agreement)
class AgreementAdmin(SuperusersAdd, ScopedAdmin):
    agreement_path = "pk"
    list_display = ("title", "slug", "signed_on", "report_period", "warning_days")
    search_fields = ("title", "title_en", "slug")
    inlines = (PartyInline,)

    def get_readonly_fields(self, request, obj=None):
        # Links to an agreement are in mails and minutes already: its address stays.
        return ("slug",) if obj else ()

    def agreements_of(self, obj, request):
        return [obj]


@admin.register(Party)
class PartyAdmin(SuperusersAdd, ScopedAdmin):
    list_display = ("name", "short_name", "slug", "position", "agreement")
    list_filter = (("agreement", ScopedFilter),)
    search_fields = ("name", "short_name", "slug")
    list_select_related = ("agreement",)


@admin.register(Organization)
class OrganizationAdmin(ScopedAdmin):
    agreement_path = "party__agreement"
    list_display = ("name", "short_name", "party", "kind", "is_coordinating_office", "to_confirm", "valid_to")
    list_filter = (("party", ScopedFilter), "kind", "to_confirm", "is_coordinating_office")
    search_fields = ("name", "short_name", "name_en", "aliases", "slug")
    autocomplete_fields = ("successor", "counterparts", "members")
    list_select_related = ("party",)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "aliases":
            words = _("Separated by commas.")
            return NamesField(label=db_field.verbose_name, required=False, help_text=words)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_delete_permission(self, request, obj=None):
        # What anything refers to is protected; Django then says what stands in the way.
        return self.has_change_permission(request, obj)


@admin.register(Section)
class SectionAdmin(ScopedAdmin):
    list_display = ("number", "part", "title", "title_en", "agreement")
    list_display_links = ("number", "title")
    list_filter = ("part", ("agreement", ScopedFilter))
    search_fields = ("title", "title_en")
    list_select_related = ("agreement",)


@admin.register(Clause)
class ClauseAdmin(ScopedAdmin):
    list_display = ("number", "heading", "section", "agreement")
    list_display_links = ("number", "heading")
    list_filter = (("section", ScopedFilter), ("agreement", ScopedFilter))
    search_fields = ("number", "heading", "heading_en", "summary", "summary_en")
    autocomplete_fields = ("section",)
    list_select_related = ("section", "agreement")


@admin.register(WorkdayException)
class WorkdayAdmin(ScopedAdmin):
    agreement_path = ""
    list_display = ("day", "is_workday", "name")
    list_filter = ("is_workday",)
    search_fields = ("name", "day")
    date_hierarchy = "day"

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)
