"""Give a role."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lienthu.domain.network.models.roles import ROLE_NAMES
from lienthu.domain.network.policy import Role
from lienthu.faces.web.staff.network.forms.fields import DayField
from lienthu.faces.web.ui.forms import offer_choices
from lienthu.platform.models import User


class GrantForm(forms.Form):
    """Who gets which role, until when."""

    username = forms.CharField(label=_("Sign-in name"), max_length=150)
    role = forms.ChoiceField(label=_("Role"))
    valid_to = DayField(
        label=_("Ends on"), required=False, help_text=_("First day without the role. Empty: until it is taken away.")
    )

    def __init__(self, *args: Any, roles: list[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "role", [(role.value, ROLE_NAMES[role]) for role in roles])

    def clean_username(self) -> User:
        """The account with that name."""
        user = User.objects.filter(username=self.cleaned_data["username"].strip()).first()
        if user is None:
            raise forms.ValidationError(_("There is no account with this name."), code="unknown")
        return user
