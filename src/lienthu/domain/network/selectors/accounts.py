"""Accounts as those see them who look after them (rules NW-9, NW-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from lienthu.domain.network import policy
from lienthu.domain.network.models import RoleAssignment
from lienthu.domain.network.policy import AccountFacts, Grant, Permission, PersonFacts, Role
from lienthu.platform.models import User


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account with its roles that have not ended, and whether the onlooker may change it."""

    user: User
    roles: tuple[RoleAssignment, ...]
    may_change: bool


def account_facts(user: User, assignments: Sequence[RoleAssignment], *, own: bool) -> AccountFacts:
    """What the policy needs to know, from all assignments of the account, ended ones included."""
    today = timezone.localdate()
    grants = {
        Grant(Role(row.role), row.library_id) for row in assignments if row.valid_to is None or row.valid_to > today
    }
    if user.is_superuser:
        grants.add(Grant(Role.PROVINCIAL_ADMIN))
    libraries = frozenset(row.library_id for row in assignments if row.library_id is not None)
    return AccountFacts(own=own, grants=frozenset(grants), libraries=libraries)


def accounts_for(facts: PersonFacts) -> QuerySet[User]:
    """The accounts a person may see: all, or those with a role, past or present, in a library the person manages."""
    if policy.decide_permission(facts, Permission.MANAGE_ROLES, None).allowed:
        return User.objects.all()
    managed = [
        grant.library_id
        for grant in facts.grants
        if grant.library_id is not None
        and policy.decide_permission(facts, Permission.MANAGE_ROLES, grant.library_id).allowed
    ]
    here = RoleAssignment.objects.filter(library_id__in=managed).values("user_id")
    return User.objects.filter(pk__in=here)


def account_list(
    facts: PersonFacts, *, onlooker: int | None, words: str = "", after: str = "", limit: int = 50
) -> list[AccountRow]:
    """Accounts in the order of their sign-in names, from ``after`` on; two statements for any number."""
    rows = accounts_for(facts).order_by("username")
    if words:
        rows = rows.filter(Q(username__icontains=words) | Q(display_name__icontains=words))
    if after:
        rows = rows.filter(username__gt=after)
    people = list(rows[:limit])
    return _with_roles(facts, people, onlooker)


def account_row(facts: PersonFacts, user_id: int, *, onlooker: int | None) -> AccountRow | None:
    """One account; None where there is none, or none that this person may see."""
    people = list(accounts_for(facts).filter(pk=user_id))
    return _with_roles(facts, people, onlooker)[0] if people else None


def _with_roles(facts: PersonFacts, people: Sequence[User], onlooker: int | None) -> list[AccountRow]:
    assignments: dict[int, list[RoleAssignment]] = {person.pk: [] for person in people}
    found = RoleAssignment.objects.filter(user_id__in=list(assignments)).select_related("library", "granted_by")
    for row in found.order_by("role", "library__name_sort", "pk"):
        assignments[row.user_id].append(row)
    today = timezone.localdate()
    out = []
    for person in people:
        all_of_them = assignments[person.pk]
        about = account_facts(person, all_of_them, own=person.pk == onlooker)
        current = tuple(row for row in all_of_them if row.valid_to is None or row.valid_to > today)
        out.append(AccountRow(person, current, policy.decide_account_change(facts, about).allowed))
    return out
