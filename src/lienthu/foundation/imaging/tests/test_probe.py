"""What comes in: told by content, claims checked, bad input refused with a reason. Rules DIG-1 and IMG-1."""

from __future__ import annotations

import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from PIL import Image

from lienthu.foundation.imaging import probing, pyramid
from lienthu.foundation.imaging.tests import making
from lienthu.foundation.kernel.refusal import Refused
from lienthu.platform.sandbox import Failed, Limits, Sandbox

PROBE = "lienthu.foundation.imaging.work:probe"


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(Limits(memory_mb=500, seconds=40)) as sandbox:
        yield sandbox


def refusal(box: Sandbox, path: Path, **arguments: Any) -> str:
    with pytest.raises(Failed) as caught:
        box.call(PROBE, path=str(path), **arguments)
    assert caught.value.kind == "refused", caught.value
    return caught.value.reason


SAVERS: dict[str, Callable[[pyvips.Image, Path], None]] = {
    "jpeg": lambda image, path: image.jpegsave(str(path), Q=90),
    "png": lambda image, path: image.pngsave(str(path)),
    "tiff": lambda image, path: image.tiffsave(str(path), compression="deflate"),
    "webp": lambda image, path: image.webpsave(str(path)),
    "jp2": lambda image, path: Image.fromarray(image.numpy()).save(path, format="JPEG2000"),
}
TYPES = {"jpeg": "image/jpeg", "png": "image/png", "tiff": "image/tiff", "webp": "image/webp", "jp2": "image/jp2"}


