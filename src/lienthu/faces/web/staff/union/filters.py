"""What an editor wants of the queue: the form above it, and a place in it as it stands in an address."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lienthu.domain.catalog.words import MATERIALS
from lienthu.domain.network.models import Library
from lienthu.domain.union.review import KINDS, Filters, Place
from lienthu.faces.web.staff.access import Desk
from lienthu.faces.web.staff.union import words
from lienthu.faces.web.staff.union.pairs import hidden_libraries

NAMES = ("kind", "library", "score_from", "score_to", "material", "series")


class QueueForm(forms.Form):
    """Which pairs are wanted."""

    kind = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=[(k, words.KINDS[k]) for k in KINDS])
    library = forms.ModelChoiceField(label=gettext_lazy("Library"), required=False, queryset=Library.objects.none())
    score_from = forms.IntegerField(
        label=gettext_lazy("Certainty from (%)"), required=False, min_value=0, max_value=100
    )
    score_to = forms.IntegerField(label=gettext_lazy("Certainty to (%)"), required=False, min_value=0, max_value=100)
    material = forms.ChoiceField(label=gettext_lazy("Kind of material"), required=False)
    series = forms.BooleanField(label=gettext_lazy("Only obvious series"), required=False)

    def __init__(self, hidden: frozenset[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hidden = hidden
        library = self.fields["library"]
        assert isinstance(library, forms.ModelChoiceField)
        library.queryset = Library.objects.exclude(pk__in=hidden).order_by("name_sort", "code")
        library.empty_label = _("All libraries")
        material = self.fields["material"]
        assert isinstance(material, forms.ChoiceField)
        material.choices = [("", _("All kinds")), *MATERIALS.items()]

    def clean(self) -> dict[str, Any]:
        """A range runs upwards."""
        data = super().clean() or {}
        low, high = data.get("score_from"), data.get("score_to")
        if low is not None and high is not None and low > high:
            self.add_error("score_to", _("The range ends before it begins."))
        return data

    @property
    def filters(self) -> Filters:
        """For the selectors; only of a form that is valid."""
        data = self.cleaned_data
        low, high = data.get("score_from"), data.get("score_to")
        return Filters(
            kind=data.get("kind") or "doubtful",
            library_id=data["library"].pk if data.get("library") else None,
            score_from=0.0 if low is None else low / 100,
            score_to=1.0 if high is None else high / 100,
            hidden=self.hidden,
        )

    @property
    def query(self) -> dict[str, str]:
        """What was asked for, as it stands in an address."""
        return {name: value for name in NAMES if (value := self.data.get(name, "")) and value != "doubtful"}

    @property
    def query_string(self) -> str:
        """`query` as text, with nothing before it."""
        return urlencode(self.query)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the usual queue was asked for."""
        return bool(self.query)


def queue_form(desk: Desk, data: Mapping[str, Any]) -> QueueForm:
    """The form, filled from an address or from what was posted."""
    return QueueForm(hidden_libraries(desk), {name: data.get(name, "") for name in NAMES})


def place_from(text: str) -> Place | None:
    """A place of the queue from an address: "0.57,12,40". None for anything else."""
    parts = text.split(",")
    if len(parts) != 3:
        return None
    left, right = number(parts[1]), number(parts[2])
    try:
        score = float(parts[0])
    except ValueError:
        return None
    return (score, left, right) if left and right and isfinite(score) else None


def pair_from(text: str) -> tuple[int, int] | None:
    """Two records from "12-40". None for anything else."""
    one, _dash, other = text.partition("-")
    left, right = number(one), number(other)
    return (min(left, right), max(left, right)) if left and right and left != right else None


def number(text: str) -> int | None:
    """A key; None for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
