"""Search, suggest and show: what the portal, the API and the command line ask."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from lienthu.domain.catalog import selectors as catalog
from lienthu.domain.catalog.authority_selectors import RecordHeadings, headings_of, records_under
from lienthu.domain.discovery.backends.base import IndexMissing, SearchReader
from lienthu.domain.discovery.backends.tantivy.reader import TantivyReader
from lienthu.domain.discovery.backends.tantivy.store import IndexStore
from lienthu.domain.discovery.parsing import parse
from lienthu.domain.discovery.query import (
    FACETS,
    MAX_PAGE_SIZE,
    MAX_RESULT_WINDOW,
    SORTS,
    FacetValue,
    Found,
    Plan,
    SearchRequest,
    Suggestion,
)
from lienthu.domain.discovery.services.indexing import store
from lienthu.domain.discovery.understanding import (
    Decoded,
    as_text,
    corrected,
    decode_keystrokes,
    without_accents,
)
from lienthu.domain.network.selectors.facts import LibraryFacts, branch_names, library_facts
from lienthu.domain.union import selectors as union
from lienthu.domain.union.election import elected_of
from lienthu.domain.union.selectors import MemberRow
from lienthu.foundation.marc.describe import Description, describe, describe_canonical
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.normalise import from_canonical
from lienthu.foundation.vietnamese.collation import sort_key
from lienthu.foundation.vietnamese.tokens import folded_tokens

FACET_SIZES: Final[Mapping[str, int]] = {
    "library": 60, "area": 30, "material_type": 20, "language": 30, "subject": 20, "person": 20, "online": 2,
    "collection": 10,
}  # fmt: skip
MAX_EDITIONS: Final = 100
"""So many of a work are read for a record page; each costs reading its records."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One publication in a result list."""

    id: int
    score: float
    description: Description
    libraries: tuple[LibraryFacts, ...]
    copies: int
    available: int
    on_loan: int

    @property
    def all_on_loan(self) -> bool:
        """Whether every copy is known to be out (SEA-23). A copy of no recorded state is not."""
        return 0 < self.copies == self.on_loan


