"""Forms of what is set for the whole province: dated rules of access, quality profiles."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lienthu.domain.digital.policy import Access, Rule, Status
from lienthu.domain.digital.quality import LIMITS
from lienthu.domain.digital.ruling import MOST_RULES
from lienthu.domain.digital.selectors.rules import row_of
from lienthu.domain.digital.shipped.reading import Profile, StatedRule
from lienthu.faces.web.staff.digital.forms import ACCESSES
from lienthu.faces.web.staff.forms.rows import Rows, rows_of

CERTAINTIES = [
    ("found", _("checked against the text")),
    ("secondary", _("from a secondary source")),
    ("unverified", _("not checked")),
]


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RuleForm(forms.Form):
    """One dated rule. A row that is left empty is none."""

    access = forms.ChoiceField(label=_("Who may read"), choices=[("", "–"), *ACCESSES])
    valid_from = forms.DateField(label=_("From"), widget=_day())
    valid_until = forms.DateField(
        label=_("Until"), required=False, widget=_day(), help_text=_("The last day; empty: no end.")
    )
    basis = forms.CharField(label=_("Basis"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    certainty = forms.ChoiceField(label=_("How sure"), choices=CERTAINTIES, initial="unverified")

    def rule(self, status: Status) -> StatedRule:
        """The rule that the row says."""
        said = self.cleaned_data
        rule = Rule(status, Access(said["access"]), said["valid_from"], said["valid_until"])
        return StatedRule(rule, said["basis"], said["certainty"])


class BaseRuleFormSet(Rows[RuleForm]):
    """The rules of one status."""

    take_away = _("Take this rule away")

    def rules(self, status: Status) -> list[StatedRule]:
        """Those that are filled in and not to be taken away, in the order of their days."""
        found = [form.rule(status) for form in self.filled()]
        return sorted(found, key=lambda stated: stated.rule.valid_from)


RuleFormSet = rows_of(RuleForm, BaseRuleFormSet, most=MOST_RULES)


def initial_of(rules: Sequence[StatedRule]) -> list[dict[str, Any]]:
    """What the rows show."""
    return [
        {
            "access": stated.rule.access,
            "valid_from": stated.rule.valid_from,
            "valid_until": stated.rule.valid_until,
            "basis": stated.basis,
            "certainty": stated.certainty,
        }
        for stated in rules
    ]


def digest_of(rules: Sequence[StatedRule]) -> str:
    """What was looked at is what is put in force: other rules have another digest."""
    return hashlib.sha256(repr([row_of(stated) for stated in rules]).encode()).hexdigest()[:16]


LIMIT_LABELS = {
    "min_dpi": (_("Resolution, at least"), _("dpi")),
    "min_bits": (_("Colours, at least"), _("bits of a pixel: 24 for full colour, 8 for grey, 1 for black and white")),
    "min_sharpness": (_("Sharpness, at least"), _("as the pages of a good scan show it under Quality")),
    "max_skew_degrees": (_("Skew, at most"), _("degrees")),
}  # fmt: skip


class ProfileForm(forms.Form):
    """What scans are measured against. An empty limit is not measured against."""

    name = forms.CharField(label=_("Name"), max_length=200)
    basis = forms.CharField(
        label=_("Basis"), max_length=300, help_text=_("The regulation or decision, and how sure it is.")
    )
    valid_from = forms.DateField(label=_("In force since"), required=False, widget=_day())
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, profile: Profile | None, *args: Any, **kwargs: Any) -> None:
        if profile is not None:
            said = {"name": profile.name, "basis": profile.basis, "valid_from": profile.valid_from, **profile.limits}
            kwargs["initial"] = {**said, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.code = profile.code if profile is not None else ""
        for name, limit in LIMITS.items():
            label, told = LIMIT_LABELS[name]
            whole = name in ("min_dpi", "min_bits")
            kind: type[forms.IntegerField] = forms.IntegerField if whole else forms.FloatField
            self.fields[name] = kind(
                label=label,
                help_text=told,
                required=False,
                min_value=int(limit.least),
                max_value=int(limit.most),
                localize=False,
            )
        if profile is None:
            self.fields["code"] = forms.SlugField(
                label=_("Code"), max_length=40, help_text=_("Small letters, digits and hyphens, e.g. newspaper.")
            )
        self.order_fields(["code", "name", *LIMITS, "basis", "valid_from"])

    def profile(self) -> Profile:
        """What the form says."""
        said = self.cleaned_data
        limits = {name: said[name] for name in LIMITS if said[name] is not None}
        return Profile(said.get("code") or self.code, said["name"], limits, said["basis"], said["valid_from"])
