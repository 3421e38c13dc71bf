"""Rules NW-1 … NW-7: who may do what where."""

from __future__ import annotations

import pytest

from lienthu.domain.network.policy import (
    GRANTS,
    PROVINCE_WIDE,
    Block,
    Grant,
    Permission,
    PersonFacts,
    Role,
    decide_permission,
    decide_role_change,
    decide_role_end,
)

OWN, OTHER, BARRACKS = 1, 2, 3

# What a person with one role in library 1 (or in the province) may do in library 1: the whole of NW-1.
MATRIX = {
    Role.READER: "",
    Role.LIBRARIAN: "view_staff import_records export_records view_closed digitise",
    Role.LIBRARY_MANAGER: (
        "view_staff import_records undo_import harvest_records export_records edit_library manage_roles view_audit"
        " view_closed digitise decide_rights"
    ),
    Role.UNION_EDITOR: "view_staff export_records edit_union",
    Role.PROVINCIAL_ADMIN: " ".join(permission.value for permission in Permission),
}


def person(*grants: Grant, closed: frozenset[int] = frozenset()) -> PersonFacts:
    return PersonFacts(signed_in=True, active=True, grants=frozenset(grants), closed_libraries=closed)


def holder(role: Role, **facts: frozenset[int]) -> PersonFacts:
    return person(Grant(role, None if role in PROVINCE_WIDE else OWN), **facts)


@pytest.mark.parametrize("role", list(Role))
def test_what_each_role_may_do_at_home(role: Role) -> None:
    allowed = {p.value for p in Permission if decide_permission(holder(role), p, OWN).allowed}
    assert allowed == set(MATRIX[role].split())


@pytest.mark.parametrize("role", [role for role in Role if role not in PROVINCE_WIDE])
@pytest.mark.parametrize("permission", list(Permission))
def test_a_role_in_one_library_counts_nowhere_else(role: Role, permission: Permission) -> None:
    decision = decide_permission(holder(role), permission, OTHER)
    assert not decision.allowed
    assert decision.blocks <= {Block.OTHER_LIBRARY, Block.NO_ROLE}


@pytest.mark.parametrize("role", [role for role in Role if role not in PROVINCE_WIDE])
def test_without_a_library_only_the_staff_desk_opens(role: Role) -> None:
    allowed = {p for p in Permission if decide_permission(holder(role), p, None).allowed}
    assert allowed == ({Permission.VIEW_STAFF} if Permission.VIEW_STAFF in GRANTS[role] else set())


@pytest.mark.parametrize("permission", list(Permission))
def test_nobody_and_the_switched_off_may_do_nothing(permission: Permission) -> None:
    admin = frozenset({Grant(Role.PROVINCIAL_ADMIN)})
    nobody = decide_permission(PersonFacts(grants=admin), permission, OWN)
    off = decide_permission(PersonFacts(signed_in=True, active=False, grants=admin), permission, OWN)
    assert (nobody.blocks, off.blocks) == ({Block.NOT_SIGNED_IN}, {Block.NOT_ACTIVE})
    assert not nobody.allowed
    assert not off.allowed


def test_a_closed_library_is_out_of_reach_of_the_union_editor_but_not_of_the_administrator() -> None:
    closed = frozenset({BARRACKS})
    editor = decide_permission(holder(Role.UNION_EDITOR, closed=closed), Permission.EXPORT_RECORDS, BARRACKS)
    assert editor.blocks == {Block.CLOSED_LIBRARY}
    admin = decide_permission(holder(Role.PROVINCIAL_ADMIN, closed=closed), Permission.EXPORT_RECORDS, BARRACKS)
    assert admin.allowed
    own = decide_permission(
        person(Grant(Role.LIBRARIAN, BARRACKS), Grant(Role.UNION_EDITOR), closed=closed),
        Permission.EXPORT_RECORDS,
        BARRACKS,
    )
    assert own.reasons == ("librarian",)


def test_a_malformed_grant_carries_nothing() -> None:
    assert not decide_permission(person(Grant(Role.LIBRARY_MANAGER, None)), Permission.EDIT_LIBRARY, OWN).allowed
    assert not decide_permission(person(Grant(Role.PROVINCIAL_ADMIN, OWN)), Permission.EDIT_LIBRARY, OWN).allowed


@pytest.mark.parametrize(
    ("giver", "role", "library", "block"),
    [
        (Role.LIBRARY_MANAGER, Role.LIBRARIAN, OWN, None),
        (Role.LIBRARY_MANAGER, Role.READER, OWN, None),
        (Role.LIBRARY_MANAGER, Role.LIBRARY_MANAGER, OWN, Block.ROLE_TOO_HIGH),
        (Role.LIBRARY_MANAGER, Role.LIBRARIAN, OTHER, Block.OTHER_LIBRARY),
        (Role.LIBRARY_MANAGER, Role.PROVINCIAL_ADMIN, None, Block.PROVINCE_WIDE_ONLY),
        (Role.LIBRARY_MANAGER, Role.PROVINCIAL_ADMIN, OWN, Block.SCOPE_WRONG),
        (Role.LIBRARIAN, Role.READER, OWN, Block.NO_ROLE),
        (Role.UNION_EDITOR, Role.UNION_EDITOR, None, Block.NO_ROLE),
        (Role.PROVINCIAL_ADMIN, Role.LIBRARY_MANAGER, OTHER, None),
        (Role.PROVINCIAL_ADMIN, Role.PROVINCIAL_ADMIN, None, None),
        (Role.PROVINCIAL_ADMIN, Role.LIBRARIAN, None, Block.SCOPE_WRONG),
    ],
)
def test_who_may_give_which_role(giver: Role, role: Role, library: int | None, block: Block | None) -> None:
    decision = decide_role_change(holder(giver), role, library)
    assert decision.blocks == (frozenset() if block is None else {block})
    assert decision.allowed is (block is None)


def test_the_last_administrator_stays() -> None:
    admin = holder(Role.PROVINCIAL_ADMIN)
    assert decide_role_end(admin, Role.PROVINCIAL_ADMIN, None, other_admins=0).blocks == {Block.LAST_ADMIN}
    assert decide_role_end(admin, Role.PROVINCIAL_ADMIN, None, other_admins=1).allowed
    assert decide_role_end(admin, Role.LIBRARIAN, OWN, other_admins=0).allowed
