"""Create libraries and change what is known of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from lienthu.domain.network.models import (
    Branch,
    Library,
    LibraryPeriod,
    LibraryType,
    LineageEvent,
    LineageKind,
    LineageParty,
    LineageSide,
)
from lienthu.domain.network.services.branch_periods import show_branch
from lienthu.domain.network.services.periods import (
    Description,
    check,
    describe_from,
    keep,
    lock_library,
    show_current,
)
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes

LIBRARY_CHANGED = "library.changed"


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is known of a library today and not kept by period."""

    official_isil: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    about: str = ""
    note: str = ""
    closed: bool = False
    assumed: bool = False
    sample: bool = False

    @classmethod
    def of(cls, library: Library) -> Particulars:
        """The particulars of a library."""
        return cls(**{name: getattr(library, name) for name in cls.__slots__})

    def put_on(self, library: Library) -> None:
        """Copy onto the library. A library of the armed forces is closed whatever is asked for (NW-8)."""
        for name, value in asdict(self).items():
            if name in {"about", "note"}:
                value = "\n".join(clean(line) for line in value.splitlines()).strip()
            elif isinstance(value, str):
                value = clean(value)
            setattr(library, name, value)
        if library.type == LibraryType.ARMED_FORCES:
            library.closed = True


@transaction.atomic(durable=True)
def create_library(
    *,
    code: str,
    description: Description,
    actor: Actor,
    particulars: Particulars | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    founded: bool = False,
) -> Library:
    """Enter a new library; ``founded`` also records the event, for which ``valid_from`` must be known.

    Raises InvalidData (with the field) for a code that is taken or not ISIL-shaped and for bad values.
    """
    library = enter_library(
        code=code,
        description=description,
        particulars=particulars or Particulars(),
        valid_from=valid_from,
        valid_to=valid_to,
    )
    if founded and valid_from is not None:
        event = LineageEvent.objects.create(kind=LineageKind.FOUNDED, date=valid_from, sample=library.sample)
        LineageParty.objects.create(event=event, library=library, side=LineageSide.TO)
    audit.record("library.created", library, actor=actor, library_id=library.pk, code=library.code)
    changes.publish(LIBRARY_CHANGED, [library.pk])
    return library


def enter_library(
    *,
    code: str,
    description: Description,
    particulars: Particulars,
    valid_from: date | None,
    valid_to: date | None,
) -> Library:
    """The rows of a new library, inside the caller's transaction: no audit row, no news."""
    library = Library(code=clean(code), valid_from=valid_from, valid_to=valid_to)
    description.put_on(library)
    particulars.put_on(library)
    check(library, exclude=["name_sort"])
    library.save()
    describe_from(library, description, valid_from)
    return library


@transaction.atomic(durable=True)
def update_library(
    *,
    library_id: int,
    actor: Actor,
    description: Description | None = None,
    particulars: Particulars | None = None,
    since: date | None = None,
) -> Library:
    """Change what is known of a library.

    With ``since`` the description holds from that day and the past keeps the old one; without it the
    description in force is corrected, as for a typing error. Raises UnknownLibrary, NotInForce, InvalidData.
    """
    library = lock_library(library_id)
    changed = amend_library(library, description=description, particulars=particulars, since=since)
    if changed:
        audit.record(
            "library.updated",
            library,
            actor=actor,
            library_id=library.pk,
            fields=sorted(changed),
            since=since.isoformat() if since else None,
        )
        changes.publish(LIBRARY_CHANGED, [library.pk])
    return library


def amend_library(
    library: Library, *, description: Description | None, particulars: Particulars | None, since: date | None
) -> set[str]:
    """Change a locked library inside the caller's transaction; the names of the fields that differ are
    returned."""
    changed: set[str] = set()
    if particulars is not None:
        before = Particulars.of(library)
        particulars.put_on(library)
        changed |= {name for name in Particulars.__slots__ if getattr(before, name) != getattr(library, name)}
        check(library, exclude=["name_sort"])
        keep(library)
    if description is not None:
        day = since or _day_shown(library)
        held = next((p for p in library.periods.all() if day is None or p.holds(day)), None)
        compared = {} if held is None else _described(held)
        told = _described(description)
        different = {name for name in told if compared.get(name, "") != told[name]}
        if different:
            start = since or (held.valid_from if held else library.valid_from)
            describe_from(library, description, start)
            show_current(library)
            changed |= different
    return changed


def _described(described: Description | LibraryPeriod) -> dict[str, Any]:
    """The described values by name, the unit as it is."""
    return {name: getattr(described, name) for name in Description.__slots__}


def described_today(library: Library) -> Description:
    """The description shown for a library: today's, or that of a day inside its existence."""
    day = _day_shown(library)
    held = next((p for p in library.periods.select_related("unit") if day is None or p.holds(day)), None)
    return Description.of(held or library)


def _day_shown(library: Library) -> date | None:
    """A day on which the description shown for the library holds: today, or a day inside its existence."""
    today = timezone.localdate()
    if library.holds(today):
        return today
    if library.valid_to is not None and library.valid_to <= today:
        latest = max((p.valid_from for p in library.periods.all() if p.valid_from is not None), default=None)
        return latest or date.min
    return library.valid_from


@transaction.atomic(durable=True)
def bring_up_to_date(*, actor: Actor, today: date | None = None) -> int:
    """Show on every library and branch what holds today, so that changes entered ahead arrive on their day.

    Safe to repeat; run each night. Returns how many libraries changed.
    """
    day = today or timezone.localdate()
    libraries = Library.objects.select_for_update().order_by("pk")
    changed = [library.pk for library in libraries if show_current(library, day)]
    branches = Branch.objects.select_for_update().order_by("pk")
    changed += sorted({branch.library_id for branch in branches if show_branch(branch, day)} - {*changed})
    if changed:
        audit.record("library.brought_up_to_date", None, actor=actor, libraries=changed)
        changes.publish(LIBRARY_CHANGED, changed)
    return len(changed)
