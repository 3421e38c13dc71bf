"""The file of libraries."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from lienthu.domain.network.models import AdministrativeUnit, Library, LibraryType
from lienthu.domain.network.selectors import libraries_as_of
from lienthu.domain.network.services.exchange.table import (
    Cells,
    RowRefused,
    Table,
    Written,
    day_in,
    iso,
    one_of,
    yes,
    yes_in,
)
from lienthu.domain.network.services.libraries import Particulars, amend_library, described_today, enter_library
from lienthu.domain.network.services.periods import Description

_DESCRIBED = ("name", "name_en", "short_name", "parent_body", "address")
_PARTICULAR = ("official_isil", "phone", "email", "website", "about", "note")
_MARKS = ("closed", "assumed", "sample")


class Libraries(Table):
    """One library a row. A known one is found by its code; its beginning and end are changed by events."""

    kind = "libraries"
    action = "libraries.imported"
    headings = (
        "code",
        "official_isil",
        "name",
        "name_en",
        "short_name",
        "type",
        "parent_body",
        "unit_code",
        "address",
        "phone",
        "email",
        "website",
        "about",
        "closed",
        "valid_from",
        "valid_to",
        "since",
        "note",
        "assumed",
        "sample",
    )
    required = frozenset({"code"})
    identity = ("code",)
    spoken = {
        "mã": "code",
        "mã thư viện": "code",
        "mã isil chính thức": "official_isil",
        "tên": "name",
        "tên thư viện": "name",
        "tên tiếng anh": "name_en",
        "tên ngắn": "short_name",
        "loại": "type",
        "loại thư viện": "type",
        "cơ quan chủ quản": "parent_body",
        "mã đơn vị hành chính": "unit_code",
        "địa chỉ": "address",
        "điện thoại": "phone",
        "thư điện tử": "email",
        "trang web": "website",
        "giới thiệu": "about",
        "đóng": "closed",
        "hiệu lực từ": "valid_from",
        "chấm dứt ngày": "valid_to",
        "thay đổi từ": "since",
        "ghi chú": "note",
        "giả định": "assumed",
        "dữ liệu mẫu": "sample",
    }

    def __init__(self) -> None:
        self.units = {unit.code: unit for unit in AdministrativeUnit.objects.all()}

    @classmethod
    def rows(cls, day: date, library_ids: Collection[int] | None, *, whole: bool = False) -> Iterator[dict[str, str]]:
        """Libraries that existed on the day, as they were described then; those that ended, as they were last."""
        views = libraries_as_of(day, library_ids=library_ids)
        if whole:
            views += libraries_as_of(day, library_ids=library_ids, state="ended")
        kept = Library.objects.in_bulk([view.id for view in views])
        for view in views:
            library = kept[view.id]
            yield {
                "code": view.code,
                "name": view.name,
                "name_en": view.name_en,
                "short_name": view.short_name,
                "type": view.type.value,
                "parent_body": view.parent_body,
                "unit_code": view.unit.code if view.unit else "",
                "address": view.address,
                "valid_from": iso(view.valid_from),
                "valid_to": iso(view.valid_to),
                **{name: getattr(library, name) for name in _PARTICULAR},
                **{name: yes(getattr(library, name)) for name in _MARKS},
            }

    def write(self, cells: Cells) -> Written:
        library = Library.objects.select_for_update().filter(code__iexact=cells["code"]).first()
        valid_from, valid_to, since = (day_in(cells, name) for name in ("valid_from", "valid_to", "since"))
        if library is None:
            library = enter_library(
                code=cells["code"],
                description=_description(cells, self.units, Description(name="", type="")),
                particulars=_particulars(cells, Particulars()),
                valid_from=valid_from,
                valid_to=valid_to,
            )
            return Written(library.code, library.name, None, {library.pk})
        for heading, told, known in (
            ("valid_from", valid_from, library.valid_from),
            ("valid_to", valid_to, library.valid_to),
        ):
            if told is not None and told != known:
                text = _("The beginning and end of a known library are changed by an event on its page.")
                raise RowRefused(heading, text)
        changed = amend_library(
            library,
            description=_description(cells, self.units, described_today(library)),
            particulars=_particulars(cells, Particulars.of(library)),
            since=since,
        )
        return Written(library.code, library.name, changed, {library.pk})


def _description(cells: Cells, units: Mapping[str, AdministrativeUnit], known: Description) -> Description:
    told: dict[str, Any] = {name: cells[name] for name in _DESCRIBED if cells.get(name)}
    described = replace(known, **told)
    if kind := one_of(cells, "type", LibraryType):
        described = replace(described, type=kind)
    if unit := unit_in(cells, "unit_code", units):
        described = replace(described, unit=unit)
    return described


def unit_in(cells: Cells, heading: str, units: Mapping[str, AdministrativeUnit]) -> AdministrativeUnit | None:
    """The unit a cell names; None where it is empty. Raises RowRefused."""
    code = cells.get(heading, "")
    if not code:
        return None
    if code not in units:
        raise RowRefused(heading, _("There is no administrative unit %(code)s.") % {"code": code})
    return units[code]


def _particulars(cells: Cells, known: Particulars) -> Particulars:
    filled: dict[str, Any] = {name: cells[name] for name in _PARTICULAR if cells.get(name)}
    filled |= {name: told for name in _MARKS if (told := yes_in(cells, name)) is not None}
    return replace(known, **filled)
