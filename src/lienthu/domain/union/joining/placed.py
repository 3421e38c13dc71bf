"""Where records of a rehearsal were placed, and beside whom: asked inside its transaction. In bulk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from lienthu.domain.catalog.selectors import marc_of
from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.joining.findings import Compared, Side
from lienthu.domain.union.name_selectors import known_names
from lienthu.domain.union.reasons import recorded, stated
from lienthu.domain.union.rule_selectors import rule_in_force
from lienthu.domain.union.scoring.model import explain, score_pair
from lienthu.foundation.marc.describe import Description, describe

Link = tuple[int, int, float]
"""A record, the one it was found to be the same as or doubtful with, the score."""


@dataclass(slots=True)
class Mates:
    """Who stands in a cluster: records of the library itself, in order, and the other libraries."""

    own: list[int] = field(default_factory=list)
    libraries: set[int] = field(default_factory=set)


def clusters_of(record_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Record id → its cluster and how many records stand there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wanted.id, m.cluster_id, c.size FROM unnest(%s::bigint[]) AS wanted(id)"
            " CROSS JOIN LATERAL (SELECT cluster_id FROM union_membership WHERE record_id = wanted.id OFFSET 0) m"
            " CROSS JOIN LATERAL (SELECT size FROM union_cluster WHERE id = m.cluster_id OFFSET 0) c",
            [list(record_ids)],
        )
        return {record_id: (cluster_id, size) for record_id, cluster_id, size in cursor.fetchall()}


def mates_in(cluster_ids: Collection[int], library_id: int) -> dict[int, Mates]:
    """Cluster id → who stands in it, as seen from one library."""
    out: dict[int, Mates] = {c: Mates() for c in cluster_ids}
    if not out:
        return out
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT wanted.id, r.id, r.library_id FROM unnest(%s::bigint[]) AS wanted(id)"
            " CROSS JOIN LATERAL (SELECT record_id FROM union_membership WHERE cluster_id = wanted.id OFFSET 0) m"
            " CROSS JOIN LATERAL (SELECT id, library_id FROM catalog_bibrecord WHERE id = m.record_id OFFSET 0) r"
            " ORDER BY r.id",
            [list(out)],
        )
        for cluster_id, record_id, at in cursor:
            if at == library_id:
                out[cluster_id].own.append(record_id)
            else:
                out[cluster_id].libraries.add(at)
    return out


_BEST = """
    SELECT wanted.id, e.other, e.score FROM unnest(%s::bigint[]) AS wanted(id)
    CROSS JOIN LATERAL (
        SELECT f.other, f.score FROM (
            SELECT left_id AS other, score FROM union_edge WHERE right_id = wanted.id AND verdict = %s
            UNION ALL SELECT right_id, score FROM union_edge WHERE left_id = wanted.id AND verdict = %s
        ) f CROSS JOIN LATERAL (SELECT library_id FROM catalog_bibrecord WHERE id = f.other OFFSET 0) r
        WHERE %s OR (r.library_id = %s) = %s ORDER BY f.score DESC, f.other LIMIT 1
    ) e
"""


def best_links(record_ids: Sequence[int], library_id: int, *, own: bool) -> list[Link]:
    """Each record's best link to a record of another library, or (``own``) of this one."""
    return _links(record_ids, ["same", "same", False, library_id, own])


def doubtful_links(record_ids: Sequence[int]) -> list[Link]:
    """Each record's best doubtful pair, with whomever."""
    return _links(record_ids, ["review", "review", True, 0, True])


def _links(record_ids: Sequence[int], params: Sequence[str | int | bool]) -> list[Link]:
    if not record_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_BEST, [list(record_ids), *params])
        return [(record_id, other, score) for record_id, other, score in cursor.fetchall()]


def sides_of(record_ids: Sequence[int]) -> dict[int, Side]:
    """Records as a report shows them. Two statements."""
    return _sides(_described(dict.fromkeys(record_ids)))


def _described(record_ids: Iterable[int]) -> dict[int, Description]:
    return {r: describe(record) for r, record in marc_of(list(record_ids)).items()}


def _sides(described: Mapping[int, Description]) -> dict[int, Side]:
    if not described:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, library_id FROM catalog_bibrecord WHERE id = ANY(%s)", [list(described)])
        library = dict(cursor.fetchall())
    return {r: _side(d, library[r], r) for r, d in described.items()}


def side_by_side(links: Sequence[Link], ours: Collection[int]) -> list[Compared]:
    """The pairs as a report shows them, each with its reasons and what both records state. Four statements."""
    ids = [r for one, other, _ in links for r in (one, other)]
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT record_id, fingerprint FROM union_membership WHERE record_id = ANY(%s)", [ids])
        prints = {record_id: Fingerprint.loads(text) for record_id, text in cursor.fetchall()}
    described = _described(dict.fromkeys(ids))
    said = {r: stated(d) for r, d in described.items()}
    sides = _sides(described)
    mine = set(ours).intersection(ids)
    for record_id in mine:
        if record_id in sides:
            sides[record_id].record_id = None  # it will never have been
    rule, names = rule_in_force(), known_names()
    out = []
    for one, other, score in links:
        if one not in sides or other not in sides:
            continue
        a, b = names.settled(prints[one]), names.settled(prints[other])
        scored = score_pair(b, a, rule) if other < one else score_pair(a, b, rule)
        reasons = [recorded(r.as_dict(), said[one], said[other]) for r in explain(a, b, rule)]
        out.append(Compared(round(score, 4), scored.verdict.value, sides[one], sides[other], reasons))
    return out


def _side(d: Description, library_id: int, record_id: int) -> Side:
    names = d.responsibility or "; ".join(a.name for a in d.authors[:3])
    imprint = ", ".join(part for part in (d.place, d.publisher, d.date_text or str(d.year or "")) if part)
    title = " ".join(part for part in (d.title, d.part, f"({d.edition})" if d.edition else "") if part)
    return Side(title, names, imprint, d.control_number, library_id, record_id)
