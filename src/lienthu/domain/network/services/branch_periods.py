"""How a description enters a branch's timeline (REG-10). For the services of this room, inside their transactions."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.network.errors import NotInForce
from lienthu.domain.network.models import AdministrativeUnit, Branch, BranchKind, BranchPeriod, Library
from lienthu.domain.network.services.periods import check
from lienthu.foundation.vietnamese.text import clean


@dataclass(frozen=True, slots=True)
class BranchDescription:
    """What a branch is called, what it is and where it stands: everything that is kept by period."""

    name: str
    name_en: str = ""
    kind: str = BranchKind.BRANCH
    unit: AdministrativeUnit | None = None
    address: str = ""

    @classmethod
    def of(cls, row: Branch | BranchPeriod) -> BranchDescription:
        """The description a row carries."""
        return cls(**{f.name: getattr(row, f.name) for f in fields(cls)})

    def put_on(self, row: Branch | BranchPeriod) -> set[str]:
        """Copy onto a row, cleaned; the names of what differs are returned."""
        changed = set()
        for f in fields(self):
            value = getattr(self, f.name)
            value = clean(str(value)) if isinstance(value, str) else value
            if getattr(row, f.name) != value:
                setattr(row, f.name, value)
                changed.add(f.name)
        return changed


def enter_branch(
    library: Library,
    *,
    code: str,
    description: BranchDescription,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Branch:
    """The rows of a new branch. Raises InvalidData."""
    branch = Branch(library=library, code=clean(code), valid_from=valid_from, valid_to=valid_to)
    description.put_on(branch)
    check(branch)
    branch.save()
    BranchPeriod.objects.create(branch=branch, valid_from=valid_from, valid_to=valid_to, **_values(description))
    return branch


def _values(description: BranchDescription) -> dict[str, Any]:
    values = {f.name: getattr(description, f.name) for f in fields(description)}
    return {name: clean(str(value)) if isinstance(value, str) else value for name, value in values.items()}


def describe_branch(branch: Branch, description: BranchDescription, since: date | None) -> set[str]:
    """Change a locked branch: with ``since`` from that day on, without it the description shown today is corrected.

    The names of the fields that differ are returned. Raises NotInForce where it does not exist on the day, InvalidData.
    """
    periods = list(branch.periods.select_for_update().order_by(models.F("valid_from").asc(nulls_first=True)))
    held = _shown(periods, timezone.localdate())
    if since is not None:
        if not branch.holds(since):
            raise NotInForce(
                _("The branch does not exist on %(day)s.") % {"day": f"{since:%d/%m/%Y}"},
                _("Choose a day between its founding and its end."),
            )
        held = next((period for period in periods if period.holds(since)), None)
    if since is not None and held is not None and held.valid_from != since:
        known = _values(BranchDescription.of(held))
        period = BranchPeriod(branch=branch, valid_from=since, valid_to=held.valid_to, **known)
    else:
        period = held or BranchPeriod(branch=branch, valid_from=branch.valid_from, valid_to=branch.valid_to)
    changed = description.put_on(period)
    if not changed:
        return set()
    if held is not None and period is not held:
        held.valid_to = since
        held.save(update_fields=["valid_to"])
    check(period)
    period.save()
    show_branch(branch)
    return changed


def show_branch(branch: Branch, today: date | None = None) -> bool:
    """Copy onto the branch what holds today, else what held last, else what comes first. True where it changed."""
    period = _shown(list(branch.periods.select_related("unit")), today or timezone.localdate())
    if period is None or not BranchDescription.of(period).put_on(branch):
        return False
    check(branch)
    branch.save()
    return True


def _shown(periods: list[BranchPeriod], today: date) -> BranchPeriod | None:
    begun = [p for p in periods if p.valid_from is None or p.valid_from <= today]
    return max(begun or periods[:1], key=lambda p: p.valid_from or date.min, default=None)


def end_branches(branches: QuerySet[Branch], day: date) -> None:
    """Let branches that are still there end on a day, the first without them."""
    ids = list(branches.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day)).values_list("pk", flat=True))
    periods = BranchPeriod.objects.filter(branch_id__in=ids)
    periods.filter(valid_from__gte=day).delete()
    periods.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day)).update(valid_to=day)
    Branch.objects.filter(pk__in=ids).update(valid_to=day)


def branches_go_over(unit: AdministrativeUnit, heir: AdministrativeUnit, day: date) -> set[int]:
    """Branches that stand in a unit on the day or later stand in another from then on; ids of their libraries."""
    there = BranchPeriod.objects.filter(unit=unit).exclude(valid_to__lte=day).values("branch_id")
    branches = list(Branch.objects.select_for_update().filter(pk__in=there).order_by("pk"))
    for branch in branches:
        held = branch.periods.as_of(day).filter(unit=unit).first()
        if held is not None and branch.holds(day):
            moved = BranchDescription.of(held)
            describe_branch(branch, BranchDescription(moved.name, moved.name_en, moved.kind, heir, moved.address), day)
        branch.periods.filter(unit=unit, valid_from__gte=day).update(unit=heir)
        show_branch(branch)
    return {branch.library_id for branch in branches}
