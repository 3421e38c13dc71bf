"""The forms of authorities."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lienthu.domain.catalog.authority_models import Authority
from lienthu.foundation.vietnamese.text import clean

MOST_VARIANTS = 200


class SearchForm(forms.Form):
    """What to look for among the headings."""

    q = forms.CharField(label=_("Name, in any form"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("All kinds")), *Authority.Kind.choices], required=False)


class AuthorityForm(forms.Form):
    """Heading, years, other forms one a line, note."""

    heading = forms.CharField(
        label=_("Heading"), max_length=500, help_text=_("The name under which publications stand.")
    )
    dates = forms.CharField(
        label=_("Years of birth and death"),
        max_length=40,
        required=False,
        help_text=_("For example 1920-2014 or 1955-."),
    )
    variants = forms.CharField(
        label=_("Other forms of the name"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("One a line: pen names, names at birth, other spellings. Each of them finds the publications."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A few words on who or what this is. Readers see it."),
    )  # fmt: skip

    def __init__(self, *args: Any, person: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not person:
            del self.fields["dates"]

    def clean_heading(self) -> str:
        """In NFC, without what no record can hold."""
        return clean(self.cleaned_data["heading"])

    def clean_variants(self) -> list[str]:
        """The lines, each once."""
        lines = [text for line in self.cleaned_data["variants"].splitlines() if (text := clean(line))]
        if len(lines) > MOST_VARIANTS:
            raise forms.ValidationError(_("At most 200 forms can be kept."))
        return list(dict.fromkeys(lines))

    def clean_note(self) -> str:
        """In NFC, on one line."""
        return clean(" ".join(self.cleaned_data["note"].split()))


class MergeForm(forms.Form):
    """Into which authority."""

    into = forms.IntegerField(min_value=1, max_value=2**62)
