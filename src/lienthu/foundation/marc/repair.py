"""Make the parts of one field legal, whatever format it came in. Shared by the ISO 2709, XML and JSON
readers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from lienthu.foundation.marc.model import Field
from lienthu.foundation.marc.problems import Problem, seen

UNKNOWN_TAG: Final = "XXX"
"""The tag of a field whose own tag cannot be known. Legal in MARC 21 as a local tag, and in the MARCXML
schema.
"""

_TAG: Final = re.compile(r"(?!000)(?:[0-9][0-9A-Z]{2}|[0-9][0-9a-z]{2}|[A-Z][0-9A-Z]{2}|[a-z][0-9a-z]{2})")
_DIGITS: Final = frozenset(f"{n:03d}" for n in range(1, 1000))
_PRINTABLE: Final = frozenset(map(chr, range(0x20, 0x7F)))
CODES: Final = _PRINTABLE - {" "}
"""The characters that may be a subfield code: printable ASCII but the blank."""
INDICATORS: Final = frozenset(a + b for a in _PRINTABLE for b in _PRINTABLE)
"""Every pair of indicators that is one printable ASCII character each."""

LEADER_LENGTH: Final = 24
TITLE_TAGS: Final = frozenset({"130", "200", "210", "222", "240", "242", "243", "245", "246", "247"})


def legal_tag(tag: str, notes: list[Problem]) -> str:
    """``tag`` if MARC 21 (and the MARCXML schema) allow it, in one case; ``XXX`` and a note otherwise."""
    if tag in _DIGITS or _TAG.fullmatch(tag):
        return tag
    trimmed = tag.strip()
    for candidate in (trimmed, trimmed.upper(), trimmed.zfill(3) if trimmed.isdigit() else ""):
        if _TAG.fullmatch(candidate):
            notes.append(Problem("bad-tag", seen("read-as", repr(tag), candidate)))
            return candidate
    notes.append(Problem("bad-tag", repr(tag[:8])))
    return UNKNOWN_TAG


def legal_indicators(tag: str, indicators: str, notes: list[Problem]) -> str:
    """Two printable characters; what is not one becomes a blank."""
    if indicators in INDICATORS:
        return indicators
    if len(indicators) < 2:
        notes.append(Problem("missing-indicators", f"{tag} {indicators!r}"))
        indicators = indicators.ljust(2)
    fixed = "".join(c if c in _PRINTABLE else " " for c in indicators[:2])
    if fixed != indicators:
        notes.append(Problem("bad-indicator", f"{tag} {indicators!r}"))
    return fixed


def legal_subfields(tag: str, pairs: Sequence[tuple[str, str]], notes: list[Problem]) -> tuple[tuple[str, str], ...]:
    """The subfields with codes of one printable character; a text without a code becomes subfield a."""
    kept: list[tuple[str, str]] = []
    for code, value in pairs:
        if code in CODES:
            kept.append((code, value))
            continue
        if not code and not value:
            notes.append(Problem("empty-subfield", tag))
            continue
        notes.append(Problem("bad-subfield-code", f"{tag} {code!r}"))
        # A letter that is no code is the first letter of a text whose code got lost.
        kept.append(("a", (code + value if code.strip() and len(code) == 1 else value).strip()))
    return tuple(kept)


def data_field(tag: str, indicators: str, pairs: Sequence[tuple[str, str]], notes: list[Problem]) -> Field:
    """A data field of legal parts, each repair noted."""
    legal = legal_indicators(tag, indicators, notes)
    return Field(tag, legal[0], legal[1], legal_subfields(tag, pairs, notes))


def unmarked_text(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Indicators and subfields of a data field that holds no delimiter before ``text``."""
    if len(text) >= 2 and text[0] in " #0123456789" and text[1] in " #0123456789":
        head, rest = text[:2], text[2:]
    else:
        head, rest = "  ", text
    # "aNhật ký" has lost its delimiter only, "nhật ký" also its code.
    if rest[:1].isascii() and rest[:1].islower() and (rest[1:2].isupper() or rest[1:2] in ("[", "(", '"')):
        return head, [(rest[0], rest[1:])]
    return head, [("a", rest)] if rest.strip() else []


def repaired_leader(leader: str, notes: list[Problem]) -> str:
    """24 printable characters; what is wrong with those that say what the record is, is noted."""
    if len(leader) != LEADER_LENGTH:
        notes.append(Problem("leader-length", str(len(leader))))
        leader = leader[:LEADER_LENGTH].ljust(LEADER_LENGTH)
    if not (leader.isascii() and leader.isprintable()):
        notes.append(Problem("leader-characters", repr(leader)))
        leader = "".join(c if c in _PRINTABLE else " " for c in leader)
    if not leader[6].isalpha():
        notes.append(Problem("leader-type", repr(leader[6])))
        leader = leader[:6] + "a" + leader[7:]
    return leader
