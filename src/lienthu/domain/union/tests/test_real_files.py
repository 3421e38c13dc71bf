"""The real files of elsewhere: every record read, none quarantined, texts right, and out again unchanged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lienthu.domain.catalog.exporting import EXTENSIONS, write_export
from lienthu.domain.catalog.models import BibRecord, ImportBatch
from lienthu.domain.catalog.selectors import export_records, marc_of
from lienthu.domain.catalog.services import batches
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.libraries import Particulars, enter_library
from lienthu.domain.network.services.periods import Description
from lienthu.domain.union.services.conduct import run_batch, undo_batch
from lienthu.platform.actor import Actor

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("test")
FILES = {"jazz_1k.mrc": 1000, "lul_fre_500.mrc": 500, "nepali.marc": 96, "hebrew.marc": 20, "FSL.marc": 52}


@pytest.fixture
def library() -> Library:
    return enter_library(
        code="VN-T1",
        description=Description(name="Thư viện thử", type="public"),
        particulars=Particulars(),
        valid_from=None,
        valid_to=None,
    )


def imported(path: Path, library: Library, **options: Any) -> ImportBatch:
    batch = batches.receive(path, library=library, actor=ACTOR, **options)
    return run_batch(batch.pk, actor=ACTOR)


def text_of(library: Library) -> str:
    ids = list(BibRecord.objects.filter(library=library).values_list("id", flat=True))
    return "\n".join(v for r in marc_of(ids).values() for f in r.fields for _, v in f.subfields)


@pytest.mark.parametrize(("name", "count"), FILES.items())
def test_every_record_is_read_and_goes_out_and_in_again_unchanged(
    name: str, count: int, library: Library, shared_data: Path, tmp_path: Path
) -> None:
    batch = imported(shared_data / "marc" / name, library)
    assert (batch.read, batch.quarantined) == (count, 0)
    assert batch.created + batch.updated + batch.unchanged == count
    kept = batch.created
    for fmt, extension in EXTENSIONS.items():
        path = tmp_path / f"out.{extension}"
        with path.open("wb") as out:
            assert write_export(export_records(library.pk), fmt, out).written == kept
        again = imported(path, library)
        assert (again.read, again.unchanged, again.quarantined) == (kept, kept, 0), fmt


def test_french_accents_of_marc_8(library: Library, shared_data: Path) -> None:
    imported(shared_data / "marc" / "lul_fre_500.mrc", library)
    text = text_of(library)
    for word in ("éditions", "français", "Théâtre", "siècle", "être"):
        assert word in text
    assert "\ufffd" not in text


def test_hebrew_and_mislabelled_cyrillic_are_readable(library: Library, shared_data: Path) -> None:
    imported(shared_data / "marc" / "hebrew.marc", library)
    batch = imported(shared_data / "marc" / "FSL.marc", library, source_code="fsl")
    text = text_of(library)
    assert any("\u05d0" <= c <= "\u05ea" for c in text)
    assert any("а" <= c <= "я" for c in text)
    assert batch.problem_counts["encoding-label"] == 52


def test_original_script_of_880_is_kept(library: Library, shared_data: Path) -> None:
    imported(shared_data / "marc" / "nepali.marc", library)
    assert any("\u0900" <= c <= "\u097f" for c in text_of(library))


def test_a_batch_is_undone_as_a_whole(library: Library, shared_data: Path) -> None:
    batch = imported(shared_data / "marc" / "lul_fre_500.mrc", library)
    undone = undo_batch(batch.pk, actor=ACTOR)
    assert undone.status == ImportBatch.Status.UNDONE
    assert not BibRecord.objects.filter(deleted=False).exists()
    again = imported(shared_data / "marc" / "lul_fre_500.mrc", library)
    assert again.created == batch.created
