"""The report's form: last text carried forward, sent as a draft or to the office, and the office's word on it."""

from django import forms
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreement.forms import OnceForm
from agreement.models.activity import record
from domains.models import Report
from domains.reporting import TEXTS, Place

LIMITS = {"work_done": 2000, "difficulties": 1000, "next_steps": 1000}


class Overtaken(Exception):
    """Somebody else wrote or sent the report meanwhile."""


def stamp(report: Report | None) -> str:
    """What a form remembers of the newest version it was shown with."""
    return f"{report.version}.{report.lock}.{report.state}" if report else ""


class ReportForm(OnceForm, forms.ModelForm):
    """The report of `place`, begun from its draft, the returned version, or the text sent last.

    `conflict` is filled as in VersionedModelForm when somebody else was quicker; everything typed is still in the boxes.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Report
        fields = ["work_done", "difficulties", "next_steps", "approved_by_name"]
        labels = {
            "work_done": _("Work done this period"),
            "difficulties": _("Difficulties"),
            "next_steps": _("Next steps"),
            "approved_by_name": _("Signed off by"),
        }
        help_texts = {
            "work_done": _("What was done and what stands finished to date; 80 to 200 characters are plenty."),
            "difficulties": _("“None” is an answer. What needs a decision is better raised as an issue."),
            "approved_by_name": _("The name of your unit's leader who approved this text; they need not sign in."),
        }
        widgets = {
            "work_done": forms.Textarea(attrs={"rows": 6}),
            "difficulties": forms.Textarea(attrs={"rows": 3}),
            "next_steps": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, data=None, *, place: Place, newest: Report | None, last: Report | None, user):
        self.place, self.newest, self.conflict = place, newest, []
        source = newest or last
        initial = {name: getattr(source, name) for name in self._meta.fields} if source else {}
        super().__init__(data, initial={**initial, "seen": stamp(newest)}, user=user)
        self.source = source
        for name, limit in LIMITS.items():
            self.fields[name].max_length = limit
            self.fields[name].widget.attrs["maxlength"] = limit

    def clean(self):
        words = super().clean()
        for name in TEXTS:
            text = (words.get(name) or "").replace("\r\n", "\n")
            if len(text) > LIMITS[name]:
                self.add_error(name, _("Please keep it to %(limit)s characters.") % {"limit": LIMITS[name]})
            words[name] = text
        if self.data.get("action") == "submit":
            if not words.get("work_done"):
                self.add_error("work_done", _("Say what was done; if nothing changed, use “No change”."))
            if not words.get("approved_by_name"):
                self.add_error("approved_by_name", _("Name the leader who approved this text."))
        return words

    def save_draft(self, *, by, on_behalf, at) -> Report | None:
        """Keeps the text as a draft, a new version where the newest was sent; None, with `conflict`, when overtaken."""
        return self._take(by, on_behalf, at, send=None)

    def submit(self, *, by, on_behalf, at, late, progress) -> Report | None:
        """Keeps the text and sends it to the own office; None as for `save_draft`."""
        return self._take(by, on_behalf, at, send={"late": late, "progress": progress})

    def _take(self, by, on_behalf, at, send):
        try:
            with transaction.atomic():
                if not self.first_time() and (taken := self._as_taken(send)):
                    return taken
                draft = self._keep(by, on_behalf, at)
                if send:
                    Report.objects.filter(pk=draft.pk).update(progress=send["progress"])
                    draft.submit(by=by, at=at, late=send["late"], on_behalf=on_behalf)
                return draft
        except (Overtaken, IntegrityError):
            self._tell_conflict(self.place.versions().select_related("author").first())
            return None

    def _as_taken(self, send):
        """The newest version, if it is what this form says; somebody who went on writing is not told that it was taken."""
        newest = self.place.versions().first()
        same = newest and all(getattr(newest, name) == self.cleaned_data[name] for name in self._meta.fields)
        return newest if same and not (send and newest.state == Report.State.DRAFT) else None

    def _keep(self, by, on_behalf, at):
        newest = self.place.versions().select_for_update().first()
        if stamp(newest) != self.cleaned_data["seen"] or (newest and newest.state == Report.State.SUBMITTED):
            raise Overtaken
        texts = {name: self.cleaned_data[name] for name in self._meta.fields}
        if newest and newest.state == Report.State.DRAFT:
            lock = newest.lock + 1
            newest_row = Report.objects.filter(pk=newest.pk)
            newest_row.update(**texts, author=by, on_behalf=on_behalf, saved_at=at, lock=lock)
            draft = newest_row.get()
        else:
            draft = Report.objects.create(
                task=self.place.task,
                organization=self.place.organization,
                period=self.place.period.key,
                version=newest.version + 1 if newest else 1,
                author=by,
                on_behalf=on_behalf,
                **texts,
            )
        leave_trace(draft, "drafted", by=by, on_behalf=on_behalf)
        return draft

    def _tell_conflict(self, newest):
        for name in self._meta.fields:
            theirs, mine = getattr(newest, name) if newest else "", self.cleaned_data[name]
            if theirs != mine:
                self.conflict.append(
                    {
                        "label": self.fields[name].label,
                        "theirs": theirs,
                        "mine": mine,
                        "original": self.initial.get(name),
                        "who": newest.author if newest else None,
                        "when": newest.saved_at if newest else None,
                    }
                )
        self.newest = newest
        # Sent once more, the form says: I have seen theirs, and keep mine.
        self.data = self.data.copy()
        self.data["seen"] = stamp(newest)
        if newest and newest.state == Report.State.SUBMITTED:
            words = _("This report was sent to the office meanwhile. Your words stay here until it has decided.")
        else:
            words = _(
                "Somebody else saved this while you were writing. Nothing you typed is lost: compare, then save again."
            )
        self.add_error(None, words)


def leave_trace(report, verb, *, by, on_behalf):
    """The activity row of a draft: its side's own affair, without its words."""
    return record(
        report,
        verb,
        by=by,
        agreement=report.task.agreement,
        parent=report.task,
        side=report.organization.party,
        on_behalf=on_behalf,
    )


class RepeatForm(OnceForm):
    """ "No change" in one click: a nil report that repeats the last text and its sign-off."""

    def repeat(self, place: Place, last: Report | None, *, by, on_behalf, at, late, progress) -> Report | None:
        """Sends the nil report; None when there is nothing to repeat, or a version of this period exists already."""
        try:
            with transaction.atomic():
                if not self.first_time():
                    return place.versions().first()
                if last is None or place.versions().select_for_update().exists():
                    return None
                texts = {name: getattr(last, name) for name in (*TEXTS, "approved_by_name")}
                report = Report.objects.create(
                    task=place.task,
                    organization=place.organization,
                    period=place.period.key,
                    author=by,
                    on_behalf=on_behalf,
                    progress=progress,
                    **texts,
                )
                report.submit(by=by, at=at, late=late, nil=True, on_behalf=on_behalf)
                return report
        except IntegrityError:
            return None


class DecisionForm(forms.Form):
    """The own office's word on a report: taken, or returned with what is to be changed."""

    action = forms.ChoiceField(
        choices=[("accept", pgettext_lazy("verb", "Accept")), ("return", pgettext_lazy("verb", "Return"))]
    )
    reason = forms.CharField(
        label=_("What is to be changed"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self):
        words = super().clean()
        if words.get("action") == "return" and not words.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Say what is to be changed, so that it can be."))
        return words
