"""``lienthu union`` and ``lienthu bench matching`` as a librarian or a checking program runs them."""

from __future__ import annotations

import json
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from lienthu.domain.catalog.tests.cast import book, iso_file
from lienthu.faces.cli.main import main

KIEU = {"by": "Nguyễn Du", "year": 2000, "publisher": "Văn học"}


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    left, right = tmp_path / "left.mrc", tmp_path / "right.mrc"
    left.write_bytes(iso_file([book("Truyện Kiều", **KIEU), book("Hạ Long", **KIEU), book("Số đỏ", **KIEU)]))
    right.write_bytes(iso_file([book("Truyen Kieu", **KIEU), book("Hà Long", **KIEU), book("Tắt đèn", **KIEU)]))
    return str(left), str(right)


def test_one_json_line_a_pair(files: tuple[str, str], capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["union", "score-pairs", *files, "--json"]) == 0
    lines = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    assert [line["verdict"] for line in lines] == ["same", "review", "different"]
    for line in lines:
        assert set(line) == {"score", "verdict", "reasons"}
        assert 0 <= line["score"] <= 1
        assert {frozenset(r) for r in line["reasons"]} == {
            frozenset({"feature", "score", "weight", "left", "right", "note"})
        }


def test_files_of_unequal_length_are_refused(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = tmp_path / "short.mrc"
    short.write_bytes(iso_file([book("Truyện Kiều", **KIEU)]))
    assert main(["union", "score-pairs", files[0], str(short)]) == 2
    assert "unequal length" in capsys.readouterr().err


def test_a_file_that_is_no_marc_is_refused(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "empty.mrc"
    other.write_bytes(b"")
    assert main(["union", "score-pairs", files[0], str(other)]) == 2
    assert capsys.readouterr().err.startswith("lienthu: ")


def test_precision_recall_and_the_worst_errors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs, labels = tmp_path / "pairs.mrc", tmp_path / "labels.csv"
    records = [book("Truyện Kiều", **KIEU), book("Truyen Kieu", **KIEU), book("Số đỏ", **KIEU), book("Tắt đèn", **KIEU)]
    pairs.write_bytes(iso_file(records))
    labels.write_text("id1,id2,label\na,b,1\nc,d,1\n")
    assert main(["union", "evaluate", str(pairs), str(labels), "--json"]) == 0
    out = capsys.readouterr().out.splitlines()
    figures = json.loads(out[-1])
    assert (figures["pairs"], figures["precision"], figures["recall"]) == (2, 1.0, 0.5)
    assert "pair 1: said different" in out[0]
    assert any("title" in line for line in out)


@pytest.mark.parametrize(("text", "says"), [("id1,id2\na,b\n", "no column"), ("id1,id2,label\na,b,1\n", "4 records")])
def test_labels_that_do_not_fit_are_refused(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    pairs, labels = tmp_path / "pairs.mrc", tmp_path / "labels.csv"
    pairs.write_bytes(iso_file([book(t, **KIEU) for t in ("Một", "Hai", "Ba", "Bốn")]))
    labels.write_text(text)
    assert main(["union", "evaluate", str(pairs), str(labels)]) == 2
    assert says in capsys.readouterr().err


def _zipped(path: Path, **files: bytes) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_pairs_may_come_in_a_zip(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("id1,id2,label\na,b,1\n")
    records = iso_file([book("Truyện Kiều", **KIEU), book("Truyen Kieu", **KIEU)])
    pairs = _zipped(tmp_path / "pairs.mrc.zip", pairs=records)
    assert main(["union", "evaluate", str(pairs), str(labels), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["recall"] == 1.0
    assert main(["union", "score-pairs", str(pairs), str(pairs), "--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_a_zip_of_anything_else_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("id1,id2,label\na,b,1\n")
    no_zip = tmp_path / "no.zip"
    no_zip.write_bytes(b"id1,id2")
    two = _zipped(tmp_path / "two.zip", one=b"1", other=b"2")
    none = _zipped(tmp_path / "none.zip")
    outside = _zipped(tmp_path / "outside.zip", **{"../../pairs.mrc": b"1"})
    bomb = _zipped(tmp_path / "bomb.zip", pairs=bytes(300 * 2**20))
    for pairs in (no_zip, two, none, outside, bomb):
        assert main(["union", "evaluate", str(pairs), str(labels)]) == 2, pairs
        assert capsys.readouterr().err.startswith("lienthu: "), pairs
    assert not (tmp_path.parent / "pairs.mrc").exists()


def test_labelled_pairs_are_measured_as_one_catalogue(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A record that stands in two pairs is one; what pairs of the same hold together is one publication."""
    kieu, bare, dien = book("Truyện Kiều", **KIEU), book("Truyen Kieu", **KIEU), book("Tắt đèn", **KIEU)
    upper = book("TRUYỆN KIỀU", **KIEU)
    pairs, labels = tmp_path / "pairs.mrc", tmp_path / "labels.csv"
    pairs.write_bytes(iso_file([kieu, bare, bare, upper, dien, kieu]))
    labels.write_text("id1,id2,label\na,b,1\nb,c,1\nd,a,0\n")
    assert main(["bench", "matching", "--pairs", str(pairs), "--labels", str(labels)]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (figures["records"], figures["true_pairs"], figures["true_pairs_found"]) == (4, 3, 3)
    assert (figures["precision"], figures["recall"], figures["recall_of_candidates"]) == (1.0, 1.0, 1.0)
    assert (
        main(["bench", "matching", "--pairs", str(pairs), "--labels", str(labels), "--publication-field", "CID"]) == 2
    )
    assert main(["bench", "matching", "--pairs", str(pairs)]) == 2
    assert main(["bench", "matching", "--pairs", str(tmp_path / "none.mrc"), "--labels", str(labels)]) == 2


def test_the_matching_of_a_whole_catalogue_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "matching", "--records", "300", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["records"] == 300
    assert figures["true_pairs_found"] == figures["true_pairs"] > 0
    assert figures["precision"] == 1.0
