"""Nobody's data is locked in: what is exported can be imported again, and nothing has changed (every format)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count

from lienthu.domain.catalog.exporting import write_export
from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.catalog.selectors import export_records
from lienthu.domain.catalog.services import batches
from lienthu.domain.network.selectors import library_by_code
from lienthu.domain.union.models import Membership
from lienthu.domain.union.services.conduct import run_batch
from lienthu.platform.actor import Actor

pytestmark = pytest.mark.slow
_FORMATS = {"iso2709": "mrc", "marcxml": "xml", "json": "json"}


@pytest.mark.parametrize("fmt", sorted(_FORMATS))
def test_every_library_of_the_province_in_every_format(province: Any, tmp_path: Path, fmt: str) -> None:
    actor = Actor.system("test")
    held = BibRecord.objects.filter(deleted=False).order_by()
    by_source = held.values_list("library_id", "library__code", "source__code").annotate(n=Count("id"))
    clusters = sorted(Membership.objects.values_list("record_id", "cluster_id"))
    wrong = []
    for library_id, code, source, count in by_source:
        path = tmp_path / f"{library_id}.{_FORMATS[fmt]}"
        with path.open("wb") as out:
            assert write_export(export_records(library_id), fmt, out).written == count
        batch = batches.receive(path, library=library_by_code(code), source_code=source, actor=actor)
        batch = run_batch(batch.pk, actor=actor)
        if (batch.format, batch.read, batch.unchanged) != (fmt, count, count):
            wrong.append((code, batch.format, count, batches.counts_of(batch), batch.problem_counts))
    assert wrong == []
    assert len(by_source) > 10
    assert sorted(Membership.objects.values_list("record_id", "cluster_id")) == clusters


def test_export_and_import_by_command_change_nothing(seeded: Any, tmp_path: Path) -> None:
    """The provincial library of the sample, out and in again, in every format."""
    with seeded.database():
        ((count,),) = seeded.sql(
            "SELECT count(*) FROM catalog_bibrecord r JOIN network_library l ON l.id = r.library_id"
            " WHERE l.code = 'VN-QNTV' AND NOT r.deleted"
        )
        before = seeded.content()
        for fmt, suffix in _FORMATS.items():
            path = tmp_path / f"out.{suffix}"
            done = seeded.lienthu("export", "--library", "VN-QNTV", "--format", fmt, path)
            assert done.code == 0, done.err
            report = seeded.load(path, library="VN-QNTV")
            assert (report["read"], report["unchanged"]) == (count, count), (fmt, report)
        assert seeded.content() == before
        seeded.assert_counts_reconcile()
        seeded.assert_index_agrees()


def test_the_real_files_survive_the_round_trip(install: Any, shared_data: Path, tmp_path: Path) -> None:
    """Every record read and none in quarantine; out and in again, as another library's, unchanged in each format."""
    expected = {"jazz_1k.mrc": 1000, "lul_fre_500.mrc": 500, "FSL.marc": 52, "hebrew.marc": 20, "nepali.marc": 96}
    with install.database():
        for library, names in (
            ("VN-A", ["FSL.marc", "hebrew.marc", "nepali.marc"]),
            ("VN-B", ["lul_fre_500.mrc", "jazz_1k.mrc"]),
        ):
            report = install.load(*(shared_data / "marc" / name for name in names), library=library)
            assert (report["read"], report["quarantined"]) == (sum(expected[n] for n in names), 0)
        read = dict(install.sql("SELECT filename, read FROM catalog_importbatch WHERE quarantined = 0"))
        assert read == expected
        ((held,),) = install.sql(
            "SELECT count(*) FROM catalog_bibrecord r JOIN network_library l ON l.id = r.library_id"
            " WHERE l.code = 'VN-A'"
        )
        created = 0
        for fmt, suffix in _FORMATS.items():
            path = tmp_path / f"all.{suffix}"
            assert install.lienthu("export", "--library", "VN-A", "--format", fmt, path).code == 0
            report = install.load(path, library="VN-KIN")
            assert (report["read"], report["quarantined"]) == (held, 0), fmt
            if fmt == "iso2709":  # the first time they are new there; then, in whatever format, they are known
                created = report["created"]
                assert created + report["updated"] + report["unchanged"] == held
                continue
            assert (report["created"], report["quarantined"]) == (0, 0)
            if created == held:
                assert report["unchanged"] == held, (fmt, report)
        install.assert_counts_reconcile()
        install.assert_index_agrees()


def test_an_export_to_a_pipe_that_closes_is_no_error(seeded: Any) -> None:
    command = seeded.start("export", "--library", "VN-QNTV", "--format", "marcxml")
    assert command.stdout
    command.stdout.read(100)
    command.stdout.close()
    assert command.wait(60) in (0, 141)
    assert command.stderr
    assert "Traceback" not in command.stderr.read()


@pytest.mark.parametrize("arguments", [("--library", "VN-NOWHERE"), ("--library", "VN-A", "/nowhere/at/all.mrc")])
def test_what_cannot_be_exported_is_refused(shared_install: Any, arguments: Any) -> None:
    shared_install.lienthu("export", *arguments).refused()
