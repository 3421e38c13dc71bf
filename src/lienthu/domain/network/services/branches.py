"""Open, change and close branches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from lienthu.domain.network.errors import NotInForce
from lienthu.domain.network.models import AdministrativeUnit, Branch, BranchKind
from lienthu.domain.network.services.branch_periods import (
    BranchDescription,
    describe_branch,
    end_branches,
    enter_branch,
)
from lienthu.domain.network.services.libraries import LIBRARY_CHANGED
from lienthu.domain.network.services.periods import check, lock_library
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes


@dataclass(frozen=True, slots=True)
class BranchData:
    """What is known of a branch."""

    code: str
    name: str
    name_en: str = ""
    kind: str = BranchKind.BRANCH
    address: str = ""

    def described(self, unit: AdministrativeUnit | None) -> BranchDescription:
        """What is kept by period."""
        return BranchDescription(self.name, self.name_en, self.kind, unit, self.address)


@transaction.atomic(durable=True)
def open_branch(
    *,
    library_id: int,
    data: BranchData,
    actor: Actor,
    unit: AdministrativeUnit | None = None,
    valid_from: date | None = None,
) -> Branch:
    """Open a branch. Raises UnknownLibrary, InvalidData (e.g. the code is taken in this library)."""
    library = lock_library(library_id)
    branch = enter_branch(library, code=data.code, description=data.described(unit), valid_from=valid_from)
    audit.record("branch.opened", branch, actor=actor, library_id=library.pk, code=branch.code)
    changes.publish(LIBRARY_CHANGED, [library.pk])
    return branch


@transaction.atomic(durable=True)
def update_branch(
    *,
    branch_id: int,
    data: BranchData,
    actor: Actor,
    unit: AdministrativeUnit | None = None,
    since: date | None = None,
) -> Branch:
    """Change what is known of a branch.

    With ``since`` it holds from that day and the past keeps the old name and place; without it the description in
    force is corrected. Raises NotInForce, InvalidData.
    """
    branch = Branch.objects.select_for_update().get(pk=branch_id)
    changed = amend_branch(branch, data, unit=unit, since=since)
    if changed:
        audit.record(
            "branch.updated",
            branch,
            actor=actor,
            library_id=branch.library_id,
            code=branch.code,
            fields=sorted(changed),
            since=since.isoformat() if since else None,
        )
        changes.publish(LIBRARY_CHANGED, [branch.library_id])
    return branch


def amend_branch(branch: Branch, data: BranchData, *, unit: AdministrativeUnit | None, since: date | None) -> set[str]:
    """Change a locked branch inside the caller's transaction; the names of the fields that differ are returned."""
    changed = describe_branch(branch, data.described(unit), since)
    if branch.code != (code := clean(data.code)):
        branch.code = code
        changed |= {"code"}
        check(branch)
        branch.save()
    return changed


@transaction.atomic(durable=True)
def close_branch(*, branch_id: int, on: date, actor: Actor) -> Branch:
    """Close a branch; ``on`` is the first day without it. Raises NotInForce where it is closed already."""
    branch = Branch.objects.select_for_update().get(pk=branch_id)
    if branch.valid_to is not None and branch.valid_to <= on:
        raise NotInForce(_("This branch is closed already."))
    branch.valid_to = on
    check(branch)
    end_branches(Branch.objects.filter(pk=branch.pk), on)
    audit.record("branch.closed", branch, actor=actor, library_id=branch.library_id, on=on.isoformat())
    changes.publish(LIBRARY_CHANGED, [branch.library_id])
    return branch
