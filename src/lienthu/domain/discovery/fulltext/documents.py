"""What the page index knows of a page: its words, whose it is, who may find it (FTS-6). Nothing is kept for show."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Final, NamedTuple

from lienthu.domain.catalog import selectors as catalog
from lienthu.domain.digital.access import Standing, standings_of
from lienthu.domain.digital.models import DigitalObject
from lienthu.domain.digital.selectors.objects import objects_by_id
from lienthu.domain.digital.selectors.texts import TextRow, pages_by_id, texts_of_pages
from lienthu.domain.discovery.fulltext.reading import is_ideograph
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.vietnamese.damage import DOUBTFUL, outlines_of
from lienthu.foundation.vietnamese.dates import year_of
from lienthu.foundation.vietnamese.fold import has_diacritics
from lienthu.foundation.vietnamese.tokens import token_pairs

# Raised whenever documents or the schema change shape: an index of another version is built anew (as SEA-12).
PAGES_VERSION: Final = 1

_MOST_WORDS: Final = 20_000  # a page of a newspaper has some 5,000
_SEPARATOR: Final = "\x1f"


class Volume(NamedTuple):
    """What pages share and are counted and narrowed by."""

    object_id: int
    library: str
    collection: str
    kind: str
    owner_group: str
    year: int

    @property
    def term(self) -> str:
        """As one word of the index."""
        return _SEPARATOR.join(map(str, self))

    @classmethod
    @lru_cache(maxsize=1 << 16)
    def of(cls, term: str) -> Volume:
        """From the word of the index."""
        object_id, library, collection, kind, owner_group, year = term.split(_SEPARATOR)
        return cls(int(object_id), library, collection, kind, owner_group, int(year))


@dataclass(frozen=True, slots=True)
class Shelf:
    """An object as the index sees it: what its pages share, and who finds them until when."""

    volume: Volume
    open_to: tuple[str, ...]
    staff_only: tuple[str, ...]
    until: date | None

    def stamp(self, *, closed: bool) -> int:
        """Changes when a page has to be written anew though its text is the same. 48 bits, as numbers come back."""
        said = repr((self.volume, self.staff_only if closed else self.open_to, self.until))
        return int.from_bytes(hashlib.blake2b(said.encode(), digest_size=6).digest(), "big")


@dataclass(slots=True)
class PageDocument:
    """One page for the index; texts are words joined by blanks, all of a layer side by side."""

    id: int
    seq: int
    shelf: Shelf
    closed: bool
    layers: tuple[str, ...]
    exact: str
    folded: str
    unmarked: str
    damaged: str
    pairs: str


def shelves_of(objects: Collection[DigitalObject]) -> dict[int, Shelf]:
    """These objects as the index sees them: a few statements whatever their number."""
    standings = standings_of(objects)
    years = _years_of(objects)
    return {o.pk: _shelf(o, standings[o.pk], years.get(o.pk, 0)) for o in objects}


def _shelf(o: DigitalObject, standing: Standing, year: int) -> Shelf:
    who = standing.audiences
    volume = Volume(
        o.pk,
        o.library.code,
        o.collection.code if o.collection else "",
        o.kind,
        o.collection.owner_group if o.collection else "",
        year,
    )
    return Shelf(volume, tuple(sorted(who.find | who.work)), tuple(sorted(who.work)), standing.until)


def _years_of(objects: Collection[DigitalObject]) -> dict[int, int]:
    """The year of an object: of its own description, otherwise of its record."""
    out: dict[int, int] = {}
    asked: dict[int, int] = {}
    for o in objects:
        said = [year for value in _values(o.description, "date") if (year := year_of(value))]
        if said:
            out[o.pk] = said[0]
        elif o.record_id is not None:
            asked[o.pk] = o.record_id
    records = catalog.marc_of(sorted(set(asked.values()))) if asked else {}
    for object_id, record_id in asked.items():
        if record_id in records and (found := describe(records[record_id]).year):
            out[object_id] = found
    return out


def _values(description: Mapping[str, object], element: str) -> list[str]:
    values = description.get(element)
    return [str(v) for v in values] if isinstance(values, list) else [str(values)] if values else []


def documents_of(page_ids: Sequence[int]) -> Iterator[PageDocument]:
    """The documents of these pages; none for a page without text or that is not there: five statements."""
    pages = pages_by_id(page_ids)
    objects = objects_by_id({p.object_id for p in pages.values()})
    shelves = shelves_of(objects.values())
    texts = texts_of_pages(list(pages), content=True)
    for page_id, rows in texts.items():
        page = pages[page_id]
        yield build(page_id, page.seq, shelves[page.object_id], rows, closed=page.closed)


def build(page_id: int, seq: int, shelf: Shelf, rows: Sequence[TextRow], *, closed: bool) -> PageDocument:
    """The document of one page from its layers."""
    exact: list[str] = []
    folded: list[str] = []
    unmarked: list[str] = []
    damaged: set[str] = set()
    pairs: list[str] = []
    for row in rows:
        x, f = token_pairs(row.text)
        x, f = x[:_MOST_WORDS], f[:_MOST_WORDS]
        if not f:
            continue
        exact.append(" ".join(x))
        folded.append(" ".join(f))
        if not has_diacritics(row.text):
            unmarked.append(folded[-1])
        damaged |= outlines_of(set(x), _doubtful(row))
        if not row.text.isascii():
            pairs += _pairs(f)
    return PageDocument(
        page_id,
        seq,
        shelf,
        closed,
        tuple(row.layer for row in rows),
        " ¶ ".join(exact),
        " ¶ ".join(folded),
        " ¶ ".join(unmarked),
        " ".join(sorted(damaged)),
        " ¶ ".join(pairs),
    )


def _doubtful(row: TextRow) -> Iterable[str]:
    """The words of which the machine was not sure."""
    if row.source != "ocr" or not row.content:
        return
    for block in row.value()["blocks"]:
        for text, numbers in block:
            for word, confidence in zip(text.split(" "), numbers[4::5], strict=False):
                if confidence < DOUBTFUL:
                    yield from token_pairs(word)[0]


def _pairs(words: Sequence[str]) -> list[str]:
    """Every two neighbouring ideographs as one word, run by run."""
    out = []
    for ideographs, run in groupby(words, key=is_ideograph):
        if ideographs and len(signs := list(run)) > 1:
            out.append(" ".join(map("".join, pairwise(signs))))
    return out
