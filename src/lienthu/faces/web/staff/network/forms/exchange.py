"""The form that takes a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lienthu.domain.network.services.exchange import MAX_BYTES


class UploadForm(forms.Form):
    """A CSV file of libraries."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("UTF-8, up to 5 MB and 5,000 rows. Separated by commas, semicolons or tabs."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> Any:
        """Not larger than what is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 5 MB."), code="size")
        return file
