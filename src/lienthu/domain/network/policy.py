"""Who may do what where: pure decisions. Rules NW-1 … NW-11 of this room's README.

Whatever is not granted is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """Roles of people. The last two count in the whole province, the others in one library."""

    READER = "reader"
    LIBRARIAN = "librarian"
    LIBRARY_MANAGER = "library_manager"
    UNION_EDITOR = "union_editor"
    PROVINCIAL_ADMIN = "provincial_admin"


PROVINCE_WIDE = frozenset({Role.UNION_EDITOR, Role.PROVINCIAL_ADMIN})


class Permission(StrEnum):
    """Acts that need a role."""

    VIEW_STAFF = "view_staff"
    IMPORT_RECORDS = "import_records"
    UNDO_IMPORT = "undo_import"
    HARVEST_RECORDS = "harvest_records"
    EXPORT_RECORDS = "export_records"
    EDIT_LIBRARY = "edit_library"
    EDIT_NETWORK = "edit_network"
    EDIT_UNION = "edit_union"
    MANAGE_ROLES = "manage_roles"
    VIEW_AUDIT = "view_audit"
    VIEW_CLOSED = "view_closed"
    DIGITISE = "digitise"
    DECIDE_RIGHTS = "decide_rights"
    SET_DIGITAL_RULES = "set_digital_rules"
    ERASE_DIGITAL = "erase_digital"


_LIBRARIAN = frozenset(
    {
        Permission.VIEW_STAFF,
        Permission.IMPORT_RECORDS,
        Permission.EXPORT_RECORDS,
        Permission.VIEW_CLOSED,
        Permission.DIGITISE,
    }
)
_MANAGER = _LIBRARIAN | {
    Permission.UNDO_IMPORT,
    Permission.HARVEST_RECORDS,
    Permission.EDIT_LIBRARY,
    Permission.MANAGE_ROLES,
    Permission.VIEW_AUDIT,
    Permission.DECIDE_RIGHTS,
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.READER: frozenset(),
    Role.LIBRARIAN: _LIBRARIAN,
    Role.LIBRARY_MANAGER: _MANAGER,
    Role.UNION_EDITOR: frozenset({Permission.VIEW_STAFF, Permission.EXPORT_RECORDS, Permission.EDIT_UNION}),
    Role.PROVINCIAL_ADMIN: frozenset(Permission),
}
"""What each role may do (NW-1)."""

ANYWHERE = frozenset({Permission.VIEW_STAFF})
"""Permissions that are not about one library when none is named: any role that carries them will do (NW-3)."""

GRANTED_BY_MANAGER = frozenset({Role.READER, Role.LIBRARIAN})
"""Roles that the manager of a library gives and takes in that library (NW-6)."""


class Block(StrEnum):
    """Why something is refused."""

    NOT_SIGNED_IN = "not_signed_in"
    NOT_ACTIVE = "not_active"
    NO_ROLE = "no_role"
    OTHER_LIBRARY = "other_library"
    PROVINCE_WIDE_ONLY = "province_wide_only"
    CLOSED_LIBRARY = "closed_library"
    ROLE_TOO_HIGH = "role_too_high"
    SCOPE_WRONG = "scope_wrong"
    LAST_ADMIN = "last_admin"
    PASSWORD_FIRST = "password_first"  # noqa: S105 -- no password
    OWN_ACCOUNT = "own_account"
    ACCOUNT_TOO_HIGH = "account_too_high"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in force today; ``library_id`` None for a province-wide role."""

    role: Role
    library_id: int | None = None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Everything the decisions need to know about a person.

    ``closed_libraries`` need only be filled when a province-wide role without VIEW_CLOSED is among the
    grants.
    """

    signed_in: bool = False
    active: bool = False
    grants: frozenset[Grant] = frozenset()
    closed_libraries: frozenset[int] = field(default_factory=frozenset)
    password_first: bool = False


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What decides who may look after an account.

    ``grants``: roles in force and to come, what its password opens. ``libraries``: where it has or ever had a role.
    """

    own: bool = False
    grants: frozenset[Grant] = frozenset()
    libraries: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer. ``reasons`` names the roles that allow it or, when refused, the blocks in plain codes."""

    allowed: bool
    blocks: frozenset[Block] = frozenset()
    reasons: tuple[str, ...] = ()


def _refused(*blocks: Block) -> Decision:
    return Decision(False, frozenset(blocks), tuple(sorted(block.value for block in blocks)))


def _carries(grant: Grant, permission: Permission) -> bool:
    """Whether the grant is well formed and its role holds the permission; a malformed grant carries nothing."""
    if (grant.library_id is None) != (grant.role in PROVINCE_WIDE):
        return False
    return permission in GRANTS.get(grant.role, frozenset())


def decide_permission(facts: PersonFacts, permission: Permission, library_id: int | None) -> Decision:
    """Whether the person may do this in this library, or, with None, without regard to one library.

    NW-2: a role in a library counts in that library only. NW-3: without a library only province-wide roles
    count, except for ``ANYWHERE``. NW-4: a closed library is out of reach of province-wide roles that may
    not view closed ones.
    """
    if not facts.signed_in:
        return _refused(Block.NOT_SIGNED_IN)
    if not facts.active:
        return _refused(Block.NOT_ACTIVE)
    if facts.password_first:
        return _refused(Block.PASSWORD_FIRST)
    carrying = [grant for grant in facts.grants if _carries(grant, permission)]
    if not carrying:
        return _refused(Block.NO_ROLE)
    if library_id is None and permission in ANYWHERE:
        return _allowed(carrying)
    in_scope = [grant for grant in carrying if grant.library_id is None or grant.library_id == library_id]
    if not in_scope:
        return _refused(Block.PROVINCE_WIDE_ONLY if library_id is None else Block.OTHER_LIBRARY)
    if library_id is not None and library_id in facts.closed_libraries:
        in_scope = [g for g in in_scope if Permission.VIEW_CLOSED in GRANTS.get(g.role, frozenset())]
        if not in_scope:
            return _refused(Block.CLOSED_LIBRARY)
    return _allowed(in_scope)


def _allowed(grants: list[Grant]) -> Decision:
    return Decision(True, frozenset(), tuple(sorted({grant.role.value for grant in grants})))


def decide_role_change(facts: PersonFacts, role: Role, library_id: int | None) -> Decision:
    """Whether the person may give or take this role there.

    NW-5: a role that counts in one library names it, a province-wide one names none. NW-6: a library manager
    gives reader and librarian in the own library; every other role is given by the provincial administrator.
    """
    if (library_id is None) != (role in PROVINCE_WIDE):
        return _refused(Block.SCOPE_WRONG)
    decision = decide_permission(facts, Permission.MANAGE_ROLES, library_id)
    if decision.allowed and role not in GRANTED_BY_MANAGER and Role.PROVINCIAL_ADMIN.value not in decision.reasons:
        return _refused(Block.ROLE_TOO_HIGH)
    return decision


def decide_role_end(facts: PersonFacts, role: Role, library_id: int | None, other_admins: int) -> Decision:
    """As ``decide_role_change``, and NW-7: the last provincial administrator stays.

    ``other_admins``: how many active accounts would still be provincial administrators afterwards.
    """
    decision = decide_role_change(facts, role, library_id)
    if decision.allowed and role is Role.PROVINCIAL_ADMIN and other_admins < 1:
        return _refused(Block.LAST_ADMIN)
    return decision


def decide_account_sight(facts: PersonFacts, account: AccountFacts) -> Decision:
    """Whether the person may see an account: the administrator every one, a manager those known at home (NW-9)."""
    decision = decide_permission(facts, Permission.MANAGE_ROLES, None)
    if decision.allowed or not decision.blocks & {Block.PROVINCE_WIDE_ONLY}:
        return decision
    for library_id in sorted(account.libraries):
        at_home = decide_permission(facts, Permission.MANAGE_ROLES, library_id)
        if at_home.allowed:
            return at_home
    return _refused(Block.OTHER_LIBRARY)


def decide_account_change(facts: PersonFacts, account: AccountFacts) -> Decision:
    """Whether the person may reset the password of an account, switch it off and on, or let it in again.

    Whoever can set a password can become that account. NW-9: so every role it has or will have must be one that the
    person could give. NW-10: nobody does this to the own account.
    """
    decision = decide_account_sight(facts, account)
    if not decision.allowed:
        return decision
    if account.own:
        return _refused(Block.OWN_ACCOUNT)
    if not all(decide_role_change(facts, grant.role, grant.library_id).allowed for grant in account.grants):
        return _refused(Block.ACCOUNT_TOO_HIGH)
    return decision


def decide_switch_off(facts: PersonFacts, account: AccountFacts, other_admins: int) -> Decision:
    """As ``decide_account_change``, and NW-7: the last provincial administrator stays."""
    decision = decide_account_change(facts, account)
    if decision.allowed and other_admins < 1 and any(g.role is Role.PROVINCIAL_ADMIN for g in account.grants):
        return _refused(Block.LAST_ADMIN)
    return decision
