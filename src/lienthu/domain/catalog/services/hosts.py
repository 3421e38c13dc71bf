"""Link parts to their hosts: chapters to books, articles to journals, volumes to sets (rules IMP-20, IMP-37, HAR-5)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from lienthu.domain.catalog.content import Content, HostNames
from lienthu.domain.catalog.models import Source

AT_ONCE = 1000
"""So many parts that were there before are asked for their host with a chunk: as many as a chunk may bring."""
_NAMES = 7_406_216  # class of advisory locks: parts and hosts by name in one library

# title, number or host; the key of the name, or the record
_Key = tuple[str, int]


def link_hosts(source: Source, contents: Sequence[tuple[int, Content]], *, harvested: bool = False) -> None:
    """Link parts to their hosts by control number (rule IMP-20), else by name (IMP-37), in either order of arrival.

    A repository may hold the records of several systems, whose control numbers are not unique in it. There a part and
    its host must have identifiers that are the same up to their last mark, and only one record may answer (HAR-5).
    """
    parts = [(record_id, c.host_control_number) for record_id, c in contents if c.host_control_number]
    hosts = [(record_id, c.control_number) for record_id, c in contents if c.control_number]
    found = link(source.pk, parts=parts, hosts=hosts, harvested=harvested)
    named = [(record_id, c.names) for record_id, c in contents if record_id not in found or not _wants(c.names)]
    link_by_name(source.library_id, named)


def link_by_name(library_id: int, named: Sequence[tuple[int, HostNames]]) -> None:
    """Link parts without a host by number to the one record of the library that has its ISSN, ISBN or title (IMP-37).

    A number that leads nowhere is none, until its record arrives. ``named`` are records just written. Parts among them
    look for their host; hosts among them for the parts that want one of that name, and those that had it are asked
    again. Whatever the order of arrival, the links are the same. No more than AT_ONCE parts that were there before are
    asked here: of a name that more of them want they are asked soon after, by `waiting_parts` (IMP-39).
    """
    parts = [record_id for record_id, n in named if _wants(n)]
    lock_names(library_id)
    with connection.cursor() as cursor:
        if not parts:
            cursor.execute(_ANY_WANTED, {"library": library_id})
            if not cursor.fetchone()[0]:
                return
        cursor.execute(
            WAITING,
            {
                "library": library_id,
                "hosts": [record_id for record_id, n in named if n.title is not None or n.number is not None],
                "titles": list({n.title for _, n in named if n.title is not None}),
                "numbers": list({n.number for _, n in named if n.number is not None}),
                "most": AT_ONCE + 1,
            },
        )
        now, later = _within(AT_ONCE, cursor.fetchall())
        if later:
            cursor.execute(
                "INSERT INTO catalog_hostquestion (library_id, kind, key, after)"
                " SELECT %s, q.kind, q.key, 0 FROM unnest(%s::text[], %s::bigint[]) AS q(kind, key)"
                " ON CONFLICT (library_id, kind, key) DO UPDATE SET after = 0",
                [library_id, [kind for kind, _ in later], [key for _, key in later]],
            )
    if parts or now:
        ask(library_id, parts, now)


def _within(most: int, waiting: Sequence[tuple[str, int, int]]) -> tuple[list[_Key], list[_Key]]:
    """The keys whose parts are asked at once, the fewest first, and those that are left for later."""
    now: list[_Key] = []
    later: list[_Key] = []
    for kind, key, parts in sorted(waiting, key=lambda row: row[2]):
        most -= parts
        (now if most >= 0 else later).append((kind, key))
    return now, later


def lock_names(library_id: int) -> None:
    """Until the transaction ends nobody else links parts of this library by name.

    Two of its systems may import at once, and neither sees what the other has not committed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_NAMES, library_id])


def ask(library_id: int, parts: Sequence[int], keys: Sequence[_Key] = ()) -> None:
    """Ask these parts, and those that wait for these keys, for their host by name; the names locked."""
    with connection.cursor() as cursor:
        wanted = {kind + "s": [key for k, key in keys if k == kind] for kind in ("title", "number", "host")}
        cursor.execute(BY_NAME, {"library": library_id, "parts": list(parts), **wanted})
        if found := cursor.fetchall():
            cursor.execute(_SET_HOSTS, [[part for part, _ in found], [host for _, host in found]])


def _wants(names: HostNames) -> bool:
    return names.host_title is not None or names.host_number is not None


def relink_names(gone: Sequence[tuple[int, int | None, int | None]]) -> None:
    """Ask parts anew that want these names, of records that have gone: library, key of the title, key of the number."""
    by_library: dict[int, list[tuple[int, HostNames]]] = {}
    for library_id, title, number in dict.fromkeys(gone):
        by_library.setdefault(library_id, []).append((0, HostNames(title, number)))
    for library_id, named in sorted(by_library.items()):
        link_by_name(library_id, named)


