"""Give and take roles.

Unlike the other services these ask the policy themselves: a role is power over everything else.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.network import policy
from lienthu.domain.network.errors import InvalidData, NotAllowed, NotInForce
from lienthu.domain.network.models import RoleAssignment
from lienthu.domain.network.policy import Grant, Permission, PersonFacts, Role
from lienthu.domain.network.selectors import facts_of
from lienthu.domain.network.services.periods import check
from lienthu.platform.actor import Actor
from lienthu.platform.models import AuditEntry, User
from lienthu.platform.services import audit
from lienthu.platform.services.accounts import PASSWORD_GIVEN

_SYSTEM = PersonFacts(signed_in=True, active=True, grants=frozenset({Grant(Role.PROVINCIAL_ADMIN)}))


@transaction.atomic(durable=True)
def grant_role(
    *,
    user_id: int,
    role: Role,
    actor: Actor,
    library_id: int | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> RoleAssignment:
    """Give a person a role, from today unless told otherwise. Rules NW-5, NW-6.

    A role that is already in force without an end is returned as it is. Raises NotAllowed, InvalidData.
    """
    return give(user_id, role, library_id, actor=actor, valid_from=valid_from, valid_to=valid_to)


def give(
    user_id: int,
    role: Role,
    library_id: int | None,
    *,
    actor: Actor,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> RoleAssignment:
    """``grant_role`` inside the caller's transaction."""
    decision = policy.decide_role_change(facts_of_actor(actor), role, library_id)
    if not decision.allowed:
        raise NotAllowed(decision)
    _require_own_password(user_id, actor)
    start = valid_from or timezone.localdate()
    scope = Q(library__isnull=True) if library_id is None else Q(library_id=library_id)
    open_ones = RoleAssignment.objects.select_for_update().filter(
        scope, user_id=user_id, role=role, valid_to__isnull=True
    )
    if valid_to is None and (held := open_ones.first()) is not None:
        if held.valid_from is not None and held.valid_from > start:
            held.valid_from = start
            held.save(update_fields=["valid_from"])
            _told("role.granted", held, actor)
        return held
    assignment = RoleAssignment(
        user_id=user_id,
        role=role.value,
        library_id=library_id,
        valid_from=start,
        valid_to=valid_to,
        granted_by_id=actor.user_id,
    )
    check(assignment)
    assignment.save()
    _show_staff_link(user_id, timezone.localdate())
    _told("role.granted", assignment, actor)
    return assignment


@transaction.atomic(durable=True)
def revoke_role(*, assignment_id: int, actor: Actor, today: date | None = None) -> RoleAssignment:
    """Take a role away at once. Rules NW-6, NW-7. Raises NotAllowed, NotInForce."""
    today = today or timezone.localdate()
    assignment = RoleAssignment.objects.select_for_update().filter(pk=assignment_id).first()
    if assignment is None:
        raise InvalidData({"": [_("There is no such role.")]})
    role = Role(assignment.role)
    decision = policy.decide_role_end(
        facts_of_actor(actor), role, assignment.library_id, _other_admins(assignment, today)
    )
    if not decision.allowed:
        raise NotAllowed(decision)
    if assignment.valid_to is not None and assignment.valid_to <= today:
        raise NotInForce(_("This role has ended already."))
    if assignment.valid_from is not None and assignment.valid_from > today:
        assignment.valid_from = today
    assignment.valid_to = today
    assignment.save(update_fields=["valid_from", "valid_to"])
    _show_staff_link(assignment.user_id, today)
    _told("role.revoked", assignment, actor)
    return assignment


def _require_own_password(user_id: int, actor: Actor) -> None:
    """NW-11: while someone else knows the password, a role would be given to that one too. Raises InvalidData."""
    person = User.objects.select_for_update().filter(pk=user_id).first()
    if person is None or person.one_time_until is None:
        return
    given = AuditEntry.objects.filter(
        object_type=User._meta.label_lower, object_id=str(user_id), action__in=PASSWORD_GIVEN
    ).order_by("-id")
    last = given.first()
    if last is None or last.actor_id != actor.user_id:
        text = _("This person has not yet changed the password that someone else gave. Wait, or give a new one first.")
        raise InvalidData({"username": [text]})


def _show_staff_link(user_id: int, today: date) -> None:
    """Keep ``User.is_staff`` in step: it decides whether the way to the staff desk is shown, and nothing
    else."""
    roles = RoleAssignment.objects.as_of(today).filter(user_id=user_id).values_list("role", flat=True)
    works = any(Permission.VIEW_STAFF in policy.GRANTS[Role(role)] for role in roles)
    User.objects.filter(pk=user_id).update(is_staff=works)


def facts_of_actor(actor: Actor) -> PersonFacts:
    """What the policy must know of the actor; the system itself may do everything."""
    if actor.user_id is None:
        return _SYSTEM
    person = User.objects.filter(pk=actor.user_id).first()
    return PersonFacts() if person is None else facts_of(person)


def _other_admins(assignment: RoleAssignment, today: date) -> int:
    """How many active accounts stay provincial administrators without this assignment. Locks theirs, so that
    two
    administrators cannot remove each other at the same moment.
    """
    superusers = User.objects.filter(is_active=True, is_superuser=True).values_list("pk", flat=True)
    return len((lock_admins(today) - {assignment.user_id}) | set(superusers))


def lock_admins(today: date) -> set[int]:
    """The active accounts that are provincial administrators without an end; their roles are locked."""
    rows = (
        RoleAssignment.objects.as_of(today)
        .select_for_update(of=("self",))
        .filter(role=Role.PROVINCIAL_ADMIN, user__is_active=True, valid_to__isnull=True)
        .order_by("pk")
    )
    return {row.user_id for row in rows}


def _told(action: str, assignment: RoleAssignment, actor: Actor) -> None:
    audit.record(
        action,
        assignment,
        actor=actor,
        library_id=assignment.library_id,
        user=assignment.user_id,
        role=assignment.role,
        valid_from=assignment.valid_from.isoformat() if assignment.valid_from else None,
        valid_to=assignment.valid_to.isoformat() if assignment.valid_to else None,
    )
