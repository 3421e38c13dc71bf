"""What every command stands on: Django ready, database there, migrations applied."""

from __future__ import annotations

import sys

_MIGRATION_LOCK = 7_406_203  # any number, the same in every process of an install


class Refusal(Exception):
    """A command cannot be done; the message says why and what to do."""


def prepare(*, migrate: bool = True) -> None:
    """Set up Django (which takes a lease on the embedded database) and bring the schema up to date."""
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as e:
        raise Refusal(str(e)) from e
    settings.FILES_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.INDEX_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    if migrate:
        bring_up_to_date()
        ship_units()


def bring_up_to_date() -> bool:
    """Apply migrations that are waiting, one process at a time. True when there were any."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    def waiting() -> bool:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    if not waiting():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            if waiting():
                print("Preparing the database …", file=sys.stderr, flush=True)
                call_command("migrate", interactive=False, verbosity=0)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])
    return True


def ship_units() -> None:
    """Enter the administrative units of the province that this install does not have yet (REG-1). One query if none."""
    from django.db import connection

    from lienthu.domain.network.services.units import load_shipped_units, waiting_units
    from lienthu.platform.actor import Actor

    if not waiting_units():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            load_shipped_units(actor=Actor.system("prepare"))
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])
