"""Forms that lose nothing: two people saving the same thing, and the same form sent twice."""

import json
import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from agreement.models import Activity, Submission
from agreement.models.activity import key_of, plain


class OnceForm(forms.Form):
    """A form that adds something: sent twice (double click, retry, F5) it is taken once.

    Give it `user`; call `first_time()` inside the transaction that adds.
    """

    once = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["once"].initial = uuid.uuid4

    def first_time(self) -> bool:
        """Whether this is the first time the form is taken; True also when an old page sent no key."""
        key = self.cleaned_data.get("once")
        return key is None or Submission.objects.first_time(self.user, key)


def compared(value):
    """A field's value as two people's are compared, and as a form remembers it: of a related row its key (two units may
    share a name), of a text its words, however a browser breaks its lines."""
    if isinstance(value, models.Model):
        return value.pk
    value = plain(value)
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


class VersionedModelForm(forms.ModelForm):
    """A ModelForm over a row with `version`, saved only where nobody else saved the same fields meanwhile.

    Fields that only one of the two changed are merged. Fields both changed make the form invalid: `conflict` then says,
    field by field, theirs, mine and the original, and everything typed is still in the boxes.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    original = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.conflict: list[dict] = []
        self.fields["version"].initial = self.instance.version
        self.fields["original"].initial = json.dumps(self._values(self.instance), ensure_ascii=False)

    @property
    def own_fields(self) -> list[str]:
        """The model's fields this form edits."""
        return [name for name in self._meta.fields if name in self.fields]

    def save_over(self, *, by, verb="changed", parent=None, side=None, agreement=None):
        """Saves what this person changed, with its activity row; None, with `conflict` filled, when both changed a field."""
        with transaction.atomic():
            stored = type(self.instance)._default_manager.select_for_update().get(pk=self.instance.pk)
            before = {name: getattr(stored, name) for name in self.own_fields}
            mine = self.merged_into(stored)
            if mine is None:
                return None
            changes = {
                name: (before[name], value) for name, value in mine.items() if compared(before[name]) != compared(value)
            }
            for name, (_old, value) in changes.items():
                setattr(stored, name, value)
            if changes and not self._goes_together(stored, before):
                return None
            if changes:
                stored.version += 1
                stored.save(update_fields=[*changes, "version"])
                Activity.objects.create(
                    agreement=agreement or stored.agreement,
                    subject=key_of(stored),
                    parent=key_of(parent or stored),
                    verb=verb,
                    by=by,
                    side=side,
                    label=str(stored)[:200],
                    version=stored.version,
                    changes={name: [plain(old), plain(new)] for name, (old, new) in changes.items()},
                )
            self.instance = stored
            return stored

    def merged_into(self, stored) -> dict | None:
        """What this person changed, by field; None, with `conflict` filled, when somebody else changed the same field.

        `stored` is the row as it stands now, locked.
        """
        mine, original = self._mine(), self._original()
        now = {name: compared(getattr(stored, name)) for name in self.own_fields}
        theirs = self._theirs(now, original, stored.version != self.cleaned_data["version"])
        if both := [name for name in mine if name in theirs and compared(mine[name]) != now[name]]:
            self._tell_conflict(stored, both, mine)
            return None
        return mine

    def _theirs(self, now, original, unseen) -> set:
        """The fields somebody else changed since this form was shown; all of an `unseen` row when an old page says nothing."""
        return {name for name in now if (now[name] != original[name] if name in original else unseen)}

    def _goes_together(self, stored, before) -> bool:
        """Whether the row holds with both people's changes; False, with `conflict` or errors filled, when it does not."""
        try:
            stored.validate_constraints()
            return True
        except ValidationError as broken:
            mine = {name: getattr(stored, name) for name in self.own_fields}
            for name, value in before.items():
                setattr(stored, name, value)
            now = {name: compared(value) for name, value in before.items()}
            theirs = self._theirs(now, self._original(), stored.version != self.cleaned_data["version"])
            if theirs:
                self._tell_conflict(stored, [name for name in self.own_fields if name in theirs], mine)
                self._show(stored, theirs)
            self.add_error(None, broken.messages)
            return False

    def _show(self, stored, names):
        """Puts what is stored into the boxes `names`."""
        for name in names:
            value = getattr(stored, name)
            key = self.add_prefix(name)
            if value is False:
                self.data.pop(key, None)
            else:
                self.data[key] = "" if value is None else str(compared(value))

    def _values(self, instance) -> dict:
        return {name: compared(getattr(instance, name)) for name in self._meta.fields if name in self.fields}

    def _original(self) -> dict:
        """The values this form was shown with; what is stored when an old page sent none."""
        try:
            # From the data: a field's own check may ask before this one was cleaned.
            original = json.loads(self.data.get(self.add_prefix("original")) or "{}")
        except (ValueError, RecursionError):
            original = {}
        return original if isinstance(original, dict) else {}

    def untouched(self, name, value) -> bool:
        """Whether `value` is what the form was shown with: whoever left it alone need not answer for it."""
        original = self._original()
        return name in original and compared(value) == original[name]

    def _mine(self) -> dict:
        original = self._original()
        values = {name: self.cleaned_data[name] for name in self.own_fields if name in self.cleaned_data}
        return {name: value for name, value in values.items() if compared(value) != original.get(name, object())}

    def _tell_conflict(self, stored, names, mine):
        last = Activity.objects.filter(subject=key_of(stored)).select_related("by").order_by("-id").first()
        for name in names:
            self.conflict.append(
                {
                    "label": self.fields[name].label,
                    "theirs": self._words(name, getattr(stored, name)),
                    "mine": self._words(name, mine[name]),
                    "original": self._words(name, self._original().get(name)),
                    "who": last.by if last else None,
                    "when": last.at if last else None,
                }
            )
        # Sent once more, the form now says: I have seen theirs, and keep mine.
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(stored.version)
        # What else has changed is still not seen.
        values = self._values(stored)
        remembered = self._original() | {name: values[name] for name in names}
        self.data[self.add_prefix("original")] = json.dumps(remembered, ensure_ascii=False)
        self.add_error(
            None,
            _("Somebody else saved this while you were writing. Nothing you typed is lost: compare, then save again."),
        )

    def _words(self, name, value):
        """What stands for `value`, a row, its key or a choice, on the page."""
        field = self.fields[name]
        if hasattr(field, "queryset"):
            if isinstance(value, models.Model):
                return value
            return field.queryset.filter(pk=value).first() if isinstance(value, int) else None
        return next((words for key, words in getattr(field, "choices", ()) if key == value), value)
