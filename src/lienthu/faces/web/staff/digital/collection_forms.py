"""The form of a collection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lienthu.domain.digital.models import Collection, OwnerGroup
from lienthu.domain.digital.services.collecting import CollectionFacts
from lienthu.domain.network.models import Library


class CollectionForm(forms.Form):
    """What is said of a collection. Closing and opening it has buttons of its own."""

    name = forms.CharField(label=_("Name"), max_length=200)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For readers: what is in it, and where it comes from."),
    )  # fmt: skip
    owner_group = forms.ChoiceField(
        label=_("Owner group"), choices=OwnerGroup.choices, initial=OwnerGroup.PUBLIC,
        help_text=_("Collections of the armed forces are always closed: only the library's own people know of them."),
    )  # fmt: skip
    place = forms.IntegerField(
        label=_("Place in lists"), min_value=0, max_value=9999, initial=0,
        help_text=_("Lower numbers stand first, equal ones by name."),
    )  # fmt: skip
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, libraries: Sequence[Library], row: Collection | None, *args: Any, **kwargs: Any) -> None:
        self.before = CollectionFacts.of(row) if row is not None else None
        if self.before is not None:
            said = {name: getattr(self.before, name) for name in ("name", "description", "owner_group", "place")}
            kwargs["initial"] = {**said, "seen": self.before.stamp}
        super().__init__(*args, **kwargs)
        if row is None:
            self.fields["code"] = forms.SlugField(
                label=_("Code"), max_length=40, help_text=_("Stands in its address: small letters, digits, hyphens."),
            )  # fmt: skip
            self.fields["library"] = forms.ModelChoiceField(
                Library.objects.filter(pk__in=[library.pk for library in libraries]).order_by("name_sort"),
                label=_("Library"),
            )
            self.fields["closed"] = forms.BooleanField(
                label=_("Closed: only the library's own people know of it"), required=False
            )
            self.order_fields(["code", "library", "name"])
            if len(libraries) == 1:
                self.initial.setdefault("library", libraries[0].pk)

    def facts(self) -> CollectionFacts:
        """What the form says; whether it is closed stays as it is where the form does not ask."""
        said = self.cleaned_data
        closed = said["closed"] if "closed" in said else bool(self.before and self.before.closed)
        return CollectionFacts(said["name"], said["description"], said["owner_group"], closed, said["place"])
