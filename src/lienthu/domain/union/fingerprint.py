"""What two records are compared by, and the keys under which a record is found again. Pure.

Rules MAT-1 to MAT-4, docs/specs/matching.md. The compared features are in `scoring`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

import orjson

from lienthu.domain.union.statements import (
    damage_of,
    edition_key,
    extent_of,
    host_key,
    is_unsure,
    kind_named,
    name_forms,
    numbers_in,
    place_key,
    publisher_key,
    undamaged,
    volume_in_extent,
    volume_in_title,
    volume_key,
    volume_number,
    years_in,
)
from lienthu.foundation.marc.describe import Description
from lienthu.foundation.vietnamese.fold import has_diacritics
from lienthu.foundation.vietnamese.tokens import folded_tokens, token_pairs

FINGERPRINT_VERSION: Final = 4
"""Raised when `fingerprint` or `match_keys` give other values: every record is then read and compared anew."""

CANDIDATES_PER_KEY: Final = 30
"""A library of 1,000 "Truyện Kiều" must not make matching quadratic: a key finds so many records, the oldest."""
CROWD: Final = 8
"""A vague key that more records share than this tells little: in a catalogue of a million many books of a year begin
with the same three words, and what such keys find would be most of what is compared."""
CANDIDATES_PER_CROWDED_KEY: Final = 3
"""They are looked at all the same, for the one book that many libraries hold: any of its records will do."""
CANDIDATES_PER_RECORD: Final = 60

_LEADING_ARTICLES: Final = frozenset({"the", "a", "an", "le", "la", "les", "der", "die", "das", "l"})
_NAMES: Final = 6
_OTHER_TITLES: Final = 4
_NAMED_WORDS: Final = 40
_NEIGHBOURS: Final = 6


class Fingerprint(NamedTuple):
    """The compared parts of a record (rule MAT-1).

    ``title`` is the title proper in exact syllables (diacritics kept, tone placement canonical) joined by spaces,
    ``title_folded`` the same without diacritics; a volume at its end is taken off and stands in ``part``. ``names`` are
    the headings as alphabetically ordered exact words, ``names_folded`` the same without diacritics. ``said`` are the
    folded words of the statement of responsibility. ``number`` and ``neighbours`` are of serials only: the control
    number, and what names earlier and later titles (``own_marks``). Absent is "", () or None.
    """

    title: str
    title_folded: str
    subtitle_folded: str
    other_titles: tuple[str, ...]
    part: str
    numbers: str
    names: tuple[str, ...]
    names_folded: tuple[str, ...]
    said: str
    year: int | None
    years: tuple[int, ...]
    year_unsure: bool
    edition: str
    publisher: str
    place: str
    pages: int | None
    volumes: int | None
    height: int | None
    isbns: tuple[str, ...]
    isbns_other: tuple[str, ...]
    issns: tuple[str, ...]
    national: tuple[str, ...]
    series: str
    series_volume: str
    material: str
    online: bool
    host: str
    scale: str
    kind: str
    language: str
    number: str
    neighbours: tuple[str, ...]

    @property
    def title_is_marked(self) -> bool:
        """Whether the title has any diacritic: a title without may be one that lost them."""
        return has_diacritics(self.title)

    @property
    def whole_folded(self) -> str:
        """Title proper and subtitle, folded."""
        return f"{self.title_folded} {self.subtitle_folded}" if self.subtitle_folded else self.title_folded

    def dumps(self) -> str:
        """As compact JSON, for storing: the version, then the values in the order of the fields."""
        return orjson.dumps((FINGERPRINT_VERSION, *self)).decode()

    @classmethod
    def loads(cls, text: str) -> Fingerprint:
        """What ``dumps`` wrote. One of another version is `OUTDATED`, which agrees with nothing."""
        version, *v = orjson.loads(text)
        if version != FINGERPRINT_VERSION:
            return OUTDATED
        for i in _TUPLES:
            v[i] = tuple(v[i])
        return cls._make(v)


_TUPLES: Final = tuple(i for i, kind in enumerate(Fingerprint.__annotations__.values()) if "tuple" in str(kind))

OUTDATED: Final = Fingerprint(
    "", "", "", (), "", "", (), (), "", None, (), False, "", "", "", None, None, None, (), (), (), (), "", "", "",
    False, "", "", "", "", "", (),
)  # fmt: skip
"""Stands for a record that was read by an earlier version and waits to be read anew: it has no keys, no candidates."""


def fingerprint(d: Description) -> Fingerprint:
    """The fingerprint of a described record."""
    title, subtitle = d.title_proper or d.title, d.subtitle
    names_given = [a.name for a in d.authors[:_NAMES]]
    damage = ""
    if not d.languages or d.languages[0] == "vie":
        host = d.host.title if d.host else ""
        damage = damage_of(" ".join((title, subtitle, d.responsibility, d.publisher, d.place, *names_given, host)))
    if damage:
        title, subtitle = undamaged(title, damage), undamaged(subtitle, damage)
        names_given = [undamaged(name, damage) for name in names_given]
    part = volume_key(undamaged(d.part, damage))
    if not part:
        title, subtitle, part = volume_in_title(title, subtitle)
        part = part or volume_in_extent(d.extent)
    exact, folded = token_pairs(title)
    if len(folded) > 1 and folded[0] in _LEADING_ARTICLES and d.languages[:1] != ("vie",):
        exact, folded = exact[1:], folded[1:]
    below = folded_tokens(subtitle)
    names = [name_forms(name) for name in names_given]
    names = list(dict.fromkeys(n for n in names if n[1]))
    extent = extent_of(d.extent)
    years = years_in(d.date_text)
    own = Fingerprint(
        title=" ".join(exact),
        title_folded=" ".join(folded),
        subtitle_folded=" ".join(below),
        other_titles=tuple(
            dict.fromkeys(
                " ".join(folded_tokens(t))
                for t in (*d.other_titles, d.title_original_script, d.part if len(d.part) > 12 else "")
                if t
            )
        )[:_OTHER_TITLES],
        part=part,
        numbers=numbers_in(folded + below),
        names=tuple(n[0] for n in names),
        names_folded=tuple(n[1] for n in names),
        said=" ".join(folded_tokens(undamaged(d.responsibility, damage))[:_NAMED_WORDS]),
        year=d.year,
        years=tuple(dict.fromkeys(years)),
        year_unsure=is_unsure(d.date_text),
        edition=edition_key(d.edition),
        publisher=publisher_key(undamaged(d.publisher, damage)),
        place=place_key(undamaged(d.place, damage)),
        pages=extent.pages,
        volumes=extent.volumes,
        height=extent.height,
        isbns=tuple(sorted(set(d.isbns))),
        isbns_other=tuple(sorted(set(d.isbns_other))),
        issns=tuple(sorted(set(d.issns))),
        national=tuple(sorted(set(d.national_numbers))),
        series=" ".join(folded_tokens(d.series[0])) if d.series else "",
        series_volume=volume_key(d.series_volume),
        material=d.material_type,
        online=d.online,
        host=host_key(undamaged(d.host.title, damage)) if d.host else "",
        scale=d.scale,
        kind=kind_named(folded + below),
        language=d.languages[0] if d.languages else "",
        number=d.control_number if d.material_type == "serial" else "",
        neighbours=(),
    )
    return own._replace(neighbours=_neighbours(d, own)) if d.succession and d.material_type == "serial" else own


def own_marks(f: Fingerprint) -> set[str]:
    """What another serial would name this one by: ISSN, control number, title."""
    title = host_key(f.title_folded)
    return {*(f"x{n}" for n in f.issns), *([f"w{f.number}"] if f.number else []), *([f"t{title}"] if title else [])}


def _neighbours(d: Description, own: Fingerprint) -> tuple[str, ...]:
    named: dict[str, None] = {}
    for link in d.succession[:_NEIGHBOURS]:
        marks = ("x" + link.issn, "w" + link.control_number, "t" + host_key(link.title) if link.title else "")
        named.update((mark, None) for mark in marks if len(mark) > 1)
    # a serial that kept its title, or names itself, is not told from its neighbour by that
    return tuple(mark for mark in named if mark not in own_marks(own))


class MatchKeys(NamedTuple):
    """Keys under which a record is found, the surest first: ``vague`` ones are shared by many that are not the same."""

    sure: tuple[int, ...] = ()
    vague: tuple[int, ...] = ()

    @property
    def every(self) -> tuple[int, ...]:
        """All of them, as they are stored."""
        return self.sure + self.vague

    def candidates(self, by_key: Mapping[int, Sequence[int]]) -> list[int]:
        """The records to compare with, of those that share each key, the oldest first (rule MAT-2).

        ``by_key`` may leave out what stands beyond the CANDIDATES_PER_KEY of a sure key, and beyond one more than a
        CROWD of a vague one.
        """
        found: dict[int, None] = {}
        for key in self.sure:
            for record in by_key.get(key, ())[:CANDIDATES_PER_KEY]:
                found[record] = None
        for key in self.vague:
            for record in not_of_a_crowd(by_key.get(key, ())):
                found[record] = None
        return list(islice(found, CANDIDATES_PER_RECORD))


def not_of_a_crowd(records: Sequence[int]) -> Sequence[int]:
    """Those of the records of one vague key, the oldest first, that are worth looking at."""
    return records if len(records) <= CROWD else records[:CANDIDATES_PER_CROWDED_KEY]


def match_keys(f: Fingerprint) -> MatchKeys:
    """Signed 64-bit keys under which candidates are found (rule MAT-2).

    Sure: identifiers; title with volume and year; title with volume and each of two persons. Vague, for damaged titles:
    a person with volume and year, and both ends of a longer title with volume and year.
    """
    keys = [_hash("i", number) for number in f.isbns[:4]]
    keys += [_hash("i", number) for number in f.isbns_other[:2]]
    keys += [_hash("s", number) for number in f.issns[:2]]
    keys += [_hash("n", number) for number in f.national[:2]]
    if not f.title_folded:
        return MatchKeys(tuple(dict.fromkeys(keys)))
    year, part = str(f.year or ""), volume_number(f.part)
    keys.append(_hash("y", f.title_folded, part, year))
    keys.extend(_hash("p", f.title_folded, part, person) for person in f.names_folded[:2])
    vague: list[int] = []
    if f.year:
        if f.names_folded:
            vague.append(_hash("w", f.names_folded[0], part, year))
        words = f.whole_folded.split()
        if len(words) >= 4:
            vague.append(_hash("b", *words[:3], part, year))
            vague.append(_hash("e", *f.title_folded.split()[-3:], part, year))
    return MatchKeys(tuple(dict.fromkeys(keys)), tuple(dict.fromkeys(vague)))


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


def _hash(*parts: str) -> int:
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
