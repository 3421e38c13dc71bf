"""Reads a tantivy index: turns plans into queries, counts facets, completes prefixes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import tantivy
from tantivy import Occur, Query

from lienthu.domain.discovery.backends.tantivy.beginnings import beginning
from lienthu.domain.discovery.backends.tantivy.live import LiveIndex
from lienthu.domain.discovery.backends.tantivy.schema import (
    NUMBERED_FACETS,
    SUGGESTION_KINDS,
    build_schema,
    facet_field,
    facet_term,
    number_field,
    number_prefix,
    suggestion_field,
)
from lienthu.domain.discovery.backends.tantivy.store import IndexStore
from lienthu.domain.discovery.documents import suggestion_text
from lienthu.domain.discovery.query import Clause, FacetValue, Found, Plan, SearchRequest, Suggestion, Word

# Weights of the measured rule: exact and folded 2:1 (rule SEA-3), fields by what readers mean first.
_EXACT_WEIGHT: Final = 2.0
_FIELD_WEIGHTS: Final = {"title": 3.0, "person": 2.0, "subject": 1.2}
_WHOLE_TITLE_WEIGHT: Final = 200.0  # the book a reader named stands before books about it
_CACHED_BROWSES: Final = 200
_YEAR_BUCKET: Final = 10
_VALUES_REMEMBERED: Final = 50_000
_PREFIXES_REMEMBERED: Final = 5_000
# In a large index a letter or two begin a tenth of all titles; people and subjects say enough until there are more.
_LARGE: Final = 100_000
_LETTERS_NEEDED: Final = {"title": 3, "person_inner": 4}


class TantivyReader:
    """Opens the live index and follows it: new commits, a switched build, a deleted folder."""

    def __init__(self, store: IndexStore) -> None:
        self._schema = build_schema()
        self._live = LiveIndex(store, self._schema, self._forget)
        self._lock = threading.Lock()
        self._browses: OrderedDict[object, Found] = OrderedDict()
        self._values: dict[tuple[str, int], str] = {}  # a number always stands for the same value
        self._prefixes: OrderedDict[tuple[str, int], list[Suggestion]] = OrderedDict()

    def generation(self) -> str:
        """Changes with every commit and every switch of the index."""
        self._current()
        return repr(self._live.stamp)

    def exact_count(self, token: str) -> int:
        """Publications with this exact word."""
        return int(self._current().doc_freq("any_x", token))

    def folded_count(self, token: str) -> int:
        """Publications with a word of this folded form."""
        return int(self._current().doc_freq("any_f", token))

    def find(
        self, plan: Plan, request: SearchRequest, *, facet_sizes: Mapping[str, int], without: Collection[int] = ()
    ) -> Found:
        """Carry out a plan. Browsing without words is remembered until the index changes: it counts everything."""
        searcher = self._current()
        if plan.clauses or without:
            return self._find(searcher, plan, request, facet_sizes, without)
        key = (request, tuple(facet_sizes.items()), plan)
        try:
            hash(key)
        except TypeError:
            key = (repr(request), tuple(facet_sizes.items()))  # type: ignore[assignment]  # filters may be a dict
        with self._lock:
            if key in self._browses:
                self._browses.move_to_end(key)
                return self._browses[key]
        found = self._find(searcher, plan, request, facet_sizes, ())
        with self._lock:
            if self._live.serves(searcher):  # what was found before a commit is forgotten with it
                self._browses[key] = found
            while len(self._browses) > _CACHED_BROWSES:
                self._browses.popitem(last=False)
        return found

    def among(self, ids: Collection[int], plan: Plan, request: SearchRequest) -> set[int]:
        """Which of these publications match: unranked, so it costs no more than looking each of them up."""
        if not ids:
            return set()
        searcher = self._current()
        matching = Query.const_score_query(self._filtered(self._words_query(plan), request, leave_out=None), 0.0)
        query = Query.boolean_query([(Occur.Must, matching), (Occur.Must, self._keys(ids))])
        hits = searcher.search(query, limit=len(ids), count=False).hits
        found = searcher.fast_field_values("id", [address for _, address in hits]) if hits else []
        return {int(id_ or 0) for id_ in found}

    def _keys(self, ids: Collection[int]) -> Query:
        return Query.const_score_query(Query.term_set_query(self._schema, "key", list(map(str, ids))), 0.0)

    def suggest(self, folded_prefix: str, limit: int) -> list[Suggestion]:
        """Completions of a folded prefix, most held first; remembered until the next commit."""
        searcher = self._current()
        key = (folded_prefix, limit)
        with self._lock:
            known = self._prefixes.get(key)
        if known is None:
            known = self._complete(searcher, folded_prefix, limit)
            with self._lock:
                if self._live.serves(searcher):
                    self._prefixes[key] = known
                while len(self._prefixes) > _PREFIXES_REMEMBERED:
                    self._prefixes.popitem(last=False)
        return list(known)

    def _complete(self, searcher: tantivy.Searcher, prefix: str, limit: int) -> list[Suggestion]:
        """Terms by how many publications have them now: the dictionary also counts what was removed (rule SEA-2)."""
        large = searcher.num_docs > _LARGE
        kinds = [k for k in SUGGESTION_KINDS if not large or len(prefix) >= _LETTERS_NEEDED.get(k, 1)]
        candidates = [
            (count, kind, term)
            for kind in kinds
            for term, count in searcher.terms_with_prefix(suggestion_field(kind), prefix, limit=limit * 2)
        ]
        candidates.sort(key=lambda c: -c[0])
        found: list[Suggestion] = []
        for _count, kind, term in candidates:
            query = Query.term_query(self._schema, suggestion_field(kind), term)
            living = searcher.search(query, limit=1, count=True).count or 0
            if living:
                found.append(Suggestion(kind.removesuffix("_inner"), suggestion_text(term), living))
            if len(found) >= limit:
                break
        order = {kind: n for n, kind in enumerate(SUGGESTION_KINDS)}
        return sorted(found, key=lambda f: order[f.kind])

    def _current(self) -> tantivy.Searcher:
        return self._live.searcher()

    def _forget(self) -> None:
        with self._lock:
            self._browses.clear()
            self._prefixes.clear()

    def _find(
        self,
        searcher: tantivy.Searcher,
        plan: Plan,
        request: SearchRequest,
        facet_sizes: Mapping[str, int],
        without: Collection[int],
    ) -> Found:
        words = self._words_query(plan)
        query = self._filtered(words, request, leave_out=None)
        order: dict[str, Any] = {}
        if request.sort == "title":
            order = {"order_by_field": "title_sort", "order": tantivy.Order.Asc}
        elif request.sort == "year_desc":
            order = {"order_by_field": "year", "order": tantivy.Order.Desc}
        elif request.sort == "year_asc":
            order = {"order_by_field": "year", "order": tantivy.Order.Asc}
        elif request.sort == "newest" or not plan.clauses:
            order = {"order_by_field": "added", "order": tantivy.Order.Desc}
        wanted = query
        if without:
            wanted = Query.boolean_query([(Occur.Must, query), (Occur.MustNot, self._keys(without))])
        result = searcher.search(wanted, limit=request.size, offset=request.offset, count=True, **order)
        addresses = [address for _, address in result.hits]
        ids = searcher.fast_field_values("id", addresses) if addresses else []
        scores = [float(score) if not order else 0.0 for score, _ in result.hits]
        total = result.count or 0
        facets, years = self._facets(searcher, words, query, request, facet_sizes) if facet_sizes else ({}, ())
        return Found(total, tuple((int(i or 0), s) for i, s in zip(ids, scores, strict=True)), facets, years)

    def _facets(
        self,
        searcher: tantivy.Searcher,
        words: Query,
        query: Query,
        request: SearchRequest,
        sizes: Mapping[str, int],
    ) -> tuple[dict[str, tuple[FacetValue, ...]], tuple[tuple[int, int], ...]]:
        """Counts of every facet. One with chosen values is counted without its own choice: others stay choosable."""
        chosen = {f for f in sizes if request.filters.get(f)}
        by_year = request.year_from is not None or request.year_to is not None
        plain = {f: _terms(f, n) for f, n in sizes.items() if f not in chosen}
        if not by_year:
            plain["years"] = _YEARS
        raw = searcher.aggregate(query, plain)
        for f in chosen:
            raw.update(searcher.aggregate(self._filtered(words, request, leave_out=f), {f: _terms(f, sizes[f])}))
        if by_year:
            raw.update(searcher.aggregate(self._filtered(words, request, leave_out="year"), {"years": _YEARS}))
        facets = {}
        for f in sizes:
            selected = request.filters.get(f, ())
            counted = [(self._value_of(searcher, f, b["key"]), int(b["doc_count"])) for b in raw[f]["buckets"]]
            values = [FacetValue(value, count, value in selected) for value, count in counted if value]
            shown = {v.value for v in values}
            values += [FacetValue(s, 0, True) for s in selected if s not in shown]
            facets[f] = tuple(values)
        years = tuple((int(b["key"]), int(b["doc_count"])) for b in raw["years"]["buckets"] if b["doc_count"])
        return facets, years

    def _value_of(self, searcher: tantivy.Searcher, facet: str, key: object) -> str:
        """The value behind a bucket's key: the key itself, or what its number stands for."""
        if facet not in NUMBERED_FACETS:
            return str(key)
        number = int(float(str(key)))
        known = self._values.get((facet, number))
        if known is None:
            terms = searcher.terms_with_prefix(facet_field(facet), number_prefix(number), limit=1)
            known = terms[0][0].partition("\x1f")[2] if terms else ""
            if len(self._values) > _VALUES_REMEMBERED:
                self._values.clear()
            self._values[(facet, number)] = known
        return known

    def _filtered(self, words: Query, request: SearchRequest, *, leave_out: str | None) -> Query:
        parts: list[tuple[Occur, Query]] = [(Occur.Must, words)]
        for facet, values in request.filters.items():
            if facet == leave_out or not values:
                continue
            wanted = [facet_term(facet, value) for value in values]
            terms = Query.term_set_query(self._schema, facet_field(facet), wanted)
            parts.append((Occur.Must, Query.const_score_query(terms, 0.0)))
        if leave_out != "year" and (request.year_from is not None or request.year_to is not None):
            span = Query.range_query(
                self._schema,
                "year",
                tantivy.FieldType.Unsigned,
                max(request.year_from or 0, 0),
                request.year_to or 9999,
            )
            parts.append((Occur.Must, Query.const_score_query(span, 0.0)))
        return words if len(parts) == 1 else Query.boolean_query(parts)

    def _words_query(self, plan: Plan) -> Query:
        if not plan.clauses:
            return Query.all_query()
        asked = [self._clause(c, accented=plan.accented) for c in plan.asked]
        parts: list[tuple[Occur, Query]] = []
        if not asked:
            parts.append((Occur.Must, Query.all_query()))
        elif plan.needed >= len(asked):
            parts += [(Occur.Must, q) for q in asked]
        else:
            some = Query.boolean_query([(Occur.Should, q) for q in asked], minimum_number_should_match=plan.needed)
            parts.append((Occur.Must, some))
        for c in plan.asked:
            parts += [(Occur.Should, q) for q in self._boosts(c, accented=plan.accented)]
        anywhere = [w for c in plan.asked if c.scope in ("any", "title") for w in c.words]
        if anywhere and not any(w.prefix for w in anywhere):
            whole = Query.term_query(self._schema, "title_key", " ".join(w.folded for w in anywhere))
            parts.append((Occur.Should, Query.boost_query(Query.const_score_query(whole, 1.0), _WHOLE_TITLE_WEIGHT)))
        for c in plan.clauses:
            if c.excluded:
                parts.append((Occur.MustNot, self._clause(c, accented=plan.accented)))
        return Query.boolean_query(parts)

    def _clause(self, c: Clause, *, accented: bool) -> Query:
        """The query that decides whether a publication matches the clause."""
        if c.scope == "identifier":
            return Query.term_query(self._schema, "identifier", c.words[0].exact)
        if c.phrase:
            return self._phrase(c.scope, c.words, accented=accented)
        return self._word(c.scope, c.words[0], accented=accented)

    def _word(self, scope: str, w: Word, *, accented: bool) -> Query:
        if w.prefix:
            kind, text = ("x", w.exact) if accented and w.marked else ("f", w.folded)
            return beginning(self._schema, f"{scope}_{kind}", text)
        if accented and w.marked:
            # SEA-3: the word as typed, or without marks in a text that has none; never another word's marks
            exact = Query.term_query(self._schema, f"{scope}_x", w.exact)
            unmarked = Query.term_query(self._schema, f"{scope}_u", w.folded)
            return Query.boolean_query(
                [(Occur.Should, Query.boost_query(exact, _EXACT_WEIGHT)), (Occur.Should, unmarked)]
            )
        return Query.term_query(self._schema, f"{scope}_f", w.folded)

    def _phrase(self, scope: str, words: Sequence[Word], *, accented: bool) -> Query:
        folded: list[str | tuple[int, str]] = [w.folded for w in words]
        exact: list[str | tuple[int, str]] = [w.exact for w in words]
        if accented and any(w.marked for w in words):
            return Query.boolean_query(
                [
                    (
                        Occur.Should,
                        Query.boost_query(Query.phrase_query(self._schema, f"{scope}_x", exact), _EXACT_WEIGHT),
                    ),
                    (Occur.Should, Query.phrase_query(self._schema, f"{scope}_u", folded)),
                ]
            )
        return Query.phrase_query(self._schema, f"{scope}_f", folded)

    def _boosts(self, c: Clause, *, accented: bool) -> list[Query]:
        """What makes one match better than another: the field, and in accented queries the exact word."""
        if c.scope != "any" or c.phrase:
            return []
        w = c.words[0]
        if w.prefix:
            return []
        out = []
        for scope, weight in _FIELD_WEIGHTS.items():
            out.append(Query.boost_query(Query.term_query(self._schema, f"{scope}_f", w.folded), weight))
            if accented:
                exact = Query.term_query(self._schema, f"{scope}_x", w.exact)
                out.append(Query.boost_query(exact, weight * _EXACT_WEIGHT))
        return out


_YEARS: Final = {"histogram": {"field": "year", "interval": _YEAR_BUCKET, "min_doc_count": 1}}


def _terms(facet: str, size: int) -> dict[str, Any]:
    field = number_field(facet) if facet in NUMBERED_FACETS else facet_field(facet)
    return {"terms": {"field": field, "size": size}}
