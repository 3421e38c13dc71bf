"""Forms of branches, services, hours, closed days and online addresses."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lienthu.domain.network.models import (
    Branch,
    BranchKind,
    Library,
    OnlineAddressKind,
    ServiceKind,
    Weekday,
)
from lienthu.domain.network.selectors import DayHours
from lienthu.domain.network.services.branches import BranchData
from lienthu.domain.network.services.offers import Opening
from lienthu.faces.web.staff.network.forms.fields import DayField, SpansField, UnitField


class OnBranch(forms.Form):
    """Something that concerns the library as a whole or one of its branches."""

    branch = forms.ModelChoiceField(
        label=_("Where"), queryset=Branch.objects.none(), required=False, empty_label=_("The library as a whole")
    )

    def __init__(self, *args: Any, library: Library, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["branch"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = library.branches.filter(valid_to__isnull=True)
        if not field.queryset.exists():
            del self.fields["branch"]

    def branch_id(self) -> int | None:
        """The branch that was chosen."""
        branch = self.cleaned_data.get("branch")
        return branch.pk if branch else None


class BranchForm(forms.Form):
    """A branch."""

    code = forms.CharField(
        label=_("Code"), max_length=20, help_text=_("Short and unique in the library; used in holdings (852 $b).")
    )
    name = forms.CharField(label=_("Name"), max_length=250)
    name_en = forms.CharField(label=_("Name in English"), max_length=250, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=BranchKind.choices, initial=BranchKind.BRANCH)
    unit = UnitField()
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    valid_from = DayField(label=_("Open since"), required=False)
    since = DayField(
        label=_("These data hold since"),
        required=False,
        help_text=_("Give the day when something really changed: the past stays as it was. Empty corrects a mistake."),
    )

    def __init__(self, *args: Any, branch: Branch | None = None, **kwargs: Any) -> None:
        if branch is not None:
            names = ("code", "name", "name_en", "kind", "unit", "address")
            kwargs["initial"] = {name: getattr(branch, name) for name in names}
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, UnitField)
        unit.offer(branch.unit if branch is not None else None)
        del self.fields["since" if branch is None else "valid_from"]

    def data_of(self) -> BranchData:
        """What the form says."""
        return BranchData(**{n: self.cleaned_data[n] for n in ("code", "name", "name_en", "kind", "address")})


class ServiceForm(OnBranch):
    """A service."""

    kind = forms.ChoiceField(label=_("Service"), choices=ServiceKind.choices)
    online = forms.BooleanField(label=_("Also online"), required=False)
    url = forms.URLField(label=_("Address on the web"), required=False, assume_scheme="https")
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    valid_from = DayField(label=_("Offered since"), required=False)
    field_order = ("kind", "branch", "online", "url", "note", "valid_from")


class HoursForm(OnBranch):
    """A week of opening hours and the day from which it holds."""

    since = DayField(label=_("These hours hold since"), help_text=_("The week before that day is kept."))

    def __init__(self, *args: Any, week: tuple[DayHours, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in week:
            self.fields[f"day{day.weekday.value}"] = SpansField(
                label=day.weekday.label,
                initial=", ".join(f"{s.opens:%H:%M}-{s.closes:%H:%M}" for s in day.spans),
                widget=forms.TextInput(attrs={"placeholder": "7:30-11:30, 13:30-17:00"}),
            )

    def openings(self) -> list[Opening]:
        """The week."""
        return [
            Opening(day.value, opens, closes)
            for day in Weekday
            for opens, closes in self.cleaned_data.get(f"day{day.value}", [])
        ]


class ClosedDayForm(OnBranch):
    """An exception."""

    date = DayField(label=_("Day"))
    opens_closes = SpansField(
        label=_("Open nevertheless"), help_text=_("Empty: closed all day. Otherwise as 7:30-11:30.")
    )
    note = forms.CharField(label=_("Reason"), max_length=200, required=False)
    field_order = ("date", "branch", "opens_closes", "note")

    def clean_opens_closes(self) -> list[Any]:
        """One span at most."""
        spans: list[Any] = self.cleaned_data["opens_closes"]
        if len(spans) > 1:
            raise forms.ValidationError(_("Give one span of time only."))
        return spans


class AddressForm(forms.Form):
    """An online address."""

    kind = forms.ChoiceField(label=_("Kind"), choices=OnlineAddressKind.choices)
    url = forms.CharField(label=_("Address"), max_length=300, help_text=_("https://…, or host:port/base for Z39.50."))
    label = forms.CharField(label=_("Label"), max_length=120, required=False)
    valid_from = DayField(label=_("Since"), required=False)


class EndForm(forms.Form):
    """On which day something ends."""

    on = DayField(label=_("First day without it"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": today})
        super().__init__(*args, **kwargs)
