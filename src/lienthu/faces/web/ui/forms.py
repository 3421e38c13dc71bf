"""What forms share.

`FORM_RENDERER = "lienthu.faces.web.ui.forms.UiRenderer"` makes `{{ form }}` look like the rest.
"""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.functional import Promise


class UiRenderer(DjangoTemplates):
    """Django's own widgets in our fields: needs no `django.forms` among the installed apps."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"


def offer_choices(form: forms.BaseForm, name: str, choices: Iterable[tuple[str, str | Promise]]) -> None:
    """What a field of the form offers, where it is known only when the form is made."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)
