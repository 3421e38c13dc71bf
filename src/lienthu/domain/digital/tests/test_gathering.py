"""What of a folder becomes pages is told by content, and what does not is named."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from lienthu.domain.digital.errors import AlreadyHere, DigitalRefused
from lienthu.domain.digital.models import Collection, DigitalObject, MasterFile, Page
from lienthu.domain.digital.services import intake
from lienthu.domain.digital.services.gathering import gathered
from lienthu.domain.digital.services.intake import Description
from lienthu.domain.digital.tests.cast import CLERK
from lienthu.domain.network.tests.factories import make_library

PICTURE = b"\xff\xd8\xff\xe0 a picture, by its first bytes"


def folder_of(tmp_path: Path) -> Path:
    folder = tmp_path / "quyen"
    (folder / "phu luc").mkdir(parents=True)
    for name, content in {
        "1": PICTURE, "2.bin": PICTURE, "3.jpg": b"no picture, but it promises one", "10.tif": PICTURE,
        "phu luc/ghi chu.txt": b"ghi", "phu luc/anh.gif": b"GIF89a", "Thumbs.db": b"x", ".an": PICTURE,
    }.items():  # fmt: skip
        (folder / name).write_bytes(content)
    with zipfile.ZipFile(folder / "phan 2.zip", "w") as z:
        z.writestr("1.jpg", PICTURE)
    (folder / "bia.jpg").symlink_to(folder / "1")
    return folder


def test_content_decides_and_what_is_left_out_is_named(tmp_path: Path) -> None:
    """ING-9."""
    with gathered(folder_of(tmp_path)) as found:
        assert [p.name for p in found.files] == ["1", "2.bin", "3.jpg", "10.tif"]
    assert {one.name: one.code for one in found.left_out} == {
        "bia.jpg": "link", "phan 2.zip": "nested-archive", "phu luc/anh.gif": "unsupported",
        "phu luc/ghi chu.txt": "unsupported",
    }  # fmt: skip
    assert all(one.told()["message"] != one.code for one in found.left_out)
    misnamed = tmp_path / "trang.zip"
    misnamed.write_bytes(PICTURE)
    with gathered(misnamed) as one:
        assert one.files == (misnamed,)


def test_paths_are_understood_from_where_the_person_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ING-8: the sandbox stands elsewhere."""
    folder = folder_of(tmp_path)
    (folder / "phan 2.zip").rename(tmp_path / "quyen.zip")
    monkeypatch.chdir(tmp_path)
    with gathered(Path("quyen")) as found:
        assert all(p.is_absolute() for p in found.files)
    with gathered(Path("quyen.zip")) as unpacked:
        assert [p.name for p in unpacked.files] == ["1.jpg"]
    assert [given.path for given in intake.digests_of([Path("quyen/1")])] == [folder / "1"]


@pytest.mark.django_db
def test_an_object_of_which_nothing_could_be_read_gives_way_to_another_try(tmp_path: Path) -> None:
    """ING-2: its files stay where they are, under its own name."""
    library, page = make_library(), tmp_path / "1.jpg"
    page.write_bytes(PICTURE)
    first = intake.take_in([page], Description("Kế hoạch"), library=library, actor=CLERK)
    assert [p.state for p in first.pages.all()] == ["failed"]
    second = intake.take_in([page], Description("Kế hoạch"), library=library, actor=CLERK)
    first.refresh_from_db()
    assert (first.received_digest, MasterFile.objects.filter(object=first).count()) == (None, 1)
    Page.objects.filter(object=second).update(state=Page.State.READY)
    with pytest.raises(AlreadyHere) as refused:
        intake.take_in([page], Description("Kế hoạch"), library=library, actor=CLERK)
    assert refused.value.public_id == second.public_id


@pytest.mark.django_db
def test_nothing_is_taken_into_the_collection_of_another_library(tmp_path: Path) -> None:
    """WFL-15."""
    page = tmp_path / "1.jpg"
    page.write_bytes(PICTURE)
    theirs = Collection.objects.create(library=make_library(code="VN-QNK1"), code="cua-ho", name="Của họ")
    with pytest.raises(DigitalRefused):
        intake.take_in([page], Description("Kế hoạch", collection=theirs), library=make_library(), actor=CLERK)
    assert not DigitalObject.objects.exists()
