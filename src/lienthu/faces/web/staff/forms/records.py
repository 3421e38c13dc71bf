"""The forms of records, of joining, and of export."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lienthu.domain.catalog.exporting import EXPORT_FORMATS
from lienthu.domain.network.models import Library
from lienthu.domain.union.selectors import where_is
from lienthu.faces.web.staff.forms.imports import LibraryField
from lienthu.faces.web.staff.words import EXPORTS
from lienthu.foundation.vietnamese.text import clean


class RecordSearchForm(forms.Form):
    """A library, and a control number or barcode."""

    library = LibraryField(queryset=Library.objects.none(), label=gettext_lazy("Library"))
    q = forms.CharField(required=False, max_length=120, label=gettext_lazy("Control number or barcode"))

    def __init__(self, libraries: Sequence[Library], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["library"]
        assert isinstance(field, LibraryField)
        field.queryset = Library.objects.filter(pk__in=[library.pk for library in libraries])
        field.empty_label = None

    def clean_q(self) -> str:
        """As numbers are stored."""
        return clean(self.cleaned_data["q"])


class PublicationForm(forms.Form):
    """The publication that a record is to be put to, by the number in its portal address."""

    publication = forms.CharField(
        max_length=300,
        label=gettext_lazy("Number or address of the publication"),
        help_text=gettext_lazy("Open the publication in the portal: its address ends in /records/ and a number."),
    )

    def clean_publication(self) -> int:
        """The number of a publication that exists; one that was joined to another leads there."""
        text = self.cleaned_data["publication"].strip().rstrip("/").rsplit("/", 1)[-1]
        found = where_is(int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None
        if found is None:
            raise forms.ValidationError(_("There is no publication with this number."), code="unknown")
        return found


class ExportForm(forms.Form):
    """Whose records, in which format."""

    library = LibraryField(queryset=Library.objects.none(), label=gettext_lazy("Library"))
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        widget=forms.RadioSelect,
        choices=[(name, EXPORTS[name][0]) for name in EXPORT_FORMATS],
        initial=EXPORT_FORMATS[0],
    )

    def __init__(self, libraries: Sequence[Library], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["library"]
        assert isinstance(field, LibraryField)
        field.queryset = Library.objects.filter(pk__in=[library.pk for library in libraries])
        field.empty_label = _("– choose a library –")
        if len(libraries) == 1:
            field.initial, field.empty_label = libraries[0], None
