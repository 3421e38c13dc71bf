"""Whether two records describe the same publication. Pure: fingerprints in, an explained verdict out.

Rules JOIN-3 to JOIN-9, docs/specs/import.md. A later rule version replaces this module, not its callers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lienthu.domain.union.fingerprint import Fingerprint

RULE_VERSION: Final = 1
# a manuscript or an electronic copy is another publication than the printed book, but a thesis is often coded as one
_LIKE_BOOK: Final = frozenset({"book", "thesis", "mixed", "kit"})


@dataclass(frozen=True, slots=True)
class Reason:
    """One compared feature: ``agrees`` True, False, or None where one side is silent."""

    feature: str
    agrees: bool | None
    left: str
    right: str

    def as_dict(self) -> dict[str, object]:
        """For storing as JSON."""
        return {"feature": self.feature, "agrees": self.agrees, "left": self.left, "right": self.right}


@dataclass(frozen=True, slots=True)
class Verdict:
    """``same`` with a score of 0..1 and the reasons in the order they were weighed."""

    same: bool
    score: float
    reasons: tuple[Reason, ...]


def decide_same(a: Fingerprint, b: Fingerprint) -> Verdict:
    """Compare two fingerprints. Any contradiction separates; agreement must be carried by enough evidence."""
    material = _material(a, b)
    part = Reason("part", a.part == b.part, a.part, b.part)
    isbn = _isbn(a, b)
    title = _title(a, b)
    subtitle = _silent_or("subtitle", a.subtitle_folded, b.subtitle_folded, _one_begins_the_other)
    persons = _persons(a, b)
    year = _silent_or("year", str(a.year or ""), str(b.year or ""))
    edition = _silent_or("edition", a.edition, b.edition)
    publisher = _silent_or("publisher", a.publisher, b.publisher, _one_within_the_other)
    host = _silent_or("host", a.host, b.host)
    language = _silent_or("language", a.language, b.language)
    reasons = (isbn, title, subtitle, part, persons, year, edition, publisher, material, host, language)

    if not (part.agrees and material.agrees):
        return Verdict(False, 0.0, reasons)  # JOIN-3: another volume or another kind of material
    if isbn.agrees and _shares_words(a, b):
        return Verdict(True, 0.98, reasons)  # JOIN-4: an ISBN, with a title that is not quite another one
    contradicts = [r for r in reasons if r.agrees is False]
    if contradicts or not title.agrees:
        return Verdict(False, max(0.0, 0.5 - 0.1 * len(contradicts)), reasons)  # JOIN-5
    # JOIN-6: title alone proves nothing; a person, or year and publisher or host, must stand behind it
    # JOIN-7: a silent year is bridged only by the same persons and the same publisher
    both_undated = not a.year and not b.year
    carried = (
        (persons.agrees and (year.agrees or both_undated or publisher.agrees))
        or (year.agrees and (publisher.agrees or host.agrees))
        or (both_undated and (publisher.agrees or host.agrees))
        or (both_undated and not a.persons and not b.persons and not a.publisher and not b.publisher)
    )
    agreeing = sum(1 for r in reasons if r.agrees)
    return Verdict(bool(carried), min(0.97, 0.5 + 0.06 * agreeing) if carried else 0.45, reasons)


def _material(a: Fingerprint, b: Fingerprint) -> Reason:
    same = a.material == b.material or (a.material in _LIKE_BOOK and b.material in _LIKE_BOOK)
    return Reason("material", same, a.material, b.material)


def _isbn(a: Fingerprint, b: Fingerprint) -> Reason:
    agrees = bool(set(a.isbns) & set(b.isbns)) if a.isbns and b.isbns else None
    return Reason("isbn", agrees, " ".join(a.isbns), " ".join(b.isbns))


def _title(a: Fingerprint, b: Fingerprint) -> Reason:
    if not a.title_folded or a.title_folded != b.title_folded:
        agrees = False
    elif a.title_is_marked and b.title_is_marked:
        agrees = _same_but_for_i_and_y(a.title, b.title)  # JOIN-8: "Hạ Long" is not "Hà Long"
    else:
        agrees = True  # JOIN-9: one of the two has lost its diacritics
    return Reason("title", agrees, a.title, b.title)


_IY = str.maketrans("yýỳỷỹỵ", "iíìỉĩị")


def _same_but_for_i_and_y(left: str, right: str) -> bool:
    return left == right or left.translate(_IY) == right.translate(_IY)


def _persons(a: Fingerprint, b: Fingerprint) -> Reason:
    if not a.persons or not b.persons:
        agrees = None
    else:
        bags_a, bags_b = [set(p.split()) for p in a.persons], [set(p.split()) for p in b.persons]
        agrees = any(x <= y or y <= x for x in bags_a for y in bags_b if min(len(x), len(y)) >= 2 or x == y)
    return Reason("persons", agrees, "; ".join(a.persons), "; ".join(b.persons))


def _silent_or(feature: str, left: str, right: str, agree: object = None) -> Reason:
    if not left or not right:
        return Reason(feature, None, left, right)
    test = agree if callable(agree) else str.__eq__
    return Reason(feature, bool(test(left, right)), left, right)


def _one_begins_the_other(left: str, right: str) -> bool:
    return left.startswith(right) or right.startswith(left)


def _one_within_the_other(left: str, right: str) -> bool:
    words_left, words_right = set(left.split()), set(right.split())
    return words_left <= words_right or words_right <= words_left


def _shares_words(a: Fingerprint, b: Fingerprint) -> bool:
    left, right = set(a.title_folded.split()), set(b.title_folded.split())
    return bool(left & right) and len(left & right) * 2 >= min(len(left), len(right))
