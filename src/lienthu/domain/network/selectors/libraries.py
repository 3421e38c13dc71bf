"""Libraries as of a day. A past day shows the past name, type, body and place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import F, Q
from django.utils import timezone

from lienthu.domain.network.errors import UnknownLibrary
from lienthu.domain.network.models import (
    AdministrativeUnit,
    BranchKind,
    BranchPeriod,
    Library,
    LibraryPeriod,
    LibraryType,
    OnlineAddress,
    ServiceOffer,
)
from lienthu.domain.network.models.dated import holds_on
from lienthu.foundation.vietnamese.fold import fold


@dataclass(frozen=True, slots=True)
class LibraryView:
    """One library as it was described on ``day``; telephone, e-mail, website and about are today's."""

    id: int
    code: str
    official_isil: str
    day: date
    name: str
    name_en: str
    short_name: str
    name_sort: str
    type: LibraryType
    parent_body: str
    unit: AdministrativeUnit | None
    address: str
    phone: str
    email: str
    website: str
    about: str
    closed: bool
    sample: bool
    valid_from: date | None
    valid_to: date | None

    @property
    def type_name(self) -> str:
        """The name of the type, translated."""
        return str(self.type.label)

    @property
    def label(self) -> str:
        """The short name where there is one."""
        return self.short_name or self.name


def _view(period: LibraryPeriod, day: date) -> LibraryView:
    library = period.library
    return LibraryView(
        id=library.pk,
        code=library.code,
        official_isil=library.official_isil,
        day=day,
        name=period.name,
        name_en=period.name_en,
        short_name=period.short_name,
        name_sort=period.name_sort,
        type=LibraryType(period.type),
        parent_body=period.parent_body,
        unit=period.unit,
        address=period.address,
        phone=library.phone,
        email=library.email,
        website=library.website,
        about=library.about,
        closed=library.closed,
        sample=library.sample,
        valid_from=library.valid_from,
        valid_to=library.valid_to,
    )


State = Literal["in_force", "ended", "coming"]

_STATES: dict[str, Callable[[date], Q]] = {
    "in_force": lambda day: holds_on(day) & holds_on(day, "library__"),
    "ended": lambda day: Q(library__valid_to__lte=day, valid_to=F("library__valid_to")),
    "coming": lambda day: Q(library__valid_from__gt=day, valid_from=F("library__valid_from")),
}


def libraries_as_of(
    day: date,
    *,
    library_ids: Collection[int] | None = None,
    types: Collection[str] = (),
    area_code: str = "",
    text: str = "",
    public_only: bool = False,
    state: State = "in_force",
) -> list[LibraryView]:
    """Libraries that existed on ``day``, as they were then, in Vietnamese order of their names. One query.

    ``state``: "ended" gives those that had ended by the day, under their last names, "coming" those yet to begin.
    ``area_code``: code of a former district, of a unit or of the province. ``text``: part of a name or code,
    with or without diacritics. Closed libraries are included unless ``public_only``: whoever shows them asks
    ``libraries_for`` first.
    """
    rows = (
        LibraryPeriod.objects.filter(_STATES[state](day))
        .select_related("library", "unit", "unit__former_district")
        .order_by("name_sort", "library__code")
    )
    if library_ids is not None:
        rows = rows.filter(library_id__in=library_ids)
    if types:
        rows = rows.filter(type__in=types)
    if area_code:
        rows = rows.filter(
            Q(unit__code=area_code) | Q(unit__former_district__code=area_code) | Q(unit__parent__code=area_code)
        )
    if public_only:
        rows = rows.filter(library__closed=False)
    views = [_view(row, day) for row in rows]
    if needle := fold(text.strip()):
        views = [v for v in views if needle in fold(f"{v.name} {v.short_name} {v.name_en} {v.code}")]
    return views


def public_libraries(as_of: date | None = None) -> list[LibraryView]:
    """The libraries everyone may see, as of a day (default: today). Closed ones are not among them.

    One query.
    """
    return libraries_as_of(as_of or timezone.localdate(), public_only=True)


