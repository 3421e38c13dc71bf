"""Whatever happened to a file on its way: read = created + updated + unchanged + quarantined, and no byte is lost."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lienthu.domain.catalog.models import BibRecord, ImportBatch, Item, Quarantined, Revision
from lienthu.domain.catalog.services import batches
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.libraries import Particulars, create_library
from lienthu.domain.network.services.periods import Description
from lienthu.domain.union import preparing
from lienthu.domain.union.models import Cluster, Membership
from lienthu.domain.union.services.conduct import run_batch, undo_batch
from lienthu.faces.cli.sample.contributions import contributions
from lienthu.faces.cli.sample.generator import generate_iso2709
from lienthu.foundation.marc.problems import PROBLEMS
from lienthu.platform.actor import Actor

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("test")
_RECORDS_A_FILE = 12


def _samples() -> list[bytes]:
    """Beginnings of differing files: dialects and encodings of the sample province, and synthetic records."""
    files = [c.data for c in contributions() if c.format == "iso2709"]
    files.append(b"".join(generate_iso2709(_RECORDS_A_FILE, 5)))
    return [b"".join(part + b"\x1d" for part in data.split(b"\x1d")[:_RECORDS_A_FILE] if part) for data in files]


_SAMPLES = _samples()
# problems that speak of bytes between records
_BYTES_OUTSIDE = {code for code in PROBLEMS if code.startswith("stray")}
_PADDING = b"\x00\t\n\r \x1a\x1d\xef\xbb\xbf\xfe\xff"
_SIGNS = [
    b"\x1d",
    b"\x1e",
    b"\x1f",
    b"\n",
    b"\r\n",
    b"\x00",
    b"\x1a",
    b"\xff",
    b"00000",
    b"99999",
    b"\x1d\x1d\x1d",
    b"\x1b",
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A sample file with some bytes changed, cut out, doubled, moved or put in."""
    data = bytearray(draw(st.sampled_from(_SAMPLES)))
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        kind = draw(st.sampled_from(("flip", "cut", "sign", "double", "noise", "leader", "end")))
        if kind == "flip" and data:
            data[at] = draw(st.integers(0, 255))
        elif kind == "cut":
            del data[at : at + draw(st.integers(1, 400))]
        elif kind == "sign":
            data[at:at] = draw(st.sampled_from(_SIGNS))
        elif kind == "double":
            data[at:at] = data[at : at + draw(st.integers(1, 1500))]
        elif kind == "noise":
            data[at:at] = draw(st.binary(min_size=1, max_size=60))
        elif kind == "leader":
            start = data.find(b"\x1d", at) + 1
            data[start : start + 5] = draw(st.sampled_from([b"00000", b"99999", b"     ", b"ABCDE", b"00024"]))
        elif kind == "end":
            del data[at:]
    return bytes(data)


def _library(code: str = "VN-T") -> Library:
    return Library.objects.filter(code=code).first() or create_library(
        code=code, description=Description(name="Test", type="public"), actor=ACTOR,
        particulars=Particulars(sample=True),
    )  # fmt: skip


def _load(path: Path, **options: Any) -> ImportBatch:
    batch = batches.receive(path, library=_library(), actor=ACTOR, fmt="iso2709", **options)
    return run_batch(batch.pk, actor=ACTOR)


def _counts(b: ImportBatch) -> dict[str, int]:
    return {**batches.counts_of(b), "repeated": b.repeated, "joined": b.joined, "items": b.items}


def _reconciles(b: ImportBatch) -> None:
    b.refresh_from_db()
    assert b.read == b.created + b.updated + b.unchanged + b.quarantined == b.next_ordinal
    assert Quarantined.objects.filter(batch=b).count() == b.quarantined
    assert Revision.objects.filter(batch=b).count() == b.created + b.updated
    assert sum(b.encoding_counts.values()) == b.read - b.quarantined
    members = Membership.objects.count()
    assert members == BibRecord.objects.filter(deleted=False).count()
    assert sum(Cluster.objects.values_list("size", flat=True)) == members
    for record in BibRecord.objects.prefetch_related("revisions"):
        assert sorted(v.number for v in record.revisions.all()) == list(range(1, record.revision + 1))


