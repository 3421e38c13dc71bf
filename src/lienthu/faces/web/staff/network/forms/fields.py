"""Fields that several forms share."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lienthu.domain.network.models import AdministrativeUnit, Library
from lienthu.domain.network.models.dated import holds_on

DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]


class DayField(forms.DateField):
    """A day, picked or typed as dd/mm/yyyy."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date", "class": "day-input"}, format="%Y-%m-%d"))
        super().__init__(input_formats=DATE_FORMATS, **kwargs)


class UnitField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when running
    """An administrative unit in force today, or the one already chosen."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Administrative unit"))
        super().__init__(queryset=AdministrativeUnit.objects.none(), required=False, **kwargs)

    def offer(self, chosen: AdministrativeUnit | None) -> None:
        """Fill the choices."""
        today = timezone.localdate()
        wanted = holds_on(today)
        units: QuerySet[AdministrativeUnit] = AdministrativeUnit.objects.filter(wanted)
        if chosen is not None:
            units = units | AdministrativeUnit.objects.filter(pk=chosen.pk)
        self.queryset = units.order_by("name_sort", "code")

    def label_from_instance(self, obj: AdministrativeUnit) -> str:
        """The name with its title; a name alone may stand for a former district and a ward."""
        return obj.full_name


class LibraryField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when running
    """One of the libraries, with its code: names repeat through time."""

    def label_from_instance(self, obj: Library) -> str:
        """Name and code."""
        return f"{obj.name} ({obj.code})"


class LibrariesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable when running
    """Several libraries."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.SelectMultiple(attrs={"size": 10}), **kwargs)

    def label_from_instance(self, obj: Library) -> str:
        """Name and code."""
        return f"{obj.name} ({obj.code})"


_SPAN = re.compile(r"^(\d{1,2})[:hg.]?(\d{2})?\s*(?:-|–|đến|to)\s*(\d{1,2})[:hg.]?(\d{2})?$")


class SpansField(forms.CharField):
    """Opening times of a day as people write them: ``7:30-11:30, 13:30-17:00``. Empty: closed."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 80)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[tuple[time, time]]:
        """The spans, or a complaint that shows how to write them."""
        text = str(super().clean(value)).strip()
        spans = []
        for part in filter(None, (p.strip() for p in re.split(r"[,;]", text))):
            match = _SPAN.match(part)
            try:
                assert match is not None
                opens, closes = (time(int(h), int(m or 0)) for h, m in (match.group(1, 2), match.group(3, 4)))
            except (AssertionError, ValueError):
                raise forms.ValidationError(_("Write it as 7:30-11:30, 13:30-17:00."), code="span") from None
            spans.append((opens, closes))
        return spans
