"""Issues: what stands in the way, moved up and down the ladder by people."""

from django import forms
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreement.forms import OnceForm
from agreement.models import Organization, Party
from agreement.texts import CleanCharField, field_for_people
from domains.models import Issue


class IssueForm(OnceForm, forms.ModelForm):
    """The facts, what is asked, of whom, and what could be done."""

    class Meta:
        model = Issue
        fields = ("organization", "title", "facts", "ask", "asked_of", "options")
        formfield_callback = field_for_people

    def __init__(self, *args, task, parts, **kwargs):
        """`parts`: ids of the organizations this person may raise it for; the field is shown when there are several."""
        super().__init__(*args, **kwargs)
        self.instance.task, self.instance.agreement = task, task.agreement
        units = Organization.objects.of_agreement(task.agreement).select_related("party")
        self.fields["organization"].queryset = units.filter(pk__in=parts)
        if len(parts) == 1:
            del self.fields["organization"]
            self.instance.organization_id = next(iter(parts))
        asked = self.fields["asked_of"]
        asked.queryset = units
        asked.empty_label = _("the other lead")
        asked.label_from_instance = lambda row: f"{row.party.localized('short_name')} · {row.localized('name')}"
        self.fields["facts"].help_text = _("What, where, since when; 200 characters are usually enough.")
        self.fields["facts"].widget.attrs["rows"] = 4
        self.fields["ask"].help_text = _("What is to be decided or done.")
        self.fields["options"].help_text = _("What could be done, and how each side sees it. May stay empty.")
        self.fields["options"].widget.attrs["rows"] = 3

    def put(self, *, by, on, on_behalf=False) -> Issue:
        """The issue raised; the one raised before when this very form was taken already."""
        asked = self.cleaned_data
        with transaction.atomic():
            if not self.first_time():
                return Issue.objects.filter(task=self.instance.task, raised_by=by).order_by("-pk").first()
            return Issue.put(
                self.instance.task,
                organization=asked.get("organization") or self.instance.organization,
                by=by,
                on=on,
                on_behalf=on_behalf,
                **{name: asked[name] for name in ("title", "facts", "ask", "asked_of", "options")},
            )


class StepForm(forms.Form):
    """A step on the ladder, taken on the issue as it was seen."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id=f"{type(self).__name__.lower()}-%s", **kwargs)


class SendDownForm(StepForm):
    words = CleanCharField(
        label=_("Why, and what is expected by when"), max_length=300, widget=forms.Textarea({"rows": 2})
    )


class CloseForm(StepForm):
    outcome = forms.ChoiceField(label=_("outcome"))
    words = CleanCharField(label=_("outcome in words"), max_length=300, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args, outcomes, **kwargs):
        super().__init__(*args, **kwargs)
        labels = dict(Issue.Outcome.choices)
        self.fields["outcome"].choices = [(outcome, labels[outcome]) for outcome in outcomes]


class IssueFilter(forms.Form):
    """Which issues to list; what makes no sense is left out."""

    STATES = (("", _("unresolved")), ("closed", _("closed")), ("all", _("all")))
    q = CleanCharField(label=_("Search"), required=False, max_length=60)
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    level = forms.ChoiceField(label=_("Level"), choices=[("", _("all levels")), *Issue.Level.choices], required=False)
    side = forms.ModelChoiceField(Party.objects.none(), to_field_name="slug", required=False, label=_("Raised by"))

    def __init__(self, *args, agreement, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["side"].queryset = agreement.parties.all()
        self.fields["side"].empty_label = _("both sides")
        self.fields["side"].label_from_instance = lambda row: row.localized("short_name")
        self.fields["q"].widget = forms.TextInput(attrs={"type": "search", "maxlength": 60})
        for field in self.fields.values():
            field.widget.attrs["data-live-filter"] = ""

    def narrow(self, issues):
        self.is_valid()
        asked = self.cleaned_data
        if asked.get("state") != "all":
            issues = issues.exclude(outcome="") if asked.get("state") else issues.open()
        if asked.get("level"):
            issues = issues.filter(level=asked["level"])
        if asked.get("side"):
            issues = issues.filter(organization__party=asked["side"])
        if words := asked.get("q"):
            issues = issues.filter(
                Q(title__icontains=words) | Q(facts__icontains=words) | Q(ask__icontains=words) | Q(task__number=words)
            )
        return issues
