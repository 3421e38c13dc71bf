"""Numbers counted now and then, so that no page need count them: after each import, and every few minutes."""

from __future__ import annotations

from typing import Final

from django.db import connection

from lienthu.domain.catalog.long_work_models import Figure

COPIES: Final = "copies"


_WORTH_IT: Final = 1000


def recount_copies(records: int) -> None:
    """Count again after so many records changed, unless they are less than a thousandth of what was counted.

    In a catalogue of a million, counting takes longer than taking a record in; the few minutes' count will do.
    """
    known = Figure.objects.filter(name=COPIES).values_list("value", flat=True).first()
    if known is None or records * _WORTH_IT >= known:
        count_copies()


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
