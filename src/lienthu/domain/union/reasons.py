"""Reasons as people read them (MAT-4): what both records state, as recorded, codes in words, and how it came out.

Records are compared in folded forms that nobody can read; and what a feature weighs is not what it says. One place for
the page of a publication, the desk and joining reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lienthu.domain.catalog.languages import language_name
from lienthu.domain.catalog.words import MATERIALS
from lienthu.domain.union.scoring.levels import Says
from lienthu.domain.union.scoring.model import FEATURES
from lienthu.domain.union.words import EVIDENCE, KINDS_NAMED
from lienthu.domain.union.words import FEATURES as NAMES
from lienthu.foundation.marc.describe import Description
from lienthu.foundation.vietnamese.names import direct_form

Kind = Literal["", "ok", "warning"]
_SENTENCES: Final = {(f.name, level.sentence): level.says for f in FEATURES for level in f.levels.values()}


class Told(NamedTuple):
    """One reason for people. ``kind``: ok agrees, warning differs, "" neither."""

    label: str
    outcome: str
    kind: Kind
    left: str
    right: str


def stated(d: Description) -> dict[str, str]:
    """Feature → what a record states there, as recorded; kind of material and language as codes."""
    names = "; ".join(dict.fromkeys(name for a in d.authors if (name := direct_form(a.name) or a.name)))
    whole = " : ".join(part for part in (d.title_proper or d.title, d.subtitle) if part)
    year = str(d.year or "")
    online = " online" if d.online and d.material_type != "electronic" else ""
    return {
        "title": whole,
        "wording": whole,
        "year": d.date_text if year in d.date_text else f"{d.date_text} ({year})".strip(),
        "part": d.part,
        "persons": names or d.responsibility,
        "material": d.material_type + online,
        "extent": d.extent,
        "imprint": " : ".join(part for part in (d.place, d.publisher) if part),
        "edition": d.edition,
        "identifiers": ", ".join((*d.isbns, *d.issns, *d.national_numbers, *(f"({n})" for n in d.isbns_other))),
        "language": d.languages[0] if d.languages else "",
        "host": d.host.title if d.host else "",
        "series": " ; ".join(part for part in (*d.series[:1], d.series_volume) if part),
        "responsibility": d.responsibility,
        "succession": "; ".join(link.title or link.issn or link.control_number for link in d.succession),
    }


def recorded(reason: Mapping[str, object], own: Mapping[str, str], other: Mapping[str, str]) -> dict[str, object]:
    """A reason with what both records state in place of what was compared; that only where they state it elsewhere."""
    feature = str(reason.get("feature", ""))
    return {
        **reason,
        "left": own.get(feature) or reason.get("left", ""),
        "right": other.get(feature) or reason.get("right", ""),
    }


def told(reason: Mapping[str, object]) -> Told:
    """A reason (`Reason.as_dict`) in the reader's language."""
    feature = str(reason.get("feature", ""))
    left, right = str(reason.get("left") or ""), str(reason.get("right") or "")
    outcome, kind = _outcome(says_of(reason), one_side=bool(left) != bool(right))
    return Told(label(feature), outcome, kind, in_words(feature, left), in_words(feature, right))


def label(feature: str) -> str:
    """A feature in words."""
    return str(NAMES.get(feature, feature))


def says_of(reason: Mapping[str, object]) -> Says:
    """What a stored reason says; those of before it was stored carry only its sentence."""
    said = reason.get("says")
    if said is not None:
        return Says(str(said))
    sentence = str(reason.get("note", "")).removesuffix(_CAPPED)
    return _SENTENCES.get((str(reason.get("feature", "")), sentence), Says.SILENT)


_CAPPED: Final = "; no agreement outweighs this"


def _outcome(says: Says, *, one_side: bool) -> tuple[str, Kind]:
    if says is Says.AGREES:
        return _("agrees"), "ok"
    if says is Says.NEARLY:
        return _("nearly agrees"), ""
    if says is Says.DIFFERS:
        return _("differs"), "warning"
    return (_("stated on one side only") if one_side else _("not compared")), ""


def in_words(feature: str, value: str) -> str:
    """A statement with the codes in it as words; "" where nothing is stated."""
    if feature == "material" and value:
        material = str(MATERIALS.get(value.removesuffix(" online"), value))
        return _("%(material)s, online") % {"material": material} if value.endswith(" online") else material
    if feature == "language" and value:
        return language_name(value, get_language() or "vi")
    if feature == "kind":
        return ", ".join(KINDS_NAMED.get(kind, kind) for kind in value.split(", "))
    if feature == "evidence":
        return ", ".join(str(EVIDENCE.get(part, part)) for part in value.split(", "))
    return value