@dataclass(frozen=True, slots=True)
class Understanding:
    """How a query was read. ``relaxed``: what had to be given up to find anything: "", "accents" or "words"."""

    typed: str
    read_as: str
    accented: bool
    decoded: tuple[Decoded, ...] = ()
    relaxed: str = ""
    needed: int = 0
    asked: int = 0
    did_you_mean: str = ""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A page of results with everything around it."""

    request: SearchRequest
    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]
    years: tuple[tuple[int, int], ...]
    understanding: Understanding
    took_ms: float
    index_ready: bool = True

    @property
    def pages(self) -> int:
        """How many pages can be turned to."""
        reachable = min(self.total, MAX_RESULT_WINDOW)
        return -(-reachable // self.request.size)


@dataclass(frozen=True, slots=True)
class HoldingCopy:
    """A copy or lot on a record page. ``branch`` as its record says it, ``branch_name`` where the library has it."""

    branch: str
    branch_name: str
    location: str
    call_number: str
    barcode: str
    copies: int
    status: str
    note: str


@dataclass(frozen=True, slots=True)
class LibraryHolding:
    """What one library holds of a publication. ``copies`` empty: its record names none, ask the library."""

    library: LibraryFacts
    record_id: int
    control_number: str
    copies: tuple[HoldingCopy, ...]
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """Another publication that belongs to this one: a part, the host, another edition."""

    id: int
    description: Description
    libraries: int = 0
    """How many libraries hold it; told of editions only."""


@dataclass(frozen=True, slots=True)
class PublicationView:
    """Everything a record page shows."""

    id: int
    description: Description
    record: Record
    members: tuple[MemberRow, ...]
    holdings: tuple[LibraryHolding, ...]
    parts: tuple[Related, ...] = ()
    host: Related | None = None
    editions: tuple[Related, ...] = ()
    libraries: tuple[LibraryFacts, ...] = field(default=())
    authorities: Mapping[str, int] = field(default_factory=dict)
    """Name of a person or body as it is shown here → the authority it stands under (AUT-11)."""
    origins: Mapping[str, int] = field(default_factory=dict)
    """Field of the description → the record it is from."""


@lru_cache(maxsize=4)
def _reader_of(store_: IndexStore) -> TantivyReader:
    return TantivyReader(store_)


def reader() -> SearchReader:
    """The reader of the live index."""
    return _reader_of(store())


def request_from(params: Mapping[str, Sequence[str]], *, default_size: int = 20, facets: bool = True) -> SearchRequest:
    """A request from query parameters. Any input gives a request: what cannot be understood is left out (SEA-8)."""

    def last(name: str) -> str:
        values = params.get(name) or [""]
        return values[-1]

    sort = last("sort")
    size = min(max(_number(last("size"), default_size), 1), MAX_PAGE_SIZE)
    page = max(_number(last("page"), 1), 1)
    page = min(page, max(MAX_RESULT_WINDOW // size, 1))
    filters = {f: tuple(dict.fromkeys(v[:200] for v in params.get(f, ()) if v))[:20] for f in FACETS if params.get(f)}
    return SearchRequest(
        q=last("q")[:2000],
        filters={f: v for f, v in filters.items() if v},
        year_from=_year(last("year_from")),
        year_to=_year(last("year_to")),
        page=page,
        size=size,
        sort=sort if sort in SORTS else "relevance",  # type: ignore[arg-type]  # one of SORTS by now
        facets=facets,
    )


def search(request: SearchRequest) -> SearchResult:
    """Search the province (rules SEA-3 to SEA-9). Never raises for any input; without an index it says so."""
    began = time.perf_counter()
    index = reader()
    plan = parse(request.q)
    try:
        plan, decoded = decode_keystrokes(plan, index)
        found, plan, relaxed = _find(index, plan, request)
        suggestion = corrected(plan, index) if not found.total or relaxed == "words" else None
        did_you_mean = ""
        if suggestion is not None:
            probe = replace(request, size=1, page=1, facets=False)
            if index.find(suggestion, probe, facet_sizes={}).total:
                did_you_mean = as_text(suggestion)
    except IndexMissing:
        understanding = Understanding(request.q, as_text(plan), plan.accented)
        return SearchResult(request, 0, (), {}, (), understanding, _since(began), index_ready=False)
    understanding = Understanding(
        request.q, as_text(plan), plan.accented, decoded, relaxed, plan.needed, len(plan.asked), did_you_mean
    )
    hits = hits_of(found.hits)
    return SearchResult(request, found.total, hits, found.facets, found.years, understanding, _since(began))


def _find(index: SearchReader, plan: Plan, request: SearchRequest) -> tuple[Found, Plan, str]:
    """All words as typed; else without accents; else fewer words (SEA-6). Facets are counted once, for the answer."""
    sizes = FACET_SIZES if request.facets else {}
    found = index.find(plan, request, facet_sizes=sizes)
    if found.total or not plan.asked:
        return found, plan, ""
    if plan.accented:
        plain = without_accents(plan)
        found = index.find(plain, request, facet_sizes=sizes)
        if found.total:
            return found, plain, "accents"
        plan = plain
    for needed in range(len(plan.asked) - 1, 0, -1):
        fewer = replace(plan, needed=needed)
        if index.find(fewer, replace(request, size=1, page=1), facet_sizes={}).total:
            return index.find(fewer, request, facet_sizes=sizes), fewer, "words"
    return found, plan, ""


def hits_of(found: Sequence[tuple[int, float]]) -> tuple[Hit, ...]:
    """The publications as a result list shows them, from the database: a few statements whatever their number."""
    members = union.members_of([id_ for id_, _ in found])
    libraries = library_facts() if members else {}
    record_ids = [m.record_id for rows in members.values() for m in rows]
    copies = catalog.copy_counts(record_ids)
    headings = headings_of(record_ids)
    out = []
    for id_, score in found:
        rows = members.get(id_)
        if not rows:
            continue  # withdrawn a moment ago; the index will follow
        held = list(dict.fromkeys(m.library_id for m in rows))
        counts = [copies.get(m.record_id, (0, 0, 0)) for m in rows]
        out.append(
            Hit(
                id_,
                score,
                elected_of(rows, _described(rows, headings)).description,
                tuple(libraries[i] for i in held),
                sum(c for c, _, _ in counts),
                sum(a for _, a, _ in counts),
                sum(out for _, _, out in counts),
            )
        )
    return tuple(out)


def suggest(text: str, limit: int = 10) -> list[Suggestion]:
    """Completions of what is being typed: titles, people, subjects, mixed by how much is held (SEA-18)."""
    words = folded_tokens(text[:120])
    if not words:
        return []
    prefix = " ".join(words)
    try:
        found = reader().suggest(prefix, limit)
    except IndexMissing:
        return []
    by_text: dict[tuple[str, str], Suggestion] = {}
    for s in found:
        key = (s.kind, s.text)
        if key not in by_text or s.count > by_text[key].count:
            by_text[key] = s
    return sorted(by_text.values(), key=lambda s: -s.count)[:limit]


def publication(cluster_id: int, *, closed_too: bool = False) -> PublicationView | None:
    """A publication with its holdings, parts, host and other editions; None when nothing is (any more) there."""
    members = union.members_of([cluster_id], closed_too=closed_too).get(cluster_id, [])
    if not members:
        return None
    libraries = library_facts()
    record = from_canonical(members[0].marc)
    headings = headings_of([m.record_id for m in members])
    elected = elected_of(members, _described(members, headings))
    description = elected.description
    record_ids = [m.record_id for m in members]
    branches = branch_names({m.library_id for m in members})
    copies: dict[int, list[HoldingCopy]] = {}
    statements: dict[int, list[str]] = {}
    for i in catalog.items_of(record_ids):
        if i.statement:
            statements.setdefault(i.record_id, []).append(i.statement)
        else:
            copies.setdefault(i.record_id, []).append(
                HoldingCopy(
                    branch=i.branch_text,
                    branch_name=branches.get((i.library_id, i.branch_text.lower()), ""),
                    location=i.location,
                    call_number=i.call_number,
                    barcode=i.barcode,
                    copies=i.copies,
                    status=i.status,
                    note=i.note,
                )
            )
    holdings = tuple(
        LibraryHolding(
            libraries[m.library_id], m.record_id, m.control_number, tuple(copies.get(m.record_id, ())),
            tuple(statements.get(m.record_id, ())),
        )
        for m in members
    )  # fmt: skip
    held = list(dict.fromkeys(m.library_id for m in members))
    return PublicationView(
        cluster_id,
        description,
        record,
        tuple(members),
        holdings,
        parts=_parts(record_ids, cluster_id, closed_too),
        host=_host(record_ids, closed_too),
        editions=_editions(cluster_id),
        libraries=tuple(libraries[i] for i in held),
        authorities={name: id_ for under in headings.values() for name, id_ in under.named()},
        origins=elected.origins,
    )


def _under(record_id: int, marc: str, headings: Mapping[int, RecordHeadings]) -> Description:
    """What a record says, under its authorised headings (AUT-11)."""
    under = headings.get(record_id)
    return describe(under.applied(from_canonical(marc))) if under else describe_canonical(marc)


def _described(members: Sequence[MemberRow], headings: Mapping[int, RecordHeadings]) -> list[Description]:
    return [_under(m.record_id, m.marc, headings) for m in members]


def works_under(authority_id: int, after: int = 0, limit: int = 30) -> tuple[tuple[Hit, ...], int]:
    """Publications under an authority, by their records in order after ``after``, and where the next page begins (0:
    nowhere). Live, from the database.
    """
    record_ids = records_under(authority_id, after, limit + 1)
    clusters = union.clusters_of(record_ids[:limit])
    hits = hits_of([(cluster, 0.0) for cluster in dict.fromkeys(clusters.values())])
    return hits, record_ids[limit - 1] if len(record_ids) > limit else 0


def _parts(record_ids: Sequence[int], own: int, closed_too: bool) -> tuple[Related, ...]:
    rows = catalog.parts_of(record_ids)
    clusters = union.clusters_of([r.record_id for r in rows])
    visible = union.members_of(list(set(clusters.values())), closed_too=closed_too)
    headings = headings_of([r.record_id for r in rows])
    out: dict[int, Related] = {}
    for row in rows:
        cluster = clusters.get(row.record_id)
        if cluster and cluster != own and cluster in visible and cluster not in out:
            out[cluster] = Related(cluster, _under(row.record_id, row.marc, headings))
    return tuple(sorted(out.values(), key=_place_in_whole))


def _place_in_whole(part: Related) -> tuple[str, str, int]:
    """Volume 2 before volume 10; where nothing is said of the place, by the part's own numbering."""
    whole = part.description.belongs_to
    return sort_key(whole.part if whole else ""), sort_key(part.description.part), part.id


