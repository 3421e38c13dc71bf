"""A small cast for tests: units, libraries and people, made through the services that people use."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from lienthu.domain.network.models import AdministrativeUnit, Branch, Library, RoleAssignment, UnitKind
from lienthu.domain.network.policy import PROVINCE_WIDE, Role
from lienthu.domain.network.services.branches import BranchData, open_branch
from lienthu.domain.network.services.libraries import Particulars, create_library
from lienthu.domain.network.services.periods import Description
from lienthu.foundation.vietnamese.collation import sort_key
from lienthu.platform.actor import Actor
from lienthu.platform.models import User

TESTS = Actor.system("tests")
PASSWORD = "biển Hạ Long xanh ngắt"
_numbers = count(1)


def make_unit(name: str = "Hồng Gai", *, kind: UnitKind = UnitKind.WARD, **fields: Any) -> AdministrativeUnit:
    """An administrative unit; its code is made up unless given."""
    fields.setdefault("code", f"{next(_numbers):05}")
    return AdministrativeUnit.objects.create(name=name, name_sort=sort_key(name), kind=kind, **fields)


def make_library(
    code: str = "",
    name: str = "",
    *,
    type: str = "public",
    valid_from: date | None = None,
    valid_to: date | None = None,
    particulars: Particulars | None = None,
    **described: Any,
) -> Library:
    """A library in force unless told otherwise.

    ``described``: parent_body, unit, address, short_name, name_en.
    """
    code = code or f"VN-T{next(_numbers)}"
    return create_library(
        code=code,
        description=Description(name=name or f"Thư viện {code}", type=type, **described),
        particulars=particulars,
        valid_from=valid_from,
        valid_to=valid_to,
        actor=TESTS,
    )


def make_branch(
    library: Library,
    code: str = "",
    name: str = "Cơ sở 2",
    *,
    unit: AdministrativeUnit | None = None,
    valid_from: date | None = None,
    **data: str,
) -> Branch:
    """A branch of a library. ``data``: name_en, kind, address."""
    return open_branch(
        library_id=library.pk,
        data=BranchData(code=code or f"B{next(_numbers)}", name=name, **data),
        unit=unit,
        valid_from=valid_from,
        actor=TESTS,
    )


def make_person(username: str = "", *roles: tuple[Role, Library | None], **fields: Any) -> User:
    """An account with the password ``PASSWORD`` and roles in force since long ago."""
    person = User.objects.create_user(username or f"person{next(_numbers)}", password=PASSWORD, **fields)
    for role, library in roles:
        give_role(person, role, library)
    return person


def give_role(person: User, role: Role, library: Library | None = None, **dates: date) -> RoleAssignment:
    """A role without the ceremony of granting it."""
    return RoleAssignment.objects.create(
        user=person,
        role=role,
        library=None if role in PROVINCE_WIDE else library,
        valid_from=dates.get("valid_from", date(2020, 1, 1)),
        valid_to=dates.get("valid_to"),
    )


def make_admin(username: str = "lan") -> User:
    """A provincial administrator."""
    return make_person(username, (Role.PROVINCIAL_ADMIN, None), display_name="Nguyễn Thị Lan")
