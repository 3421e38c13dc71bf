"""Accounts: opened, given a password, switched off and on, let in again after wrong passwords.

Who may do this to whom is decided in the network's services; here it is done and told to the audit trail.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lienthu.platform.actor import Actor
from lienthu.platform.models import User
from lienthu.platform.services import audit

ONE_TIME_DAYS: Final = 7
PASSWORD_GIVEN: Final = ("account.opened", "account.password_reset")  # acts after which someone else knows it
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is mistaken for something else when read aloud
_GROUPS: Final = (4, 4, 4, 4)


@transaction.atomic
def open_account(username: str, password: str, *, actor: Actor, display_name: str = "", sample: bool = False) -> User:
    """Open an account, or set the password of one that exists."""
    user, created = User.objects.get_or_create(
        username=username, defaults={"display_name": display_name, "sample": sample}
    )
    user.set_password(password)
    user.one_time_until = None
    if display_name:
        user.display_name = display_name
    user.save()
    audit.record("account.opened" if created else "account.password_set", user, actor=actor)
    return user


@transaction.atomic
def give_one_time_password(user: User, *, actor: Actor, library_id: int | None = None, action: str) -> str:
    """Set a password that is good for some days and for signing in only; every session of the account ends.

    The caller shows it once; it is kept nowhere in the clear.
    """
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(length)) for length in _GROUPS)
    user.set_password(password)
    user.one_time_until = timezone.now() + timedelta(days=ONE_TIME_DAYS)
    user.save(update_fields=["password", "one_time_until"])
    reset(username=user.username)
    audit.record(action, user, actor=actor, library_id=library_id)
    return password


@transaction.atomic
def choose_password(user: User, password: str, *, actor: Actor) -> None:
    """A password that the person chose: whatever was given before is gone."""
    user.set_password(password)
    user.one_time_until = None
    user.save(update_fields=["password", "one_time_until"])
    audit.record("account.password_changed", user, actor=actor)


@transaction.atomic
def switch(user: User, *, on: bool, actor: Actor, library_id: int | None = None) -> None:
    """Switch an account on or off. Switched off it is out at once, wherever it is signed in."""
    user.is_active = on
    user.save(update_fields=["is_active"])
    audit.record("account.switched_on" if on else "account.switched_off", user, actor=actor, library_id=library_id)


@transaction.atomic
def let_in_again(user: User, *, actor: Actor, library_id: int | None = None) -> None:
    """Forget the wrong passwords that were tried for an account."""
    reset(username=user.username)
    audit.record("account.released", user, actor=actor, library_id=library_id)


def locked_out(usernames: Iterable[str]) -> set[str]:
    """Which of these names are locked on some connection after too many wrong passwords."""
    cool_off = get_cool_off()
    rows = AccessAttempt.objects.filter(
        username__in=list(usernames), failures_since_start__gte=settings.AXES_FAILURE_LIMIT
    )
    if cool_off is not None:
        rows = rows.filter(attempt_time__gt=timezone.now() - cool_off)
    return {name for name in rows.values_list("username", flat=True) if name}
