"""Link parts to their hosts: chapters to books, articles to journals, volumes to sets (rules IMP-20, HAR-5)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from lienthu.domain.catalog.content import Content


def link_hosts(source_id: int, contents: Sequence[tuple[int, Content]], *, harvested: bool = False) -> None:
    """Link parts to their hosts by control number, in either order of arrival (rule IMP-20).

    A repository may hold the records of several systems, whose control numbers are not unique in it. There a part and
    its host must have identifiers that are the same up to their last mark, and only one record may answer (HAR-5).
    """
    parts = [(record_id, c.host_control_number) for record_id, c in contents if c.host_control_number]
    hosts = [(record_id, c.control_number) for record_id, c in contents if c.control_number]
    link(source_id, parts=parts, hosts=hosts, harvested=harvested)


def link(
    source_id: int,
    *,
    parts: Sequence[tuple[int, str]] = (),
    hosts: Sequence[tuple[int, str]] = (),
    harvested: bool = False,
) -> None:
    """The same: ``parts`` are records with the number of their host, ``hosts`` records with their own number."""
    find_host, find_parts = (_HARVESTED_HOST, _HARVESTED_PARTS) if harvested else (_HOST, _PARTS)
    with connection.cursor() as cursor:
        for statement, wanted in ((find_host, parts), (find_parts, hosts)):
            if wanted:
                ids, numbers = [w[0] for w in wanted], [w[1] for w in wanted]
                cursor.execute(statement, {"ids": ids, "numbers": numbers, "source": source_id})


_HOST = """
    UPDATE catalog_bibrecord part SET host_id = host.id
    FROM unnest(%(ids)s::bigint[], %(numbers)s::text[]) AS arrived(id, number)
    CROSS JOIN LATERAL (
        SELECT id FROM catalog_bibrecord
        WHERE source_id = %(source)s AND identity = '001:' || arrived.number AND NOT deleted OFFSET 0
    ) host
    WHERE part.id = arrived.id AND host.id <> part.id
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
    WHERE part.id = arrived.id
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
            WHERE p.host_id IS NULL
              AND regexp_replace(p.identity, '[^:/]*$', '') = regexp_replace(own.identity, '[^:/]*$', '')
        ) part
    )
    UPDATE catalog_bibrecord part SET host_id = waiting.host_id FROM waiting WHERE part.id = waiting.id
"""
