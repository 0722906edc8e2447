"""People and their posts."""

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agreement.admin.scope import Scoped, ScopedAdmin, ScopedFilter
from agreement.administration import administered, administered_ids
from agreement.models import Agreement, Membership, User
from agreement.workdays import office_today


class PostFormSet(BaseInlineFormSet):
    """A person has one current post in an agreement."""

    def clean(self):
        super().clean()
        current = [
            form.cleaned_data.get("agreement")
            for form in self.forms
            if form.cleaned_data and form.cleaned_data.get("agreement") and not form.cleaned_data.get("ended_on")
        ]
        if len(current) > len(set(current)):
            raise ValidationError(_("This person already has a current post in this agreement."))


class PostInline(Scoped, admin.TabularInline):
    model = Membership
    formset = PostFormSet
    fields = ("agreement", "organization", "role", "title", "title_en", "rank", "is_liaison", "ended_on")
    autocomplete_fields = ("organization",)
    extra = 0

    def get_min_num(self, request, obj=None, **kwargs):
        # A new person is somebody's: without a post no administrator but a superuser would see the row again.
        return 0 if obj or request.user.is_superuser else 1

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, validate_min=obj is None, **kwargs)


@admin.register(User)
class PersonAdmin(ScopedAdmin, UserAdmin):
    list_display = ("username", "name", "phone", "email", "is_active")
    list_filter = ("is_active", "memberships__role")
    search_fields = ("username", "name", "email", "phone", "memberships__organization__name")
    ordering = ("username",)
    inlines = (PostInline,)
    actions = ("deactivate",)
    filter_horizontal = ()
    readonly_fields = ("date_joined",)
    add_fieldsets = ((None, {"fields": ("username", "name", "email", "phone", "usable_password", "password1", "password2")}),)  # fmt: skip

    def get_queryset(self, request):
        # Not by a join: somebody with an earlier post is still one row.
        people = User.objects.order_by("username")
        if request.user.is_superuser:
            return people
        posts = Membership.objects.filter(agreement__in=administered_ids(request))
        return people.filter(pk__in=posts.values("user"))

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.add_fieldsets
        fields = ["username", "password", "name", "email", "phone", "is_active"]
        if request.user.is_superuser:
            fields += ["is_staff", "is_superuser"]
        return ((None, {"fields": fields}), (_("Dates"), {"fields": ("date_joined",)}))

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or self.answers_for(request, obj))

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)

    def answers_for(self, request, person) -> bool:
        """Whether this person works only in agreements one administers: nobody sets the password of others' people."""
        if request.user.is_superuser:
            return True
        elsewhere = Membership.objects.filter(user=person).exclude(agreement__in=administered_ids(request))
        return not person.is_superuser and not elsewhere.exists()

    def agreements_of(self, obj, request):
        found = Agreement.objects.filter(membership__user=obj).distinct()
        if request.user.is_superuser or found:
            return found
        return administered(request.user)

    def user_change_password(self, request, id, form_url=""):
        with transaction.atomic():
            before = User.objects.filter(pk=id).values_list("password", flat=True).first()
            response = super().user_change_password(request, id, form_url)
            person = User.objects.filter(pk=id).first()
            if person and person.password != before:
                self.note(request, person, "password_set")
        return response

    @admin.action(description=_("Deactivate the chosen people: they can no longer sign in, their history stays"))
    def deactivate(self, request, queryset):
        number = 0
        with transaction.atomic():
            for person in queryset.filter(is_active=True).exclude(pk=request.user.pk):
                if self.answers_for(request, person):
                    number += User.objects.filter(pk=person.pk).update(is_active=False)
                    self.note(request, person, "deactivated", {"is_active": (True, False)})
        words = ngettext("%(number)s person deactivated.", "%(number)s people deactivated.", number)
        self.message_user(request, words % {"number": number}, messages.SUCCESS)


@admin.register(Membership)
class PostAdmin(ScopedAdmin):
    list_display = ("user", "organization", "role", "title", "is_liaison", "agreement", "ended_on")
    list_filter = ("role", "is_liaison", ("agreement", ScopedFilter), ("organization__party", ScopedFilter))
    search_fields = ("user__name", "user__username", "organization__name", "organization__short_name", "title")
    autocomplete_fields = ("user", "organization")
    list_select_related = ("user", "organization", "agreement")
    actions = ("end_today",)

    @admin.action(description=_("End the chosen posts today"))
    def end_today(self, request, queryset):
        number = 0
        with transaction.atomic():
            for post in queryset.filter(ended_on=None).exclude(user=request.user):
                post.ended_on = office_today()
                post.save(update_fields=["ended_on"])
                self.note(request, post, "ended", {"ended_on": (None, post.ended_on)})
                number += 1
        words = ngettext("%(number)s post ended.", "%(number)s posts ended.", number)
        self.message_user(request, words % {"number": number}, messages.SUCCESS)
