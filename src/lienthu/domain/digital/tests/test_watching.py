"""Watched folders: quiet ones are taken in once, whatever happens in between, and nothing is lost."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
import pyvips

from lienthu.domain.digital.models import DigitalObject, Project
from lienthu.domain.digital.selectors.watched import Lying, lying_in
from lienthu.domain.digital.services import boards, watching
from lienthu.domain.digital.services.boards import Planned, ProjectFacts
from lienthu.domain.digital.tests.cast import CLERK
from lienthu.domain.network.tests.factories import make_library

pytestmark = pytest.mark.django_db
LATER = 3600.0


@pytest.fixture
def project(tmp_path: Path, settings: Any) -> Project:
    settings.DIGITAL_DIR = tmp_path / "digital"
    folder = tmp_path / "máy quét"
    folder.mkdir()
    return boards.create_project(
        "quet", make_library(), ProjectFacts("Quét hằng ngày", watched_folder=str(folder)), actor=CLERK
    )


def scanned(project: Project, name: str, *shades: int) -> Path:
    folder = Path(project.watched_folder) / name
    folder.mkdir()
    for n, shade in enumerate(shades, 1):
        image = (pyvips.Image.black(40, 60, bands=3) + shade).cast("uchar")
        image.write_to_file(str(folder / f"{n}.png"))
    return folder


def turn(after: float = LATER) -> int:
    return watching.watch(now=time.time() + after)


def test_what_is_quiet_is_taken_in_once_and_put_away_with_a_report(project: Project) -> None:
    """WFL-16."""
    folder = scanned(project, "Báo Vàng Danh 1936", 10, 20)
    (folder / "ghi chú.txt").write_text("quét lại trang 7")
    (folder / "3.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert turn(after=30) == 0, "the scanner may still be writing"
    assert turn() == 1
    obj = DigitalObject.objects.get()
    assert (obj.title, obj.project, obj.pages.count()) == ("Báo Vàng Danh 1936", project, 3)
    assert not folder.exists()
    done = folder.parent / "done"
    assert sorted(p.name for p in (done / folder.name).iterdir()) == ["1.png", "2.png", "3.png", "ghi chú.txt"]
    report = json.loads((done / f"{folder.name}.report.json").read_text())
    assert (report["object"], report["files"]) == (obj.public_id, 3)
    assert [(one["name"], one["code"]) for one in report["left_out"]] == [("ghi chú.txt", "unsupported")]
    assert [(one["page"], one["file"]) for one in report["unread"]] == [(3, "3.png")]
    assert turn() == 0


def test_a_kill_between_the_object_and_the_move_loses_and_doubles_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WFL-16."""
    folder = scanned(project, "Gia phả họ Vũ", 30)

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(watching, "_put_away", killed)
        with pytest.raises(KeyboardInterrupt):
            turn()
    assert folder.exists()
    assert turn() == 0
    assert DigitalObject.objects.count() == 1
    assert (folder.parent / "done" / folder.name / "1.png").exists()


def test_what_cannot_be_taken_in_lies_in_failed_with_the_reason(project: Project) -> None:
    """WFL-16."""
    root = Path(project.watched_folder)
    (root / "trống").mkdir()
    (root / "hỏng.zip").write_bytes(b"PK no archive")
    (root / "ghi chú.txt").write_text("không phải bản quét")
    os.symlink("/etc", root / "lối tắt")
    assert turn() == 0
    assert sorted(p.name for p in (root / "failed").iterdir() if not p.name.endswith(".json")) == ["hỏng.zip", "trống"]
    assert json.loads((root / "failed" / "trống.report.json").read_text())["message"]
    assert (root / "ghi chú.txt").exists()
    assert (root / "lối tắt").is_symlink()
    assert not DigitalObject.objects.exists()


def test_a_planned_title_gets_its_pages(project: Project) -> None:
    """WFL-16."""
    (planned,) = boards.plan(project.pk, [Planned("Địa chí Cẩm Phả")], actor=CLERK)
    scanned(project, "địa chí cẩm phả", 40, 50)
    assert turn() == 1
    planned.refresh_from_db()
    assert (planned.stage, planned.pages.count(), DigitalObject.objects.count()) == ("scanned", 2, 1)


def test_a_folder_that_is_none_and_a_closed_project_are_left_alone(project: Project, tmp_path: Path) -> None:
    scanned(project, "x", 60)
    project.closed = True
    project.save()
    assert turn() == 0
    project.closed, project.watched_folder = False, str(tmp_path / "không có")
    project.save()
    assert turn() == 0


def test_what_lies_loose_or_failed_is_told(project: Project) -> None:
    """WFL-16: a scanner that drops pages into the folder itself would wait for ever."""
    root = Path(project.watched_folder)
    assert not lying_in(str(root))
    scanned(project, "Sổ tay", 10)
    (root / ".đang chép").write_bytes(b"x")
    (root / "Trống").mkdir()
    for n in range(4):
        (root / f"trang {n}.tif").write_bytes(b"x")
    (root / "liên kết").symlink_to(root / "trang 0.tif")
    told = Lying(True, 4, ("trang 0.tif", "trang 1.tif", "trang 2.tif"), 0)
    assert lying_in(str(root)) == told
    turn()
    assert lying_in(str(root)).failed == 1
    assert lying_in(str(root)).loose == 4
    assert lying_in(str(root / "nowhere")) == Lying(there=False)
