"""The forms of the import wizard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lienthu.domain.catalog.encoding import AUTO, CHOICES
from lienthu.domain.catalog.reading import Column
from lienthu.domain.network.models import Library
from lienthu.faces.web.staff.words import FIELDS, PRESETS, STATUS

ACCEPTED = ".mrc,.marc,.iso,.dat,.001,.xml,.json,.jsonl,.ndjson,.csv,.tsv,.txt,.xlsx"
OWN_RULES = "own"


class LibraryField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when running
    """One of the libraries a person works for."""

    def label_from_instance(self, obj: Library) -> str:
        """Name and code: names repeat."""
        return f"{obj.name} ({obj.code})"


class UploadForm(forms.Form):
    """Step 1: whose records, and the file."""

    library = LibraryField(queryset=Library.objects.none(), label=gettext_lazy("Library"))
    file = forms.FileField(
        label=gettext_lazy("File from the old system"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={"required": gettext_lazy("Choose the file to import.")},
    )

    def __init__(self, libraries: QuerySet[Library] | Sequence[Library], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["library"]
        assert isinstance(field, LibraryField)
        field.queryset = Library.objects.filter(pk__in=[library.pk for library in libraries])
        field.empty_label = _("– choose a library –")
        if len(libraries) == 1:
            field.initial, field.empty_label = libraries[0], None

    def clean_file(self) -> Any:
        """Not larger than what the system takes."""
        file = self.cleaned_data["file"]
        if file.size > settings.MAX_IMPORT_FILE_BYTES:
            limit = filesizeformat(settings.MAX_IMPORT_FILE_BYTES)
            text = _("The file is larger than %(limit)s. Divide it and import the parts one after the other.")
            raise forms.ValidationError(text % {"limit": limit}, code="size")
        return file


class CheckForm(forms.Form):
    """Step 2: how the file is read. Fields come and go with what the file is."""

    def __init__(self, *args: Any, columns: Sequence[Column], has_encoding: bool, has_rules: bool, own_rules: bool,
                 **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.columns = columns
        if has_encoding:
            self.fields["encoding"] = forms.ChoiceField(choices=[(name, name) for name in CHOICES])
            self.fields["remember"] = forms.BooleanField(
                required=False, label=_("Read the next files of this library the same way")
            )
        choices = [("", _("– leave out –")), *FIELDS.items()]
        for i, column in enumerate(columns):
            self.fields[f"column{i}"] = forms.ChoiceField(
                choices=choices, required=False, label=_("Column “%(heading)s”") % {"heading": column.heading}
            )
        if has_rules:
            rules = [*((name, name) for name in PRESETS), *([(OWN_RULES, OWN_RULES)] if own_rules else [])]
            self.fields["rules"] = forms.ChoiceField(choices=rules, required=False)

    def clean(self) -> dict[str, Any]:
        """A table without a title column would be nothing but records that cannot be read."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.columns and not self.errors and "title" not in self.mapping().values():
            self.add_error("column0", _("Say which column holds the title: without a title no row can be read."))
        return cleaned

    def mapping(self) -> dict[str, str]:
        """Column heading → field, "" for those to leave out."""
        return {c.heading: str(self.cleaned_data.get(f"column{i}", "")) for i, c in enumerate(self.columns)}

    @property
    def encoding(self) -> str | None:
        """The choice made; None where the file leaves none."""
        if "encoding" not in self.fields:
            return None
        return str(self.cleaned_data.get("encoding") or AUTO)


class ImportFilterForm(forms.Form):
    """Which imports to list."""

    library = LibraryField(queryset=Library.objects.none(), required=False, label=gettext_lazy("Library"))
    status = forms.ChoiceField(required=False, label=gettext_lazy("State"))

    def __init__(self, libraries: Sequence[Library], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["library"]
        assert isinstance(field, LibraryField)
        field.queryset = Library.objects.filter(pk__in=[library.pk for library in libraries])
        field.empty_label = _("All my libraries")
        states = self.fields["status"]
        assert isinstance(states, forms.ChoiceField)
        states.choices = [("", _("Any state")), *((code, label) for code, (label, _kind) in STATUS.items())]
