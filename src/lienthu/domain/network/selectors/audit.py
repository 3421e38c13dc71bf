"""The audit trail, seen by library."""

from __future__ import annotations

from lienthu.platform.models import AuditEntry


def audit_trail(*, library_id: int | None, before: int | None = None, limit: int = 50) -> list[AuditEntry]:
    """Entries newest first, of one library or (None) of all; ``before`` is the id of the last one seen. One query."""
    rows = AuditEntry.objects.order_by("-id")
    if library_id is not None:
        rows = rows.filter(library_id=library_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows[:limit])
