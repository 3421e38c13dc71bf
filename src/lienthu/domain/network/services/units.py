"""Administrative units: enter, correct, rename, end; the shipped list of the province. Rules REG-1 … REG-4."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lienthu.domain.network.errors import InvalidData, NotInForce, UnknownUnit
from lienthu.domain.network.models import (
    AdministrativeUnit,
    LibraryPeriod,
    UnitKind,
    UnitSuccession,
)
from lienthu.domain.network.services.branch_periods import branches_go_over
from lienthu.domain.network.services.libraries import LIBRARY_CHANGED
from lienthu.domain.network.services.periods import Description, check, describe_from, lock_libraries, show_current
from lienthu.foundation.vietnamese.collation import sort_key
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes

SHIPPED: Final = Path(__file__).resolve().parent.parent / "data" / "units.csv"
"""The units of the province before and since 1 July 2025. The columns are those of the file of units."""


@dataclass(frozen=True, slots=True)
class UnitData:
    """What is known of a unit besides its code and its end."""

    name: str
    kind: str
    title: str = ""
    name_en: str = ""
    official_code: str = ""
    parent: AdministrativeUnit | None = None
    former_district: AdministrativeUnit | None = None
    valid_from: date | None = None
    source: str = ""
    note: str = ""
    assumed: bool = False

    @classmethod
    def of(cls, unit: AdministrativeUnit) -> UnitData:
        """What a unit says."""
        return cls(**{f.name: getattr(unit, f.name) for f in fields(cls)})

    def put_on(self, unit: AdministrativeUnit) -> set[str]:
        """Copy onto the row, cleaned, with the filing key; the names of what differs are returned."""
        changed = set()
        for f in fields(self):
            value = getattr(self, f.name)
            value = clean(value) if isinstance(value, str) else value
            if getattr(unit, f.name) != value:
                setattr(unit, f.name, value)
                changed.add(f.name)
        unit.name_sort = sort_key(unit.name)
        return changed


@dataclass(frozen=True, slots=True)
class UnitEnded:
    """A unit that ended: the libraries that went with it to its one successor, and those whose place must be told."""

    unit: AdministrativeUnit
    moved: tuple[int, ...]
    waiting: tuple[int, ...]


@transaction.atomic(durable=True)
def create_unit(*, code: str, data: UnitData, actor: Actor, valid_to: date | None = None) -> AdministrativeUnit:
    """Enter a unit. Raises InvalidData, with the field, for a code that is taken and for bad values."""
    unit = enter_unit(code=code, data=data, valid_to=valid_to)
    audit.record("unit.created", unit, actor=actor, code=unit.code)
    return unit


def enter_unit(*, code: str, data: UnitData, valid_to: date | None = None) -> AdministrativeUnit:
    """The row of a new unit, inside the caller's transaction: no audit row."""
    unit = AdministrativeUnit(code=clean(code), valid_to=valid_to)
    data.put_on(unit)
    _check(unit)
    unit.save()
    return unit


@transaction.atomic(durable=True)
def correct_unit(*, unit_id: int, data: UnitData, actor: Actor) -> AdministrativeUnit:
    """Put right what is known of a unit, as for a typing error; the past is put right with it (REG-2).

    Raises UnknownUnit, InvalidData.
    """
    unit = lock_units([unit_id])[unit_id]
    if changed := amend_unit(unit, data):
        audit.record("unit.corrected", unit, actor=actor, code=unit.code, fields=sorted(changed))
        changes.publish(LIBRARY_CHANGED, libraries_placed(unit))
    return unit


def amend_unit(unit: AdministrativeUnit, data: UnitData) -> set[str]:
    """Change a locked unit inside the caller's transaction; the names of the fields that differ are returned."""
    changed = data.put_on(unit)
    if changed:
        _check(unit)
        unit.save()
    return changed


@transaction.atomic(durable=True)
def rename_unit(*, unit_id: int, code: str, data: UnitData, on: date, actor: Actor) -> AdministrativeUnit:
    """Let a unit bear another name, title or kind from a day on: a new unit with a code of its own follows it.

    The libraries and parts of the old one go with it; the past keeps the old name. Raises UnknownUnit, NotInForce,
    InvalidData.
    """
    old = lock_units([unit_id])[unit_id]
    new = enter_unit(code=code, data=replace(data, valid_from=on))
    concerned = close_unit(old, on, [new])
    audit.record("unit.renamed", old, actor=actor, code=old.code, into=new.code, on=on.isoformat())
    changes.publish(LIBRARY_CHANGED, concerned)
    return new


@transaction.atomic(durable=True)
def end_unit(*, unit_id: int, on: date, actor: Actor, successors: Sequence[int] = ()) -> UnitEnded:
    """Let a unit end; ``on`` is the first day without it, ``successors`` the units its land went over to.

    With one successor (merged into it) libraries, branches and parts go over to it; with several (split) or none
    nobody but a person knows where they are, and those that still stand in it are told. Raises UnknownUnit,
    NotInForce, InvalidData.
    """
    locked = lock_units([unit_id, *successors])
    unit = locked[unit_id]
    heirs = [locked[pk] for pk in dict.fromkeys(successors)]
    moved = close_unit(unit, on, heirs)
    audit.record("unit.ended", unit, actor=actor, code=unit.code, into=[heir.code for heir in heirs], on=on.isoformat())
    changes.publish(LIBRARY_CHANGED, moved)
    return UnitEnded(unit, tuple(moved), tuple(libraries_placed(unit, on)))


