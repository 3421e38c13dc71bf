"""Open an account, and give a role to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lienthu.domain.network.models import Library
from lienthu.domain.network.models.roles import ROLE_NAMES
from lienthu.domain.network.policy import PROVINCE_WIDE, Role
from lienthu.faces.web.staff.network.forms.fields import DayField, LibraryField


class RoleForm(forms.Form):
    """Which role, in which library. Offered is only what the person may give; the service checks again."""

    role = forms.ChoiceField(label=_("Role"))
    library = LibraryField(
        queryset=Library.objects.none(), required=False, label=_("Library"),
        help_text=_("Empty only for the roles that count in the whole province."),
    )  # fmt: skip
    valid_to = DayField(
        label=_("Ends on"), required=False, help_text=_("First day without the role. Empty: until it is taken away.")
    )

    def __init__(self, *args: Any, roles: Sequence[Role], libraries: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role, library = self.fields["role"], self.fields["library"]
        assert isinstance(role, forms.ChoiceField)
        assert isinstance(library, LibraryField)
        role.choices = [(r.value, ROLE_NAMES[r]) for r in roles]
        library.queryset, library.empty_label = libraries, _("– choose a library –")
        if not any(r in PROVINCE_WIDE for r in roles):
            library.help_text, library.required = "", True
            if libraries.count() == 1:
                library.initial, library.empty_label = libraries.first(), None

    def clean(self) -> dict[str, Any]:
        """A province-wide role names no library, every other one exactly one (NW-5)."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "role" in cleaned and "library" not in self.errors:
            wide = Role(cleaned["role"]) in PROVINCE_WIDE
            if wide and cleaned.get("library"):
                self.add_error("library", _("This role counts in the whole province: leave the library empty."))
            if not wide and not cleaned.get("library"):
                self.add_error("library", _("Choose the library in which the role counts."))
        return cleaned

    @property
    def library_id(self) -> int | None:
        """The chosen library."""
        library = self.cleaned_data.get("library")
        return library.pk if library else None


class NewAccountForm(RoleForm):
    """A new account with its first role."""

    username = forms.CharField(
        label=_("Sign-in name"), max_length=150, help_text=_("Letters, digits and @ . + - _, without blanks."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )  # fmt: skip
    display_name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("As colleagues know the person; it stands in the audit trail."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    field_order = ["username", "display_name", "role", "library"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["valid_to"]
