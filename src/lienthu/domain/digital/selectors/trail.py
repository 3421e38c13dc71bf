"""Who did what to an object."""

from __future__ import annotations

from lienthu.domain.digital.models import DigitalObject
from lienthu.platform.models import AuditEntry


def trail_of(obj: DigitalObject, *, limit: int = 50) -> list[AuditEntry]:
    """The audit trail of an object, newest first."""
    rows = AuditEntry.objects.filter(object_type="digital.digitalobject", object_id=str(obj.pk))
    return list(rows.order_by("-id")[:limit])