def library_as_of(library_id: int, day: date) -> LibraryView | None:
    """One library as it was on ``day``; None where it did not exist then."""
    views = libraries_as_of(day, library_ids=[library_id])
    return views[0] if views else None


def described_on(library: Library, day: date) -> LibraryView:
    """A library as it was described on ``day``; before its beginning as it began, after its end as it ended."""
    states: tuple[State, ...] = ("in_force", "ended", "coming")
    for state in states:
        if views := libraries_as_of(day, library_ids=[library.pk], state=state):
            return views[0]
    rows = LibraryPeriod.objects.filter(library=library).select_related("library", "unit", "unit__former_district")
    latest = rows.order_by(F("valid_from").desc(nulls_last=True)).first()
    if latest is None:
        raise UnknownLibrary(f"{library.code} is described on no day.")
    return _view(latest, day)


def library_by_code(code: str) -> Library:
    """The library with this code or official ISIL, in any letter case. Raises UnknownLibrary (404)."""
    code = code.strip()
    if "\x00" in code:  # the database cannot even be asked
        raise UnknownLibrary("No library has such a code.")
    found: list[Library] = list(
        Library.objects.filter(Q(code__iexact=code) | Q(official_isil__iexact=code)).select_related("unit")[:2]
    )
    if not code or not found:
        raise UnknownLibrary(f"No library has the code {code}.")
    return next((library for library in found if library.code.lower() == code.lower()), found[0])


def closed_library_ids() -> frozenset[int]:
    """Ids of the libraries that must never appear in public search."""
    return frozenset(Library.objects.filter(closed=True).values_list("id", flat=True))


@dataclass(frozen=True, slots=True)
class BranchView:
    """One branch as it was described on a day."""

    id: int
    library_id: int
    code: str
    name: str
    name_en: str
    kind: BranchKind
    unit: AdministrativeUnit | None
    address: str
    valid_from: date | None
    valid_to: date | None

    @property
    def kind_name(self) -> str:
        """The name of the kind, translated."""
        return str(self.kind.label)

    @property
    def place(self) -> str:
        """The address, else the unit."""
        return self.address or (self.unit.full_name if self.unit else "")


def branches_as_of(library_ids: Iterable[int], day: date | None = None) -> dict[int, list[BranchView]]:
    """Branches that existed on ``day`` (default: today) by library, as they were then. One query."""
    found: dict[int, list[BranchView]] = defaultdict(list)
    day = day or timezone.localdate()
    rows = BranchPeriod.objects.filter(
        holds_on(day), holds_on(day, "branch__"), branch__library_id__in=list(library_ids)
    )
    for row in rows.select_related("branch", "unit", "unit__former_district").order_by("branch__code"):
        branch = row.branch
        found[branch.library_id].append(
            BranchView(
                id=branch.pk,
                library_id=branch.library_id,
                code=branch.code,
                name=row.name,
                name_en=row.name_en,
                kind=BranchKind(row.kind),
                unit=row.unit,
                address=row.address,
                valid_from=branch.valid_from,
                valid_to=branch.valid_to,
            )
        )
    return dict(found)


def service_offers(library_ids: Iterable[int], day: date | None = None) -> dict[int, list[ServiceOffer]]:
    """Services in force on ``day`` (default: today) by library. One query."""
    found: dict[int, list[ServiceOffer]] = defaultdict(list)
    rows = ServiceOffer.objects.as_of(day or timezone.localdate()).filter(library_id__in=list(library_ids))
    for offer in rows.select_related("branch"):
        found[offer.library_id].append(offer)
    return dict(found)


def online_addresses(library_ids: Iterable[int], day: date | None = None) -> dict[int, list[OnlineAddress]]:
    """Online addresses in force on ``day`` (default: today) by library. One query."""
    found: dict[int, list[OnlineAddress]] = defaultdict(list)
    for address in OnlineAddress.objects.as_of(day or timezone.localdate()).filter(library_id__in=list(library_ids)):
        found[address.library_id].append(address)
    return dict(found)
