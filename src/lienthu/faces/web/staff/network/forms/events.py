"""One form for each kind of event in the life of a library."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lienthu.domain.network.models import Library, LineageKind
from lienthu.domain.network.services.libraries import described_today
from lienthu.domain.network.services.lineage import Happening
from lienthu.domain.network.services.periods import Description
from lienthu.faces.web.staff.network.forms.fields import DayField, LibrariesField, LibraryField, UnitField


class EventForm(forms.Form):
    """What every event has: its day, where it is written, and who else took part."""

    kind: LineageKind
    day = DayField(label=_("Date of the event"), help_text=_("The first day on which the new state holds."))
    source = forms.CharField(
        label=_("Source"), max_length=300, required=False, help_text=_("Number and date of the decision.")
    )
    other_bodies = forms.CharField(
        label=_("Other bodies"),
        max_length=300,
        required=False,
        help_text=_("Bodies that took part and are not libraries."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    assumed = forms.BooleanField(
        label=_("Assumed"), required=False, help_text=_("No source has been found yet: to be confirmed.")
    )

    last_fields = ("source", "other_bodies", "note", "assumed")

    def __init__(self, *args: Any, library: Library, **kwargs: Any) -> None:
        self.library = library
        super().__init__(*args, **kwargs)
        first = [name for name in self.fields if name not in self.last_fields]
        self.order_fields([*first, *self.last_fields])
        others = Library.objects.exclude(pk=library.pk).order_by("name_sort", "code")
        for field in self.fields.values():
            if isinstance(field, (LibraryField, LibrariesField)):
                field.queryset = others

    def happening(self) -> Happening:
        """What is to be recorded."""
        told = self.cleaned_data
        return Happening(
            kind=self.kind,
            day=told["day"],
            libraries=(self.library.pk,),
            note=told["note"],
            source=told["source"],
            other_bodies=told["other_bodies"],
            assumed=told["assumed"],
        )


class FoundedForm(EventForm):
    """The library began."""

    kind = LineageKind.FOUNDED


class RenamedForm(EventForm):
    """The library has a new name."""

    kind = LineageKind.RENAMED
    name = forms.CharField(label=_("New name"), max_length=250)
    name_en = forms.CharField(label=_("New name in English"), max_length=250, required=False)
    short_name = forms.CharField(label=_("New short name"), max_length=80, required=False)

    def happening(self) -> Happening:
        """With the description under the new name."""
        told = {name: self.cleaned_data[name] for name in ("name", "name_en", "short_name")}
        return replace(super().happening(), description=replace(described_today(self.library), **told))


class MovedForm(EventForm):
    """The library belongs to another body or stands in another place."""

    kind = LineageKind.MOVED
    parent_body = forms.CharField(label=_("New parent body"), max_length=250, required=False)
    unit = UnitField(label=_("New administrative unit"))
    address = forms.CharField(label=_("New address"), max_length=300, required=False)

    def __init__(self, *args: Any, library: Library, **kwargs: Any) -> None:
        known = described_today(library)
        initial = {"parent_body": known.parent_body, "unit": known.unit, "address": known.address}
        super().__init__(*args, library=library, initial=initial, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, UnitField)
        unit.offer(known.unit)

    def happening(self) -> Happening:
        """With the description under the new body and place."""
        told: dict[str, Any] = {name: self.cleaned_data[name] for name in ("parent_body", "unit", "address")}
        return replace(super().happening(), description=replace(described_today(self.library), **told))


class MergedForm(EventForm):
    """Libraries become one."""

    kind = LineageKind.MERGED
    others = LibrariesField(
        label=_("Libraries that merge with this one"),
        queryset=Library.objects.none(),
        required=False,
        help_text=_("Hold Ctrl to choose several."),
    )
    into = LibraryField(
        label=_("The library that takes the others over"),
        queryset=Library.objects.none(),
        required=False,
        empty_label=_("This library"),
        help_text=_("Enter a new library first when the result is a new one."),
    )
    as_branches = forms.BooleanField(
        label=_("Those that end become its branches"),
        required=False,
        help_text=_("Otherwise only their stock passes on."),
    )
    name = forms.CharField(
        label=_("New name of the library that goes on"),
        max_length=250,
        required=False,
        help_text=_("Empty: it keeps its name."),
    )
    parent_body = forms.CharField(
        label=_("New parent body"), max_length=250, required=False, help_text=_("Empty: it stays where it is.")
    )

    def happening(self) -> Happening:
        """With the one that goes on, under its new name or body where one was given."""
        told = self.cleaned_data
        into: Library = told["into"] or self.library
        description: Description | None = None
        changes: dict[str, Any] = {n: told[n] for n in ("name", "parent_body") if told[n]}
        if changes:
            description = replace(described_today(into), **changes)
        return replace(
            super().happening(),
            libraries=(self.library.pk, *(library.pk for library in told["others"] if library != into)),
            into=(into.pk,),
            as_branches=told["as_branches"],
            description=description,
        )


class SplitForm(EventForm):
    """The library is divided."""

    kind = LineageKind.SPLIT
    into = LibrariesField(
        label=_("The libraries that come out of it"),
        queryset=Library.objects.none(),
        help_text=_("Enter them in the register first. Hold Ctrl to choose several."),
    )
    survives = forms.BooleanField(label=_("This library goes on beside them"), required=False)

    def happening(self) -> Happening:
        """With the parts."""
        told = self.cleaned_data
        parts = tuple(library.pk for library in told["into"])
        return replace(super().happening(), into=parts, survives=told["survives"])


class DissolvedForm(EventForm):
    """The library ends."""

    kind = LineageKind.DISSOLVED
    into = LibraryField(
        label=_("Its stock passes to"),
        queryset=Library.objects.none(),
        required=False,
        empty_label=_("Nobody, or not known"),
    )

    def happening(self) -> Happening:
        """With the receiver, if any."""
        receiver = self.cleaned_data["into"]
        return replace(super().happening(), into=(receiver.pk,) if receiver else ())


FORMS: dict[str, type[EventForm]] = {
    form.kind.value: form for form in (RenamedForm, MovedForm, MergedForm, SplitForm, DissolvedForm, FoundedForm)
}
CHOICES: list[tuple[str, Any, Any, str]] = [
    ("renamed", _("It has a new name"), _("The past keeps the old one."), "tag"),
    ("moved", _("It belongs to another body or stands elsewhere"), _("Parent body, commune, address."), "building"),
    (
        "merged",
        _("It merges with others"),
        _("It takes others over or is taken over, as a branch or only with its stock."),
        "merge",
    ),
    ("split", _("It is divided"), _("Two or more libraries share its heritage."), "split"),
    ("dissolved", _("It ends"), _("Its stock may pass to another library."), "close"),
    ("founded", _("It was founded"), _("Only the event is recorded."), "plus"),
]
"""Kind, what happened, explanation, icon: as the first page of the wizard offers them."""
