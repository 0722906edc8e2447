"""Progress that is told, not planned: a task begun, so many of a target, a mechanism that met."""

from django import forms
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from agreement.dates import DayField
from agreement.forms import OnceForm
from agreement.texts import CleanCharField
from domains.models import ProgressRecord, Task

MOST = 1_000_000


class StartForm(forms.Form):
    """The day work began."""

    place = ""  # the id of the element it is answered in

    on = DayField(label=_("started on"))

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, auto_id="start-%s", **kwargs)
        self.fields["on"].latest = self.fields["on"].initial = today


class ProgressForm(OnceForm):
    """One record of a task that is counted or held; a wrong count is taken back by a negative one, with words."""

    place = ""  # the id of the element it is answered in

    amount = forms.IntegerField(label=_("how many more"), initial=1, min_value=-MOST, max_value=MOST)
    on = DayField(label=_("on"))
    words = CleanCharField(label=_("in words"), required=False, max_length=200)

    def __init__(self, *args, task, today, **kwargs):
        super().__init__(*args, auto_id="progress-%s", **kwargs)
        self.task = task
        self.fields["on"].latest = self.fields["on"].initial = today
        if task.progress_kind == Task.ProgressKind.CADENCE:
            del self.fields["amount"]
            self.fields["on"].label = _("held on")
        else:
            self.fields["amount"].help_text = _("A mistake is taken back by a number below zero.")

    def clean(self):
        amount = self.cleaned_data.get("amount")
        if amount is None:
            return
        if amount == 0:
            self.add_error("amount", _("Nothing to count."))
        counted = self.task.progress_records.aggregate(sum=Sum("amount"))["sum"] or 0
        if amount < 0 and counted + amount < 0:
            self.add_error("amount", _("Only %(counted)s are counted so far.") % {"counted": counted})
        if amount < 0 and not self.cleaned_data.get("words"):
            self.add_error("words", _("Say why it is taken back."))

    def add(self, *, organization, by, on_behalf=False) -> ProgressRecord | None:
        """The new record; None when this very form was taken before."""
        with transaction.atomic():
            if not self.first_time():
                return None
            return ProgressRecord.note(
                self.task,
                on=self.cleaned_data["on"],
                amount=self.cleaned_data.get("amount", 1),
                words=self.cleaned_data["words"],
                organization=organization,
                by=by,
                on_behalf=on_behalf,
            )
