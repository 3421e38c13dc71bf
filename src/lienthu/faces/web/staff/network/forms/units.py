"""Forms of administrative units."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lienthu.domain.network.models import AdministrativeUnit, UnitKind
from lienthu.domain.network.services.units import UnitData
from lienthu.faces.web.staff.network.forms.fields import DayField

_FIELDS = UnitData.__slots__


class _Unit(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when running
    """A unit with its code: names repeat through time."""

    def label_from_instance(self, obj: AdministrativeUnit) -> str:
        """Name and code."""
        return f"{obj.full_name} ({obj.code})"


class _Units(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not subscriptable when running
    """Several units."""

    def label_from_instance(self, obj: AdministrativeUnit) -> str:
        """Name and code."""
        return f"{obj.full_name} ({obj.code})"


class UnitFilterForm(forms.Form):
    """As of which day, which kind, which words."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=100)
    as_of = DayField(label=_("As of"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds of unit")), *UnitKind.choices])


class UnitForm(forms.Form):
    """What is known of a unit."""

    title = forms.CharField(
        label=pgettext_lazy("before a name", "Title"),
        max_length=40,
        required=False,
        help_text=_("Stands before the name: Phường, Xã, Đặc khu …"),
    )
    name = forms.CharField(label=_("Name"), max_length=160)
    name_en = forms.CharField(label=_("Name in English"), max_length=160, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=UnitKind.choices, initial=UnitKind.WARD)
    official_code = forms.CharField(
        label=_("Official code"),
        max_length=10,
        required=False,
        help_text=_("As the statistics office gives it; a successor may bear it again."),
    )
    parent = _Unit(label=_("Belongs to"), queryset=AdministrativeUnit.objects.none(), required=False)
    former_district = _Unit(
        label=_("Former district"),
        queryset=AdministrativeUnit.objects.none(),
        required=False,
        help_text=_("The area in which readers look for it."),
    )
    valid_from = DayField(label=_("Exists since"), required=False, help_text=_("Empty where it is not known."))
    source = forms.CharField(
        label=_("Source"), max_length=300, required=False, help_text=_("Number and date of the decision.")
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    assumed = forms.BooleanField(
        label=_("Assumed"), required=False, help_text=_("No source has been found yet: to be confirmed.")
    )

    def __init__(self, *args: Any, unit: AdministrativeUnit | None = None, **kwargs: Any) -> None:
        if unit is not None:
            known = {name: getattr(unit, name) for name in _FIELDS}
            kwargs["initial"] = {**known, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        others = AdministrativeUnit.objects.order_by("name_sort", "code")
        if unit is not None:
            others = others.exclude(pk=unit.pk)
        for name, kinds in (
            ("parent", (UnitKind.PROVINCE, UnitKind.FORMER_DISTRICT)),
            ("former_district", (UnitKind.FORMER_DISTRICT,)),
        ):
            field = self.fields[name]
            assert isinstance(field, _Unit)
            field.queryset = others.filter(kind__in=kinds)

    def data_of(self) -> UnitData:
        """What the form says."""
        return UnitData(**{name: self.cleaned_data[name] for name in _FIELDS if name in self.cleaned_data})


class NewUnitForm(UnitForm):
    """A unit that is not in the register yet."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Ours, and never used again. Take the official code where it is still free."),
    )
    field_order = ("code", *UnitForm.base_fields)


class RenameUnitForm(NewUnitForm):
    """Another name, title or kind from a day on."""

    on = DayField(label=_("Holds since"), help_text=_("The first day on which the new state holds."))
    field_order = ("on", "code", *UnitForm.base_fields)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["valid_from"]
        self.fields["code"].help_text = _("The unit under its new name needs a code of its own; this one stays.")


class EndUnitForm(forms.Form):
    """On which day a unit ends, and what its land went over to."""

    on = DayField(label=_("First day without it"))
    successors = _Units(
        label=_("Went over to"),
        queryset=AdministrativeUnit.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 10}),
        help_text=_("One: merged into it, its libraries go along. Several: split among them. Enter new units first."),
    )

    def __init__(self, *args: Any, unit: AdministrativeUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["successors"]
        assert isinstance(field, _Units)
        field.queryset = (
            AdministrativeUnit.objects.filter(valid_to__isnull=True).exclude(pk=unit.pk).order_by("name_sort", "code")
        )
