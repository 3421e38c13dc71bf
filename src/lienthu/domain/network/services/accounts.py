"""Accounts opened and looked after by administrators and library managers. Rules NW-7, NW-9 to NW-11.

As with roles, the services ask the policy themselves: who sets a password can become that account.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.network import policy
from lienthu.domain.network.errors import InvalidData, NotAllowed
from lienthu.domain.network.models import RoleAssignment
from lienthu.domain.network.policy import AccountFacts, Decision, Permission, PersonFacts, Role
from lienthu.domain.network.selectors.accounts import account_facts
from lienthu.domain.network.services.periods import check
from lienthu.domain.network.services.roles import facts_of_actor, give, lock_admins
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.models import User
from lienthu.platform.services import accounts


@transaction.atomic(durable=True)
def open_account_for(
    *, username: str, display_name: str, role: Role, library_id: int | None, actor: Actor
) -> tuple[User, str]:
    """Open an account with a role and a one-time password, which is returned to be shown once.

    Raises NotAllowed for a role the actor may not give there, InvalidData for a name that is taken or none.
    """
    _require(policy.decide_role_change(facts_of_actor(actor), role, library_id))
    name = User.normalize_username(clean(username))
    if User.objects.filter(username__iexact=name).exists():
        raise InvalidData({"username": [_("There is an account with this name already.")]})
    user = User(username=name, display_name=clean(display_name))
    user.set_unusable_password()
    check(user)
    user.save()
    password = accounts.give_one_time_password(user, actor=actor, library_id=library_id, action="account.opened")
    give(user.pk, role, library_id, actor=actor)
    return user, password


@transaction.atomic(durable=True)
def reset_password(*, user_id: int, actor: Actor) -> tuple[User, str]:
    """Give the account a one-time password, returned to be shown once; its sessions end. Raises NotAllowed."""
    user, facts, about = _account(user_id, actor)
    _require(policy.decide_account_change(facts, about))
    told_in = _library_in_common(facts, about)
    return user, accounts.give_one_time_password(user, actor=actor, library_id=told_in, action="account.password_reset")


@transaction.atomic(durable=True)
def switch_account(*, user_id: int, on: bool, actor: Actor) -> User:
    """Switch an account off at once, or on again. Raises NotAllowed, also for the last administrator (NW-7)."""
    user, facts, about = _account(user_id, actor)
    if on:
        _require(policy.decide_account_change(facts, about))
    else:
        admins = lock_admins(timezone.localdate())
        admins |= set(User.objects.filter(is_active=True, is_superuser=True).values_list("pk", flat=True))
        _require(policy.decide_switch_off(facts, about, len(admins - {user_id})))
    if user.is_active != on:
        accounts.switch(user, on=on, actor=actor, library_id=_library_in_common(facts, about))
    return user


@transaction.atomic(durable=True)
def release_lockout(*, user_id: int, actor: Actor) -> User:
    """Let someone try again who mistyped the password too often. Raises NotAllowed."""
    user, facts, about = _account(user_id, actor)
    _require(policy.decide_account_change(facts, about))
    accounts.let_in_again(user, actor=actor, library_id=_library_in_common(facts, about))
    return user


def _account(user_id: int, actor: Actor) -> tuple[User, PersonFacts, AccountFacts]:
    """The account, locked, with its roles locked too: none may be added while the decision is being made."""
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise InvalidData({"": [_("There is no such account.")]})
    assignments = list(RoleAssignment.objects.select_for_update(of=("self",)).filter(user_id=user_id).order_by("pk"))
    return user, facts_of_actor(actor), account_facts(user, assignments, own=user.pk == actor.user_id)


def _require(decision: Decision) -> None:
    if not decision.allowed:
        raise NotAllowed(decision)


def _library_in_common(facts: PersonFacts, about: AccountFacts) -> int | None:
    """In whose audit trail the act stands: a library of the account's that the actor manages as its own."""
    own = {grant.library_id for grant in facts.grants if grant.library_id is not None}
    shared = sorted(
        library_id
        for library_id in about.libraries & own
        if policy.decide_permission(facts, Permission.MANAGE_ROLES, library_id).allowed
    )
    return shared[0] if shared else None
