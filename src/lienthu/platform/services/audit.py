"""The audit trail: one row for each act that writes, inside the act's own transaction."""

from __future__ import annotations

from typing import Any

from django.db import models

from lienthu.platform.actor import Actor
from lienthu.platform.models import AuditEntry


def record(
    action: str, target: models.Model | None, *, actor: Actor, library_id: int | None = None, **detail: Any
) -> None:
    """Write one audit row. ``detail`` must be JSON; it holds identifiers and counts, not personal data."""
    AuditEntry.objects.create(
        actor_id=actor.user_id,
        actor_name=actor.name[:120],
        action=action,
        object_type=target._meta.label_lower if target is not None else "",
        object_id=str(target.pk) if target is not None else "",
        library_id=library_id,
        detail=detail,
    )