def _host(record_ids: Sequence[int], closed_too: bool) -> Related | None:
    hosts = catalog.hosts_of(record_ids)
    clusters = union.clusters_of(list(hosts.values()))
    for cluster in dict.fromkeys(clusters.values()):
        members = union.members_of([cluster], closed_too=closed_too).get(cluster)
        if members:
            headings = headings_of([m.record_id for m in members])
            return Related(cluster, elected_of(members, _described(members, headings)).description)
    return None


def _editions(cluster_id: int) -> tuple[Related, ...]:
    """Other editions and translations of its work in open libraries, newest first, without a year last (CLU-18)."""
    members = union.members_of(ids) if (ids := union.editions_of(cluster_id, MAX_EDITIONS)) else {}
    headings = headings_of([m.record_id for rows in members.values() for m in rows]) if members else {}
    found = [
        Related(id_, elected_of(rows, _described(rows, headings)).description, len({m.library_id for m in rows}))
        for id_, rows in members.items()
    ]
    return tuple(sorted(found, key=lambda r: (-(r.description.year or 0), r.id)))


def _number(text: str, default: int) -> int:
    try:
        return int(text[:9])
    except ValueError:
        return default


def _year(text: str) -> int | None:
    year = _number(text.strip(), -1)
    return year if 0 <= year <= 9999 else None


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)


def index_ready() -> bool:
    """Whether there is an index to search."""
    try:
        store().current()
    except IndexMissing:
        return False
    return True
