"""The form of a library."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lienthu.domain.network.models import Library, LibraryType
from lienthu.domain.network.models.libraries import isil_shaped
from lienthu.domain.network.services.libraries import Particulars, described_today
from lienthu.domain.network.services.periods import Description
from lienthu.faces.web.staff.network.forms.fields import DayField, UnitField

REGISTER_FIELDS = (
    "name",
    "name_en",
    "short_name",
    "type",
    "parent_body",
    "unit",
    "address",
    "since",
    "official_isil",
    "closed",
    "assumed",
    "note",
)
"""What only the keepers of the register change; a library manager changes the rest."""


class LibraryForm(forms.Form):
    """What is known of a library. ``since`` decides between a correction and a change that keeps the past."""

    name = forms.CharField(label=_("Name"), max_length=250)
    name_en = forms.CharField(label=_("Name in English"), max_length=250, required=False)
    short_name = forms.CharField(label=_("Short name"), max_length=80, required=False)
    type = forms.ChoiceField(label=_("Type"), choices=LibraryType.choices, initial=LibraryType.PUBLIC)
    parent_body = forms.CharField(
        label=_("Parent body"),
        max_length=250,
        required=False,
        help_text=_("The body it belongs to; this need not be a library."),
    )
    unit = UnitField()
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    since = DayField(
        label=_("These data hold since"),
        required=False,
        help_text=_("Give the day when something really changed: the past stays as it was. Empty corrects a mistake."),
    )
    phone = forms.CharField(label=_("Telephone"), max_length=60, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    about = forms.CharField(
        label=_("About the library"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 5})
    )
    official_isil = forms.CharField(
        label=_("Official ISIL"),
        max_length=16,
        required=False,
        help_text=_("Only when an ISIL agency has given one; the code above is provisional."),
    )
    note = forms.CharField(
        label=_("Note for staff"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )
    closed = forms.BooleanField(
        label=_("Closed library"),
        required=False,
        help_text=_("Never shown in public search. Libraries of the armed forces always are."),
    )
    assumed = forms.BooleanField(
        label=_("Assumed"), required=False, help_text=_("Entered without a source: to be confirmed by the library.")
    )

    def __init__(self, *args: Any, library: Library | None, whole: bool, **kwargs: Any) -> None:
        self.library = library
        if library is not None:
            described = described_today(library)
            known = {name: getattr(described, name) for name in Description.__slots__}
            particulars = Particulars.of(library)
            known |= {name: getattr(particulars, name) for name in Particulars.__slots__}
            kwargs["initial"] = {**known, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, UnitField)
        unit.offer(described_today(library).unit if library is not None else None)
        if not whole:
            for name in REGISTER_FIELDS:
                del self.fields[name]

    def description(self) -> Description | None:
        """What the form says about the library, or None where it does not say."""
        if "name" not in self.fields:
            return None
        return Description(**{name: self.cleaned_data[name] for name in Description.__slots__})

    def particulars(self) -> Particulars:
        """The particulars: those the form does not show stay as they are."""
        known = Particulars.of(self.library) if self.library is not None else Particulars()
        return Particulars(
            **{name: self.cleaned_data.get(name, getattr(known, name)) for name in Particulars.__slots__}
        )


class NewLibraryForm(LibraryForm):
    """A library that is not in the register yet."""

    code = forms.CharField(
        label=_("Code"),
        max_length=16,
        validators=[isil_shaped],
        help_text=_("ISIL-shaped and provisional, e.g. VN-QNTV. It never changes."),
    )
    valid_from = DayField(label=_("Founded on"), required=False, help_text=_("Empty where it is not known."))

    field_order = ("code", "name", "name_en", "short_name", "type", "parent_body", "unit", "address", "valid_from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, library=None, whole=True, **kwargs)
        del self.fields["since"]
