"""Whether this install can serve: asked by ``/healthz`` and by the supervisor."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import DatabaseError, connection


@dataclass(frozen=True, slots=True)
class Health:
    """``ok`` and one word for each part."""

    database: bool

    @property
    def ok(self) -> bool:
        """Whether requests can be answered."""
        return self.database


def health() -> Health:
    """Ask the database for a sign of life."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Health(False)
    return Health(True)
