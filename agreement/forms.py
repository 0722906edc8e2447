"""Forms that lose nothing: two people saving the same thing, and the same form sent twice."""

import json
import uuid

from django import forms
from django.db import transaction
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
            for name, value in mine.items():
                setattr(stored, name, value)
            changes = {
                name: (before[name], value) for name, value in mine.items() if plain(before[name]) != plain(value)
            }
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
        mine = self._mine()
        now = {name: plain(getattr(stored, name)) for name in self.own_fields}
        theirs = {name for name in self.own_fields if now[name] != self._original().get(name)}
        if stored.version != self.cleaned_data["version"] and (
            both := [name for name in mine if name in theirs and plain(mine[name]) != now[name]]
        ):
            self._tell_conflict(stored, both, mine)
            return None
        return mine

    def _values(self, instance) -> dict:
        return {name: plain(getattr(instance, name)) for name in self._meta.fields if name in self.fields}

    def _original(self) -> dict:
        """The values this form was shown with; what is stored when an old page sent none."""
        try:
            original = json.loads(self.cleaned_data.get("original") or "{}")
        except ValueError:
            original = {}
        return original if isinstance(original, dict) else {}

    def _mine(self) -> dict:
        original = self._original()
        values = {name: self.cleaned_data[name] for name in self.own_fields if name in self.cleaned_data}
        return {name: value for name, value in values.items() if plain(value) != original.get(name, object())}

    def _tell_conflict(self, stored, names, mine):
        last = Activity.objects.filter(subject=key_of(stored)).select_related("by").order_by("-id").first()
        for name in names:
            self.conflict.append(
                {
                    "label": self.fields[name].label,
                    "theirs": self._words(name, getattr(stored, name)),
                    "mine": self._words(name, mine[name]),
                    "original": self._original().get(name),
                    "who": last.by if last else None,
                    "when": last.at if last else None,
                }
            )
        # Sent once more, the form now says: I have seen theirs, and keep mine.
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(stored.version)
        self.data[self.add_prefix("original")] = json.dumps(self._values(stored), ensure_ascii=False)
        self.add_error(
            None,
            _("Somebody else saved this while you were writing. Nothing you typed is lost: compare, then save again."),
        )

    def _words(self, name, value):
        choices = (
            dict(getattr(self.fields[name], "choices", None) or [])
            if not hasattr(self.fields[name], "queryset")
            else {}
        )
        return choices.get(value, value)
