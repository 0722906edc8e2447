"""Tasks and their owners, kept by the two offices."""

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from agreement.forms import VersionedModelForm
from agreement.models import Organization
from agreement.texts import field_for_people
from domains.models import Task, TaskOwner


class TaskForm(VersionedModelForm):
    """What the task is, who moves next, and what the offices say of its light. Its agreed date moves by a decision."""

    class Meta:
        model = Task
        fields = (
            "title",
            "title_en",
            "goal",
            "goal_en",
            "kind",
            "progress_kind",
            "target",
            "unit",
            "unit_en",
            "interval_months",
            "cooperation",
            "doing_side",
            "due_on",
            "due_text",
            "move",
            "move_side",
            "move_since",
            "light_note",
            "note",
            "to_confirm",
        )
        formfield_callback = field_for_people

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.agreed_on = self.instance.due_on
        for name in ("doing_side", "move_side"):
            self.fields[name].queryset = self.instance.agreement.parties.all()
            self.fields[name].label_from_instance = lambda row: row.localized("short_name")
            self.fields[name].empty_label = "—"
        for name, most in (("target", 1_000_000_000), ("interval_months", 120)):
            self.fields[name].validators.append(MaxValueValidator(most))
        for name, rows in (("goal", 3), ("goal_en", 3), ("note", 2)):
            self.fields[name].widget.attrs["rows"] = rows
        self.fields["target"].help_text = _("For a count: how many in all.")
        self.fields["interval_months"].help_text = _(
            "For a mechanism: at the latest after how many months it meets again."
        )
        self.fields["light_note"].help_text = _("Explains the light beside it; it does not repaint it.")
        self.fields["to_confirm"].help_text = _("Ticked while the two offices have not settled kind and cooperation.")
        if self.agreed_on:
            self.fields["due_on"].help_text = _("An agreed date moves only by a decision of a joint meeting.")

    def clean_due_on(self):
        due_on = self.cleaned_data["due_on"]
        if self.agreed_on and due_on != self.agreed_on and not self.untouched("due_on", due_on):
            raise forms.ValidationError(
                _("An agreed date moves only by a decision of a joint meeting. It stays %(date)s.")
                % {"date": self.agreed_on.isoformat()}
            )
        return due_on

    def clean(self):
        super().clean()
        asked = self.cleaned_data
        if asked.get("progress_kind") == Task.ProgressKind.CADENCE and not asked.get("interval_months"):
            self.add_error("interval_months", _("A cadence needs its interval in months."))
        if asked.get("move") == Task.Move.PARTY and not asked.get("move_side"):
            self.add_error("move_side", _("Say which side is to move."))
        if asked.get("move") != Task.Move.PARTY:
            asked["move_side"] = None
        if not asked.get("move"):
            asked["move_since"] = None
        elif not asked.get("move_since") and "move_since" not in self.errors:
            asked["move_since"] = self.today
        return asked


class OwnerForm(forms.ModelForm):
    """One more organization of the own side; each side has one lead, and names an organization once."""

    class Meta:
        model = TaskOwner
        fields = ("organization", "role")

    def __init__(self, *args, task, party, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.task = task
        self.instance.party = party
        self.fields["organization"].queryset = Organization.objects.filter(party=party)
        self.fields["organization"].label_from_instance = lambda row: row.localized("name")

    def clean(self):
        super().clean()
        owners, asked = self.instance.task.owners.all(), self.cleaned_data
        if asked.get("organization") and any(owner.organization_id == asked["organization"].pk for owner in owners):
            self.add_error("organization", _("This organization is named twice."))
        lead = TaskOwner.OwnerRole.LEAD
        if asked.get("role") == lead and any(o.role == lead and o.party_id == self.instance.party_id for o in owners):
            self.add_error("role", _("Each side has one lead."))
        return asked
