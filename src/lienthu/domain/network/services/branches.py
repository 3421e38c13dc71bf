"""Open, change and close branches."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from lienthu.domain.network.errors import NotInForce
from lienthu.domain.network.models import AdministrativeUnit, Branch, BranchKind
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

    def put_on(self, branch: Branch) -> None:
        """Copy onto the row, cleaned."""
        for name, value in asdict(self).items():
            setattr(branch, name, clean(str(value)))


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
    branch = Branch(library=library, unit=unit, valid_from=valid_from)
    data.put_on(branch)
    check(branch)
    branch.save()
    audit.record("branch.opened", branch, actor=actor, library_id=library.pk, code=branch.code)
    changes.publish(LIBRARY_CHANGED, [library.pk])
    return branch


@transaction.atomic(durable=True)
def update_branch(*, branch_id: int, data: BranchData, actor: Actor, unit: AdministrativeUnit | None = None) -> Branch:
    """Correct what is known of a branch. Raises InvalidData."""
    branch = Branch.objects.select_for_update().get(pk=branch_id)
    data.put_on(branch)
    branch.unit = unit
    check(branch)
    branch.save()
    audit.record("branch.updated", branch, actor=actor, library_id=branch.library_id, code=branch.code)
    changes.publish(LIBRARY_CHANGED, [branch.library_id])
    return branch


@transaction.atomic(durable=True)
def close_branch(*, branch_id: int, on: date, actor: Actor) -> Branch:
    """Close a branch; ``on`` is the first day without it. Raises NotInForce where it is closed already."""
    branch = Branch.objects.select_for_update().get(pk=branch_id)
    if branch.valid_to is not None and branch.valid_to <= on:
        raise NotInForce(_("This branch is closed already."))
    branch.valid_to = on
    check(branch)
    branch.save(update_fields=["valid_to"])
    audit.record("branch.closed", branch, actor=actor, library_id=branch.library_id, on=on.isoformat())
    changes.publish(LIBRARY_CHANGED, [branch.library_id])
    return branch