@pytest.mark.parametrize("kind", SAVERS)
def test_each_format_is_told_by_its_content(box: Sandbox, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "scan.dat"
    SAVERS[kind](making.quarters().copy(xres=300 / 25.4, yres=300 / 25.4), path)
    facts = box.call(PROBE, path=str(path))
    assert (facts["format"], facts["media_type"]) == (kind, TYPES[kind])
    assert (facts["width"], facts["height"], facts["bands"], facts["bits"]) == (400, 300, 3, 24)
    assert (facts["frames"], facts["colour"], facts["orientation"]) == (1, "rgb", 1)
    assert facts["misnamed"]
    if kind in ("jpeg", "png", "tiff"):
        assert facts["dpi"] == pytest.approx(300, abs=1)


def test_a_wrong_suffix_is_told_and_does_not_decide(box: Sandbox, tmp_path: Path) -> None:
    for name, expected in (("a.tif", True), ("a.JPG", False), ("a", False)):
        making.quarters().jpegsave(str(tmp_path / "x.jpg"))
        path = (tmp_path / "x.jpg").rename(tmp_path / name)
        facts = box.call(PROBE, path=str(path))
        assert (facts["format"], facts["misnamed"]) == ("jpeg", expected)


def test_what_the_file_says_of_itself(box: Sandbox, tmp_path: Path) -> None:
    bits = making.of_array((np.indices((64, 64)).sum(0) % 2 * 255).astype(np.uint8))
    bits.tiffsave(str(tmp_path / "one.tif"), bitdepth=1, compression="ccittfax4")
    facts = box.call(PROBE, path=str(tmp_path / "one.tif"))
    assert (facts["bits"], facts["colour"], facts["dpi"]) == (1, "grey", None)
    deep = making.of_array(np.full((32, 32, 3), 40_000, np.uint16))
    deep.pngsave(str(tmp_path / "deep.png"))
    assert box.call(PROBE, path=str(tmp_path / "deep.png"))["bits"] == 48
    cmyk = Image.new("CMYK", (32, 32), (10, 20, 30, 40))
    cmyk.save(tmp_path / "cmyk.jpg")
    assert box.call(PROBE, path=str(tmp_path / "cmyk.jpg"))["colour"] == "cmyk"
    turned = making.quarters().copy()
    turned.set_type(pyvips.GValue.gint_type, "orientation", 6)
    turned.jpegsave(str(tmp_path / "turned.jpg"))
    assert box.call(PROBE, path=str(tmp_path / "turned.jpg"))["orientation"] == 6


def test_pages_of_a_tiff_are_counted_and_smaller_levels_are_not(box: Sandbox, tmp_path: Path) -> None:
    pages = [Image.new("L", (80 + 10 * n, 60), 50 * n) for n in range(4)]
    pages[0].save(tmp_path / "pages.tif", save_all=True, append_images=pages[1:])
    assert box.call(PROBE, path=str(tmp_path / "pages.tif"))["frames"] == 4
    making.pattern(1500, 1500).tiffsave(str(tmp_path / "levels.tif"), pyramid=True, tile=True)
    assert box.call(PROBE, path=str(tmp_path / "levels.tif"))["frames"] == 1


def test_a_tiff_of_many_pages_is_not_read_from_the_start_for_each(box: Sandbox, tmp_path: Path) -> None:
    """IMG-1: 600 pages took over a minute when libtiff walked to each of them."""
    pages = [Image.new("L", (20 + n % 7, 30), n % 256) for n in range(600)]
    pages[0].save(tmp_path / "many.tif", save_all=True, append_images=pages[1:])
    assert box.call(PROBE, path=str(tmp_path / "many.tif"))["frames"] == 600
    made = box.call(
        "lienthu.foundation.imaging.work:pyramid",
        path=str(tmp_path / "many.tif"),
        target=str(tmp_path / "out.tif"),
        frame=599,
    )
    assert made["width"] == 20 + 599 % 7
    assert making.read(tmp_path / "out.tif")(5, 5)[0] == pytest.approx(599 % 256, abs=2)


def test_of_very_many_pages_the_later_ones_are_read_with_their_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """IMG-1: a damaged one is a bad page then, not the end of the volume."""
    noise = np.random.default_rng(1).integers(0, 255, (3, 90, 120)).astype(np.uint8)
    pages = [Image.fromarray(one) for one in noise]
    path = tmp_path / "long.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:], compression="tiff_deflate")
    with Image.open(path) as opened:
        opened.seek(2)
        begins = opened.tag_v2[273][0]  # where the pixels of the last page are said to lie
    whole = path.read_bytes()
    said = struct.pack("<HHII", 273, 4, 1, begins)
    assert whole.count(said) == 1
    path.write_bytes(whole.replace(said, struct.pack("<HHII", 273, 4, 1, len(whole) + 1000)))
    with pytest.raises(Refused):
        probing.probe(path)  # short enough to be read whole
    monkeypatch.setattr(probing, "_LOOKED_AT", 2 * 90 * 120)
    assert probing.probe(path)["frames"] == 3
    assert pyramid.build(path, tmp_path / "1.tif", frame=1)["width"] == 120
    with pytest.raises(Refused):
        pyramid.build(path, tmp_path / "2.tif", frame=2)


def test_an_empty_file_is_refused(box: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "page.tif").touch()
    assert refusal(box, tmp_path / "page.tif") == "empty"


@pytest.mark.parametrize(
    "content", [b"GIF89a" + bytes(50), b"MZ" + bytes(99), b"Xin chao", b"PK\3\4" + bytes(99), b"\0"]
)
def test_what_is_no_readable_picture_is_unsupported(box: Sandbox, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "page.jpg").write_bytes(content)
    assert refusal(box, tmp_path / "page.jpg") == "unsupported"


@pytest.mark.parametrize("kind", SAVERS)
def test_a_file_that_is_cut_off_is_refused(box: Sandbox, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "page"
    noise = making.of_array(np.random.default_rng(2).integers(0, 255, (300, 400, 3), np.uint8))
    SAVERS[kind](noise, path)
    whole = path.read_bytes()
    for part in (0.02, 0.5, 0.9):
        path.write_bytes(whole[: int(len(whole) * part)])
        assert refusal(box, path) in ("truncated", "damaged")
        if kind in ("jpeg", "png") and part > 0.1:
            box.call(PROBE, path=str(path), decode=False)  # the header alone would have passed


def png_claiming(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def tiff_claiming(width: int, height: int) -> bytes:
    tags = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8),
            (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, 100)]  # fmt: skip
    return (
        b"II*\0" + struct.pack("<IH", 8, len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + bytes(700)
    )


def jpeg_claiming(path: Path, width: int, height: int) -> bytes:
    making.quarters(16, 16).jpegsave(str(path))
    data = bytearray(path.read_bytes())
    at = data.index(b"\xff\xc0")
    struct.pack_into(">HH", data, at + 5, height, width)
    return bytes(data)


def test_a_bomb_is_refused_before_it_is_opened(box: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    for content in (png_claiming(50_000, 50_000), tiff_claiming(50_000, 50_000), jpeg_claiming(path, 50_000, 50_000)):
        path.write_bytes(content)
        assert len(content) < 1100
        assert refusal(box, path) == "implausible-size"
        assert refusal(box, path, pixel_limit=10**12) == "implausible-size"
    for width, height in ((20_100, 20_000), (1_000_000, 500)):
        path.write_bytes(png_claiming(width, height) + bytes(200_000))
        assert refusal(box, path) == "too-many-pixels"
    path.write_bytes(jpeg_claiming(path, 7000, 7000))  # plausible, then found to be cut off
    assert refusal(box, path) in ("truncated", "damaged")


def test_two_things_in_one_file_are_refused(box: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "two.jpg"
    making.quarters().jpegsave(str(path))
    picture = path.read_bytes()
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("evil.class", b"code")
    path.write_bytes(picture + (tmp_path / "z.zip").read_bytes())
    assert refusal(box, path) == "polyglot"
    comment = b"<script>alert(1)</script>"
    path.write_bytes(picture[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + picture[2:])
    assert refusal(box, path) == "polyglot"
    comment = b"%PDF-1.7 "
    path.write_bytes(picture[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + picture[2:])
    assert refusal(box, path) == "polyglot"
    making.pdf_of(tmp_path / "a.pdf", (100, 100))
    path.write_bytes(b"GIF89a" + bytes(10) + (tmp_path / "a.pdf").read_bytes())
    assert refusal(box, path) == "unsupported"
    path.write_bytes((tmp_path / "a.pdf").read_bytes() + (tmp_path / "z.zip").read_bytes())
    assert refusal(box, path) == "polyglot"


def test_a_tiff_whose_directories_run_in_a_circle_is_refused(box: Sandbox, tmp_path: Path) -> None:
    data = bytearray(tiff_claiming(10, 10))
    struct.pack_into("<I", data, 8 + 2 + 9 * 12, 8)
    (tmp_path / "circle.tif").write_bytes(data)
    assert refusal(box, tmp_path / "circle.tif") == "damaged"


def test_pdf(box: Sandbox, tmp_path: Path) -> None:
    facts = box.call(PROBE, path=str(making.pdf_of(tmp_path / "a.pdf", (595, 842), (842, 595))))
    assert (facts["format"], facts["frames"], facts["dpi"]) == ("pdf", 2, 200)
    assert (facts["width"], facts["height"]) == (1653, 2339)
    assert refusal(box, making.pdf_of(tmp_path / "locked.pdf", (595, 842), password="x")) == "encrypted"
    whole = (tmp_path / "a.pdf").read_bytes()
    (tmp_path / "cut.pdf").write_bytes(whole[:60])
    assert refusal(box, tmp_path / "cut.pdf") == "damaged"


def test_fuzzed_files_are_read_or_refused_and_never_break_anything(box: Sandbox, tmp_path: Path) -> None:
    dice = random.Random(7)  # the same every time
    seeds: list[bytes] = []
    for kind, save in SAVERS.items():
        save(making.quarters(64, 48), tmp_path / kind)
        seeds.append((tmp_path / kind).read_bytes())
    seeds.append(making.pdf_of(tmp_path / "p.pdf", (200, 200), body=b"0 0 1 rg 10 10 50 50 re f").read_bytes())
    outcomes = set()
    for seed in seeds:
        for _ in range(12):
            data = bytearray(seed)
            for _ in range(dice.randint(1, 12)):
                data[dice.randrange(len(data))] = dice.randrange(256)
            (tmp_path / "fuzzed").write_bytes(data)
            try:
                box.call(PROBE, path=str(tmp_path / "fuzzed"))
                outcomes.add("read")
            except Failed as failure:
                outcomes.add(failure.kind)
    assert {"read", "refused"} <= outcomes <= {"read", "refused", "memory"}
