"""The file of branches."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from lienthu.domain.network.models import AdministrativeUnit, Branch, BranchKind, Library
from lienthu.domain.network.selectors import BranchView, branches_as_of
from lienthu.domain.network.services.branch_periods import (
    BranchDescription,
    describe_branch,
    end_branches,
    enter_branch,
)
from lienthu.domain.network.services.exchange.libraries import unit_in
from lienthu.domain.network.services.exchange.table import (
    Cells,
    RowRefused,
    Table,
    Written,
    day_in,
    iso,
    library_in,
    one_of,
)

_TEXTS = ("name", "name_en", "address")


class Branches(Table):
    """One branch a row, found by its library and its code there. A ``valid_to`` closes a branch."""

    kind = "branches"
    action = "branches.imported"
    headings = (
        "library",
        "code",
        "name",
        "name_en",
        "kind",
        "unit_code",
        "address",
        "valid_from",
        "valid_to",
        "since",
    )
    required = frozenset({"library", "code"})
    identity = ("library", "code")
    spoken = {
        "mã thư viện": "library",
        "mã cơ sở": "code",
        "tên": "name",
        "tên tiếng anh": "name_en",
        "loại": "kind",
        "mã đơn vị hành chính": "unit_code",
        "địa chỉ": "address",
        "hiệu lực từ": "valid_from",
        "chấm dứt ngày": "valid_to",
        "thay đổi từ": "since",
    }

    def __init__(self) -> None:
        self.units = {unit.code: unit for unit in AdministrativeUnit.objects.all()}

    @classmethod
    def rows(cls, day: date, library_ids: Collection[int] | None, *, whole: bool = False) -> Iterator[dict[str, str]]:
        """Branches that existed on the day, as they were then; those that had closed, as they were last."""
        chosen = Library.objects.all() if library_ids is None else Library.objects.filter(pk__in=library_ids)
        codes = dict(chosen.order_by("code").values_list("pk", "code"))
        found: list[tuple[str, BranchView | Branch]] = [
            (codes[view.library_id], view) for views in branches_as_of(codes, day).values() for view in views
        ]
        if whole:
            ended = Branch.objects.filter(library_id__in=codes, valid_to__lte=day).select_related("unit")
            found += [(codes[branch.library_id], branch) for branch in ended]
        for code, branch in sorted(found, key=lambda row: (row[0], row[1].code)):
            yield {
                "library": code,
                "code": branch.code,
                "name": branch.name,
                "name_en": branch.name_en,
                "kind": str(branch.kind),
                "unit_code": branch.unit.code if branch.unit else "",
                "address": branch.address,
                "valid_from": iso(branch.valid_from),
                "valid_to": iso(branch.valid_to),
            }

    def write(self, cells: Cells) -> Written:
        library = library_in(cells)
        valid_from, valid_to, since = (day_in(cells, name) for name in ("valid_from", "valid_to", "since"))
        branch = library.branches.select_for_update().filter(code__iexact=cells["code"]).first()
        described = self._described(cells, BranchDescription(name="") if branch is None else self._known(branch, since))
        if branch is None:
            branch = enter_branch(
                library, code=cells["code"], description=described, valid_from=valid_from, valid_to=valid_to
            )
            return Written(f"{library.code} {branch.code}", branch.name, None, {library.pk})
        if valid_from is not None and valid_from != branch.valid_from:
            raise RowRefused("valid_from", _("The beginning of a known branch cannot be changed by a file."))
        changed = describe_branch(branch, described, since)
        if valid_to is not None and valid_to != branch.valid_to:
            if branch.valid_to is not None:
                raise RowRefused("valid_to", _("This branch is closed already."))
            end_branches(Branch.objects.filter(pk=branch.pk), valid_to)
            changed |= {"valid_to"}
        return Written(f"{library.code} {branch.code}", branch.name, changed, {library.pk})

    @staticmethod
    def _known(branch: Branch, since: date | None) -> BranchDescription:
        held = branch.periods.as_of(since).first() if since else None
        return BranchDescription.of(held or branch)

    def _described(self, cells: Cells, known: BranchDescription) -> BranchDescription:
        told: dict[str, Any] = {name: cells[name] for name in _TEXTS if cells.get(name)}
        if kind := one_of(cells, "kind", BranchKind):
            told["kind"] = kind
        if unit := unit_in(cells, "unit_code", self.units):
            told["unit"] = unit
        return replace(known, **told)
