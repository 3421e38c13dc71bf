"""Decisions of people on clusters: they outlive every later run."""

from __future__ import annotations

from django.db import connection, transaction

from lienthu.domain.union.models import Cluster, Membership, PairDecision
from lienthu.domain.union.services.attach import reform, settle
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes


@transaction.atomic
def set_apart(record_id: int, *, actor: Actor) -> int:
    """Take one record out of its cluster for good; returns its new cluster (rule JOIN-10).

    Every record left behind is noted as "not the same", so that no later import joins them again.
    """
    membership = Membership.objects.select_for_update().get(record_id=record_id)
    old = membership.cluster_id
    others = list(
        Membership.objects.filter(cluster_id=old).exclude(record_id=record_id).values_list("record_id", flat=True)
    )
    if not others:
        return old
    for other in others:
        left, right = sorted((record_id, other))
        PairDecision.objects.update_or_create(
            left_id=left, right_id=right, defaults={"same": False, "decided_by": actor.name[:120]}
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('union_cluster_id_seq')")
        fresh = int(cursor.fetchone()[0])
    Cluster.objects.create(pk=fresh, preferred_id=record_id)
    Membership.objects.filter(record_id=record_id).update(
        cluster_id=fresh, matched_record_id=None, score=None, reasons=[{"feature": "person", "agrees": False}]
    )
    settle([old, fresh])
    also = reform({record_id: old})
    audit.record("union.set_apart", membership.record, actor=actor, cluster_before=old, cluster_after=fresh)
    changes.publish("cluster.changed", [old, fresh, *also])
    return fresh


@transaction.atomic
def bring_together(record_id: int, cluster_id: int, *, actor: Actor) -> None:
    """Put a record into a cluster by a person's word, withdrawing earlier words that kept them apart (JOIN-10)."""
    membership = Membership.objects.select_for_update().get(record_id=record_id)
    old = membership.cluster_id
    if old == cluster_id:
        return
    for other in Membership.objects.filter(cluster_id=cluster_id).values_list("record_id", flat=True):
        left, right = sorted((record_id, other))
        PairDecision.objects.update_or_create(
            left_id=left, right_id=right, defaults={"same": True, "decided_by": actor.name[:120]}
        )
    Membership.objects.filter(record_id=record_id).update(
        cluster_id=cluster_id, matched_record_id=None, score=None, reasons=[{"feature": "person", "agrees": True}]
    )
    settle([old, cluster_id])
    also = reform({record_id: old})
    Cluster.objects.filter(pk=old, size=0).update(merged_into_id=cluster_id)
    audit.record("union.bring_together", membership.record, actor=actor, cluster_before=old, cluster_after=cluster_id)
    changes.publish("cluster.changed", [old, cluster_id, *also])
