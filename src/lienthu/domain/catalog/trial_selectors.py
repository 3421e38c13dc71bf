"""What a rehearsal asks the catalogue while it is inside its transaction: former states, holders of barcodes."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection


def former_states(record_ids: Sequence[int], batch_id: int) -> dict[int, str]:
    """Record id → its canonical text before this batch changed it; records the batch brought are left out."""
    if not record_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wanted.id, v.marc FROM unnest(%s::bigint[]) AS wanted(id) CROSS JOIN LATERAL"
            " (SELECT marc, deleted FROM catalog_revision WHERE record_id = wanted.id"
            " AND batch_id IS DISTINCT FROM %s ORDER BY number DESC LIMIT 1) v WHERE NOT v.deleted",
            [list(record_ids), batch_id],
        )
        return dict(cursor.fetchall())


def holders_of(barcodes: Sequence[str], library_id: int) -> dict[str, int]:
    """Barcode → the record whose copy has it in this library."""
    if not barcodes:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT barcode, record_id FROM catalog_item WHERE library_id = %s AND barcode = ANY(%s)"
            " AND NOT barcode_taken AND barcode <> ''",
            [library_id, list(barcodes)],
        )
        return dict(cursor.fetchall())
