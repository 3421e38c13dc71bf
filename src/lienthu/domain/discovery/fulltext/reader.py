"""Reads the page index. Every query carries who asks: nothing is found, counted or told of other pages (FTS-4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Final

import tantivy
from tantivy import Occur, Query

from lienthu.domain.discovery.backends.tantivy.beginnings import beginning
from lienthu.domain.discovery.backends.tantivy.live import LiveIndex
from lienthu.domain.discovery.backends.tantivy.store import IndexStore
from lienthu.domain.discovery.fulltext.documents import Volume
from lienthu.domain.discovery.fulltext.engine import build_schema, store
from lienthu.domain.discovery.fulltext.reading import is_ideograph
from lienthu.domain.discovery.query import Clause, Plan, Word
from lienthu.foundation.vietnamese.damage import skeleton

_EXACT: Final = 2.0
_UNMARKED: Final = 0.5  # few pages are without marks: a word of them would seem rare, and weigh too much
_DAMAGED: Final = 0.02  # below any word that stands there whole, also the commonest
_MOST_VOLUMES: Final = 60_000  # counted at once; tantivy refuses more than 65,000 buckets
_MOST_PAGES: Final = 50_000  # of one object
_SHORTEST_LOOKED_UP: Final = 3  # two letters and a star would be thousands of words
_FIRST_LOOK: Final = 100
_ROOM: Final = 7  # so many times the pages that are wanted are looked at together
_LONGEST_LOOK: Final = 20_000
Part = tuple[Occur, Query]


@dataclass(frozen=True, slots=True)
class Sight:
    """Who asks, on which day, and what must not be told though the index may not know it yet (FTS-7)."""

    tokens: frozenset[str]
    on: date
    without_objects: frozenset[int] = frozenset()
    without_pages: frozenset[int] = frozenset()
    without_libraries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Chosen values: those of one name are alternatives, different names add up."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year_from: int | None = None
    year_to: int | None = None

    def __bool__(self) -> bool:
        return any(self.values.values()) or self.year_from is not None or self.year_to is not None

    def lets(self, volume: Volume, leave_out: str = "") -> bool:
        """Whether a volume is among what was chosen, one name left out of account."""
        for name, chosen in self.values.items():
            if chosen and name != leave_out and str(getattr(volume, name)) not in chosen:
                return False
        if leave_out == "year" or (self.year_from is None and self.year_to is None):
            return True
        return bool(volume.year) and (self.year_from or 0) <= volume.year <= (self.year_to or 9999)


class PageReader:
    """Searches the live page index. Safe to use from several threads."""

    def __init__(self, store_: IndexStore) -> None:
        self._schema = build_schema()
        self._live = LiveIndex(store_, self._schema)

    def volumes(self, plan: Plan, sight: Sight) -> dict[int, tuple[Volume, int]]:
        """Every volume with matching pages and how many, narrowed by nothing but who asks. Raises IndexMissing."""
        searcher = self._live.searcher()
        query = self._query(searcher, plan, sight)
        raw = searcher.aggregate(query, {"volumes": {"terms": {"field": "volume", "size": _MOST_VOLUMES}}})
        found: dict[int, tuple[Volume, int]] = {}
        of = Volume.of  # of many thousands
        for bucket in raw["volumes"]["buckets"]:
            volume = of(bucket["key"])
            id_, count = volume[0], bucket["doc_count"]
            if id_ in found:  # while an object moves, some of its pages are still where it was
                count += found[id_][1]
            found[id_] = (volume, count)
        return found

    def best(self, plan: Plan, sight: Sight, narrowed: Narrowed, wanted: int) -> list[int]:
        """Object ids of the first ``wanted`` volumes, each at the place of its best page."""
        searcher = self._live.searcher()
        base = self._parts(searcher, plan, sight) + self._narrowing(narrowed)
        seen: dict[int, None] = {}
        look = max(_FIRST_LOOK, 2 * wanted)
        while len(seen) < wanted:
            parts = [*base, *self._without("object_key", seen)]
            hits = searcher.search(Query.boolean_query(parts), limit=look, count=False).hits
            objects = searcher.fast_field_values("object", [address for _, address in hits]) if hits else []
            seen.update(dict.fromkeys(int(o) for o in objects if o is not None))
            if len(hits) < look:
                break
            look = min(look * 2, _LONGEST_LOOK)
        return list(seen)[:wanted]

    def pages(self, plan: Plan, sight: Sight, counts: Mapping[int, int], limit: int) -> dict[int, list[int]]:
        """Object id → ids of its best matching pages; ``counts`` tells how many each of the objects has.

        Most are found in one go. What the pages of others left no room for is asked for by itself.
        """
        searcher = self._live.searcher()
        parts = self._parts(searcher, plan, sight)
        found: dict[int, list[int]] = {id_: [] for id_ in counts}
        most = min(_ROOM * limit * len(counts), sum(counts.values()))
        for object_id, page_id in self._inside(searcher, parts, list(counts), most):
            if object_id in found and len(found[object_id]) < limit:
                found[object_id].append(page_id)
        for object_id, count in counts.items():
            if len(found[object_id]) < min(limit, count):
                found[object_id] = [page for _, page in self._inside(searcher, parts, [object_id], limit)]
        return found

    def _inside(
        self, searcher: tantivy.Searcher, parts: list[Part], object_ids: list[int], limit: int
    ) -> list[tuple[int, int]]:
        """Object and page, the best first, of what matches in these objects."""
        if not object_ids or not limit:
            return []
        terms = Query.term_set_query(self._schema, "object_key", list(map(str, object_ids)))
        query = Query.boolean_query([*parts, (Occur.Must, Query.const_score_query(terms, 0.0))])
        hits = searcher.search(query, limit=limit, count=False).hits
        addresses = [address for _, address in hits]
        return list(zip(_numbers(searcher, "object", addresses), _numbers(searcher, "id", addresses), strict=True))

    def possible(self, plan: Plan, object_id: int) -> list[int] | None:
        """Ids of the pages of one object that may match: all that do and few others. None where they cannot be told.

        Knows nothing of who asks, nor whether a word stands in the layer where another one does: the pages named here
        are looked at by the policy and by ``Matcher`` before anything is told of them.
        """
        searcher = self._live.searcher()
        asked = (self._at_least(searcher, c, accented=plan.accented) for c in plan.asked)
        inside = Query.term_query(self._schema, "object_key", str(object_id))
        parts: list[Part] = [(Occur.Must, part) for part in (inside, *asked) if part is not None]
        query = Query.const_score_query(Query.boolean_query(parts), 0.0)
        hits = searcher.search(query, limit=_MOST_PAGES, count=False).hits
        return _numbers(searcher, "id", [address for _, address in hits]) if len(hits) < _MOST_PAGES else None

    def _at_least(self, searcher: tantivy.Searcher, c: Clause, *, accented: bool) -> Query | None:
        """What a page must hold for a clause to match there; None: nothing that could be asked cheaply."""
        if c.phrase:
            folded: list[str | tuple[int, str]] = [w.folded for w in c.words]
            marked = [self._marked(w) for w in c.words if accented and w.marked]
            parts = [Query.phrase_query(self._schema, "folded", folded), *marked]
            return Query.boolean_query([(Occur.Must, part) for part in parts])
        word = c.words[0]
        if word.prefix:
            name, text = ("exact", word.exact) if accented and word.marked else ("folded", word.folded)
            if len(text) < _SHORTEST_LOOKED_UP:
                return None
            return beginning(self._schema, name, text)
        whole = self._marked(word) if accented and word.marked else self._term("folded", word.folded)
        misread = self._term("damaged", skeleton(word.exact))
        return Query.boolean_query([(Occur.Should, whole), (Occur.Should, misread)])

    def _marked(self, word: Word) -> Query:
        ways = [self._term("exact", word.exact), self._term("unmarked", word.folded)]
        return Query.boolean_query([(Occur.Should, way) for way in ways])

    def _term(self, name: str, value: str) -> Query:
        return Query.term_query(self._schema, name, value)

    def count(self, field_: str, word: str, sight: Sight) -> int:
        """How many pages that may be found hold this word: what is said of words says nothing of closed pages."""
        searcher = self._live.searcher()
        if not searcher.doc_freq(field_, word):
            return 0
        word_query = Query.const_score_query(Query.term_query(self._schema, field_, word), 0.0)
        found = searcher.search(Query.boolean_query([(Occur.Must, word_query), *self._seen_by(sight)]), limit=1)
        return int(found.count or 0)

    # ------------------------------------------------------------------------------ for the writer of the index

    def stamps(self, object_id: int) -> dict[int, int]:
        """Page id → stamp of the pages of an object as they are indexed."""
        searcher = self._live.searcher()
        query = Query.const_score_query(Query.term_query(self._schema, "object_key", str(object_id)), 0.0)
        there = searcher.search(query, limit=1).count
        hits = searcher.search(query, limit=there, count=False).hits if there else []
        addresses = [address for _, address in hits]
        ids, stamps = _numbers(searcher, "id", addresses), _numbers(searcher, "stamp", addresses)
        return dict(zip(ids, stamps, strict=True))

    def overdue(self, on: date, limit: int) -> list[int]:
        """Objects whose audiences may have changed since they were indexed, by dates alone."""
        searcher = self._live.searcher()
        hits = searcher.search(self._past(on), limit=limit, count=False).hits
        return list(dict.fromkeys(_numbers(searcher, "object", [address for _, address in hits])))

    # -------------------------------------------------------------------------------------------------- queries

    def _query(self, searcher: tantivy.Searcher, plan: Plan, sight: Sight) -> Query:
        return Query.boolean_query(self._parts(searcher, plan, sight))

    def _parts(self, searcher: tantivy.Searcher, plan: Plan, sight: Sight) -> list[Part]:
        parts = self._seen_by(sight)
        for c in plan.clauses:
            occur = Occur.MustNot if c.excluded else Occur.Must
            parts.append((occur, self._clause(searcher, c, accented=plan.accented)))
        return parts

    def _seen_by(self, sight: Sight) -> list[Part]:
        tokens = sorted(sight.tokens)
        terms = [Query.term_query(self._schema, "audience", token) for token in tokens]
        anyone = terms[0] if len(terms) == 1 else Query.boolean_query([(Occur.Should, t) for t in terms])
        parts: list[Part] = [
            (Occur.Must, Query.const_score_query(anyone, 0.0) if terms else Query.empty_query()),
            (Occur.MustNot, self._past(sight.on)),
        ]
        parts += self._without("object_key", sight.without_objects)
        parts += self._without("key", sight.without_pages)
        parts += self._without("library", sight.without_libraries)
        return parts

    def _past(self, on: date) -> Query:
        return Query.range_query(self._schema, "until", tantivy.FieldType.Unsigned, 0, on.toordinal() - 1)

    def _without(self, name: str, values: Collection[int] | Collection[str]) -> list[Part]:
        if not values:
            return []
        return [(Occur.MustNot, Query.term_set_query(self._schema, name, list(map(str, values))))]

    def _narrowing(self, narrowed: Narrowed) -> list[Part]:
        parts: list[Part] = []
        for name, values in narrowed.values.items():
            if values:
                terms = Query.term_set_query(self._schema, name, list(values))
                parts.append((Occur.Must, Query.const_score_query(terms, 0.0)))
        if narrowed.year_from is not None or narrowed.year_to is not None:
            first, last = max(narrowed.year_from or 1, 1), narrowed.year_to or 9999
            span = Query.range_query(self._schema, "year", tantivy.FieldType.Unsigned, first, last)
            parts.append((Occur.Must, Query.const_score_query(span, 0.0)))
        return parts

    def _clause(self, searcher: tantivy.Searcher, c: Clause, *, accented: bool) -> Query:
        if c.phrase:
            return self._phrase(searcher, c.words, accented=accented)
        word = c.words[0]
        if word.prefix:
            name, text = ("exact", word.exact) if accented and word.marked else ("folded", word.folded)
            return beginning(self._schema, name, text)
        ways: list[Query]
        if accented and word.marked:
            ways = [Query.boost_query(Query.term_query(self._schema, "exact", word.exact), _EXACT)]
            if searcher.doc_freq("unmarked", word.folded):
                plain = Query.term_query(self._schema, "unmarked", word.folded)
                ways.append(Query.boost_query(plain, _UNMARKED))
        else:
            ways = [Query.term_query(self._schema, "folded", word.folded)]
        if not c.excluded:
            ways += self._damaged(searcher, word)
        return ways[0] if len(ways) == 1 else Query.disjunction_max_query(ways)

    def _damaged(self, searcher: tantivy.Searcher, word: Word) -> list[Query]:
        """A misread word is found by its outline, and counts for little (FTS-2)."""
        key = skeleton(word.exact)
        if is_ideograph(word.folded) or not searcher.doc_freq("damaged", key):
            return []
        term = Query.const_score_query(Query.term_query(self._schema, "damaged", key), 1.0)
        return [Query.boost_query(term, _DAMAGED)]

    def _phrase(self, searcher: tantivy.Searcher, words: Sequence[Word], *, accented: bool) -> Query:
        if all(is_ideograph(w.folded) for w in words):
            signs = [w.folded for w in words]
            pairs: list[str | tuple[int, str]] = ["".join(p) for p in pairwise(signs)]
            if len(pairs) == 1:
                return Query.term_query(self._schema, "pairs", pairs[0])
            return Query.phrase_query(self._schema, "pairs", pairs)
        folded: list[str | tuple[int, str]] = [w.folded for w in words]
        if not (accented and any(w.marked for w in words)):
            return Query.phrase_query(self._schema, "folded", folded)
        exact: list[str | tuple[int, str]] = [w.exact for w in words]
        phrase = Query.boost_query(Query.phrase_query(self._schema, "exact", exact), _EXACT)
        if not all(searcher.doc_freq("unmarked", w.folded) for w in words):
            return phrase
        plain = Query.boost_query(Query.phrase_query(self._schema, "unmarked", folded), _UNMARKED)
        return Query.disjunction_max_query([phrase, plain])


def _numbers(searcher: tantivy.Searcher, name: str, addresses: list[tantivy.DocAddress]) -> list[int]:
    return [int(n or 0) for n in searcher.fast_field_values(name, addresses)] if addresses else []


@lru_cache(maxsize=4)
def _reader_of(store_: IndexStore) -> PageReader:
    return PageReader(store_)


def reader() -> PageReader:
    """The reader of the live page index."""
    return _reader_of(store())
