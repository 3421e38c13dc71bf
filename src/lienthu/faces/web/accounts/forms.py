"""The forms of the account pages."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """Name and password. The answer does not tell which of the two was wrong."""

    error_messages = {
        "invalid_login": _("The name or the password is not right. Check capital letters and the keyboard layout."),
        "inactive": _("The name or the password is not right. Check capital letters and the keyboard layout."),
    }

    def confirm_login_allowed(self, user: Any) -> None:
        """Not with a one-time password that is too old. Told only to whoever typed it right."""
        super().confirm_login_allowed(user)
        if user.one_time_until is not None and user.one_time_until <= timezone.now():
            raise ValidationError(
                _("This one-time password is no longer good. Ask the one who gave it to you for a new one."),
                code="one_time_over",
            )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Sign-in name")
        self.fields["username"].widget.attrs.update({"spellcheck": "false"})
        self.fields["password"].label = _("Password")


class NewPasswordForm(PasswordChangeForm):
    """The old password once, the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("Present password")
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password2"].label = _("New password again")
        self.fields["new_password2"].help_text = ""

    def clean(self) -> dict[str, Any]:
        """A password that someone else knows is not kept by typing it again."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        given = self.user.one_time_until is not None
        if given and cleaned.get("new_password1") and self.user.check_password(cleaned["new_password1"]):
            self.add_error("new_password1", _("Choose another one than the password you were given."))
        return cleaned
