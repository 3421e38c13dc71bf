"""Rule PRS-6: archives that anybody may have made: what is safe comes out, and never elsewhere."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import struct
import tarfile
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthu.foundation.kernel.refusal import Refused
from lienthu.foundation.preservation import safe_tar, safe_zip
from lienthu.foundation.preservation.unpacking import Limits, safe_name

SMALL = Limits(files=5, file_mb=2, total_mb=4, ratio=10, free_mb=3, depth=4)


def zipped(folder: Path, *members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "a.zip"
    warnings.filterwarnings("ignore", "Duplicate name")
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def tarred(folder: Path, *members: tarfile.TarInfo, mode: str = "w:gz") -> Path:
    path = folder / "a.tar"
    with tarfile.open(path, mode) as archive:
        for member in members:
            archive.addfile(member, io.BytesIO(b"x" * member.size) if member.isreg() else None)
    return path


def refusal(unpack, path: Path, limits: Limits | None = None) -> str:
    """The code of the refusal, and that nothing came to lie outside the folder."""
    into = path.parent / "deep" / "er" / "out"
    into.mkdir(parents=True)
    before = {p for p in path.parent.rglob("*") if into not in p.parents}
    with pytest.raises(Refused) as caught:
        unpack(path, into, limits)
    assert {p for p in path.parent.rglob("*") if into not in p.parents} == before
    return caught.value.code


def test_files_come_out_as_they_went_in(tmp_path: Path) -> None:
    path = zipped(tmp_path, ("Sách cũ/trang 01.tif", b"1" * 3_000_000), ("Sách cũ/", b""), ("b\\c.tif", b""),
                  ("__MACOSX/._b", b"?"), ("Sách cũ/Thumbs.db", b"?"))  # fmt: skip
    into = tmp_path / "out"
    into.mkdir()
    assert [(f.name, f.size) for f in safe_zip.unpack(path, into)] == [
        ("Sách cũ/trang 01.tif", 3_000_000),
        ("b/c.tif", 0),
    ]
    assert (into / "Sách cũ/trang 01.tif").read_bytes() == b"1" * 3_000_000
    assert stat.S_IMODE((into / "b/c.tif").stat().st_mode) == 0o600


def test_vietnamese_names_written_without_saying_how_are_read(tmp_path: Path) -> None:
    path = zipped(tmp_path, ("Vịnh.tif", b"1"))
    data = path.read_bytes()
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(signature) + offset
        flags = struct.unpack_from("<H", data, at)[0] & ~0x800
        data = data[:at] + struct.pack("<H", flags) + data[at + 2 :]
    path.write_bytes(data)
    (tmp_path / "out").mkdir()
    assert [f.name for f in safe_zip.unpack(path, tmp_path / "out")] == ["Vịnh.tif"]


@pytest.mark.parametrize(
    "name", ["../x", "a/../../x", "/etc/x", "C:\\x", "..\\x", "a\u202efdp.tif", "a\nb", "x" * 201, "\u200b", "a/b/../c"]
)
def test_slips_are_refused(tmp_path: Path, name: str) -> None:
    assert refusal(safe_zip.unpack, zipped(tmp_path, (name, b"1"))) == "unsafe-name"


def test_tar_slips_are_refused(tmp_path: Path) -> None:
    member = tarfile.TarInfo("../x")
    member.size = 3
    assert refusal(safe_tar.unpack, tarred(tmp_path, member)) == "unsafe-name"


@pytest.mark.parametrize(
    "names", [("a", "a"), ("Đ", "đ"), ("é", "e\u0301"), ("a", "a/b"), ("a/b", "a"), ("A/b", "a/B")]
)
def test_names_that_are_one_somewhere_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    assert refusal(safe_zip.unpack, zipped(tmp_path, (names[0], b"1"), (names[1], b"2"))) == "name-twice"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_in_a_zip_are_refused(tmp_path: Path, kind: int) -> None:
    member = zipfile.ZipInfo("x")
    member.create_system, member.external_attr = 3, (kind | 0o777) << 16
    assert refusal(safe_zip.unpack, zipped(tmp_path, (member, b"/etc/passwd"))) == "not-a-file"


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("x")
    member.type, member.linkname = kind, "/etc/passwd"
    assert refusal(safe_tar.unpack, tarred(tmp_path, member)) == "not-a-file"


def test_a_bomb_is_refused_before_it_fills_the_disk(tmp_path: Path) -> None:
    path = zipped(tmp_path, *((f"{n}.tif", b"\0" * 1_500_000) for n in range(3)))
    assert path.stat().st_size < 20_000
    assert refusal(safe_zip.unpack, path, SMALL) == "bomb"


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, ("a.tif", b"\0" * 5_000_000))
    data = path.read_bytes()
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(signature) + offset
        data = data[:at] + struct.pack("<I", 10) + data[at + 4 :]
    path.write_bytes(data)
    assert refusal(safe_zip.unpack, path, SMALL) == "archive-damaged"


def test_a_tar_bomb_is_refused_while_it_unpacks(tmp_path: Path) -> None:
    members = [tarfile.TarInfo(f"{n}.tif") for n in range(3)]
    for member in members:
        member.size = 1_500_000
    assert refusal(safe_tar.unpack, tarred(tmp_path, *members), SMALL) == "bomb"


def test_files_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, ("a.tif", b"1" * 100), ("b.tif", b"1" * 100), method=zipfile.ZIP_STORED)
    data = path.read_bytes()
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    path.write_bytes(data[: second + 42] + struct.pack("<I", 0) + data[second + 46 :])
    assert refusal(safe_zip.unpack, path) == "bomb"


def test_limits_of_number_size_and_depth(tmp_path: Path) -> None:
    for name, members, code in (
        ("number", [(str(n), b"") for n in range(6)], "too-many-files"),
        ("size", [("a", os.urandom(2_200_000))], "file-too-large"),
        ("total", [(name, os.urandom(2_000_000)) for name in "abc"], "archive-too-large"),
        ("depth", [("a/b/c/d/e", b"")], "too-deep"),
    ):  # fmt: skip
        (tmp_path / name).mkdir()
        assert refusal(safe_zip.unpack, zipped(tmp_path / name, *members), SMALL) == code


def test_nested_archives_are_refused(tmp_path: Path) -> None:
    inner = zipped(tmp_path, ("x", b"1")).read_bytes()
    assert refusal(safe_zip.unpack, zipped(tmp_path, ("a.tif", inner))) == "nested-archive"


def test_encrypted_files_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, ("a.tif", b"1"))
    data = path.read_bytes()
    at = data.index(b"PK\x01\x02") + 8
    path.write_bytes(data[:at] + struct.pack("<H", 1) + data[at + 2 :])
    assert refusal(safe_zip.unpack, path) == "encrypted"


def test_methods_nobody_needs_are_refused(tmp_path: Path) -> None:
    assert refusal(safe_zip.unpack, zipped(tmp_path, ("a", b"1" * 99), method=zipfile.ZIP_LZMA)) == "method"


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"%PDF-1.7 and then", b"PK\x03\x04" + b"\0" * 60, b"PK\x05\x06" + b"\xff" * 18]
)
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    assert refusal(safe_zip.unpack, tmp_path / "a.zip") in ("not-a-zip", "archive-damaged")


def test_a_picture_with_a_zip_behind_it_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, ("a", b"1"))
    path.write_bytes(b"\xff\xd8\xff\xe0" + b"x" * 100 + path.read_bytes())
    assert refusal(safe_zip.unpack, path) == "not-a-zip"


def test_what_is_no_tar_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(b"hello" * 500)
    assert refusal(safe_tar.unpack, tmp_path / "a.tar") == "not-a-tar"


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_mangled_archive_is_refused_or_safe(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("zip")
    path = zipped(folder, ("a.tif", b"123" * 9), ("t/b.tif", b"4" * 40))
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(raw)
    into = folder / "in" / "out"
    into.mkdir(parents=True)
    with contextlib.suppress(Refused):
        safe_zip.unpack(path, into, SMALL)
    assert {p.name for p in folder.iterdir()} == {"a.zip", "in"}
    assert {p.name for p in (folder / "in").iterdir()} == {"out"}


@given(st.text(max_size=30))
def test_a_safe_name_stays_in_its_folder(name: str) -> None:
    try:
        safe = safe_name(name)
    except Refused:
        return
    assert os.path.normpath(f"/in/{safe}") == f"/in/{safe}"
    assert safe_name(safe) == safe
