"""What the tests of the union share: libraries that hand over files, and where their records went."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from lienthu.domain.catalog.models import BibRecord, ImportBatch
from lienthu.domain.catalog.services import batches
from lienthu.domain.catalog.tests.cast import CLERK, held, iso_file
from lienthu.domain.network.models import Library
from lienthu.domain.union.fingerprint import Fingerprint, match_keys
from lienthu.domain.union.models import Cluster, MatchKey, Membership
from lienthu.domain.union.policy import decide_same
from lienthu.domain.union.services.conduct import run_batch
from lienthu.foundation.marc.model import Record


def received(library: Library, data: bytes, *, name: str = "sach.mrc", **options: Any) -> ImportBatch:
    """The library hands over a file; nothing is read from it yet."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        return batches.receive(path, library=library, actor=CLERK, **options)


def imported(library: Library, *records: Record, **options: Any) -> ImportBatch:
    """The library hands over these records, and they are imported."""
    return imported_file(library, iso_file(records), **options)


def imported_file(library: Library, data: bytes, **options: Any) -> ImportBatch:
    """The library hands over a file, and it is imported."""
    return run_batch(received(library, data, **options).pk, actor=CLERK)


def cluster_of(library: Library, number: str) -> int:
    """Where the library's record with this control number stands."""
    return Membership.objects.get(record=held(library, number)).cluster_id


def membership(library: Library, number: str) -> Membership:
    """The place of the library's record with this control number."""
    return Membership.objects.get(record=held(library, number))


def assert_union_is_sound() -> None:
    """What must hold of the tables of the union after any import or undo."""
    current = set(BibRecord.objects.filter(deleted=False).values_list("id", flat=True))
    members = {m.record_id: m for m in Membership.objects.all()}
    assert set(members) == current, "every current record stands in exactly one cluster, and no other (JOIN-1)"
    by_cluster: dict[int, list[Membership]] = defaultdict(list)
    for m in members.values():
        by_cluster[m.cluster_id].append(m)
    closed = set(BibRecord.objects.filter(library__closed=True).values_list("id", flat=True))
    for cluster in Cluster.objects.all():
        here = by_cluster.get(cluster.pk, [])
        assert cluster.size == len(here)
        best = min(((m.record_id in closed, -m.completeness, m.record_id) for m in here), default=None)
        assert cluster.preferred_id == (best[2] if best else None)
    stored = {(key, record) for key, record in MatchKey.objects.values_list("key", "record_id")}
    wanted = {(k, r) for r, m in members.items() for k in match_keys(Fingerprint.loads(m.fingerprint))}
    assert stored == wanted
    for m in members.values():
        if m.matched_record_id is not None:
            other = members[m.matched_record_id]
            assert other.cluster_id == m.cluster_id, "whom a record was matched with stands beside it (JOIN-11)"
            if all(r.get("feature") != "person" for r in m.reasons):
                assert decide_same(Fingerprint.loads(m.fingerprint), Fingerprint.loads(other.fingerprint)).same
