"""``lienthu digital ingest`` as a person types it, from wherever the person stands."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
import pyvips

from lienthu.domain.digital.models import DigitalObject, RightsRecord
from lienthu.domain.network.tests.factories import make_library
from lienthu.faces.cli import indexing
from lienthu.faces.cli.commands import digital
from lienthu.faces.cli.ground import Refusal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the person stands in; the index is not what these tests are about."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(indexing, "catch_up", lambda: True)
    return tmp_path


def typed(*words: str) -> int:
    parser = argparse.ArgumentParser()
    digital.add_arguments(parser)
    return digital.run(parser.parse_args(list(words)))


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return answer


def scans(home: Path, *names: str) -> None:
    (home / "quet").mkdir()
    for name in names:
        picture = (pyvips.Image.black(60, 90, bands=3) + 200).cast("uchar")
        (home / "quet" / name).write_bytes(picture.jpegsave_buffer())


def test_a_path_is_understood_where_it_is_typed_and_nothing_goes_without_a_word(
    at_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """ING-8, ING-9, ING-10: which page failed and why, what was left out, and the object's name all the same."""
    make_library(code="VN-QNT1")
    scans(at_home, "1", "2.jpg")
    (at_home / "quet" / "3.jpg").write_bytes(b"\xff\xd8\xff")
    (at_home / "quet" / "ghi.txt").write_bytes(b"ghi")
    ingest = ("ingest", "quet", "--library", "VN-QNT1", "--title", "Kế hoạch", "--rights", "official", "--json")
    assert typed(*ingest) == 1
    facts = said(capsys)
    obj = DigitalObject.objects.get()
    assert (facts["object"], facts["ready"], facts["failed"], facts["access"]) == (obj.public_id, 2, 1, "closed")
    assert [(one["page"], one["file"]) for one in facts["unread"]] == [(3, "3.jpg")]
    assert facts["unread"][0]["code"] in ("damaged", "truncated")
    assert [(one["name"], one["code"]) for one in facts["left_out"]] == [("ghi.txt", "unsupported")]
    assert facts["refused"]["code"] == "publishing-doubtful"
    assert obj.published_at is None
    assert typed("publish", obj.public_id, "--even-so", "--json") == 1, "a page of it cannot be shown"
    assert said(capsys)["access"] == "open"


def test_an_object_that_cannot_be_published_is_named(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """ING-10: object and masters are there; whoever asked learns their name."""
    make_library(code="VN-QNT1")
    (at_home / "hong.pdf").write_bytes(b"%PDF-1.4 cut off")
    ingest = ("ingest", "hong.pdf", "--library", "VN-QNT1", "--title", "Hỏng", "--rights", "official", "--json")
    assert typed(*ingest) == 1
    facts = said(capsys)
    assert facts["object"] == DigitalObject.objects.get().public_id
    assert facts["refused"]["code"] == "cannot-publish"


def test_everything_of_rights_can_be_said(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """RGT-1, RGT-17."""
    home, other = make_library(code="VN-QNT1"), make_library(code="VN-QNT2")
    scans(at_home, "1.jpg")
    words = ("ingest", "quet", "--library", "VN-QNT1", "--title", "Gia phả", "--rights", "permitted", "--basis", "thư")
    with pytest.raises(Refusal, match="permission"):
        typed(*words)
    allowed = ("--permission", "premises", "--premises", "VN-QNT1", "--premises", "VN-QNT2")
    assert typed(*words, *allowed, "--watermark", "--personal-data", "--json") == 1
    assert said(capsys)["refused"]["code"] == "publishing-doubtful", "no page is closed"
    row = RightsRecord.objects.get()
    assert (row.permission, row.premises) == ("premises", [home.pk, other.pk])
    assert (row.watermark, row.personal_data) == (True, True)
