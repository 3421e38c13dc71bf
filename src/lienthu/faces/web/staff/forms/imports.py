"""The forms of the import wizard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lienthu.domain.catalog.encoding import AUTO, CHOICES
from lienthu.domain.catalog.reading import Column
from lienthu.domain.catalog.source_selectors import SourceRow, sources_for
from lienthu.domain.network.models import Library
from lienthu.faces.web.staff.forms.unmarked import UnmarkedChoice, UnmarkedText
from lienthu.faces.web.staff.words import FIELDS, PRESETS, STATUS
from lienthu.foundation.vietnamese.fold import fold

ACCEPTED = ".mrc,.marc,.iso,.dat,.001,.xml,.json,.jsonl,.ndjson,.csv,.tsv,.txt,.xlsx"
OWN_RULES = "own"
NEW_SOURCE = "new"


class LibraryField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when running
    """One of the libraries a person works for."""

    def label_from_instance(self, obj: Library) -> str:
        """Name and code: names repeat."""
        return f"{obj.name} ({obj.code})"


class SystemForm(forms.Form):
    """From which of the library's systems a file is: one of those known, or a new one by its name (IMP-34)."""

    use_required_attribute = False
    source = UnmarkedChoice(
        label=gettext_lazy("System the file is from"),
        help_text=gettext_lazy(
            "A record is known by its number in its system. A file of another system must not be handed over as one of"
            " this: equal numbers would replace each other's records."
        ),
    )
    source_name = UnmarkedText(
        max_length=200,
        label=gettext_lazy("Name of the new system"),
        help_text=gettext_lazy("The name of the program, for example iLib or Koha, with a year or a branch if needed."),
    )

    def offer_sources(self, sources: Sequence[SourceRow] | None, *, ask: bool = False) -> None:
        """Fill the choice; None: of a library not chosen yet. ``ask``: nothing is chosen beforehand."""
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)
        if sources is None:
            known = [("", _("The one its last file was from"))]
        else:
            known = [(str(row.id), source_label(row)) for row in sources] or [("", _("Its first system"))]
        if ask:
            known.insert(0, ("", _("– say which –")))
        field.choices = [*known, (NEW_SOURCE, _("Another system, new here"))]

    def clean(self) -> dict[str, Any]:
        """A new system has a name."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("source") == NEW_SOURCE and not slugify(fold(cleaned.get("source_name") or "")):
            self.add_error("source_name", _("Name the new system by words, such as the name of its program."))
        return cleaned

    def source_choice(self) -> dict[str, Any]:
        """The choice as services take it."""
        said = self.cleaned_data.get("source") or ""
        if said == NEW_SOURCE:
            return {"source_id": None, "new_source": self.cleaned_data["source_name"]}
        return {"source_id": int(said) if said else None, "new_source": ""}


def source_label(row: SourceRow) -> str:
    """The name of a system and its last file, by which people know it again."""
    name = row.name or (_("Main system") if row.code == "main" else row.code)
    if not row.at:
        return name
    facts = {"name": name, "file": row.filename, "day": date_format(row.at, "SHORT_DATE_FORMAT")}
    return _("%(name)s (last file: %(file)s, %(day)s)") % facts


class UploadForm(SystemForm):
    """Step 1: whose records, from which system, and the file."""

    field_order = ("library", "source", "source_name", "file")
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
        asked = self.data.get("library") if self.is_bound else self.initial.get("library")
        asked = asked or (libraries[0].pk if len(libraries) == 1 else None)
        known = next((library.pk for library in libraries if str(library.pk) == str(asked)), None)
        self.offer_sources(None if known is None else sources_for(known))

    def clean_file(self) -> Any:
        """Not larger than what the system takes."""
        file = self.cleaned_data["file"]
        if file.size > settings.MAX_IMPORT_FILE_BYTES:
            limit = filesizeformat(settings.MAX_IMPORT_FILE_BYTES)
            text = _("The file is larger than %(limit)s. Divide it and import the parts one after the other.")
            raise forms.ValidationError(text % {"limit": limit}, code="size")
        return file


class CheckForm(SystemForm):
    """Step 2: how the file is read. Fields come and go with what the file is."""

    def __init__(self, *args: Any, sources: Sequence[SourceRow], ask_source: bool, columns: Sequence[Column],
                 has_encoding: bool, has_rules: bool, own_rules: bool, **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.offer_sources(sources, ask=ask_source)
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