def link(
    source_id: int,
    *,
    parts: Sequence[tuple[int, str]] = (),
    hosts: Sequence[tuple[int, str]] = (),
    harvested: bool = False,
) -> frozenset[int]:
    """The same: ``parts`` are records with the number of their host, ``hosts`` records with their own number.

    Returns those of the parts that found their host, or are found by it.
    """
    find_host, find_parts = (_HARVESTED_HOST, _HARVESTED_PARTS) if harvested else (_HOST, _PARTS)
    found: set[int] = set()
    with connection.cursor() as cursor:
        for statement, wanted in ((find_host, parts), (find_parts, hosts)):
            if wanted:
                ids, numbers = [w[0] for w in wanted], [w[1] for w in wanted]
                cursor.execute(statement, {"ids": ids, "numbers": numbers, "source": source_id})
                found.update(row[0] for row in cursor.fetchall())
    return frozenset(found)


_HOST = """
    UPDATE catalog_bibrecord part SET host_id = host.id
    FROM unnest(%(ids)s::bigint[], %(numbers)s::text[]) AS arrived(id, number)
    CROSS JOIN LATERAL (
        SELECT id FROM catalog_bibrecord
        WHERE source_id = %(source)s AND identity = '001:' || arrived.number AND NOT deleted OFFSET 0
    ) host
    WHERE part.id = arrived.id AND host.id <> part.id RETURNING part.id
"""
_PARTS = """
    WITH waiting AS (
        SELECT part.id, arrived.id AS host_id
        FROM unnest(%(ids)s::bigint[], %(numbers)s::text[]) AS arrived(id, number)
        CROSS JOIN LATERAL (
            SELECT id FROM catalog_bibrecord
            WHERE source_id = %(source)s AND host_control_number = arrived.number AND host_control_number <> ''
              AND host_id IS DISTINCT FROM arrived.id AND id <> arrived.id OFFSET 0
        ) part
    )
    UPDATE catalog_bibrecord part SET host_id = waiting.host_id FROM waiting WHERE part.id = waiting.id
    RETURNING part.id
"""
_HARVESTED_HOST = r"""
    UPDATE catalog_bibrecord part SET host_id = host.id
    FROM unnest(%(ids)s::bigint[], %(numbers)s::text[]) AS arrived(id, number)
    CROSS JOIN LATERAL (SELECT identity FROM catalog_bibrecord WHERE id = arrived.id OFFSET 0) own
    CROSS JOIN LATERAL (
        SELECT min(h.id) AS id FROM (
            SELECT id, identity FROM catalog_bibrecord
            WHERE source_id = %(source)s AND identity LIKE 'oai:%%' AND control_number = arrived.number
              AND NOT deleted AND id <> arrived.id OFFSET 0
        ) h
        WHERE regexp_replace(h.identity, '[^:/]*$', '') = regexp_replace(own.identity, '[^:/]*$', '')
        HAVING count(*) = 1
    ) host
    WHERE part.id = arrived.id RETURNING part.id
"""
_HARVESTED_PARTS = r"""
    WITH waiting AS (
        SELECT part.id, arrived.id AS host_id
        FROM unnest(%(ids)s::bigint[], %(numbers)s::text[]) AS arrived(id, number)
        CROSS JOIN LATERAL (SELECT identity FROM catalog_bibrecord WHERE id = arrived.id OFFSET 0) own
        CROSS JOIN LATERAL (
            SELECT p.id FROM (
                SELECT id, identity, host_id FROM catalog_bibrecord
                WHERE source_id = %(source)s AND host_control_number = arrived.number AND host_control_number <> ''
                  AND id <> arrived.id AND identity LIKE 'oai:%%' OFFSET 0
            ) p
            LEFT JOIN LATERAL (
                SELECT true AS by_number FROM catalog_bibrecord
                WHERE id = p.host_id AND source_id = %(source)s AND control_number = arrived.number OFFSET 0
            ) had ON true
            WHERE had.by_number IS NULL
              AND regexp_replace(p.identity, '[^:/]*$', '') = regexp_replace(own.identity, '[^:/]*$', '')
        ) part
    )
    UPDATE catalog_bibrecord part SET host_id = waiting.host_id FROM waiting WHERE part.id = waiting.id
    RETURNING part.id
"""
_ANY_WANTED = """
    SELECT EXISTS (SELECT FROM catalog_bibrecord WHERE library_id = %(library)s AND host_title_key IS NOT NULL)
        OR EXISTS (SELECT FROM catalog_bibrecord WHERE library_id = %(library)s AND host_number_key IS NOT NULL)
"""
WAITING = """
    SELECT 'title', said.key, w.parts FROM unnest(%(titles)s::bigint[]) AS said(key) CROSS JOIN LATERAL (
        SELECT count(*) AS parts FROM (
            SELECT FROM catalog_bibrecord WHERE library_id = %(library)s AND host_title_key = said.key
              AND host_title_key IS NOT NULL LIMIT %(most)s) p OFFSET 0) w WHERE w.parts > 0
    UNION ALL
    SELECT 'number', said.key, w.parts FROM unnest(%(numbers)s::bigint[]) AS said(key) CROSS JOIN LATERAL (
        SELECT count(*) AS parts FROM (
            SELECT FROM catalog_bibrecord WHERE library_id = %(library)s AND host_number_key = said.key
              AND host_number_key IS NOT NULL LIMIT %(most)s) p OFFSET 0) w WHERE w.parts > 0
    UNION ALL
    SELECT 'host', said.id, w.parts FROM unnest(%(hosts)s::bigint[]) AS said(id) CROSS JOIN LATERAL (
        SELECT count(*) AS parts FROM (
            SELECT FROM catalog_bibrecord WHERE host_id = said.id
              AND (host_title_key IS NOT NULL OR host_number_key IS NOT NULL) LIMIT %(most)s) p OFFSET 0) w
    WHERE w.parts > 0
"""
# All parts of a source that want the same are asked about once. An ISSN has seven digits without its last: two of them
# that differ are two serials; books have several ISBN.
BY_NAME = """
    WITH asked AS (
        SELECT unnest(%(parts)s::bigint[]) AS id
        UNION SELECT p.id FROM unnest(%(titles)s::bigint[]) AS said(key) CROSS JOIN LATERAL (
            SELECT id FROM catalog_bibrecord
            WHERE library_id = %(library)s AND host_title_key = said.key AND host_title_key IS NOT NULL OFFSET 0) p
        UNION SELECT p.id FROM unnest(%(numbers)s::bigint[]) AS said(key) CROSS JOIN LATERAL (
            SELECT id FROM catalog_bibrecord
            WHERE library_id = %(library)s AND host_number_key = said.key AND host_number_key IS NOT NULL OFFSET 0) p
        UNION SELECT p.id FROM unnest(%(hosts)s::bigint[]) AS said(id) CROSS JOIN LATERAL (
            SELECT id FROM catalog_bibrecord WHERE host_id = said.id
              AND (host_title_key IS NOT NULL OR host_number_key IS NOT NULL) OFFSET 0) p
    ), wants AS MATERIALIZED (
        SELECT part.source_id, part.host_title_key AS title, part.host_number_key AS number,
               array_agg(part.id) AS parts, array_agg(part.host_id) AS hosts
        FROM asked
        CROSS JOIN LATERAL (
            SELECT id, source_id, host_id, host_control_number, host_title_key, host_number_key FROM catalog_bibrecord
            WHERE id = asked.id AND NOT deleted OFFSET 0
        ) part
        LEFT JOIN LATERAL (
            SELECT true AS by_number FROM catalog_bibrecord
            WHERE id = part.host_id AND source_id = part.source_id AND control_number = part.host_control_number
              AND part.host_control_number <> '' OFFSET 0
        ) has ON true
        WHERE has.by_number IS NULL GROUP BY 1, 2, 3
    )
    SELECT part.id, one.id FROM wants
    LEFT JOIN LATERAL (
        SELECT min(id) AS id FROM (
            SELECT id, rank, min(rank) OVER () AS best FROM (
                SELECT h.id, 2 * CASE WHEN h.number_key = wants.number AND h.title_key = wants.title THEN 0
                                      WHEN h.number_key = wants.number THEN 1 ELSE 2 END
                             + (h.source_id <> wants.source_id)::integer AS rank
                FROM (
                    (SELECT id, source_id, title_key, number_key FROM catalog_bibrecord
                     WHERE library_id = %(library)s AND number_key = wants.number
                       AND number_key IS NOT NULL AND NOT deleted LIMIT 100)
                    UNION
                    (SELECT id, source_id, title_key, number_key FROM catalog_bibrecord
                     WHERE library_id = %(library)s AND title_key = wants.title
                       AND title_key IS NOT NULL AND NOT deleted LIMIT 100)
                ) h
                WHERE wants.number IS NULL OR h.number_key IS NULL OR h.number_key = wants.number
                   OR wants.number > 9999999
            ) ranked
        ) nearest
        WHERE rank = best HAVING count(*) = 1
    ) one ON true
    CROSS JOIN LATERAL unnest(wants.parts, wants.hosts) AS part(id, host_id)
    WHERE part.host_id IS DISTINCT FROM one.id
"""
# Apart from the question: of its rows the planner expects so many that it would read the whole table to write a few.
_SET_HOSTS = """
    UPDATE catalog_bibrecord part SET host_id = found.host_id
    FROM unnest(%s::bigint[], %s::bigint[]) AS found(id, host_id) WHERE part.id = found.id
"""
