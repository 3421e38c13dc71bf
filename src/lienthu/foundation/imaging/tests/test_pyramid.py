"""From any picture to the pyramid, and from there to tiles of the same pixels. Rules IMG-3 and IMG-4."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageCms

from lienthu.foundation.imaging import pyramid, tiles, work
from lienthu.foundation.imaging.request import Region, Size
from lienthu.foundation.imaging.tests import making
from lienthu.foundation.kernel.refusal import Refused
from lienthu.platform.sandbox import Limits, Sandbox


def built(tmp_path: Path, source: Path, **options: Any) -> tuple[dict[str, Any], pyvips.Image]:
    facts = pyramid.build(source, tmp_path / "out.tif", **options)
    return facts, making.read(tmp_path / "out.tif")


def saved(tmp_path: Path, image: pyvips.Image, orientation: int = 1) -> Path:
    image = image.copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", orientation)
    image.tiffsave(str(tmp_path / "in.tif"))
    return tmp_path / "in.tif"


@pytest.mark.parametrize(("orientation", "expected"), [
    (1, "red green blue white"),
    (2, "green red white blue"),
    (3, "white blue green red"),
    (4, "blue white red green"),
    (5, "red blue green white"),
    (6, "blue red white green"),
    (7, "white green blue red"),
    (8, "green white red blue"),
])  # fmt: skip
def test_pictures_are_turned_as_their_exif_says(tmp_path: Path, orientation: int, expected: str) -> None:
    facts, image = built(tmp_path, saved(tmp_path, making.quarters(), orientation))
    assert making.corners(image) == expected.split()
    assert (facts["width"], facts["height"]) == ((400, 300) if orientation < 5 else (300, 400))


def test_a_page_is_turned_by_hand_after_that_and_then_cut(tmp_path: Path) -> None:
    source = saved(tmp_path, making.quarters(), 6)  # blue red / white green
    _, image = built(tmp_path, source, rotation=90)  # white blue / green red
    assert making.corners(image) == ["white", "blue", "green", "red"]
    facts, left = built(tmp_path, source, rotation=90, crop=[0, 0, 0.5, 1])  # the left of a double page
    assert making.corners(left) == ["white", "white", "green", "green"]
    assert (facts["width"], facts["height"]) == (200, 300)
    facts, right = built(tmp_path, source, rotation=90, crop=[0.5, 0.5, 0.5, 0.5])
    assert set(making.corners(right)) == {"red"}
    for crop in ([0, 0, 0, 1], [1, 0, 1, 1], [-0.1, 0, 1, 1]):
        with pytest.raises(ValueError, match="crop"):
            built(tmp_path, source, crop=crop)
    with pytest.raises(ValueError, match="right angle"):
        built(tmp_path, source, rotation=45)


def test_cmyk_becomes_srgb(tmp_path: Path) -> None:
    Image.new("CMYK", (200, 200), (0, 255, 255, 0)).save(tmp_path / "red.tif")
    _, image = built(tmp_path, tmp_path / "red.tif")
    red, green, blue = image(100, 100)
    assert image.bands == 3
    assert red > 200
    assert green < 80
    assert blue < 80


def test_a_colour_profile_is_applied_and_a_broken_one_is_left_aside(tmp_path: Path) -> None:
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    grey = making.of_array(np.full((64, 64, 3), 128, np.uint8))
    for profile in (swapped, b"no profile at all", b""):
        image = grey.copy()
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
        image.tiffsave(str(tmp_path / "in.tif"))
        _, made = built(tmp_path, tmp_path / "in.tif")
        assert made(32, 32) == pytest.approx([128, 128, 128], abs=2)
    # the wide colours of Display P3 are other numbers in sRGB
    wide = making.of_array(np.tile(np.array([200, 60, 60], np.uint8), (64, 64, 1)))
    converted = wide.icc_transform("p3", input_profile="srgb")
    assert converted(5, 5) != wide(5, 5)
    converted.tiffsave(str(tmp_path / "in.tif"))
    _, made = built(tmp_path, tmp_path / "in.tif")
    assert made(32, 32) == pytest.approx([200, 60, 60], abs=4)


def test_bits_of_any_depth_become_eight(tmp_path: Path) -> None:
    deep = making.of_array(np.full((64, 64), 0x8080, np.uint16))
    facts, image = built(tmp_path, saved(tmp_path, deep))
    assert (facts["bits"], image.bands, image.format) == (16, 1, "uchar")
    assert image(32, 32)[0] == pytest.approx(0x80, abs=1)
    coloured = making.of_array(np.tile(np.array([0xFFFF, 0x8080, 0], np.uint16), (64, 64, 1)))
    _, image = built(tmp_path, saved(tmp_path, coloured))
    assert image(32, 32) == pytest.approx([255, 128, 0], abs=3)
    one = making.of_array((np.arange(64 * 64).reshape(64, 64) % 64 < 32).astype(np.uint8) * 255)
    one.tiffsave(str(tmp_path / "one.tif"), bitdepth=1, compression="ccittfax4", miniswhite=True)
    facts, image = built(tmp_path, tmp_path / "one.tif")
    assert facts["bits"] == 1
    assert image(5, 5)[0] > 240
    assert image(60, 5)[0] < 15
    with pytest.raises(Refused, match="unsupported-samples"):
        built(tmp_path, saved(tmp_path, making.of_array(np.ones((64, 64), np.float32))))


def test_transparency_is_laid_on_white(tmp_path: Path) -> None:
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    _, image = built(tmp_path, tmp_path / "clear.png")
    assert image(32, 32) == pytest.approx([255, 255, 255], abs=1)


def test_jpeg_2000_is_read(tmp_path: Path) -> None:
    Image.fromarray(making.quarters().numpy()).save(tmp_path / "a.jp2")
    _, image = built(tmp_path, tmp_path / "a.jp2")
    assert making.corners(image) == ["red", "green", "blue", "white"]


def test_pages_of_one_tiff_have_sizes_of_their_own(tmp_path: Path) -> None:
    pages = [Image.new("L", (80 + 10 * n, 60), 50 * n) for n in range(3)]
    pages[0].save(tmp_path / "pages.tif", save_all=True, append_images=pages[1:])
    facts, image = built(tmp_path, tmp_path / "pages.tif", frame=2)
    assert facts["width"] == 100
    assert image(50, 30)[0] == pytest.approx(100, abs=1)
    with pytest.raises(Refused, match="no-such-frame"):
        built(tmp_path, tmp_path / "pages.tif", frame=3)


def test_a_page_of_a_pdf_is_drawn_at_its_own_resolution(tmp_path: Path) -> None:
    import pypdfium2

    making.text_page(1240, 1754).save(tmp_path / "scan.pdf", resolution=150)
    path = making.pdf_of(tmp_path / "typeset.pdf", (360, 720), body=b"1 0 0 rg 0 360 360 360 re f")
    assert len(pypdfium2.PdfDocument(path)) == 1
    facts, image = built(tmp_path, tmp_path / "scan.pdf")
    assert (facts["width"], facts["height"], facts["dpi"], facts["colour"]) == (1240, 1754, 150, "grey")
    facts, image = built(tmp_path, path)
    assert (facts["width"], facts["height"], facts["dpi"], facts["colour"]) == (1000, 2000, 200, "rgb")
    assert image(500, 200) == pytest.approx([255, 0, 0], abs=3)
    assert image(500, 1800) == pytest.approx([255, 255, 255], abs=3)
    drawn = work.render_pdf_page(str(path), 0, str(tmp_path / "page.tif"), dpi=72)
    assert (drawn["width"], drawn["height"], drawn["bands"]) == (360, 720, 3)
    huge = making.pdf_of(tmp_path / "huge.pdf", (14_000, 14_000))
    assert work.render_pdf_page(str(huge), 0, str(tmp_path / "page.tif"))["width"] < 9000


def test_a_large_picture_needs_little_memory(tmp_path: Path) -> None:
    """130 megapixels, 390 MB of pixels, in 250 MB."""
    small = making.pattern(1000, 1300)
    small.resize(10, kernel="nearest").tiffsave(str(tmp_path / "map.tif"), compression="jpeg", tile=True)
    with Sandbox(Limits(memory_mb=250, seconds=120)) as box:
        facts = box.call(
            "lienthu.foundation.imaging.work:pyramid", path=str(tmp_path / "map.tif"), target=str(tmp_path / "out.tif")
        )
    assert (facts["width"], facts["height"]) == (10_000, 13_000)
    assert facts["levels"] == 6


SIZES = [(1, 1), (300, 200), (512, 512), (513, 512), (1024, 1024), (1237, 1753), (2049, 700)]


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("grey", [False, True])
def test_stored_tiles_are_the_pixels_of_the_pyramid(tmp_path: Path, width: int, height: int, grey: bool) -> None:
    source = making.pattern(width, height)
    source = source.extract_band(0).copy(interpretation="b-w") if grey else source
    built(tmp_path, saved(tmp_path, source))
    made = tiles.Pyramid.read(tmp_path / "out.tif")
    inner = edges = 0
    for level in made.levels:
        stored = making.read(tmp_path / "out.tif", page=level.index)
        assert (stored.width, stored.height) == (level.width, level.height)
        at_edge = set(level.edges())
        for column in range(level.columns):
            for row in range(level.rows):
                region, size = made.region(level.index, column, row), made.size_at(level.index, column, row)
                data = made.stored(region, size)
                assert data is not None
                tile = pyvips.Image.jpegload_buffer(data, fail_on="warning")
                assert (tile.width, tile.height) == size
                x, y = column * made.tile, row * made.tile
                w, h = min(size.w, level.width - x), min(size.h, level.height - y)
                if not w or not h:  # a strip that the level does not have at all
                    edges += 1
                    continue
                expected = stored.crop(x, y, w, h).numpy().astype(int)
                found = tile.crop(0, 0, w, h).numpy().astype(int)
                if (column, row) in at_edge:
                    edges += 1
                    assert np.abs(expected - found).mean() < 2.5
                else:
                    inner += 1
                    assert (expected == found).all()
    assert inner + edges == sum(level.columns * level.rows for level in made.levels)
    assert inner or width < 512 or height < 512


def test_edge_tiles_show_what_the_source_shows(tmp_path: Path) -> None:
    """Not only what the stored level shows: nothing is lost by cutting tiles at the edge."""
    source = making.pattern(1237, 1753)
    built(tmp_path, saved(tmp_path, source))
    made = tiles.Pyramid.read(tmp_path / "out.tif")
    for level in made.levels:
        for column, row in level.edges():
            region, size = made.region(level.index, column, row), made.size_at(level.index, column, row)
            data = made.stored(region, size)
            assert data is not None
            expected = source.crop(*region).resize(size.w / region.w, vscale=size.h / region.h, kernel="linear").numpy()
            found = pyvips.Image.jpegload_buffer(data).numpy()
            h, w = min(expected.shape[0], found.shape[0]), min(expected.shape[1], found.shape[1])
            assert np.abs(expected[:h, :w].astype(int) - found[:h, :w].astype(int)).mean() < 3


def test_what_is_no_tile_is_not_taken_for_one(tmp_path: Path) -> None:
    built(tmp_path, saved(tmp_path, making.pattern(1237, 1753)))
    made = tiles.Pyramid.read(tmp_path / "out.tif")
    assert made.stored(Region(0, 0, 512, 512), Size(512, 512)) is not None
    assert made.stored(Region(0, 0, 1024, 1024), Size(512, 512)) is not None
    assert made.stored(Region(0, 0, 1237, 1753), Size(155, 220)) is None
    assert made.stored(Region(0, 0, 1237, 1753), Size(310, 439)) is not None  # the smallest level, whole
    assert made.stored(Region(1024, 1536, 213, 217), Size(213, 217)) is not None
    for region, size in [
        ((1, 0, 512, 512), (512, 512)),
        ((0, 0, 512, 512), (256, 256)),
        ((0, 0, 511, 512), (511, 512)),
        ((512, 512, 1024, 1024), (512, 512)),
        ((0, 0, 512, 512), (512, 511)),
    ]:
        assert made.stored(Region(*region), Size(*size)) is None
    assert made.stored(Region(0, 0, 512, 512), Size(512, 511), free_height=True) is not None


def test_what_is_no_pyramid_is_told(tmp_path: Path) -> None:
    making.pattern(600, 600).tiffsave(str(tmp_path / "plain.tif"))
    (tmp_path / "text.tif").write_text("x")
    built(tmp_path, saved(tmp_path, making.pattern(600, 600)))
    data = (tmp_path / "out.tif").read_bytes()
    (tmp_path / "cut.tif").write_bytes(data[: len(data) // 2])
    for name in ("plain.tif", "text.tif", "cut.tif"):
        with pytest.raises(tiles.NotPyramid):
            tiles.Pyramid.read(tmp_path / name)


def test_a_pdf_is_opened_once_for_all_its_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """IMG-3: PDFium walks to a page from the first one; opened anew for each, the last of 10,000 take 50 ms more."""
    import pypdfium2

    opened: list[Path] = []
    real = pypdfium2.PdfDocument

    def counted(path: Path) -> Any:
        opened.append(path)
        return real(path)

    monkeypatch.setattr(pypdfium2, "PdfDocument", counted)
    pages = [making.text_page(400, 600) for _ in range(3)]
    pages[0].save(tmp_path / "many.pdf", save_all=True, append_images=pages[1:], resolution=100)
    for frame in (0, 1, 2, 0):
        built(tmp_path, tmp_path / "many.pdf", frame=frame)
    assert len(opened) == 1
    making.text_page(700, 500).save(tmp_path / "many.pdf", resolution=200)
    facts, _image = built(tmp_path, tmp_path / "many.pdf")
    assert (facts["width"], len(opened)) == (700, 2), "another file under the same name is opened anew"
    with pytest.raises(Refused, match="no-such-frame"):
        built(tmp_path, tmp_path / "many.pdf", frame=3)
