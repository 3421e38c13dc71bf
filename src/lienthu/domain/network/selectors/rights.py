"""Who may do what: reads the roles in force and asks the policy.

Nothing is cached: a role taken away is gone at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.utils import timezone

from lienthu.domain.network import policy
from lienthu.domain.network.errors import NotAllowed
from lienthu.domain.network.models import Library, RoleAssignment
from lienthu.domain.network.policy import Decision, Grant, Permission, PersonFacts, Role
from lienthu.platform.actor import Actor
from lienthu.platform.models import User

Signed = User | AnonymousUser


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person may do, read once; for views and templates that ask several questions."""

    facts: PersonFacts

    def decide(self, permission: Permission, library_id: int | None = None) -> Decision:
        """The policy's answer."""
        return policy.decide_permission(self.facts, permission, library_id)

    def allowed(self, permission: Permission, library_id: int | None = None) -> bool:
        """Whether the act is allowed."""
        return self.decide(permission, library_id).allowed

    def require(self, permission: Permission, library_id: int | None = None) -> None:
        """Raise NotAllowed unless the act is allowed."""
        decision = self.decide(permission, library_id)
        if not decision.allowed:
            raise NotAllowed(decision)


def actor_of(user: Signed) -> Actor:
    """The person as an actor for services. Raises NotAllowed for a visitor who has not signed in."""
    if not isinstance(user, User) or user.pk is None:
        raise NotAllowed(policy.decide_permission(PersonFacts(), Permission.VIEW_STAFF, None))
    return Actor(user.pk, str(user))


def facts_of(user: Signed) -> PersonFacts:
    """What the policy needs to know: one query, a second one only for people who must not see closed
    libraries."""
    if not user.is_authenticated or user.pk is None:
        return PersonFacts()
    if user.one_time_until is not None:  # a password that someone else knows opens nothing (NW-11)
        return PersonFacts(signed_in=True, active=user.is_active, password_first=True)
    rows = RoleAssignment.objects.as_of(timezone.localdate()).filter(user_id=user.pk).values_list("role", "library_id")
    grants = {Grant(Role(role), library_id) for role, library_id in rows}
    if user.is_superuser:
        grants.add(Grant(Role.PROVINCIAL_ADMIN))
    sighted = any(Permission.VIEW_CLOSED in policy.GRANTS[g.role] for g in grants if g.library_id is None)
    province_wide = any(grant.library_id is None for grant in grants)
    return PersonFacts(
        signed_in=True,
        active=user.is_active,
        grants=frozenset(grants),
        closed_libraries=_closed_ids() if province_wide and not sighted else frozenset(),
    )


def _closed_ids() -> frozenset[int]:
    return frozenset(Library.objects.filter(closed=True).values_list("id", flat=True))


def rights_of(user: Signed) -> Rights:
    """The person's rights, for several questions with one reading."""
    return Rights(facts_of(user))


def allowed(user: Signed, permission: Permission, library_id: int | None = None) -> bool:
    """Whether the person may do this in this library; None: without regard to one library (NW-3)."""
    return rights_of(user).allowed(permission, library_id)


def require(user: Signed, permission: Permission, library: Library | int | None = None) -> None:
    """Raise NotAllowed (403) unless the person may do this in this library; None: without regard to one
    (NW-3)."""
    rights_of(user).require(permission, library.pk if isinstance(library, Library) else library)


def libraries_for(user: Signed, permission: Permission) -> QuerySet[Library]:
    """The libraries in which the person may do this, ended ones included. Empty for everyone who may not."""
    facts = facts_of(user)
    if not (facts.signed_in and facts.active) or facts.password_first:
        return Library.objects.none()
    carrying = [grant for grant in facts.grants if permission in policy.GRANTS[grant.role]]
    scope = Q(pk__in=[grant.library_id for grant in carrying if grant.library_id is not None])
    if any(grant.library_id is None for grant in carrying):
        scope |= ~Q(pk__in=facts.closed_libraries)
    libraries: QuerySet[Library] = Library.objects.filter(scope)
    return libraries


def roles_of(
    *, library_id: int | None = None, user_id: int | None = None, day: date | None = None
) -> QuerySet[RoleAssignment]:
    """Role assignments of a library or a person, with person and library; ``day`` None: of all times."""
    rows: QuerySet[RoleAssignment] = RoleAssignment.objects.select_related("user", "library", "granted_by")
    if day is not None:
        rows = RoleAssignment.objects.as_of(day).select_related("user", "library", "granted_by")
    if library_id is not None:
        rows = rows.filter(library_id=library_id)
    if user_id is not None:
        rows = rows.filter(user_id=user_id)
    return rows.order_by("valid_to", "role", "user__username", "id")
