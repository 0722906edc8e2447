"""The filter of a board."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreement.models import Organization, Party
from agreement.texts import CleanCharField
from domains.health import Light
from domains.models import TaskOwner


class BoardFilter(forms.Form):
    """Which cards to show, typed into the address; what makes no sense is left out, never an error page."""

    q = CleanCharField(label=_("Search"), required=False, max_length=60)
    side = forms.ModelChoiceField(Party.objects.none(), to_field_name="slug", required=False, label=_("Side"))
    organization = forms.ModelChoiceField(Organization.objects.none(), required=False, label=_("Organization"))
    light = forms.ChoiceField(choices=[("", _("all lights")), *Light.choices], required=False, label=_("Light"))

    def __init__(self, *args, agreement, domain, **kwargs):
        super().__init__(*args, **kwargs)
        sides, units = self.fields["side"], self.fields["organization"]
        sides.queryset = agreement.parties.all()
        sides.empty_label = _("both sides")
        units.queryset = (
            Organization.objects.of_agreement(agreement).filter(task_owners__task__domain=domain).distinct()
        )
        units.empty_label = _("all organizations")
        sides.label_from_instance = units.label_from_instance = lambda row: row.localized("short_name")
        for name, field in self.fields.items():
            field.widget.attrs["data-live-filter"] = ""
            if name == "q":
                field.widget = forms.TextInput(attrs={"type": "search", "data-live-filter": "", "maxlength": 60})

    def narrow(self, tasks):
        """The tasks the reader asked for, but for the light, which is judged later."""
        self.is_valid()
        asked = self.cleaned_data
        if side := asked.get("side"):
            tasks = tasks.filter(pk__in=TaskOwner.objects.filter(party=side).values("task"))
        if organization := asked.get("organization"):
            tasks = tasks.filter(pk__in=TaskOwner.objects.filter(organization=organization).values("task"))
        if words := asked.get("q"):
            tasks = tasks.filter(
                Q(title__icontains=words) | Q(title_en__icontains=words) | Q(goal__icontains=words) | Q(number=words)
            )
        return tasks

    @property
    def light_asked(self) -> str:
        return self.cleaned_data.get("light", "")

    @property
    def is_asked(self) -> bool:
        return any(self.cleaned_data.values())
