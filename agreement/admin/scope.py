"""What every page of the administration keeps to: the agreements one administers, and a trace of every change."""

from django.contrib import admin
from django.contrib.admin.filters import RelatedFieldListFilter

from agreement.administration import administered, administered_ids
from agreement.models import Agreement
from agreement.models.activity import plain, record


class ScopedFilter(RelatedFieldListFilter):
    """A filter that names only what this administrator may see."""

    def field_choices(self, field, request, model_admin):
        related = model_admin.admin_site.get_model_admin(field.related_model)
        rows = related.get_queryset(request)
        return [(row.pk, str(row)) for row in rows]


class Scoped:
    """For admins and inlines: rows and choices of the administered agreements only; open to every administrator."""

    agreement_path = "agreement"  # from the model to its agreement; "" when it belongs to the installation

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        if request.user.is_superuser or not self.agreement_path:
            return rows
        return rows.filter(**{f"{self.agreement_path}__in": administered_ids(request)})

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = self._choices(db_field, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs["queryset"] = self._choices(db_field, request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _choices(self, db_field, request):
        related = self.admin_site._registry.get(db_field.related_model)
        return related.get_queryset(request) if related else db_field.related_model._default_manager.all()

    def has_module_permission(self, request):
        return self.admin_site.has_permission(request)

    def has_view_permission(self, request, obj=None):
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request, obj=None):
        return self.admin_site.has_permission(request)

    def has_change_permission(self, request, obj=None):
        return self.admin_site.has_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False


class ScopedAdmin(Scoped, admin.ModelAdmin):
    """A page of the administration. Every change leaves its activity row, in the admin's own transaction."""

    list_per_page = 50
    show_full_result_count = False

    def agreements_of(self, obj, request):
        """The agreements in whose trace a change of `obj` is noted."""
        found = obj
        for step in self.agreement_path.split("__"):
            found = getattr(found, step, None) if step else None
        return [found] if isinstance(found, Agreement) else administered(request.user)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        changes = {
            name: (plain(form.initial.get(name)) if change else None, form.cleaned_data.get(name))
            for name in form.changed_data
            if "password" not in name and name in form.cleaned_data
        }
        if changes or not change:
            self.note(request, obj, "changed" if change else "added", _plainly(changes))

    def delete_model(self, request, obj):
        self.note(request, obj, "deleted")
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            self.delete_model(request, obj)

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        for row in formset.new_objects:
            self.note(request, row, "added")
        for row, fields in formset.changed_objects:
            self.note(request, row, "changed", {name: (None, plain(getattr(row, name, None))) for name in fields})

    def note(self, request, obj, verb, changes=None):
        """Leaves the activity row of a change to `obj`."""
        owner = obj.agreement if isinstance(getattr(obj, "agreement", None), Agreement) else None
        for agreement in [owner] if owner else self.agreements_of(obj, request):
            record(obj, verb, by=request.user, agreement=agreement, changes=changes)


def _plainly(changes):
    """Querysets of a many-to-many field as lists."""
    return {
        name: (old, [str(each) for each in new] if hasattr(new, "iterator") else new)
        for name, (old, new) in changes.items()
    }
