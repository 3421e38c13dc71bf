"""The file of administrative units: before and since 1 July 2025, with codes and what followed what."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from lienthu.domain.network.models import AdministrativeUnit, UnitKind, UnitSuccession
from lienthu.domain.network.services.exchange.libraries import unit_in
from lienthu.domain.network.services.exchange.table import (
    Cells,
    RowRefused,
    Table,
    Written,
    codes_in,
    day_in,
    iso,
    joined,
    one_of,
    yes,
    yes_in,
)
from lienthu.domain.network.services.units import (
    UnitData,
    amend_unit,
    close_unit,
    enter_unit,
    libraries_placed,
    link_successors,
)

_TEXTS = ("name", "name_en", "title", "official_code", "source", "note")
_ORDER = {UnitKind.PROVINCE: 0, UnitKind.FORMER_DISTRICT: 1}


class Units(Table):
    """One unit a row, found by its code. A ``valid_to`` ends a known unit, ``successors`` says what it went over to."""

    kind = "units"
    action = "units.imported"
    about_libraries = False
    headings = (
        "code",
        "official_code",
        "title",
        "name",
        "name_en",
        "kind",
        "parent",
        "former_district",
        "valid_from",
        "valid_to",
        "successors",
        "source",
        "note",
        "assumed",
    )
    required = frozenset({"code"})
    identity = ("code",)
    spoken = {
        "mã": "code",
        "mã chính thức": "official_code",
        "danh xưng": "title",
        "tên": "name",
        "tên tiếng anh": "name_en",
        "loại": "kind",
        "trực thuộc": "parent",
        "huyện cũ": "former_district",
        "hiệu lực từ": "valid_from",
        "chấm dứt ngày": "valid_to",
        "đơn vị kế tiếp": "successors",
        "nguồn": "source",
        "ghi chú": "note",
        "giả định": "assumed",
    }

    @classmethod
    def rows(cls, day: date, library_ids: Collection[int] | None, *, whole: bool = False) -> Iterator[dict[str, str]]:
        """Every unit that had begun by the day, those that ended too: their codes stand in what happened before."""
        followed: dict[int, list[str]] = {}
        for row in UnitSuccession.objects.filter(date__lte=day).select_related("successor").order_by("successor__code"):
            followed.setdefault(row.predecessor_id, []).append(row.successor.code)
        units = [
            unit
            for unit in AdministrativeUnit.objects.select_related("parent", "former_district")
            if unit.valid_from is None or unit.valid_from <= day
        ]
        for unit in sorted(units, key=lambda u: (_ORDER.get(UnitKind(u.kind), 2), u.valid_to is not None, u.code)):
            yield {
                "code": unit.code,
                "kind": unit.kind,
                "parent": unit.parent.code if unit.parent else "",
                "former_district": unit.former_district.code if unit.former_district else "",
                "valid_from": iso(unit.valid_from),
                "valid_to": iso(unit.valid_to) if unit.valid_to and unit.valid_to <= day else "",
                "successors": joined(followed.get(unit.pk, [])),
                "assumed": yes(unit.assumed),
                **{name: getattr(unit, name) for name in _TEXTS},
            }

    def write(self, cells: Cells) -> Written:
        unit = AdministrativeUnit.objects.select_for_update().filter(code=cells["code"]).first()
        data = _data(cells, UnitData(name="", kind="") if unit is None else UnitData.of(unit))
        valid_to = day_in(cells, "valid_to")
        if unit is None:
            unit = enter_unit(code=cells["code"], data=data, valid_to=valid_to)
            return Written(unit.code, unit.full_name, None)
        changed = amend_unit(unit, data)
        return Written(unit.code, unit.full_name, changed, set(libraries_placed(unit) if changed else ()))

    def link(self, cells: Cells, row: Written) -> None:
        """What the unit lies in, and its end with what it went over to: both may stand further down in the file."""
        units = {unit.code: unit for unit in AdministrativeUnit.objects.all()}
        unit = units[cells["code"]]
        above: dict[str, Any] = {
            heading: found for heading in ("parent", "former_district") if (found := unit_in(cells, heading, units))
        }
        if changed := amend_unit(unit, replace(UnitData.of(unit), **above)):
            row.add(changed, libraries_placed(unit))
        heirs = []
        for code in codes_in(cells, "successors"):
            if code not in units:
                raise RowRefused("successors", _("There is no administrative unit %(code)s.") % {"code": code})
            heirs.append(units[code])
        valid_to = day_in(cells, "valid_to")
        if valid_to is not None and unit.valid_to != valid_to:
            if unit.valid_to is not None:
                raise RowRefused("valid_to", _("This unit ended on another day already."))
            row.add({"valid_to"}, close_unit(unit, valid_to, heirs))
        elif heirs and unit.valid_to is None:
            raise RowRefused("successors", _("Say when the unit ended: valid_to is empty."))
        elif heirs and unit.valid_to is not None:
            row.add(link_successors(unit, heirs, unit.valid_to))


def _data(cells: Cells, known: UnitData) -> UnitData:
    told: dict[str, Any] = {name: cells[name] for name in _TEXTS if cells.get(name)}
    if kind := one_of(cells, "kind", UnitKind):
        told["kind"] = kind
    if (valid_from := day_in(cells, "valid_from")) is not None:
        told["valid_from"] = valid_from
    if (assumed := yes_in(cells, "assumed")) is not None:
        told["assumed"] = assumed
    return replace(known, **told)
