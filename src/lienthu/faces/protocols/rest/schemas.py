"""The shapes of the REST interface, for its OpenAPI document. Tests check real answers against them."""

from __future__ import annotations

from ninja import Schema


class LibraryRef(Schema):
    """A library by code and name."""

    code: str
    name: str


class SnippetPart(Schema):
    """A part of a snippet, and whether it was asked for."""

    text: str
    match: bool


class FoundPageOut(Schema):
    """A page with the words. Without a snippet it may be found but not read at this moment (a seat is needed)."""

    page: int
    label: str
    layer: str
    snippet: list[SnippetPart]
    url: str


class VolumeOut(Schema):
    """A digitised volume with matching pages: their number, and the best of them. ``record``: its publication."""

    id: str
    title: str
    kind: str
    year: int | None
    library: LibraryRef
    collection: str
    record: int | None
    readable: bool
    pages: int
    url: str
    best: list[FoundPageOut]


class TextHitOut(VolumeOut):
    """A volume that stands in the list by itself, at this place."""

    place: int


class TextsOut(Schema):
    """The one list: how many entries it has, and how many volumes have the words in their text (at least so many).

    order: "woven" (every fifth place from the third on is a volume's), "texts first" (titles have less of what was
    asked), "texts last" (another order was asked for). asked: whether full text could answer.
    """

    entries: int
    volumes: int
    at_least: bool
    order: str
    relaxed: str
    asked: bool


class HitOut(Schema):
    """One publication of a result. With texts: its place in the one list, its volumes in whose text the words stand."""

    id: int
    title: str
    authors: list[str]
    year: int | None
    publisher: str
    material_type: str
    languages: list[str]
    libraries: list[LibraryRef]
    copies: int
    available: int
    on_loan: int
    online: bool
    score: float
    url: str
    place: int | None = None
    volumes: list[VolumeOut] = []


class FacetValueOut(Schema):
    """A facet value, its name for people, its count."""

    value: str
    label: str
    count: int
    selected: bool


class YearBucket(Schema):
    """Publications of ten years, from ``year`` on."""

    year: int
    count: int


class DecodedOut(Schema):
    """A word that was read as Telex or VNI keystrokes."""

    typed: str
    meant: str


class QueryOut(Schema):
    """How the query was understood. relaxed: "", "accents" (given up) or "words" (fewer required)."""

    typed: str
    read_as: str
    accented: bool
    decoded: list[DecodedOut]
    relaxed: str
    words_required: int
    words_asked: int
    did_you_mean: str
    page: int
    size: int
    sort: str
    index_ready: bool


class SearchOut(Schema):
    """A page of results. ``text_hits`` and ``texts`` only where texts were asked for."""

    total: int
    took_ms: float
    hits: list[HitOut]
    facets: dict[str, list[FacetValueOut]]
    years: list[YearBucket]
    query: QueryOut
    text_hits: list[TextHitOut] = []
    texts: TextsOut | None = None


class SuggestionOut(Schema):
    """One completion. kind: title, person or subject."""

    kind: str
    text: str
    count: int
    url: str


class SuggestOut(Schema):
    """Completions of what is being typed."""

    query: str
    suggestions: list[SuggestionOut]


class CopyOut(Schema):
    """A copy or lot. The call number is as the library writes it."""

    branch: str
    branch_name: str
    location: str
    call_number: str
    barcode: str
    copies: int
    status: str
    note: str


class HoldingOut(Schema):
    """What one library holds."""

    library: LibraryRef
    control_number: str
    copies: list[CopyOut]
    statements: list[str]


class PersonOut(Schema):
    """A person or body with the role in the publication."""

    name: str
    role: str
    dates: str


class LinkOut(Schema):
    """An online address of the publication."""

    url: str
    label: str


class RelatedOut(Schema):
    """A related publication."""

    id: int
    title: str
    url: str


class RecordOut(Schema):
    """A publication with its holdings in all libraries."""

    id: int
    url: str
    title: str
    other_titles: list[str]
    responsibility: str
    authors: list[PersonOut]
    publisher: str
    place: str
    year: int | None
    date: str
    edition: str
    extent: str
    series: list[str]
    languages: list[str]
    material_type: str
    subjects: list[str]
    places: list[str]
    classification: list[str]
    isbns: list[str]
    issns: list[str]
    summary: str
    contents: str
    links: list[LinkOut]
    holdings: list[HoldingOut]
    host: RelatedOut | None
    parts: list[RelatedOut]
    editions: list[RelatedOut]


class OpeningOut(Schema):
    """Open on a weekday (1 Monday … 7 Sunday) from one time to another (hh:mm)."""

    weekday: int
    opens: str
    closes: str


class OtherDayOut(Schema):
    """A day with other hours than usual; without times: closed. ``branch``: its code, "" for the library as a whole."""

    date: str
    branch: str
    opens: str
    closes: str
    note: str


class UnitOut(Schema):
    """An administrative unit and, where it came out of a district, that one."""

    code: str
    name: str
    former_district: str


class BranchOut(Schema):
    """A branch of a library. ``hours``: its own; null where it has none of its own."""

    code: str
    name: str
    name_en: str
    kind: str
    unit: UnitOut | None
    address: str
    hours: list[OpeningOut] | None
    valid_from: str
    valid_to: str


class ServiceOut(Schema):
    """A service of a library. ``branch``: the code of the branch that offers it, "" for the library as a whole."""

    kind: str
    branch: str
    online: bool
    url: str
    note: str


class OnlineAddressOut(Schema):
    """Where a library is found online."""

    kind: str
    url: str
    label: str


class LibraryOut(Schema):
    """A public library as of the day asked for. ``hours``: the usual week; null where nobody has told it."""

    code: str
    official_isil: str
    name: str
    name_en: str
    short_name: str
    type: str
    parent_body: str
    area: str
    unit: UnitOut | None
    address: str
    phone: str
    email: str
    website: str
    about: str
    branches: list[BranchOut]
    services: list[ServiceOut]
    hours: list[OpeningOut] | None
    other_days: list[OtherDayOut]
    online_addresses: list[OnlineAddressOut]
    valid_from: str
    valid_to: str
    sample: bool
    url: str


class LibrariesOut(Schema):
    """The public libraries as of a day (yyyy-mm-dd)."""

    as_of: str
    libraries: list[LibraryOut]


class ErrorOut(Schema):
    """What went wrong, and what to do."""

    error: str
    message: str


class FulltextQueryOut(Schema):
    """How the query was understood. relaxed: "", "accents" or "order" (of the words in phrases) given up."""

    typed: str
    read_as: str
    accented: bool
    decoded: list[DecodedOut]
    relaxed: str
    page: int
    size: int
    index_ready: bool


class FulltextOut(Schema):
    """Volumes in whose text the words stand: only what this reader may find, in every count."""

    total: int
    pages_total: int
    took_ms: float
    volumes: list[VolumeOut]
    facets: dict[str, list[FacetValueOut]]
    years: list[YearBucket]
    query: FulltextQueryOut
