"""The two forms of reading on the premises."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class NetworkForm(forms.Form):
    """A range of addresses in the rooms of the library."""

    cidr = forms.CharField(
        label=_("Range of addresses"),
        max_length=50,
        help_text=_("As your provider or the person who looks after the network writes it, e.g. 203.113.10.0/24."),
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False, help_text=_("Which rooms these are."))


class StationForm(forms.Form):
    """A reading station."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("Where it stands, e.g. Computer 1, reading room.")
    )
