"""What two records are compared by, and the keys under which a record is found again. Pure.

Rules JOIN-1 ff. in docs/specs/import.md.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import orjson

from lienthu.foundation.marc.describe import Description
from lienthu.foundation.vietnamese.fold import fold, has_diacritics
from lienthu.foundation.vietnamese.names import name_key
from lienthu.foundation.vietnamese.tokens import folded_tokens, token_pairs

FINGERPRINT_VERSION: Final = 1
"""Raised when `fingerprint` or `match_keys` give other values: every record is then read and compared anew."""

_LEADING_ARTICLES: Final = frozenset({"the", "a", "an", "le", "la", "les", "der", "die", "das"})
_REMEMBERED: Final = 30_000  # names and publishers come again and again
_PUBLISHER_NOISE: Final = frozenset({"nxb", "nha", "xuat", "ban", "publisher", "publishing", "press", "co", "cty"})
# places an abbreviation stands for are not compared: the same edition is "H." here and "Hà Nội" there
_SPOKEN_ORDINAL = re.compile(r"\b(lan thu|thu|lan) ([a-z]+)")
_EDITION_NUMBER = re.compile(r"(?<!\d)\d{1,2}(?!\d)")  # four digits are a year
_ORDINAL_EDITION = re.compile(r"(?:lan thu|lan|ed|edition|xuat ban lan)\s*(\d+)|(\d+)(?:st|nd|rd|th)?\s*(?:ed|lan)")
_VOLUME_WORDS = re.compile(r"\b(?:tap|quyen|phan|vol|volume|thu|no|so|ky|part|book|t|q)(?:\b\.?\s*|(?=\d))")
_ROMAN: Final = {
    r: str(i)
    for i, r in enumerate(
        ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv"], 1
    )
}
_SPOKEN: Final = {
    word: str(i) for i, word in enumerate(["mot", "hai", "ba", "bon", "nam", "sau", "bay", "tam", "chin", "muoi"], 1)
}
_NUMBERS: Final = {**_SPOKEN, "nhat": "1", "nhi": "2", "tu": "4", **_ROMAN}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The compared parts of a record.

    ``title`` and ``subtitle`` are exact syllables (diacritics kept, tone placement canonical) joined by spaces,
    ``title_folded`` the same without diacritics. ``persons`` are folded syllable bags, sorted and joined.
    """

    title: str
    title_folded: str
    subtitle_folded: str
    part: str
    persons: tuple[str, ...]
    year: int | None
    edition: str
    publisher: str
    isbns: tuple[str, ...]
    material: str
    host: str
    language: str

    @property
    def title_is_marked(self) -> bool:
        """Whether the title has any diacritic: a title without may be one that lost them."""
        return has_diacritics(self.title)

    def dumps(self) -> str:
        """As compact JSON, for storing."""
        return orjson.dumps(
            [
                self.title, self.title_folded, self.subtitle_folded, self.part, self.persons, self.year,
                self.edition, self.publisher, self.isbns, self.material, self.host, self.language,
            ]
        ).decode()  # fmt: skip

    @classmethod
    def loads(cls, text: str) -> Fingerprint:
        """What ``dumps`` wrote."""
        v: list[Any] = orjson.loads(text)
        return cls(v[0], v[1], v[2], v[3], tuple(v[4]), v[5], v[6], v[7], tuple(v[8]), v[9], v[10], v[11])


def fingerprint(d: Description) -> Fingerprint:
    """The fingerprint of a described record."""
    exact, folded = token_pairs(d.title_proper or d.title)
    if len(folded) > 1 and folded[0] in _LEADING_ARTICLES and d.languages[:1] != ("vie",):
        exact, folded = exact[1:], folded[1:]
    return Fingerprint(
        title=" ".join(exact),
        title_folded=" ".join(folded),
        subtitle_folded=" ".join(folded_tokens(d.subtitle)),
        part=volume_key(d.part),
        persons=tuple(sorted({p for a in d.authors[:6] if (p := person_key(a.name))})),
        year=d.year,
        edition=edition_key(d.edition),
        publisher=publisher_key(d.publisher),
        isbns=tuple(sorted(set(d.isbns))),
        material=d.material_type,
        host=" ".join(folded_tokens(d.host.title)) if d.host else "",
        language=d.languages[0] if d.languages else "",
    )


def match_keys(f: Fingerprint) -> list[int]:
    """Signed 64-bit keys: each ISBN, title with year, title with each of the first two persons (rule JOIN-2)."""
    keys = [_hash("i", isbn) for isbn in f.isbns[:4]]
    if f.title_folded:
        keys.append(_hash("y", f.title_folded, f.part, str(f.year or "")))
        keys.extend(_hash("p", f.title_folded, f.part, person) for person in f.persons[:2])
    return keys


def completeness(d: Description) -> int:
    """How much a record says, for choosing the preferred one of a cluster: 0 to about 20."""
    said = (
        d.responsibility,
        d.publisher,
        d.place,
        d.year,
        d.edition,
        d.extent,
        d.summary,
        d.contents,
        d.series,
    )
    score = sum(1 for part in said if part)
    score += (
        min(len(d.subjects), 3) + min(len(d.authors), 2) + bool(d.isbns) + bool(d.classification) + bool(d.languages)
    )
    return score + (2 if has_diacritics(d.title) else 0)


@lru_cache(maxsize=_REMEMBERED)
def person_key(name: str) -> str:
    """The folded syllables of a name in alphabetical order: direct and inverted forms are one key."""
    return " ".join(sorted(name_key(name)))


@lru_cache(maxsize=_REMEMBERED)
def volume_key(part: str) -> str:
    """ "Tập 2", "T.II", "Quyển hai" of a part designation in one form: folded, its word dropped, roman as arabic."""
    if not part:
        return ""
    text = _VOLUME_WORDS.sub("", fold(part)).strip(" .,:;")
    return " ".join(_NUMBERS.get(word) or word.lstrip("0") or word for word in re.findall(r"\w+", text))


@lru_cache(maxsize=_REMEMBERED)
def edition_key(edition: str) -> str:
    """The number of an edition statement ("Tái bản lần thứ 2" → "r2", "In lần 3" → "3"), "" when it has none."""
    if not edition:
        return ""
    text = _SPOKEN_ORDINAL.sub(lambda m: f"{m[1]} {_NUMBERS.get(m[2], m[2])}", fold(edition))
    m = _ORDINAL_EDITION.search(text)
    number = next((g for g in m.groups() if g), "") if m else next(iter(_EDITION_NUMBER.findall(text)), "")
    return ("r" if "tai ban" in text else "") + number


@lru_cache(maxsize=_REMEMBERED)
def publisher_key(publisher: str) -> str:
    """A publisher's name without "Nxb.", "Nhà xuất bản" and the like, folded."""
    words = [w for w in folded_tokens(publisher) if w not in _PUBLISHER_NOISE]
    return " ".join(words)


def _hash(*parts: str) -> int:
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
