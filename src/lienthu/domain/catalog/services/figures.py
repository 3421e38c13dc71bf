"""Numbers counted now and then, so that no page need count them: after each import, and every few minutes."""

from __future__ import annotations

from typing import Final

from django.db import connection

from lienthu.domain.catalog.models import Figure

COPIES: Final = "copies"


def count_copies() -> int:
    """Count the copies that open libraries hold, and keep the number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(copies), 0) FROM catalog_item"
            " WHERE library_id <> ALL(ARRAY(SELECT id FROM network_library WHERE closed))"
        )
        count = int(cursor.fetchone()[0])
    Figure.objects.update_or_create(name=COPIES, defaults={"value": count})
    return count
