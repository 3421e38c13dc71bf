"""Nobody's data is locked in: what is exported can be imported again, and nothing has changed (every format)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
_FORMATS = {"iso2709": "mrc", "marcxml": "xml", "json": "json"}


def test_export_and_import_change_nothing(seeded: Any, tmp_path: Path) -> None:
    """The sample province: every library with records, out in one format and in again; all formats for the largest."""
    with seeded.database():
        held = seeded.sql(
            "SELECT l.code, s.code, count(*) FROM catalog_bibrecord r JOIN catalog_source s ON s.id = r.source_id"
            " JOIN network_library l ON l.id = r.library_id WHERE NOT r.deleted GROUP BY 1, 2 ORDER BY 3 DESC"
        )
        before, publications = seeded.content(), seeded.sql("SELECT count(*) FROM union_cluster WHERE size > 0")
        formats = list(_FORMATS)
        plan = [(held[0], fmt) for fmt in formats] + [(row, formats[n % 3]) for n, row in enumerate(held[1:])]
        wrong = []
        for (library, source, count), fmt in plan:
            path = tmp_path / f"{library}.{_FORMATS[fmt]}"
            done = seeded.lienthu("export", "--library", library, "--format", fmt, path)
            assert done.code == 0, done.err
            report = seeded.load(path, library=library, source=source)
            if (report["read"], report["unchanged"]) != (count, count):
                wrong.append((library, fmt, count, report))
        assert wrong == []
        assert seeded.content() == before
        assert seeded.sql("SELECT count(*) FROM union_cluster WHERE size > 0") == publications
        seeded.assert_counts_reconcile()
        seeded.assert_index_agrees()


def test_the_real_files_survive_the_round_trip(install: Any, shared_data: Path, tmp_path: Path) -> None:
    """Every record read and none in quarantine; out and in again unchanged, in each format."""
    expected = {"jazz_1k.mrc": 1000, "lul_fre_500.mrc": 500, "FSL.marc": 96, "hebrew.marc": 20, "nepali.marc": 52}
    with install.database():
        for name, count in expected.items():
            report = install.load(shared_data / "marc" / name, library="VN-A", source=name.partition(".")[0].replace("_", "-"))
            assert (report["read"], report["quarantined"]) == (count, 0), name
            assert report["created"] + report["updated"] + report["unchanged"] == count
        held = install.sql("SELECT count(*) FROM catalog_bibrecord")[0][0]
        for fmt, suffix in _FORMATS.items():
            path = tmp_path / f"all.{suffix}"
            assert install.lienthu("export", "--library", "VN-A", "--format", fmt, path).code == 0
            # as another library's: everything is new the first time, in whatever format, and unchanged the next
            report = install.load(path, library="VN-B")
            assert (report["read"], report["quarantined"]) == (held, 0), fmt
            if fmt == "iso2709":
                first = report
                assert report["created"] + report["updated"] + report["unchanged"] == held
            else:
                assert report["unchanged"] == first["created"], (fmt, report)
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
