"""What forming clusters decided, and writing it: founded, joined, moved, absorbed; addresses; history. In bulk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import connection

from lienthu.domain.union.fingerprint import FINGERPRINT_VERSION, Fingerprint
from lienthu.domain.union.partition import Pair
from lienthu.domain.union.services.settling import record_events, settle

Move = tuple[int, int, int]
"""An address that changed its bearer: address, from, to."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A record without a place, as it will be written."""

    fingerprint: Fingerprint
    completeness: int
    work_key: int | None = None


@dataclass(slots=True)
class Plan:
    """What is to be written, and what came of it."""

    placed: dict[int, int] = field(default_factory=dict)  # newcomer → cluster
    founded: dict[int, tuple[int, int, bool]] = field(default_factory=dict)  # new cluster → (bearer, size, contested)
    moved: dict[int, tuple[int, int]] = field(default_factory=dict)  # record → (from, to)
    absorbed: dict[int, int] = field(default_factory=dict)  # cluster that goes as a whole → into
    leads: dict[int, int | None] = field(default_factory=dict)  # address → where it leads, None: it stands itself
    contested: dict[int, bool] = field(default_factory=dict)
    blocked: dict[Pair, bool] = field(default_factory=dict)
    borne: list[Move] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)  # those of the touched whose readers will see it


@dataclass(frozen=True, slots=True)
class Cause:
    """Why clusters are formed anew: import, act, revert or rule, with the act if there is one."""

    kind: str
    act_id: int | None = None


def write(plan: Plan, newcomers: Mapping[int, Newcomer], rule_version: int, cause: Cause) -> None:
    """Write the plan, in the caller's transaction; which clusters readers will see changed is noted in it."""
    with connection.cursor() as cursor:
        if plan.founded:
            with cursor.copy(
                "COPY union_cluster (id, preferred_id, size, bearer_id, contested, work_key, created_at) FROM STDIN"
            ) as copy:
                lines = []
                for id_, (bearer, size, contested) in plan.founded.items():
                    # those of several records, and of records that stood elsewhere, are settled below
                    work = newcomers[bearer].work_key if bearer in newcomers else None
                    key = abs(work) if work else "\\N"
                    lines.append(f"{id_}\t{bearer}\t{size}\t{bearer}\t{'t' if contested else 'f'}\t{key}\tnow\n")
                copy.write("".join(lines))
        if plan.placed:
            with cursor.copy(
                "COPY union_membership (record_id, cluster_id, fingerprint, completeness, work_key,"
                " fingerprint_version, rule_version) FROM STDIN"
            ) as copy:
                for record_id, cluster_id in plan.placed.items():
                    n = newcomers[record_id]
                    copy.write_row(
                        (
                            record_id,
                            cluster_id,
                            n.fingerprint.dumps(),
                            n.completeness,
                            n.work_key,
                            FINGERPRINT_VERSION,
                            rule_version,
                        )
                    )
        moved = _gone_along(plan) if plan.absorbed else {}
        moved |= plan.moved
        if moved:
            cursor.execute(
                "UPDATE union_membership m SET cluster_id = n.cluster FROM unnest(%s::bigint[], %s::bigint[])"
                " AS n(id, cluster) WHERE m.record_id = n.id",
                [list(moved), [to for _, to in moved.values()]],
            )
        if plan.borne:
            cursor.execute(
                "UPDATE union_cluster c SET bearer_id = n.heir FROM unnest(%s::bigint[], %s::bigint[]) AS n(id, heir)"
                " WHERE c.id = n.id",
                [[m[0] for m in plan.borne], [m[2] for m in plan.borne]],
            )
        if plan.leads:
            cursor.execute(
                "UPDATE union_cluster c SET merged_into_id = n.target FROM unnest(%s::bigint[], %s::bigint[])"
                " AS n(id, target) WHERE c.id = n.id AND c.merged_into_id IS DISTINCT FROM n.target",
                [list(plan.leads), list(plan.leads.values())],
            )
        if plan.contested:
            cursor.execute(
                "UPDATE union_cluster c SET contested = n.so FROM unnest(%s::bigint[], %s::boolean[]) AS n(id, so)"
                " WHERE c.id = n.id AND c.contested <> n.so",
                [list(plan.contested), list(plan.contested.values())],
            )
        if plan.blocked:
            cursor.execute(
                "UPDATE union_edge e SET blocked = n.so FROM"
                " unnest(%s::bigint[], %s::bigint[], %s::boolean[]) AS n(a, b, so)"
                " WHERE e.left_id = n.a AND e.right_id = n.b",
                [[p[0] for p in plan.blocked], [p[1] for p in plan.blocked], list(plan.blocked.values())],
            )
    plan.changed = settle(plan.touched) | set(plan.founded) | {c for way in moved.values() for c in way}
    record_events(moved, cause.kind, cause.act_id)


def _gone_along(plan: Plan) -> dict[int, tuple[int, int]]:
    """The records of clusters that go into others as a whole."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT record_id, cluster_id FROM union_membership WHERE cluster_id = ANY(%s)", [list(plan.absorbed)]
        )
        return {record: (cluster, plan.absorbed[cluster]) for record, cluster in cursor.fetchall()}
