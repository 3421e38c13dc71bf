"""DIG-2."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import pyvips

from lienthu.foundation.kernel.refusal import Refused
from lienthu.foundation.pagetext import ocr, work
from lienthu.foundation.pagetext.model import Box, PageText
from lienthu.foundation.pagetext.page_image import make_ready
from lienthu.foundation.pagetext.tessdata import DataMissing, languages_in, prepare_tessdata
from lienthu.foundation.pagetext.tests.specimens import PACKAGES, PASSAGE, errors, saved, scan

pytestmark = pytest.mark.skipif(not PACKAGES.exists(), reason="node_modules is missing: make setup")


@pytest.fixture(scope="module")
def tessdata(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(prepare_tessdata(tmp_path_factory.mktemp("ocr") / "tessdata", PACKAGES))


def read(path: str, tessdata: str, *languages: str, dpi: float | None = 300) -> PageText:
    answer = work.ocr(path=path, tessdata=tessdata, languages=list(languages or ("vie",)), dpi=dpi)
    return PageText.from_json(answer["page"])


def ink(image: pyvips.Image, box: Box) -> float:
    """The share of all the ink of the page that lies in a box."""
    dark = image.numpy() < 128
    return float(dark[box.y : box.y + box.h, box.x : box.x + box.w].sum() / dark.sum())


def test_a_clean_page_is_read_word_by_word(tmp_path: Path, tessdata: str) -> None:
    image = scan(PASSAGE)
    page = read(saved(image, tmp_path / "page.jpg"), tessdata)
    assert (page.width, page.height) == (image.width, image.height)
    assert errors(PASSAGE, page.text) < 0.02
    assert page.confidence is not None
    assert page.confidence > 85
    assert page.engine.startswith("tesseract 5")
    # Together the boxes hold the ink, and one alone holds what its letters weigh.
    assert sum(ink(image, word.box) for word in page.words()) > 0.97
    word = next(word for word in page.words() if word.text == "1888,")
    assert 30 < word.w < 150
    assert 20 < word.h < 70


def test_a_crooked_grey_page_is_read_and_its_boxes_lie_on_the_page_as_it_is(tmp_path: Path, tessdata: str) -> None:
    noise = np.random.default_rng(3).normal(0, 18, (scan(PASSAGE).height, scan(PASSAGE).width))
    grey = scan(PASSAGE).gaussblur(1.0).linear(0.7, 40) + pyvips.Image.new_from_array(noise)
    crooked = grey.cast("uchar").rotate(2.5, background=[218]).copy(interpretation="b-w")
    path = saved(crooked, tmp_path / "crooked.jpg", 50)
    answer = work.ocr(path=path, tessdata=tessdata, languages=["vie"], dpi=300)
    page = PageText.from_json(answer["page"])
    assert answer["skew"] == pytest.approx(2.5, abs=0.2)
    assert errors(PASSAGE, page.text) < 0.03
    first, *_ = page.lines()
    assert first.words[0].y < first.words[-1].y - 10  # lines fall to the right here
    dark = (crooked.numpy() < 128).squeeze()
    inside = np.zeros_like(dark)
    for box in (word.box for word in page.words()):
        inside[box.y : box.y + box.h, box.x : box.x + box.w] = True
    assert dark[inside].sum() > dark.sum() * 0.95


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_page_on_its_side_or_head_is_read_where_it_lies(tmp_path: Path, tessdata: str, turned: int) -> None:
    image = scan(PASSAGE).rot(f"d{turned}")
    answer = work.ocr(path=saved(image, tmp_path / "t.jpg"), tessdata=tessdata, languages=["vie"], dpi=300)
    page = PageText.from_json(answer["page"])
    assert answer["turn"] == 360 - turned
    assert errors(PASSAGE, page.text) < 0.02
    assert sum(ink(image, word.box) for word in page.words()) > 0.97


@pytest.mark.parametrize("dpi", [150, 600])
def test_resolution_need_not_be_known(tmp_path: Path, tessdata: str, dpi: int) -> None:
    page = read(saved(scan(PASSAGE, dpi=dpi), tmp_path / "page.jpg"), tessdata, dpi=None)
    assert errors(PASSAGE, page.text) < 0.03


def test_pages_without_text_are_empty(tmp_path: Path, tessdata: str) -> None:
    white = pyvips.Image.black(900, 1200).linear(1, 250).cast("uchar").copy(interpretation="b-w")
    speckled = white.numpy().squeeze() - np.random.default_rng(1).integers(0, 25, (1200, 900), dtype=np.uint8)
    for number, image in enumerate((white, pyvips.Image.new_from_array(speckled))):
        page = read(saved(image, tmp_path / f"{number}.jpg"), tessdata)
        assert (page.width, page.height, page.text) == (900, 1200, "")


@pytest.mark.parametrize("kind", ["rgb", "cmyk", "rgba", "ushort", "bilevel"])
def test_every_kind_of_picture_is_read(tmp_path: Path, tessdata: str, kind: str) -> None:
    grey, path = scan("Quảng Ninh đất mỏ anh hùng", dpi=200), tmp_path / "page.tif"
    match kind:
        case "rgb":
            grey.colourspace("srgb").tiffsave(str(path))
        case "cmyk":
            grey.colourspace("srgb").colourspace("cmyk").jpegsave(str(path))
        case "rgba":
            black = pyvips.Image.black(grey.width, grey.height, bands=3).copy(interpretation="srgb")
            black.bandjoin(grey.invert()).pngsave(str(path))
        case "ushort":
            grey.linear(257, 0).cast("ushort").copy(interpretation="grey16").tiffsave(str(path))
        case "bilevel":
            grey.tiffsave(str(path), bitdepth=1)
    assert read(str(path), tessdata, dpi=200).text == "Quảng Ninh đất mỏ anh hùng"


def test_other_languages_are_read_where_they_are_named(tmp_path: Path, tessdata: str) -> None:
    text = "La Société française des charbonnages du Tonkin a été fondée à Paris en avril 1888."
    path = saved(scan(text), tmp_path / "french.jpg")
    assert errors(text, read(path, tessdata, "fra", "vie").text) < 0.02


def test_no_picture_and_no_data_are_refused(tmp_path: Path, tessdata: str) -> None:
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "text.jpg").write_bytes(b"GIF89a no picture at all")
    whole = Path(saved(scan(PASSAGE), tmp_path / "whole.jpg")).read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[:300])
    for name in ("empty.jpg", "text.jpg", "cut.jpg", "missing.jpg"):
        with pytest.raises(Refused) as refused:
            read(str(tmp_path / name), tessdata)
        assert refused.value.code == "unreadable-image"
    with pytest.raises(Refused) as refused:
        read(str(tmp_path / "whole.jpg"), tessdata, "tlh")
    assert refused.value.code == "no-ocr-data"


def test_boxes_come_back_from_any_turn_and_skew(tmp_path: Path) -> None:
    path = saved(scan(PASSAGE), tmp_path / "page.jpg")
    for turn in (0, 90, 180, 270):
        ready = make_ready(path, scale=0.5, turn=turn, skew=0.0)
        assert ready.back(0, 0, ready.width, ready.height) == Box(0, 0, ready.page_width, ready.page_height)
    ready = make_ready(path, scale=1, turn=90, skew=0.0)
    assert ready.back(0, 0, 10, 20) == Box(0, ready.page_height - 10, 20, 10)


def test_data_are_unpacked_once_and_what_is_there_stays(tmp_path: Path) -> None:
    folder = prepare_tessdata(tmp_path / "data", PACKAGES, ["vie"])
    assert languages_in(folder) == {"vie"}
    (folder / "vie.traineddata").write_bytes(b"of our own training")
    prepare_tessdata(folder, PACKAGES, ["vie", "fra"])
    assert (folder / "vie.traineddata").read_bytes() == b"of our own training"
    assert languages_in(folder) == {"vie", "fra"}
    with pytest.raises(DataMissing) as missing:
        prepare_tessdata(folder, PACKAGES, ["vie", "tlh"])
    assert missing.value.languages == ("tlh",)
    assert not list(folder.glob(".unpacking-*"))


def test_engines_are_kept(tmp_path: Path, tessdata: str) -> None:
    before = ocr._engine.cache_info().misses
    for number in range(2):
        read(saved(scan("Hạ Long", dpi=200), tmp_path / f"{number}.jpg"), tessdata)
    assert ocr._engine.cache_info().misses <= before + 1
