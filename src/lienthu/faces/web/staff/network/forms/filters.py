"""The filters of the list of libraries."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lienthu.domain.network.models import LibraryType
from lienthu.domain.network.selectors import areas
from lienthu.faces.web.staff.network.forms.fields import DayField
from lienthu.faces.web.ui.forms import offer_choices

STATES = [("in_force", _("In force on the day")), ("ended", _("Ended by the day")), ("coming", _("Yet to begin"))]


class FilterForm(forms.Form):
    """As of which day, which type, which area, which state, which words."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=100)
    as_of = DayField(label=_("As of"), required=False)
    type = forms.ChoiceField(label=_("Type"), required=False)
    area = forms.ChoiceField(label=_("Area"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "type", [("", _("All types")), *LibraryType.choices])
        known = [(area.code, area.full_name) for area in areas()]
        offer_choices(self, "area", [("", _("The whole province")), *known])
