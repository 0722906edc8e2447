"""What secretaries enter of mechanisms, meetings, agenda items and decisions."""

import datetime

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from agreement.dates import FIRST_YEAR, LAST_YEAR, DayField
from agreement.forms import OnceForm, VersionedModelForm
from agreement.models import Organization, Party
from agreement.texts import CleanCharField, field_for_people
from domains.models import Domain, Milestone, Task
from meetings.models import AgendaItem, Decision, Mechanism, MechanismMember, Meeting


def day_input():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class WordsForm(forms.Form):
    """One sentence that must be said: why a meeting is cancelled, what became of a decision."""

    words = CleanCharField(widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, label, max_length, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["words"] = CleanCharField(
            label=label, max_length=max_length, widget=forms.Textarea(attrs={"rows": 2})
        )


class HeldForm(forms.Form):
    """On which day a meeting was held; not one still to come."""

    on = DayField(label=_("Held on"), widget=day_input())

    def __init__(self, *args, meeting, today, **kwargs):
        super().__init__(*args, initial={"on": min(meeting.day, today)}, **kwargs)
        self.first, self.today = meeting.agreement.signed_on, today

    def clean_on(self):
        if self.cleaned_data["on"] > self.today:
            raise forms.ValidationError(_("This day is still to come."))
        if self.cleaned_data["on"] < self.first:
            raise forms.ValidationError(_("The agreement was not yet signed on this day."))
        return self.cleaned_data["on"]


class MechanismForm(VersionedModelForm):
    """How a mechanism works: its cadence, hosts and rules."""

    class Meta:
        model = Mechanism
        fields = ["interval_months", "first_host", "host_alternates", "rules", "to_confirm"]
        formfield_callback = field_for_people
        widgets = {"rules": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["first_host"].queryset = Party.objects.filter(agreement=self.instance.agreement_id)
        self.fields["interval_months"].min_value = 1
        self.fields["interval_months"].validators.append(MaxValueValidator(120))

    def clean_interval_months(self):
        if self.cleaned_data["interval_months"] < 1:
            raise forms.ValidationError(_("At least one month."))
        return self.cleaned_data["interval_months"]


class SeatsForm(forms.Form):
    """The seat of each organization of both sides. Only what this person changed is saved: two people do not collide."""

    def __init__(self, *args, mechanism, **kwargs):
        super().__init__(*args, **kwargs)
        seats = dict(mechanism.members.values_list("organization", "seat"))
        self.sides: list[dict] = []
        organizations = Organization.objects.of_agreement(mechanism.agreement).select_related("party")
        for organization in organizations.order_by("party__position", "position", "id"):
            name = f"seat-{organization.pk}"
            self.fields[name] = forms.ChoiceField(
                label=organization.localized("short_name"),
                choices=[("", "—"), *MechanismMember.Seat.choices],
                initial=seats.get(organization.pk, ""),
                required=False,
                show_hidden_initial=True,
            )
            if not self.sides or self.sides[-1]["party"] != organization.party:
                self.sides.append({"party": organization.party, "seated": [], "others": []})
            self.sides[-1]["seated" if organization.pk in seats else "others"].append(self[name])

    def changed_seats(self) -> dict[int, str]:
        """{organization id: new seat, "" for none} of what was changed in this form."""
        return {int(name.removeprefix("seat-")): self.cleaned_data[name] for name in self.changed_data}


class MeetingForm(VersionedModelForm):
    """Time, place, host and chair of a meeting."""

    class Meta:
        model = Meeting
        fields = ["starts_at", "minutes", "place", "host", "chair", "kind", "remark"]
        formfield_callback = field_for_people
        widgets = {
            "starts_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "remark": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["host"].queryset = Party.objects.filter(agreement=self.instance.agreement_id)

    def clean_starts_at(self):
        starts_at = self.cleaned_data["starts_at"]
        if not FIRST_YEAR <= starts_at.year <= LAST_YEAR:
            raise forms.ValidationError(
                _("The year %(year)s lies outside %(first)s to %(last)s.")
                % {"year": starts_at.year, "first": FIRST_YEAR, "last": LAST_YEAR}
            )
        starts_at = starts_at.astimezone(datetime.UTC)  # as the database gives it: they compare
        if starts_at != self.instance.starts_at and starts_at < self.now:
            raise forms.ValidationError(_("This lies in the past. If the meeting took place, record that it was held."))
        return starts_at

    def clean_minutes(self):
        if not 10 <= self.cleaned_data["minutes"] <= 600:
            raise forms.ValidationError(_("Between 10 and 600 minutes."))
        return self.cleaned_data["minutes"]


class ItemFields(forms.ModelForm):
    """The fields of an agenda item, on the agenda of one agreement only."""

    def limit_to(self, agreement):
        self.fields["presenter"].queryset = (
            Organization.objects.of_agreement(agreement).select_related("party").order_by("party__position", "position")
        )

    def clean_minutes(self):
        if self.cleaned_data["minutes"] > 240:
            raise forms.ValidationError(_("At most 240 minutes."))
        return self.cleaned_data["minutes"]


class ItemMeta:
    model = AgendaItem
    fields = ["section", "title", "text", "presenter", "presenter_name", "minutes"]
    formfield_callback = field_for_people
    widgets = {"text": forms.Textarea(attrs={"rows": 4})}


class NewItemForm(OnceForm, ItemFields):
    """An item written by hand."""

    class Meta(ItemMeta):
        pass

    def __init__(self, *args, agreement, **kwargs):
        super().__init__(*args, **kwargs)
        self.limit_to(agreement)


class ItemForm(ItemFields, VersionedModelForm):
    """An item's words, presenter and minutes."""

    class Meta(ItemMeta):
        pass

    def __init__(self, *args, agreement, **kwargs):
        super().__init__(*args, **kwargs)
        self.limit_to(agreement)


class DecisionFields(forms.ModelForm):
    """The fields of a decision: everything it names belongs to its own agreement."""

    def limit_to(self, meeting):
        agreement = meeting.agreement_id
        self.meeting = meeting
        self.fields["item"].queryset = meeting.items.standing().in_order()
        self.fields["domain"].queryset = Domain.objects.filter(agreement=agreement)
        self.fields["task"].queryset = Task.objects.filter(agreement=agreement).open()
        milestones = Milestone.objects.open().filter(task__agreement=agreement).select_related("task")
        self.fields["milestone"].queryset = milestones.order_by("task__domain__number", "task__position", "position")
        self.fields["milestone"].label_from_instance = _milestone_label
        leads = dict(self.instance.leads.values_list("party", "organization")) if self.instance.pk else {}
        for party in Party.objects.filter(agreement=agreement):
            self.fields[f"lead-{party.pk}"] = forms.ModelChoiceField(
                Organization.objects.filter(party=party).order_by("position", "id"),
                label=_("Carried out by (%(party)s)") % {"party": party.localized("short_name")},
                required=False,
                initial=leads.get(party.pk),
                show_hidden_initial=True,
            )

    @property
    def lead_fields(self):
        return [self[name] for name in self.fields if name.startswith("lead-")]

    def clean(self):
        data = super().clean()
        milestone, task = data.get("milestone"), data.get("task")
        if milestone and task and milestone.task_id != task.pk:
            self.add_error("milestone", _("This milestone belongs to another task."))
        elif milestone and not task:
            data["task"] = milestone.task
        return data

    def _post_clean(self):
        super()._post_clean()
        effect = self.cleaned_data.get("effect")
        if not self.errors and (words := self.instance.obstacle()):
            field = {"new_task": "domain", "milestone": "task"}.get(effect) or (
                "due_on" if self.instance.milestone_id else "milestone"
            )
            self.add_error(field, words)

    def save_leads(self, decision):
        """Writes the leads this person changed; whether there were any."""
        changed = [name for name in self.changed_data if name.startswith("lead-")]
        for name in changed:
            decision.leads.filter(party=int(name.removeprefix("lead-"))).delete()
            if organization := self.cleaned_data[name]:
                decision.leads.create(organization=organization)
        return bool(changed)


def _milestone_label(milestone) -> str:
    return f"{milestone.task.number} {milestone.title} ({milestone.due_on or milestone.due_text or '—'})"


class DecisionMeta:
    model = Decision
    fields = ["item", "verb", "text", "due_on", "due_text", "effect", "title", "domain", "task", "milestone"]
    formfield_callback = field_for_people
    widgets = {"text": forms.Textarea(attrs={"rows": 3}), "due_on": day_input()}


class NewDecisionForm(OnceForm, DecisionFields):
    """A decision just taken."""

    class Meta(DecisionMeta):
        pass

    def __init__(self, *args, meeting, **kwargs):
        super().__init__(*args, **kwargs)
        self.limit_to(meeting)


class DecisionForm(DecisionFields, VersionedModelForm):
    """A decision both sides have not yet confirmed."""

    class Meta(DecisionMeta):
        pass

    def __init__(self, *args, meeting, **kwargs):
        super().__init__(*args, **kwargs)
        self.limit_to(meeting)
