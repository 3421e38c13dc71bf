"""Parts that were too many to be asked for their host with the chunk that brought one of its name (rule IMP-39).

A newspaper whose every year is a record of its own, and the thousands of articles that want it: each year asks them
all anew. So the question is written down, once for each name, and answered here in pieces.
"""

from __future__ import annotations

import time

from django.db import connection, transaction

from lienthu.domain.catalog.long_work_models import HostQuestion
from lienthu.domain.catalog.services.hosts import AT_ONCE, ask, lock_names

_KIND = HostQuestion.Kind
# Fenced: told to stop after so many, the planner would walk all records in order and pick out those that fit.
NEXT = {
    _KIND.TITLE: """
        SELECT id FROM (SELECT id FROM catalog_bibrecord WHERE library_id = %s AND host_title_key = %s
                          AND host_title_key IS NOT NULL AND id > %s OFFSET 0) p ORDER BY id LIMIT %s""",
    _KIND.NUMBER: """
        SELECT id FROM (SELECT id FROM catalog_bibrecord WHERE library_id = %s AND host_number_key = %s
                          AND host_number_key IS NOT NULL AND id > %s OFFSET 0) p ORDER BY id LIMIT %s""",
    _KIND.HOST: """
        SELECT id FROM (SELECT id FROM catalog_bibrecord WHERE library_id = %s AND host_id = %s
                          AND (host_title_key IS NOT NULL OR host_number_key IS NOT NULL) AND id > %s OFFSET 0) p
        ORDER BY id LIMIT %s""",
}


def ask_waiting(seconds: float | None = None) -> bool:
    """Ask the parts that wait for their host, for so long at most; whether some still wait."""
    until = None if seconds is None else time.monotonic() + seconds
    while ask_piece():
        if until is not None and time.monotonic() > until:
            return True
    return False


@transaction.atomic
def ask_piece(size: int = AT_ONCE) -> bool:
    """Ask the next parts of the oldest question; False where there is none. Safe to run again after a kill."""
    oldest = HostQuestion.objects.order_by("pk").first()
    if oldest is None:
        return False
    with connection.cursor() as cursor:
        # as imports lock: sources, then names; who writes parts of this library is waited for
        cursor.execute(
            "SELECT id FROM catalog_source WHERE library_id = %s ORDER BY id FOR UPDATE", [oldest.library_id]
        )
        lock_names(oldest.library_id)
        question = HostQuestion.objects.select_for_update().filter(pk=oldest.pk).first()
        if question is None:  # another process has answered it meanwhile
            return True
        cursor.execute(NEXT[_KIND(question.kind)], [question.library_id, question.key, question.after, size])
        parts = [row[0] for row in cursor.fetchall()]
    if parts:
        ask(question.library_id, parts)
    if len(parts) < size:
        question.delete()
    else:
        question.after = parts[-1]
        question.save(update_fields=["after"])
    return True
