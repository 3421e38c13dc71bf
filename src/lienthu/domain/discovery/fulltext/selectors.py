"""Search in the text of all digitised pages: what the portal, the interface and the command line ask."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Final

from django.utils import timezone

from lienthu.domain.digital.access import Opened, opened_for
from lienthu.domain.digital.models import Page
from lienthu.domain.digital.policy import Act, Reader
from lienthu.domain.digital.selectors.objects import collection_names, objects_by_id
from lienthu.domain.digital.selectors.texts import closed_among, pages_by_id, texts_of_pages
from lienthu.domain.discovery.backends.base import IndexMissing
from lienthu.domain.discovery.fulltext.documents import Volume
from lienthu.domain.discovery.fulltext.indexing import HOUSES, PAGES, VOLUMES, rules_heeded
from lienthu.domain.discovery.fulltext.matching import Matcher
from lienthu.domain.discovery.fulltext.query import (
    FACETS,
    MAX_VOLUMES,
    FoundPage,
    FoundVolume,
    PageResult,
    PageSearch,
)
from lienthu.domain.discovery.fulltext.reader import Narrowed, PageReader, Sight
from lienthu.domain.discovery.fulltext.reader import reader as page_reader
from lienthu.domain.discovery.fulltext.reading import looser_plans, read
from lienthu.domain.discovery.fulltext.snippets import snippet_of
from lienthu.domain.discovery.query import FacetValue, Plan
from lienthu.domain.discovery.understanding import as_text, decode_keystrokes
from lienthu.domain.network.selectors.facts import library_facts
from lienthu.domain.union import selectors as union
from lienthu.platform.services import changes

BEST_PAGES: Final = 3
"""Pages told of each volume of a result; all of them are found inside it."""
_LOOKED_AT: Final = 500
_HELD_BACK: Final = 100_000


@dataclass(frozen=True, slots=True)
class Look:
    """Which volumes hold what was asked, and how many pages of each, before anything is told of them.

    ``counted``: all volumes with the words; ``chosen``: those of them that fit the chosen values.
    """

    request: PageSearch
    who: Reader
    plan: Plan
    sight: Sight | None = None
    narrowed: Narrowed = field(default_factory=Narrowed)
    counted: Mapping[int, tuple[Volume, int]] = field(default_factory=dict)
    chosen: Mapping[int, int] = field(default_factory=dict)
    decoded: tuple[tuple[str, str], ...] = ()
    relaxed: str = ""


def search_pages(request: PageSearch, who: Reader) -> PageResult:
    """Search all pages that this reader may find (FTS-1 to FTS-7). Never raises for any input."""
    began = time.perf_counter()
    try:
        seen = look(request, who)
        ids = best_of(seen, min(request.offset + request.size, MAX_VOLUMES))[request.offset :]
        volumes = told_of(seen, ids)
    except IndexMissing:
        return PageResult(request, took_ms=_since(began), index_ready=False)
    if not seen.plan.asked:
        return PageResult(request, took_ms=_since(began))
    facets, years = _facets(seen.counted, seen.narrowed)
    return PageResult(
        request,
        total=len(seen.chosen),
        pages_total=sum(seen.chosen.values()),
        volumes=volumes,
        facets=facets,
        labels=_labels(facets),
        years=years,
        read_as=as_text(seen.plan),
        accented=seen.plan.accented,
        decoded=seen.decoded,
        relaxed=seen.relaxed,
        took_ms=_since(began),
    )


def look(request: PageSearch, who: Reader) -> Look:
    """Ask the index which volumes this reader may find. Raises IndexMissing where nothing may be told now (FTS-7)."""
    plan = read(request.q)
    if not plan.asked:
        return Look(request, who, plan)
    index = page_reader()
    sight = sight_of(who)
    if sight is None:
        raise IndexMissing
    plan, decoded = decode_keystrokes(plan, _Known(index, sight))
    relaxed, plan, counted = _first_that_finds(index, plan, sight)
    narrowed = Narrowed(request.filters, request.year_from, request.year_to)
    chosen = {id_: pages for id_, (volume, pages) in counted.items() if not narrowed or narrowed.lets(volume)}
    said = tuple((d.typed, d.meant) for d in decoded)
    return Look(request, who, plan, sight, narrowed, counted, chosen, said, relaxed)


def best_of(seen: Look, wanted: int) -> list[int]:
    """Ids of the first volumes, each at the place of its best page (FTS-9). Raises IndexMissing."""
    if not seen.chosen or seen.sight is None:
        return []
    return page_reader().best(seen.plan, seen.sight, seen.narrowed, min(wanted, len(seen.chosen)))


def told_of(seen: Look, ids: Sequence[int], most: int = BEST_PAGES) -> tuple[FoundVolume, ...]:
    """These volumes with up to ``most`` pages each, as far as this reader may be told of them. Raises IndexMissing."""
    counts = {id_: seen.chosen[id_] for id_ in ids if id_ in seen.chosen}
    if not counts or seen.sight is None:
        return ()
    best = page_reader().pages(seen.plan, seen.sight, counts, most)
    return _volumes(best, seen.counted, seen.plan, seen.who)


def _first_that_finds(
    index: PageReader, plan: Plan, sight: Sight
) -> tuple[str, Plan, Mapping[int, tuple[Volume, int]]]:
    """What had to be given up, the plan without it, and the volumes it finds; the plan itself where none finds any."""
    for relaxed, looser in looser_plans(plan):
        if counted := index.volumes(looser, sight):
            return relaxed, looser, counted
    return "", plan, {}


def sight_of(who: Reader) -> Sight | None:
    """What the reader carries, and what to hold back because the index may be behind (FTS-7).

    Of objects with waiting news those that the reader may not find now are left out; when very much waits, the older of
    it unasked. Closed pages with waiting news, or of such objects, and closed libraries with such are left out. None
    where more waits than can be left out, and until the index has heard of other rules of access: nothing is told then,
    for counts would know of what was closed.
    """
    if not rules_heeded():
        return None
    waiting = changes.keys_waiting((VOLUMES, PAGES, HOUSES), _HELD_BACK)
    if waiting is None:
        return None
    objects, pages, houses = waiting[VOLUMES], waiting[PAGES], waiting[HOUSES]
    without = set(objects[_LOOKED_AT:])
    without_pages: set[int] = set()
    if objects or pages:
        newest = objects[:_LOOKED_AT]
        closed = closed_among(pages, newest)
        opened = opened_for(objects_by_id({*newest, *(p.object_id for p in closed)}).values(), who)
        without.update(id_ for id_ in newest if id_ not in opened or not opened[id_].may(Act.FIND))
        without_pages.update(p.pk for p in closed if not _may(opened, p, Act.FIND))
    codes = {f.code for f in library_facts().values() if f.id in houses and f.closed} if houses else set()
    return Sight(who.tokens, timezone.localdate(), frozenset(without), frozenset(without_pages), frozenset(codes))


class _Known:
    """The words that this reader may find: a word of closed pages alone is not known (FTS-4)."""

    def __init__(self, index: PageReader, sight: Sight) -> None:
        self._index, self._sight = index, sight

    def exact_count(self, token: str) -> int:
        """Pages with this exact word."""
        return self._index.count("exact", token, self._sight)

    def folded_count(self, token: str) -> int:
        """Pages with a word of this folded form."""
        return self._index.count("folded", token, self._sight)


def _volumes(
    best: Mapping[int, list[int]], counted: Mapping[int, tuple[Volume, int]], plan: Plan, who: Reader
) -> tuple[FoundVolume, ...]:
    """The volumes as they are shown, from the database and by the policy of this moment: six statements."""
    objects = objects_by_id(best) if best else {}
    if not objects:
        return ()
    opened = opened_for(objects.values(), who)
    pages = pages_by_id([page for found in best.values() for page in found])
    readable = [p.pk for p in pages.values() if _may(opened, p, Act.FIND) and _may(opened, p, Act.READ)]
    texts = texts_of_pages(readable)
    matcher = Matcher(plan)
    clusters = union.clusters_of([o.record_id for o in objects.values() if o.record_id is not None])
    out = []
    for id_, found in best.items():
        if id_ not in objects or not opened[id_].may(Act.FIND):
            continue
        o = objects[id_]
        there = [pages[p] for p in found if p in pages and _may(opened, pages[p], Act.FIND)]
        if not there:
            continue
        out.append(
            FoundVolume(
                id=id_,
                public_id=o.public_id,
                title=o.title,
                kind=o.kind,
                year=counted[id_][0].year if id_ in counted else 0,
                library_code=o.library.code,
                library_name=o.library.short_name or o.library.name,
                collection=o.collection.name if o.collection else "",
                cluster_id=clusters.get(o.record_id) if o.record_id is not None else None,
                pages=counted[id_][1] if id_ in counted else len(there),
                best=tuple(
                    FoundPage(p.seq, p.position, p.label, snippet_of(texts[p.pk], matcher) if p.pk in texts else None)
                    for p in there
                ),
                readable=opened[id_].may(Act.READ),
            )
        )
    return tuple(out)


def _may(opened: Mapping[int, Opened], page: Page, act: Act) -> bool:
    return page.object_id in opened and opened[page.object_id].may(act, page)


def _facets(
    counted: Mapping[int, tuple[Volume, int]], narrowed: Narrowed
) -> tuple[dict[str, tuple[FacetValue, ...]], tuple[tuple[int, int], ...]]:
    """Volumes by value, each facet without its own choice, and by decade (as SEA-7)."""
    volumes = [volume for volume, _ in counted.values()]
    facets = {}
    for name in FACETS:
        left = [v for v in volumes if narrowed.lets(v, leave_out=name)] if narrowed else volumes
        values: Counter[str] = Counter(map(attrgetter(name), left))
        selected = narrowed.values.get(name, ())
        for value in selected:
            values.setdefault(value, 0)
        facets[name] = tuple(
            FacetValue(value, count, value in selected)
            for value, count in sorted(values.items(), key=lambda item: (-item[1], item[0]))
            if value
        )
    dated = [v for v in volumes if v.year and narrowed.lets(v, leave_out="year")] if narrowed else volumes
    years = Counter(map(attrgetter("year"), dated))
    decades: Counter[int] = Counter()
    for year, count in years.items():
        if year:
            decades[year // 10 * 10] += count
    return facets, tuple(sorted(decades.items()))


def _labels(facets: Mapping[str, Collection[FacetValue]]) -> dict[str, dict[str, str]]:
    """Names of the values that are codes: of those that were counted, so of nothing the reader may not find."""
    wanted = {name: {v.value for v in values if v.count} for name, values in facets.items()}
    out: dict[str, dict[str, str]] = {}
    if wanted["library"]:
        out["library"] = {f.code: f.name for f in library_facts().values() if f.code in wanted["library"]}
    if wanted["collection"]:
        out["collection"] = collection_names(wanted["collection"])
    return out


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)