def close_unit(unit: AdministrativeUnit, on: date, heirs: Sequence[AdministrativeUnit]) -> list[int]:
    """End a locked unit inside the caller's transaction; ids of the libraries that went over to its one successor."""
    if not unit.holds(on):
        raise NotInForce(
            _("%(unit)s does not exist on %(day)s.") % {"unit": unit, "day": f"{on:%d/%m/%Y}"},
            _("Choose a day between its beginning and its end."),
        )
    unit.valid_to = on
    check(unit, exclude=["name_sort"])
    unit.save(update_fields=["valid_to"])
    link_successors(unit, heirs, on)
    if len(heirs) != 1:
        return []
    AdministrativeUnit.objects.filter(parent=unit).exclude(valid_to__lte=on).update(parent=heirs[0])
    return _go_over(unit, heirs[0], on)


def link_successors(unit: AdministrativeUnit, heirs: Iterable[AdministrativeUnit], on: date) -> set[str]:
    """Record that the unit went over to others on a day; {"successors"} where that is news."""
    known = set(unit.followed_by.values_list("successor_id", flat=True))
    fresh = [heir for heir in heirs if heir.pk not in known]
    for heir in fresh:
        if heir.pk == unit.pk:
            raise InvalidData({"successors": [_("A unit cannot be its own successor.")]})
        if not heir.holds(on):
            told = {"unit": heir, "day": f"{on:%d/%m/%Y}"}
            raise InvalidData({"successors": [_("%(unit)s does not exist on %(day)s.") % told]})
    UnitSuccession.objects.bulk_create(UnitSuccession(predecessor=unit, successor=heir, date=on) for heir in fresh)
    return {"successors"} if fresh else set()


def _go_over(unit: AdministrativeUnit, heir: AdministrativeUnit, day: date) -> list[int]:
    """Libraries and branches that stand in the unit on the day or later stand in its successor from then on."""
    ids = set(libraries_placed(unit, day))
    for library in lock_libraries(ids).values():
        held = library.periods.as_of(day).filter(unit=unit).first()
        if held is not None and library.holds(day):
            describe_from(library, replace(Description.of(held), unit=heir), day)
        library.periods.filter(unit=unit, valid_from__gte=day).update(unit=heir)
        show_current(library)
    return sorted(ids | branches_go_over(unit, heir, day))


def libraries_placed(unit: AdministrativeUnit, day: date | None = None) -> list[int]:
    """Ids of the libraries that were ever described as standing in the unit; with a day, on that day or later."""
    rows = LibraryPeriod.objects.filter(unit=unit)
    if day is not None:
        rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    return sorted(set(rows.values_list("library_id", flat=True)))


def lock_units(unit_ids: Iterable[int]) -> dict[int, AdministrativeUnit]:
    """Units by id, locked in order of their ids. Raises UnknownUnit when one is missing."""
    wanted = set(unit_ids)
    rows = AdministrativeUnit.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    found = {unit.pk: unit for unit in rows}
    if wanted - found.keys():
        raise UnknownUnit(_("There is no such administrative unit."))
    return found


def _check(unit: AdministrativeUnit) -> None:
    """Raises InvalidData for bad values, a loop of parents, or a former district that is none."""
    check(unit, exclude=["name_sort"])
    above, steps = unit.parent, 0
    while above is not None:
        steps += 1
        if (unit.pk is not None and above.pk == unit.pk) or steps > 10:
            raise InvalidData({"parent": [_("A unit cannot lie in itself.")]})
        above = above.parent
    if unit.former_district is not None and (
        unit.former_district.kind != UnitKind.FORMER_DISTRICT or unit.former_district_id == unit.pk
    ):
        raise InvalidData({"former_district": [_("Choose a unit of the kind “Former district”.")]})


def waiting_units() -> list[dict[str, str]]:
    """The rows of the shipped list whose codes this install does not have. One query."""
    with SHIPPED.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    known = set(AdministrativeUnit.objects.values_list("code", flat=True))
    return [row for row in rows if row["code"] not in known]


@transaction.atomic(durable=True)
def load_shipped_units(*, actor: Actor) -> int:
    """Enter the units of the shipped list that are not there; what is there is left as people made it (REG-1).

    Safe to repeat. Returns how many were new.
    """
    new = waiting_units()
    if not new:
        return 0
    units = {unit.code: unit for unit in AdministrativeUnit.objects.all()}
    for row in new:  # the list names what lies above before what lies in it
        units[row["code"]] = enter_unit(
            code=row["code"],
            data=UnitData(
                name=row["name"],
                kind=row["kind"],
                title=row["title"],
                name_en=row["name_en"],
                official_code=row["official_code"],
                parent=units.get(row["parent"]),
                former_district=units.get(row["former_district"]),
                valid_from=_day(row["valid_from"]),
                source=row["source"],
                note=row["note"],
                assumed=row["assumed"] == "yes",
            ),
            valid_to=_day(row["valid_to"]),
        )
    for row in new:
        unit = units[row["code"]]
        heirs = [units[code] for code in row["successors"].split() if code in units]
        if unit.valid_to is not None:
            link_successors(unit, [heir for heir in heirs if heir.holds(unit.valid_to)], unit.valid_to)
    audit.record("units.shipped", None, actor=actor, units=[row["code"] for row in new])
    return len(new)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
