"""Milestones: their progress, put in by their owners, and their plan, kept by the secretaries."""

from django import forms
from django.core.validators import MaxValueValidator
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from agreement.dates import DayField
from agreement.forms import OnceForm, VersionedModelForm
from agreement.models import Organization
from agreement.models.activity import record
from agreement.texts import field_for_people
from domains.models import Milestone


class MoveForm(VersionedModelForm):
    """How far a milestone is: percent of works, or a step done on a day, with evidence in words."""

    place = ""  # the id of the element it is answered in

    percent = forms.IntegerField(
        label=_("percent"),
        min_value=0,
        max_value=100,
        error_messages=dict.fromkeys(("min_value", "max_value", "invalid"), _("Percent goes from 0 to 100.")),
    )
    on = DayField(label=_("on"))

    class Meta:
        model = Milestone
        fields = ("percent", "evidence")
        formfield_callback = field_for_people

    def __init__(self, *args, today, **kwargs):
        kwargs.setdefault("auto_id", f"move-{kwargs['instance'].pk}-%s")
        super().__init__(*args, **kwargs)
        self.fields["on"].latest = self.fields["on"].initial = today
        self.fields["evidence"].widget.attrs["rows"] = 2

    def move(self, *, by, on_behalf=False) -> Milestone | None:
        """The milestone as it then stands; None, with `conflict` filled, when somebody else moved it meanwhile."""
        with transaction.atomic():
            stored = Milestone.objects.select_for_update().get(pk=self.instance.pk)
            mine = self.merged_into(stored)
            if mine is None:
                return None
            if mine:
                facts = {"percent": stored.percent, "evidence": stored.evidence} | mine
                stored.move_to(
                    facts["percent"],
                    by=by,
                    on=self.cleaned_data["on"],
                    version=stored.version,
                    evidence=facts["evidence"],
                    on_behalf=on_behalf,
                )
            return stored


class PlanForm(forms.ModelForm):
    """The plan of a milestone. A date once agreed is moved by a decision, never by a form."""

    class Meta:
        model = Milestone
        fields = ("title", "title_en", "organization", "starts_on", "due_on", "due_text", "weight")
        formfield_callback = field_for_people

    def __init__(self, *args, task, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.task = task
        self.agreed_on = self.instance.due_on if self.instance.pk else None
        units = self.fields["organization"]
        units.queryset = Organization.objects.of_agreement(task.agreement).select_related("party")
        units.label_from_instance = lambda row: f"{row.party.localized('short_name')} · {row.localized('name')}"
        units.empty_label = _("both sides together")
        if self.agreed_on:
            self.fields["due_on"].help_text = _("An agreed date moves only by a decision of a joint meeting.")
        self.fields["due_text"].help_text = _("In the agreement's words; where there is no date, the words are enough.")
        self.fields["weight"].validators.append(MaxValueValidator(100))


class MilestoneForm(PlanForm, VersionedModelForm):
    """Changes the plan of a milestone that is there."""

    def clean_due_on(self):
        due_on = self.cleaned_data["due_on"]
        if self.agreed_on and due_on != self.agreed_on and not self.untouched("due_on", due_on):
            raise forms.ValidationError(
                _("An agreed date moves only by a decision of a joint meeting. It stays %(date)s.")
                % {"date": self.agreed_on.isoformat()}
            )
        return due_on


class NewMilestoneForm(OnceForm, PlanForm):
    """Adds a milestone: sent twice it is added once."""

    def add(self, *, by) -> Milestone:
        """The new milestone, last in its task, with its activity row."""
        task = self.instance.task
        with transaction.atomic():
            if not self.first_time():
                return task.milestones.order_by("-pk").first()
            last = task.milestones.aggregate(last=Max("position"))["last"] or 0
            self.instance.position = last + 1
            milestone = self.save()
            record(
                milestone,
                "added",
                by=by,
                agreement=task.agreement,
                parent=task,
                changes={"due_on": (None, milestone.due_on), "due_text": ("", milestone.due_text)},
            )
            return milestone
