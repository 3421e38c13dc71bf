"""Accounts: opened, and given a new password."""

from __future__ import annotations

from django.db import transaction

from lienthu.platform.actor import Actor
from lienthu.platform.models import User
from lienthu.platform.services import audit


@transaction.atomic
def open_account(username: str, password: str, *, actor: Actor, display_name: str = "", sample: bool = False) -> User:
    """Open an account, or set the password of one that exists."""
    user, created = User.objects.get_or_create(
        username=username, defaults={"display_name": display_name, "sample": sample}
    )
    user.set_password(password)
    if display_name:
        user.display_name = display_name
    user.save()
    audit.record("account.opened" if created else "account.password_set", user, actor=actor)
    return user
