"""A library that is closed disappears for harvesters, one that is opened appears (rule OAI-8), in pieces, resumable."""

from __future__ import annotations

from django.db import connection, transaction

from lienthu.domain.catalog.long_work_models import Redating
from lienthu.domain.catalog.services import datestamps
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes

CONSUMER = "catalog.closedness"
_PIECE = 5000


def follow_closedness(*, actor: Actor) -> int:
    """Give new datestamps to the records of libraries that were closed or opened. Returns to how many.

    Killed at any moment it goes on where it was; run by several at once they share the work.
    """
    with changes.drain(CONSUMER, 1000) as library_ids:
        for library_id in library_ids:
            Redating.objects.update_or_create(library_id=library_id, defaults={"after": 0})
    total = 0
    while (done := _next_piece(actor)) is not None:
        total += done
    return total


@transaction.atomic
def _next_piece(actor: Actor) -> int | None:
    """Redate up to ``_PIECE`` records of a waiting library; None where nothing waits."""
    row = Redating.objects.select_for_update(skip_locked=True).order_by("library_id").first()
    if row is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT closed FROM network_library WHERE id = %s FOR SHARE", [row.library_id])
        public = bool(cursor.fetchone()[0])
        cursor.execute(
            "SELECT id FROM catalog_bibrecord WHERE library_id = %s AND id > %s ORDER BY id LIMIT %s",
            [row.library_id, row.after, _PIECE],
        )
        ids = [r[0] for r in cursor.fetchall()]
        if not ids:
            row.delete()
            audit.record("library.redated", None, actor=actor, library_id=row.library_id, public=public)
            return 0
        cursor.execute(
            "UPDATE catalog_bibrecord SET datestamp = %s, exposed = exposed OR %s"
            " WHERE id = ANY(%s) AND NOT deleted AND (exposed OR %s)",
            [datestamps.take(), public, ids, public],
        )
        done = int(cursor.rowcount)
    row.after = ids[-1]
    row.save(update_fields=["after"])
    return done
