"""Whose record is this: our name on the net, and where harvested records came from (rules OAI-3, OAI-14, OAI-15)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import orjson
from django.conf import settings
from django.db import connection, transaction

from lienthu.domain.catalog.models import Repository
from lienthu.domain.catalog.provenance import Provenance, host_of
from lienthu.domain.catalog.services import datestamps
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit


def note_origins(rows: Sequence[Provenance]) -> None:
    """Keep where these records came from, inside the caller's transaction. What is unchanged costs no new datestamp."""
    if not rows:
        return
    names = sorted({r.repository for r in rows})
    Repository.objects.bulk_create([Repository(name=name) for name in names], ignore_conflicts=True)
    ids = dict(Repository.objects.filter(name__in=names).values_list("name", "id"))
    told = [
        [r.record_id, ids[r.repository], r.base_url, r.identifier, r.datestamp, r.metadata_namespace,
         r.harvested_at.isoformat(), r.altered, list(r.earlier)]
        for r in rows
    ]  # fmt: skip
    columns = [list(column) for column in zip(*told, strict=True)]
    columns[8] = [orjson.dumps(earlier).decode() for earlier in columns[8]]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH told AS (
                SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[],
                                     %s::timestamptz[], %s::boolean[], %s::jsonb[])
                    AS n(record_id, origin, base_url, identifier, datestamp, metadata_namespace, harvested_at, altered,
                         earlier)
            ), kept AS (
                INSERT INTO catalog_recordorigin AS o (record_id, base_url, identifier, datestamp, metadata_namespace,
                                                       harvested_at, altered, earlier)
                SELECT record_id, base_url, identifier, datestamp, metadata_namespace, harvested_at, altered, earlier
                FROM told
                ON CONFLICT (record_id) DO UPDATE SET base_url = excluded.base_url, identifier = excluded.identifier,
                    datestamp = excluded.datestamp, metadata_namespace = excluded.metadata_namespace,
                    harvested_at = excluded.harvested_at, altered = excluded.altered, earlier = excluded.earlier
                WHERE (o.base_url, o.identifier, o.datestamp, o.metadata_namespace, o.altered, o.earlier)
                    IS DISTINCT FROM (excluded.base_url, excluded.identifier, excluded.datestamp,
                                      excluded.metadata_namespace, excluded.altered, excluded.earlier)
                RETURNING record_id
            )
            UPDATE catalog_bibrecord r SET origin = told.origin, datestamp = %s
            FROM told JOIN kept ON kept.record_id = told.record_id WHERE r.id = told.record_id
            """,
            [*columns, datestamps.take()],
        )


@transaction.atomic
def settle_name(*, actor: Actor) -> str:
    """Our name on the net, chosen once and kept for ever, because every identifier carries it (rule OAI-3).

    It is the host of the public address. An install without one gets a made-up name, which the first public address
    replaces; later changes of the address change nothing.
    """
    current = Repository.objects.filter(current=True).first()
    public = host_of(settings.PUBLIC_URL)
    if current is not None and (not current.provisional or not public):
        return current.name
    with connection.cursor() as cursor:  # two first requests at once choose one name
        cursor.execute("LOCK TABLE catalog_repository IN SHARE ROW EXCLUSIVE MODE")
    current = Repository.objects.filter(current=True).first()
    if current is not None and (not current.provisional or not public):
        return current.name
    name = public or f"x{secrets.token_hex(6)}.lienthu.invalid"
    Repository.objects.filter(current=True).update(current=False)
    row, _created = Repository.objects.update_or_create(
        name=name, defaults={"own": True, "current": True, "provisional": not public}
    )
    audit.record("repository.named", row, actor=actor, name=name)
    return name
