"""Fields that may stay empty without being marked "optional": they always stand at something, or belong to a choice."""

from __future__ import annotations

from typing import Any

from django import forms


class UnmarkedChoice(forms.ChoiceField):
    """A choice that always stands at something; a program that sends none leaves it there."""

    def validate(self, value: Any) -> None:
        """Any of the choices, or nothing."""
        if value:
            super().validate(value)


class UnmarkedText(forms.CharField):
    """A text of which the form says when it is needed."""

    def validate(self, value: Any) -> None:
        """Nothing is a value too."""
