"""Requests that are no tile: from the nearest level, in the right place and size. Rule IMG-6."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import pyvips
from PIL import Image

from lienthu.foundation.imaging import pyramid, request, watermark
from lienthu.foundation.imaging.render import render
from lienthu.foundation.imaging.tests import making
from lienthu.foundation.imaging.tiles import Pyramid

WIDE, HIGH = 1437, 1911
LETTERS = "ăâđêôơưạảấầẩẫậắằẳẵặẻỉịọỏốồổỗộớờỡợụủứừửữựỳỷỹ"
FONTS = Path(__file__).resolve().parents[5] / "node_modules" / "@fontsource" / "be-vietnam-pro"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("render")
    making.pattern(WIDE, HIGH).tiffsave(str(folder / "in.tif"))
    pyramid.build(folder / "in.tif", folder / "page.tif")
    return folder / "page.tif"


def answer(page: Path, path: str, mark: str = "", fonts: Path | None = None) -> Image.Image:
    made = Pyramid.read(page)
    data = render(page, made, request.read(3, path, made.width, made.height), watermark=mark, fonts=fonts)
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("path", [
    "full/max/0/default.jpg", "full/500,/0/default.jpg", "full/90,/0/default.png", "square/300,/0/default.webp",
    "100,200,300,400/max/0/default.jpg", "1237,1811,200,100/100,/0/default.png", "pct:20,20,33.3,41/,150/0/default.jpg",
    "7,9,400,400/^1000,/0/default.jpg", "full/200,900/0/default.jpg", "1405,1880,32,31/max/0/default.png",
    "0,0,1437,3/max/0/default.png",
])  # fmt: skip
def test_the_right_place_in_the_right_size(page: Path, path: str) -> None:
    asked = request.read(3, path, WIDE, HIGH)
    found = answer(page, path)
    assert found.size == asked.size
    x, y, w, h = asked.region
    source = making.pattern(WIDE, HIGH).crop(x, y, w, h)
    expected = source.thumbnail_image(asked.size.w, height=asked.size.h, size="force").numpy().astype(int)
    assert np.abs(np.asarray(found.convert("RGB")).astype(int) - expected).mean() < 4


def test_turning_and_mirroring(tmp_path: Path) -> None:
    making.quarters().tiffsave(str(tmp_path / "in.tif"))
    pyramid.build(tmp_path / "in.tif", tmp_path / "page.tif")

    def corners(path: str) -> str:
        data = np.asarray(answer(tmp_path / "page.tif", path).convert("RGB"))
        return " ".join(making.corners(making.of_array(np.ascontiguousarray(data))))

    assert corners("full/max/0/default.jpg") == "red green blue white"
    assert corners("full/max/90/default.jpg") == "blue red white green"
    assert corners("full/max/180/default.jpg") == "white blue green red"
    assert corners("full/max/270/default.jpg") == "green white red blue"
    assert corners("full/max/!0/default.jpg") == "green red white blue"
    assert corners("full/max/!90/default.jpg") == "white green blue red"  # mirrored first, then turned
    assert answer(tmp_path / "page.tif", "full/max/90/default.jpg").size == (300, 400)
    aslant = answer(tmp_path / "page.tif", "full/max/45/default.png")
    assert aslant.mode == "RGBA"
    assert aslant.getpixel((2, 2))[3] == 0
    assert answer(tmp_path / "page.tif", "full/max/45/default.jpg").getpixel((2, 2)) == (255, 255, 255)


def test_qualities_and_formats(page: Path) -> None:
    assert answer(page, "full/300,/0/gray.jpg").mode == "L"
    bitonal = answer(page, "full/300,/0/bitonal.png")
    assert bitonal.mode == "1"
    assert answer(page, "full/300,/0/color.jpg").mode == "RGB"
    for kind, name in (("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")):
        assert answer(page, f"full/300,/0/default.{kind}").format == name
    assert set(np.unique(np.asarray(answer(page, "full/300,/0/bitonal.webp").convert("L")) > 127)) == {False, True}


@pytest.mark.parametrize("fonts", [FONTS, None])
def test_a_watermark_is_seen_and_hides_little(page: Path, fonts: Path | None) -> None:
    plain = np.asarray(answer(page, "full/700,/0/default.png").convert("L")).astype(int)
    marked = np.asarray(answer(page, "full/700,/0/default.png", "Thư viện tỉnh", fonts).convert("L")).astype(int)
    changed = np.abs(plain - marked) > 8
    assert 0.005 < changed.mean() < 0.4
    for half in (changed[:, :350], changed[:, 350:], changed[:400], changed[400:]):
        assert half.any()  # wherever a part is cut out, some of it stays


@pytest.mark.skipif(not FONTS.is_dir(), reason="the npm packages are not installed")
def test_the_letters_of_vietnamese_are_drawn_without_fonts_of_the_system() -> None:
    """No two of them alike: what a font lacks it draws as one and the same box."""
    drawn = [bytes(watermark._line(letter, 40, FONTS).write_to_memory()) for letter in LETTERS]
    assert len(set(drawn)) == len(drawn)
    assert min(max(one) for one in drawn) > 128


def test_grey_pages_stay_grey(tmp_path: Path) -> None:
    making.text_page().save(tmp_path / "in.tif")
    pyramid.build(tmp_path / "in.tif", tmp_path / "page.tif")
    assert answer(tmp_path / "page.tif", "full/300,/0/default.jpg").mode == "L"
    assert answer(tmp_path / "page.tif", "full/300,/0/default.jpg", "Bản đọc").mode == "L"
    assert pyvips.Image.new_from_file(str(tmp_path / "page.tif")).bands == 1
