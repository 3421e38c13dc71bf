"""``lienthu digital export`` as a person types it (DIG-8)."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from lienthu.domain.digital.errors import NoSuchObject, NotPrepared
from lienthu.domain.digital.models import Page
from lienthu.domain.digital.services.texts import set_text
from lienthu.domain.digital.tests.cast import CLERK, make_object
from lienthu.domain.network.tests.factories import make_library
from lienthu.faces.cli.commands import digital
from lienthu.faces.cli.ground import Refusal
from lienthu.foundation.pagetext.tests.pages import PAGE

pytestmark = pytest.mark.django_db


def typed(*words: str) -> int:
    parser = argparse.ArgumentParser()
    digital.add_arguments(parser)
    return digital.run(parser.parse_args(["export", *words]))


def test_a_draft_is_written_under_a_name_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    obj = make_object(make_library(), "Địa chí Quảng Ninh, tập 1", pages=1)
    set_text(Page.objects.get(object=obj), PAGE, actor=CLERK)
    assert typed(obj.public_id, "--format", "txt", "--out", str(tmp_path)) == 0
    path = tmp_path / f"dia-chi-quang-ninh-tap-1-{obj.public_id}.txt"
    assert capsys.readouterr().out.strip() == str(path)
    assert path.read_text() == PAGE.text + "\n"
    assert typed(obj.public_id, "--format", "hocr", "--out", str(tmp_path / "x.html")) == 0
    assert (tmp_path / "x.html").read_text().startswith("<?xml")
    assert sorted(p.name for p in tmp_path.iterdir()) == [path.name, "x.html"]


def test_what_cannot_be_written_or_is_not_there_is_said(tmp_path: Path) -> None:
    obj = make_object(make_library(), pages=1)
    with pytest.raises(Refusal, match="cannot be written"):
        typed(obj.public_id, "--format", "txt", "--out", str(tmp_path / "no" / "where.txt"))
    with pytest.raises(NoSuchObject):
        typed("khongcogiday", "--format", "txt")
    with pytest.raises(NotPrepared):
        typed(obj.public_id, "--format", "pdf", "--out", str(tmp_path / "a.pdf"))
    with pytest.raises(Refusal, match="Say where"):
        typed(obj.public_id)
    assert list(tmp_path.iterdir()) == []
