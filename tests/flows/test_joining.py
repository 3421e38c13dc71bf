"""``lienthu import --dry-run --report``: the joining report from the command line (REP-6)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.catalog.tests.cast import book, iso_file
from lienthu.domain.network.tests.factories import make_library
from lienthu.faces.cli.commands import import_
from lienthu.faces.cli.ground import Refusal

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> int:
    import argparse

    parser = argparse.ArgumentParser()
    import_.add_arguments(parser)
    return import_.run(parser.parse_args(arguments))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    make_library("VN-HL", "Thư viện Hạ Long")
    path = tmp_path / "sach.mrc"
    path.write_bytes(iso_file([book("Vùng mỏ", by="Võ Huy Tâm", year=1951, number="1")]))
    return path


@pytest.mark.parametrize("kind", ["pdf", "xlsx", "json"])
def test_the_report_is_written_and_nothing_else(file: Path, tmp_path: Path, kind: str) -> None:
    report = tmp_path / f"bao-cao.{kind}"
    assert run(str(file), "--library", "VN-HL", "--dry-run", "--report", str(report)) == 0
    assert report.stat().st_size > 1000
    assert not BibRecord.objects.exists()
    if kind == "json":
        assert json.loads(report.read_bytes())["title"] == "Báo cáo gia nhập"


@pytest.mark.parametrize("more", [["--report", "a.pdf"], ["--dry-run", "--report", "a.doc"],
                                  ["--dry-run", "--report", "no/such/folder/a.pdf"]])  # fmt: skip
def test_a_report_that_cannot_be_is_refused_before_anything_is_read(file: Path, more: list[str]) -> None:
    with pytest.raises(Refusal):
        run(str(file), "--library", "VN-HL", *more)
    assert not BibRecord.objects.exists()
