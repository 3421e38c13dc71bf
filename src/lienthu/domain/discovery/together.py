"""One list of titles and of volumes found by their text (rules SEA-25 to SEA-27).

A volume whose publication is itself a hit stands under it, any other is an entry of its own. The 200 best volumes take
part: few enough that the catalogue's index is asked which of their publications it finds, so that nothing stands twice
and every page can be told without those before it.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from lienthu.domain.digital.access import objects_online
from lienthu.domain.digital.policy import Reader
from lienthu.domain.digital.selectors.objects import objects_by_id, objects_of_records, records_of_objects
from lienthu.domain.discovery.backends.base import IndexMissing
from lienthu.domain.discovery.fulltext.query import MAX_VOLUMES, FoundVolume, PageSearch
from lienthu.domain.discovery.fulltext.reading import names_a_field
from lienthu.domain.discovery.fulltext.selectors import Look, best_of, look, told_of
from lienthu.domain.discovery.hits import Hit, hits_of
from lienthu.domain.discovery.parsing import parse
from lienthu.domain.discovery.query import MAX_RESULT_WINDOW, SearchRequest
from lienthu.domain.discovery.selectors import Asked, SearchResult, ask, reader, since
from lienthu.domain.discovery.weaving import Layout, Order
from lienthu.domain.network.selectors.facts import library_facts
from lienthu.domain.union import selectors as union

PAGES_TOLD: Final = 2
"""Pages told of each volume in the list; all of them are found inside it."""
VOLUMES_TOLD: Final = 3
"""Volumes told under one title."""
_BY_THE_VOLUME: Final = frozenset({"library", "area"})  # facets that hold of a volume by itself, as its year does
_GIVEN_UP: Final = ("", "accents", "order", "words")  # the less, the more the hits have of what was asked


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of the list: a title with its volumes in whose text the words stand, or such a volume by itself.

    ``more``: how many further volumes of the title have them.
    """

    hit: Hit | None
    volumes: tuple[FoundVolume, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Texts:
    """What full text finds for the same words.

    ``everywhere``: volumes in whose text the words stand, as ``request`` finds them. ``total``: those that fit all that
    was chosen, at least so many where not ``exact``. ``own``: the entries among them. ``listed``: whether they stand in
    the list at all; they do not where more had to be given up to find them than to find titles.
    """

    request: PageSearch
    everywhere: int
    total: int = 0
    exact: bool = True
    own: int = 0
    listed: bool = False
    order: Order = Order.WOVEN
    relaxed: str = ""
    decoded: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Together:
    """A page of the one list. ``titles``: the catalogue's answer, its hits those of this page.

    ``total``: entries on all pages. ``texts`` None: full text was not asked, or could not answer.
    """

    titles: SearchResult
    entries: tuple[Entry, ...]
    total: int
    texts: Texts | None = None

    @property
    def pages(self) -> int:
        """How many pages can be turned to."""
        return -(-min(self.total, MAX_RESULT_WINDOW) // self.titles.request.size)


def asks_texts(request: SearchRequest) -> bool:
    """Whether full text is asked too: there are words, and they are not for one field of the catalogue (FTS-10)."""
    return not request.is_browse and not names_a_field(request.q)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """The best volumes that fit what was chosen, the publication of each that has one, and all that were counted."""

    seen: Look
    ids: list[int] = field(default_factory=list)
    cluster: Mapping[int, int] = field(default_factory=dict)
    total: int = 0
    exact: bool = True


def search_together(request: SearchRequest, who: Reader | None) -> Together:
    """Search titles, and for this reader the texts of volumes; titles alone where ``who`` is None. Never raises."""
    began = time.perf_counter()
    found = _candidates(request, who) if who is not None and asks_texts(request) else None
    if found is None or not found.ids:
        asked = ask(request)
        hits = hits_of(asked.found.hits)
        texts = Texts(found.seen.request, len(found.seen.chosen)) if found is not None else None
        entries = tuple(Entry(hit) for hit in hits)
        return Together(asked.told(request, hits, since(began)), entries, asked.found.total, texts)
    first = max(request.offset - len(found.ids), 0)  # before the page there are at most so many volumes
    asked = ask(replace(request, first=first, size=request.offset + request.size - first))
    try:
        return _joined(request, asked, found, began)
    except IndexMissing:  # gone at this moment
        return search_together(request, None)


def _joined(request: SearchRequest, asked: Asked, found: _Candidates, began: float) -> Together:
    """The page, once both have answered. Raises IndexMissing."""
    titles, seen = asked.found, found.seen
    given_up, given_up_there = asked.understanding.relaxed, seen.relaxed
    order = Order.WOVEN if request.sort == "relevance" else Order.TEXTS_LAST
    listed = True
    if titles.total:
        listed = _GIVEN_UP.index(given_up_there) <= _GIVEN_UP.index(given_up)
        if _GIVEN_UP.index(given_up_there) < _GIVEN_UP.index(given_up):
            order = Order.TEXTS_FIRST
    own: list[int] = []
    if listed:
        clusters = set(found.cluster.values())
        both = reader().among(clusters, asked.plan, asked.request) if titles.total else set()
        own = found.ids
        if order is not Order.TEXTS_FIRST:
            own = [id_ for id_ in found.ids if found.cluster.get(id_) not in both]
        elif both:  # they stand in front already, by all of the words
            rest = reader().find(asked.plan, asked.request, facet_sizes={}, without=both)
            titles = replace(titles, hits=rest.hits, total=rest.total)
    layout = Layout(titles.total, len(own), order)
    slots = list(layout.part(request.offset, request.size))
    first = asked.request.offset
    wanted = [titles.hits[n - first] for is_text, n in slots if not is_text and n - first < len(titles.hits)]
    under = _volumes_under([id_ for id_, _ in wanted], found) if listed and order is not Order.TEXTS_FIRST else {}
    shown = {id_: volumes[:VOLUMES_TOLD] for id_, volumes in under.items()}
    told = {
        v.id: v
        for v in told_of(seen, [*(own[n] for is_text, n in slots if is_text), *_flat(shown.values())], PAGES_TOLD)
    }
    hits = {hit.id: hit for hit in hits_of(wanted)}
    entries: list[Entry] = []
    for is_text, n in slots:
        if is_text:
            if own[n] in told:  # otherwise closed a moment ago
                entries.append(Entry(None, (told[own[n]],)))
        elif n - first < len(titles.hits) and (hit := hits.get(titles.hits[n - first][0])):
            volumes = tuple(told[id_] for id_ in shown.get(hit.id, ()) if id_ in told)
            entries.append(Entry(hit, volumes, len(under.get(hit.id, ())) - len(shown.get(hit.id, ()))))
    texts = Texts(
        seen.request, len(seen.chosen), found.total, found.exact, len(own), listed, order, given_up_there, seen.decoded
    )
    result = asked.told(request, tuple(hits.values()), since(began))
    if not given_up_there and result.understanding.did_you_mean:  # what was typed stands somewhere as it was typed
        result = replace(result, understanding=replace(result.understanding, did_you_mean=""))
    return Together(result, tuple(entries), layout.total, texts)


def _candidates(request: SearchRequest, who: Reader) -> _Candidates | None:
    """The best volumes that fit; None where full text cannot answer."""
    wanted = _page_search(request)
    if wanted is None:
        return None
    try:
        seen = look(wanted, who)
        ids = best_of(seen, MAX_VOLUMES)
        records = records_of_objects(ids) if ids else {}
        clusters = union.clusters_of(sorted(set(records.values()))) if records else {}
        cluster = {id_: clusters[record] for id_, record in records.items() if record in clusters}
        others = {f: values for f, values in request.filters.items() if values and f not in _BY_THE_VOLUME}
        if not others or not ids:
            return _Candidates(seen, ids, cluster, len(seen.chosen))
        fitting = _fitting(ids, cluster, others)
    except IndexMissing:
        return None
    return _Candidates(seen, fitting, cluster, len(fitting), exact=len(seen.chosen) <= len(ids))


def _page_search(request: SearchRequest) -> PageSearch | None:
    """The same search in texts, with what can be said of a volume by itself; None where no library is left."""
    libraries = request.filters.get("library", ())
    if areas := request.filters.get("area"):
        there = {f.code for f in library_facts().values() if f.area in areas}
        libraries = tuple(sorted(there.intersection(libraries) if libraries else there))
        if not libraries:
            return None
    filters = {"library": libraries} if libraries else {}
    return PageSearch(request.q, filters, request.year_from, request.year_to)


def _fitting(ids: list[int], cluster: Mapping[int, int], chosen: Mapping[str, tuple[str, ...]]) -> list[int]:
    """Volumes whose publication has the chosen values, as the catalogue counts them (SEA-27).

    Of a volume without a record nothing but whether it can be read online is known.
    """
    fit = reader().among(set(cluster.values()), parse(""), SearchRequest(filters=chosen))
    online: set[int] = set()
    if set(chosen) == {"online"} and "online" in chosen["online"]:
        online = objects_online(objects_by_id([id_ for id_ in ids if id_ not in cluster]).values())
    return [id_ for id_ in ids if cluster.get(id_) in fit or id_ in online]


def _volumes_under(publications: Collection[int], found: _Candidates) -> dict[int, list[int]]:
    """Publication → its volumes in whose text the words stand, the best first: also such as are not among the best."""
    if not publications:
        return {}
    place = {id_: n for n, id_ in enumerate(found.ids)}
    cluster_of = union.records_of(list(publications))
    volumes: dict[int, list[int]] = {}
    for id_, record in objects_of_records(cluster_of).items():
        if id_ in found.seen.chosen:
            volumes.setdefault(cluster_of[record], []).append(id_)
    return {
        id_: sorted(all_, key=lambda v: (place.get(v, len(place)), -found.seen.chosen[v], v))
        for id_, all_ in volumes.items()
    }


def _flat(lists: Iterable[list[int]]) -> list[int]:
    return [id_ for one in lists for id_ in one]
