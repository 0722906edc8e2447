"""What a reader may ask the ledger: filters, words and order, from the query string."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from domains.health import Light
from domains.ledger import SORTS
from domains.models import Task


class LedgerForm(forms.Form):
    """Filters as choices: a value that is none of them is left out, never an error.

    `organizations` and `domains` are the agreement's, already fetched; `wishes` says what was asked and understood.
    """

    q = forms.CharField(label=_("Search"), required=False, max_length=60)
    domain = forms.ChoiceField(label=_("domain"), required=False)
    side = forms.ChoiceField(label=_("led by side"), required=False)
    organization = forms.ChoiceField(label=_("organization"), required=False)
    light = forms.ChoiceField(label=_("state"), required=False, choices=[("", _("all")), *Light.choices])
    kind = forms.ChoiceField(label=_("kind"), required=False, choices=[("", _("all")), *Task.Kind.choices])
    confirm = forms.ChoiceField(
        label=_("to be confirmed"),
        required=False,
        choices=[("", _("all")), ("yes", pgettext_lazy("filter", "to be confirmed only"))],
    )

    def __init__(self, data, *, parties, organizations, domains):
        super().__init__(data)
        everything = ("", _("all"))
        self.fields["domain"].choices = [
            everything,
            *((str(domain.number), f"{domain.number} {domain.localized('name')}") for domain in domains),
        ]
        self.fields["side"].choices = [
            everything,
            *((party.slug, party.localized("short_name")) for party in parties),
        ]
        self.fields["organization"].choices = [
            everything,
            *(
                (
                    party.localized("name"),
                    [
                        (str(each.pk), each.localized("short_name"))
                        for each in organizations
                        if each.party_id == party.pk
                    ],
                )
                for party in parties
            ),
        ]
        for field in self.fields.values():
            field.widget.attrs["data-live-filter"] = True

    @property
    def wishes(self) -> dict[str, str]:
        """The filters that say something, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def order(self) -> str:
        """The column to sort by, "-" in front when turned round; by number when nothing known was asked."""
        asked = self.data.get("sort", "")
        return asked if asked.removeprefix("-") in SORTS else "number"

    def in_words(self, name) -> str:
        """The words of the choice made in the filter `name`."""
        value = self.cleaned_data[name]
        return next(
            (str(words) for key, words in _flat(getattr(self.fields[name], "choices", ())) if str(key) == value), value
        )


def _flat(choices):
    for key, words in choices:
        if isinstance(words, list):
            yield from words
        else:
            yield key, words
