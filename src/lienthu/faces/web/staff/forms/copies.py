"""Own rules for reading copies: in which field, and in which subfields of it, a library keeps what (IMP-36)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lienthu.faces.web.staff.forms.rows import Rows, rows_of
from lienthu.faces.web.staff.forms.unmarked import UnmarkedText
from lienthu.foundation.marc.holdings import MEMBERS, HoldingRule, HoldingRuleInvalid

MOST_RULES: Final = 6
_LONGEST: Final = 12


def _codes(label: Any, help_text: Any = "") -> forms.CharField:
    attrs = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "class": "mono"}
    return UnmarkedText(
        max_length=_LONGEST,
        label=label,
        help_text=help_text,
        strip=True,
        widget=forms.TextInput(attrs=attrs),
    )


class RuleForm(forms.Form):
    """One field of a record. A row without a tag is none."""

    use_required_attribute = False
    tag = _codes(gettext_lazy("Field"), gettext_lazy("Three signs, such as 852 or 949."))
    barcode = _codes(gettext_lazy("Accession number or barcode"), gettext_lazy("One subfield."))
    split = _codes(
        gettext_lazy("Signs between several barcodes"),
        gettext_lazy("For example ; or , where a subfield holds several."),
    )
    call_number = _codes(
        gettext_lazy("Call number"), gettext_lazy("Subfields in the order in which they are read: kh.")
    )
    branch = _codes(gettext_lazy("Branch"), gettext_lazy("The first that is not empty counts."))
    location = _codes(gettext_lazy("Location, stack"))
    copies = _codes(gettext_lazy("Number of copies"), gettext_lazy("One subfield."))
    copy_number = _codes(gettext_lazy("Number of the copy"), gettext_lazy("One subfield."))
    status = _codes(gettext_lazy("State"), gettext_lazy("Words such as “đang mượn”; in 952 the signs of Koha."))
    acquired_date = _codes(gettext_lazy("Date of acquisition"), gettext_lazy("One subfield."))
    price = _codes(gettext_lazy("Price"), gettext_lazy("One subfield."))
    note = _codes(gettext_lazy("Note"))

    def clean(self) -> dict[str, Any]:
        """What the rules themselves demand, said at the field that it is about."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        said = {name: _plain(cleaned.get(name, ""), name) for name in MEMBERS}
        if not any(said.values()):
            return cleaned
        try:
            rule = HoldingRule.from_dict({name: value for name, value in said.items() if value})
        except HoldingRuleInvalid as e:
            self.add_error(e.key, _SENTENCES.get(e.key, _WRONG))
            return cleaned
        if not rule.finds_copies:
            text = _("Name at least one of barcode, call number, branch, location or number of copies.")
            self.add_error("barcode", text)
        cleaned["rule"] = rule
        return cleaned


def _plain(text: str, name: str) -> str:
    """Codes as people write them: $a $b, a b, "a, b"; the tag without blanks."""
    if name == "split":
        return "".join(dict.fromkeys(text.replace(" ", "")))
    return text.replace("$", "").replace(",", "").replace(" ", "") if name != "tag" else text.strip()


_WRONG: Final = gettext_lazy("Write codes of subfields: small letters or digits, each once.")
_ONE: Final = gettext_lazy("Write the code of one subfield: a small letter or a digit.")
_SENTENCES: Final[dict[str, Any]] = {
    "tag": gettext_lazy("Write the tag of a data field: three signs from 010 on, such as 852."),
    "split": gettext_lazy("Letters, digits, hyphen, point and slash occur inside barcodes and cannot part them."),
    **dict.fromkeys(("barcode", "copies", "copy_number", "acquired_date", "price"), _ONE),
}


class BaseRuleFormSet(Rows[RuleForm]):
    """The rules of one source, one for a field."""

    take_away = gettext_lazy("Do without this field")

    def clean(self) -> None:
        """One field has one rule."""
        if any(self.errors):
            return
        seen: set[str] = set()
        for form in self.filled():
            rule = form.cleaned_data.get("rule")
            if rule is not None and rule.tag in seen:
                form.add_error("tag", _("This field has a rule already."))
            elif rule is not None:
                seen.add(rule.tag)

    def rules(self) -> tuple[HoldingRule, ...]:
        """Those that are filled in and not to be taken away."""
        return tuple(rule for form in self.filled() if (rule := form.cleaned_data.get("rule")))


RuleFormSet = rows_of(RuleForm, BaseRuleFormSet, most=MOST_RULES)


def initial_of(rules: Sequence[HoldingRule]) -> list[dict[str, str]]:
    """What the rows show."""
    return [rule.to_dict() for rule in rules]
