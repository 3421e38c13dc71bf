"""The form of a new version of the rule: thresholds by themselves, weights as JSON."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lienthu.domain.union.errors import RuleRefused
from lienthu.domain.union.rule_reading import LARGEST, read_rule
from lienthu.domain.union.scoring.rules import Rule

_OWN = ("version", "same_from", "review_from", "note")


class RuleForm(forms.Form):
    """A rule drawn up from an earlier one, or uploaded whole."""

    version = forms.IntegerField(label=_("Version"), min_value=1, max_value=32_767)
    note = forms.CharField(
        label=_("What is different, and why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    same_from = forms.FloatField(
        label=_("The same from"),
        min_value=0,
        max_value=1,
        help_text=_("Between 0 and 1. From this score on two records are joined without asking."),
    )
    review_from = forms.FloatField(
        label=_("Doubtful from"),
        min_value=0,
        max_value=1,
        help_text=_("Not above the other one. From this score on a pair is shown to an editor."),
    )
    weights = forms.CharField(
        label=_("Weights (JSON)"),
        required=False,
        strip=True,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 14, "class": "mono", "spellcheck": "false"}),
        help_text=_("What each outcome of each feature weighs. Leave it as it is to change only the thresholds."),
    )
    file = forms.FileField(
        label=_("Or a file with the whole rule (JSON)"),
        required=False,
        help_text=_("It goes before the weights above. Version, note and thresholds are taken from this form."),
    )

    rule: Rule | None = None

    @classmethod
    def of(cls, rule: Rule, version: int) -> RuleForm:
        """Filled from a rule, for the next version."""
        value = rule.as_json()
        weights = {name: part for name, part in value.items() if name not in _OWN}
        return cls(
            initial={
                "version": version,
                "same_from": rule.same_from,
                "review_from": rule.review_from,
                "weights": json.dumps(weights, ensure_ascii=False, indent=1, default=dict),
            }
        )

    def clean_file(self) -> str:
        """The text of the file."""
        file = self.cleaned_data.get("file")
        if not file:
            return ""
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is too large for a rule."))
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise forms.ValidationError(_("The file is no text in UTF-8.")) from None

    def clean(self) -> dict[str, Any]:
        """The rule, or what is wrong with it on the field it is about."""
        data = super().clean() or {}
        if self.errors:
            return data
        source = "file" if data.get("file") else "weights"
        own = {name: data[name] for name in _OWN if name in Rule.__dataclass_fields__}
        try:
            self.rule = read_rule(data[source] or "{}", **own)
        except RuleRefused as refused:
            self.add_error("review_from" if refused.about == "thresholds" else source, refused.message)
        return data
