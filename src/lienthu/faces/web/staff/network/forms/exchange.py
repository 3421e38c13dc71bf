"""The form that takes a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lienthu.domain.network.services.exchange import MAX_BYTES

KINDS = [
    ("libraries", _("Libraries")),
    ("branches", _("Branches")),
    ("services", _("Services")),
    ("hours", _("Opening hours")),
    ("closed_days", _("Closed days")),
    ("online_addresses", _("Online addresses")),
    ("events", _("Events in the life of libraries")),
    ("units", _("Administrative units")),
]
"""What a CSV file may be about, the commonest first."""


class UploadForm(forms.Form):
    """A CSV file of one kind, or a ZIP of the register."""

    kind = forms.ChoiceField(
        label=_("What the file is about"),
        choices=KINDS,
        required=False,
        help_text=_("A ZIP tells this by the names of its files."),
    )
    file = forms.FileField(
        label=_("CSV or ZIP file"),
        help_text=_("UTF-8, up to 5 MB and 5,000 rows. Separated by commas, semicolons or tabs."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.zip,text/csv,application/zip"}),
    )

    def clean_kind(self) -> str:
        """Libraries unless something else is said."""
        return self.cleaned_data["kind"] or "libraries"

    def clean_file(self) -> Any:
        """Not larger than what is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB."), code="size")
        return file