@settings(
    max_examples=60, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(data=mutated().filter(bool))
def test_counts_add_up_whatever_the_bytes(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mutated.mrc"
    path.write_bytes(data)
    _library()
    with transaction.atomic():
        first = _load(path)
        _reconciles(first)
        # the bytes of every piece are kept, with the record or in quarantine; what is in no piece was reported
        kept = [*Quarantined.objects.filter(batch=first).values_list("raw", flat=True)]
        kept += Revision.objects.filter(batch=first).values_list("raw", flat=True)
        bytes_kept = Counter(b"".join(map(bytes, kept)))
        assert not bytes_kept - Counter(data), "bytes that were never in the file"
        if not first.unchanged and not first.problem_counts.keys() & _BYTES_OUTSIDE:
            assert set(Counter(data) - bytes_kept) <= set(_PADDING)
        again = _load(path)
        _reconciles(again)
        assert (again.read, again.quarantined) == (first.read, first.quarantined)
        assert again.created == 0
        if not first.repeated:
            assert again.updated == 0, "the same file again changes nothing"
        transaction.set_rollback(True)


def test_a_dry_run_of_damaged_files_says_what_the_import_says(tmp_path: Path) -> None:
    chance = random.Random(11)
    for n, sample in enumerate(_SAMPLES):
        data = bytearray(sample * 2)
        for _ in range(12):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(3)] = chance.choice(_SIGNS)
        path = tmp_path / f"{n}.mrc"
        path.write_bytes(bytes(data))
        before = BibRecord.objects.count(), Revision.objects.count(), Cluster.objects.count()
        dry = _load(path, dry_run=True)
        assert (BibRecord.objects.count(), Revision.objects.count(), Cluster.objects.count()) == before
        real = _load(path)
        assert _counts(dry) == _counts(real)
        assert dry.problem_counts == real.problem_counts


def test_undo_gives_back_what_was_there(tmp_path: Path) -> None:
    """Two versions of a damaged file; the second is undone: records, copies and clusters are those of the first."""

    def state() -> list[Any]:
        return [
            sorted(
                (r.identity, bytes(r.content_digest), r.host.identity if r.host else "")
                for r in BibRecord.objects.filter(deleted=False).select_related("host")
            ),
            sorted(Item.objects.values_list("record__identity", "call_number", "barcode", "copies", "location")),
            sorted(Membership.objects.values_list("record__identity", flat=True)),
        ]

    first, second = tmp_path / "1.mrc", tmp_path / "2.mrc"
    first.write_bytes(b"".join(generate_iso2709(60, 7)))
    second.write_bytes(first.read_bytes().replace(b"Nxb", b"NXB").replace(b"19", b"20") + _SAMPLES[0])
    _load(first)
    before = state()
    changed = _load(second)
    assert changed.updated > 5
    assert changed.created
    assert state() != before
    undo_batch(changed.pk, actor=ACTOR)
    assert state() == before
    _reconciles(changed)
    again = _load(second)
    assert (again.created, again.updated) == (changed.created, changed.updated)
    _reconciles(again)


def test_a_run_that_stops_at_any_chunk_goes_on_and_ends_the_same(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(preparing, "CHUNK", 7)
    path = tmp_path / "x.mrc"
    path.write_bytes(b"".join(generate_iso2709(50, 9)) + b"junk\xff" + _SAMPLES[1] + _SAMPLES[0])
    whole = _load(path)
    expected = _counts(whole), whole.problem_counts, whole.encoding_counts
    undo_batch(whole.pk, actor=ACTOR)
    BibRecord.objects.all().delete()
    Cluster.objects.all().delete()

    class Stop(BaseException):
        pass

    for stop_after in (1, 2, 4):
        batch = batches.receive(path, library=_library(), actor=ACTOR, fmt="iso2709")
        seen = 0

        def stop(_: ImportBatch, limit: int = stop_after) -> None:
            nonlocal seen
            seen += 1
            if seen == limit:
                raise Stop

        with pytest.raises(Stop):
            run_batch(batch.pk, actor=ACTOR, progress=stop)
        batch.refresh_from_db()
        assert 0 < batch.read < whole.read
        _reconciles(batch)
        done = run_batch(batch.pk, actor=ACTOR)
        assert (_counts(done), done.problem_counts, done.encoding_counts) == expected
        _reconciles(done)
        BibRecord.objects.all().delete()
        Cluster.objects.all().delete()
