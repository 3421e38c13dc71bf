"""The audit trail, seen by library."""

from __future__ import annotations

from django.db.models import Q

from lienthu.platform.models import AuditEntry


def audit_trail(
    *, library_id: int | None, before: int | None = None, limit: int = 50, without: Q | None = None
) -> list[AuditEntry]:
    """Entries newest first, of one library or (None) of all; ``before`` is the id of the last one seen. One query.

    ``without``: entries that this reader may not know of; the rooms above say which.
    """
    rows = AuditEntry.objects.order_by("-id")
    if library_id is not None:
        rows = rows.filter(library_id=library_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    if without is not None:
        rows = rows.exclude(without)
    return list(rows[:limit])
