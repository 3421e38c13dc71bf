"""Publications in the order of their changes, for those who harvest them (rules OAI-16, OAI-17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from lienthu.domain.union.models import PublicationStamp


@dataclass(frozen=True, slots=True)
class StampRow:
    """A publication with its datestamp and the record it is shown by."""

    cluster_id: int
    datestamp: datetime
    deleted: bool
    preferred_id: int | None


_STAMPS = """
    SELECT s.cluster_id, s.datestamp, s.deleted, c.preferred_id FROM (
        SELECT cluster_id, datestamp, deleted FROM union_publicationstamp
        WHERE datestamp < %s AND datestamp >= %s AND (datestamp, cluster_id) > (%s, %s)
        ORDER BY datestamp, cluster_id LIMIT %s OFFSET 0
    ) s JOIN union_cluster c ON c.id = s.cluster_id ORDER BY s.datestamp, s.cluster_id
"""
_BEGINNING = datetime.fromisoformat("0001-01-02T00:00:00+00:00")


def changed_publications(
    since: datetime | None, before: datetime, after: tuple[datetime, int] | None, limit: int
) -> list[StampRow]:
    """Up to ``limit`` publications in the order of (datestamp, id) behind ``after``; ``before`` is exclusive."""
    start = max(since or _BEGINNING, _BEGINNING)
    with connection.cursor() as cursor:
        cursor.execute(_STAMPS, [before, start, *(after or (_BEGINNING, 0)), limit])
        return [StampRow(*row) for row in cursor.fetchall()]


def changed_publication(cluster_id: int) -> StampRow | None:
    """One publication that is, or was, to be seen."""
    row = PublicationStamp.objects.filter(pk=cluster_id).select_related("cluster").first()
    return StampRow(row.pk, row.datestamp, row.deleted, row.cluster.preferred_id) if row else None


def earliest_publication() -> datetime | None:
    """The lowest datestamp."""
    return PublicationStamp.objects.order_by("datestamp", "pk").values_list("datestamp", flat=True).first()
