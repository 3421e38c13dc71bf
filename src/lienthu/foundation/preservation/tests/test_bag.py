"""Rule PRS-7: bags that bagit finds whole, and bags of others that are read with care."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import bagit
import pytest

from lienthu.foundation.kernel.refusal import Refused
from lienthu.foundation.preservation import bag
from lienthu.foundation.preservation.work import open_bag

FILES = {"masters/trang 1.tif": b"II*\x00" * 1000, "masters/2.tif": b"", "metadata/mets.xml": b"<mets/>"}


def packed(target: Path) -> Path:
    info = [("External-Identifier", "urn:lienthu:digital:abcdefghijkl"), ("Source-Organization", "Thư viện\ntỉnh")]
    bag.write(target, FILES, info=info)
    return target


def as_dict(folder: Path) -> dict[str, bytes]:
    found = bag.check(folder)
    return {p.path: (folder / p.place).read_bytes() for p in found.payload}


def test_bagit_finds_our_bags_whole(tmp_path: Path) -> None:
    folder = packed(tmp_path / "bag")
    other = bagit.Bag(str(folder))
    assert other.validate()
    assert other.version_info == (1, 0)
    assert other.info["Source-Organization"] == "Thư viện tỉnh"
    assert sorted(other.algorithms) == ["sha256", "sha512"]
    assert as_dict(folder) == FILES


@pytest.mark.parametrize("algorithms", [["md5"], ["sha1", "sha512"], ["sha256"]])
def test_bags_of_bagit_are_read(tmp_path: Path, algorithms: list[str]) -> None:
    for name, data in FILES.items():
        (tmp_path / "bag" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "bag" / name).write_bytes(data)
    bagit.make_bag(str(tmp_path / "bag"), {"Contact-Name": "Chị Hoa"}, checksums=algorithms)
    found = bag.check(tmp_path / "bag")
    assert ("Contact-Name", "Chị Hoa") in found.info
    assert found.version == "0.97"
    assert as_dict(tmp_path / "bag") == FILES
    assert {p.sha256 for p in found.payload} == {hashlib.sha256(data).hexdigest() for data in FILES.values()}


def test_names_of_another_normal_form_are_read_in_ours(tmp_path: Path) -> None:
    name = "vi\u0323nh.tif"
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag" / name).write_bytes(b"1")
    bagit.make_bag(str(tmp_path / "bag"), checksums=["sha256"])
    assert as_dict(tmp_path / "bag") == {"vịnh.tif": b"1"}


def test_a_percent_sign_in_a_name_comes_back(tmp_path: Path) -> None:
    bag.write(tmp_path / "bag", {"100%25 a.tif": b"1", "50%.tif": b"2"}, info=[])
    assert as_dict(tmp_path / "bag") == {"100%25 a.tif": b"1", "50%.tif": b"2"}


def retold(folder: Path) -> None:
    """Make the tag manifests fit again, so that only what was changed on purpose is wrong."""
    for path in folder.glob("tagmanifest-*.txt"):
        path.unlink()


def lines(change: Callable[[str], str], name: str = "manifest-sha256.txt") -> Callable[[Path], None]:
    def act(folder: Path) -> None:
        (folder / name).write_text(change((folder / name).read_text()))

    return act


def twice(folder: Path) -> None:
    (folder / "data/masters/2.TIF").write_bytes(b"")


def unicode_twice(folder: Path) -> None:
    for name in ("e\u0302.tif", "ê.tif"):
        (folder / "data" / name).write_bytes(b"")


HOSTILE = {
    "not-a-bag": lambda f: (f / "bagit.txt").unlink(),
    "bag-version": lines(lambda s: s.replace("1.0", "7.0"), "bagit.txt"),
    "bag-encoding": lines(lambda s: s.replace("UTF-8", "UTF-16"), "bagit.txt"),
    "bag-fetch": lambda f: (f / "fetch.txt").write_text("file:///etc/passwd - data/passwd\n"),
    "bag-no-manifest": lambda f: [p.unlink() for p in f.glob("manifest-*.txt")],
    "bag-manifest": lines(lambda s: "nonsense\n" + s),
    "bag-file-missing": lambda f: (f / "data/masters/2.tif").unlink(),
    "bag-file-unexpected": lambda f: (f / "data/more.tif").write_bytes(b""),
    "bag-wrong-digest": lambda f: (f / "data/masters/2.tif").write_bytes(b"1"),
    "bag-oxum": lines(lambda s: s.replace("Payload-Oxum: ", "Payload-Oxum: 9"), "bag-info.txt"),
    "not-a-file": lambda f: (f / "data/link").symlink_to("/etc/passwd"),
    "not-a-file ": lambda f: (f / "data/folder").symlink_to("/etc"),
    "name-twice": twice,
    "name-twice ": unicode_twice,
    "name-twice  ": lines(lambda s: s + s),
    "unsafe-name": lines(lambda s: s.replace("data/masters/2.tif", "data/../../../../etc/passwd")),
    "unsafe-name ": lines(lambda s: s.replace("data/masters/2.tif", "/etc/passwd")),
    "unsafe-name  ": lines(lambda s: s.replace("data/masters/2.tif", "~/.bashrc")),
    "unsafe-name   ": lines(lambda s: s.replace("data/masters/2.tif", "../bag-of-another/data/x")),
    "unsafe-name    ": lines(lambda s: s.replace("data/masters/2.tif", "data/masters/2.tif%0Ax")),
    "unsafe-name     ": lambda f: (f / "data/a\u202efit.exe").write_bytes(b""),
}


@pytest.mark.parametrize("code", HOSTILE)
def test_hostile_bags_are_refused(tmp_path: Path, code: str) -> None:
    folder = packed(tmp_path / "bag")
    bag.check(folder)
    retold(folder)
    HOSTILE[code](folder)
    with pytest.raises(Refused) as caught:
        open_bag(str(folder), "")
    assert caught.value.code == code.strip()


def test_a_changed_tag_file_is_found(tmp_path: Path) -> None:
    folder = packed(tmp_path / "bag")
    lines(lambda s: s.replace("tỉnh", "khác"), "bag-info.txt")(folder)
    with pytest.raises(Refused, match="bag-wrong-digest"):
        bag.check(folder)


def test_a_bag_in_a_zip_may_not_slip(tmp_path: Path) -> None:
    path = packed(tmp_path / "bag.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("bag/data/../../../x", b"")
    (tmp_path / "out").mkdir()
    with pytest.raises(Refused, match="unsafe-name"):
        open_bag(str(path), str(tmp_path / "out"))


def test_a_bag_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    def broken():
        yield b"1"
        raise OSError("disk")

    for name in ("bag", "bag.zip"):
        with pytest.raises(OSError, match="disk"):
            bag.write(tmp_path / name, {"a": broken()}, info=[])
    assert list(tmp_path.iterdir()) == []
    packed(tmp_path / "bag")
    with pytest.raises(FileExistsError):
        packed(tmp_path / "bag")
