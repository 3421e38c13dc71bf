"""The reasons of a suggestion in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

_FEATURES = {
    "name": gettext_lazy("Name"),
    "dates": gettext_lazy("Years"),
    "rivals": gettext_lazy("Others of this name"),
    "rarity": gettext_lazy("How rare the name is"),
    "identifier": gettext_lazy("Number"),
    "person": gettext_lazy("Decided by a person"),
}
_NOTES = {
    "heading": gettext_lazy("the same as the heading"),
    "variant": gettext_lazy("the same as another form of the name"),
    "other order": gettext_lazy("the same words in another order"),
    "marks missing": gettext_lazy("the same but for missing diacritics"),
    "same years": gettext_lazy("the same years"),
    "only the authority has years": gettext_lazy("only the authority has years"),
    "only the heading has years": gettext_lazy("only the record has years"),
    "no years": gettext_lazy("neither has years"),
    "the only one of this name": gettext_lazy("the only authority of this name"),
    "a name of many people": gettext_lazy("a name that many people bear"),
    "same number": gettext_lazy("the same number"),
}


def explained(reasons: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Feature, note, both sides and how much it speaks for it, in hundredths; what weighs most first."""
    out = []
    for r in sorted(reasons, key=lambda r: -r["weight"]):
        note = str(r["note"])
        others = re.fullmatch(r"(\d+) more of this name", note)
        if others:
            said = ngettext("%(n)s more authority of this name", "%(n)s more authorities of this name", int(others[1]))
            said %= {"n": others[1]}
        else:
            said = str(_NOTES.get(note, "")) or (_("a rare name") if r["feature"] == "rarity" else note)
        out.append(
            {
                "feature": _FEATURES.get(r["feature"], r["feature"]),
                "note": said,
                "left": r["left"],
                "right": r["right"],
                "percent": round(100 * float(r["score"])),
            }
        )
    return out
