"""Skew, sharpness, ink and likeness, measured on pages whose faults are known. Rule IMG-2."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from lienthu.foundation.imaging import likeness, work
from lienthu.foundation.imaging.tests import making


def saved(tmp_path: Path, image: Image.Image, name: str = "page.tif", dpi: int | None = 150) -> str:
    image.save(tmp_path / name, **({"dpi": (dpi, dpi)} if dpi else {}))
    return str(tmp_path / name)


@pytest.mark.parametrize("degrees", [-5.0, -1.3, 0.0, 0.4, 2.0, 6.5])
def test_skew_is_the_turn_that_makes_lines_straight(tmp_path: Path, degrees: float) -> None:
    page = making.text_page().rotate(degrees, fillcolor=244, resample=Image.Resampling.BICUBIC)  # counter-clockwise
    path = saved(tmp_path, page)
    found = work.measure(path)["skew_degrees"]
    assert found == pytest.approx(degrees, abs=0.15)
    # turning by it makes the copy straight
    work.straighten(path, str(tmp_path / "straight.tif"), degrees=found)
    with Image.open(tmp_path / "straight.tif") as copy:
        assert copy.size == page.size
    assert abs(work.measure(str(tmp_path / "straight.tif"))["skew_degrees"]) < 0.15


def test_upright_columns_tell_the_skew_too(tmp_path: Path) -> None:
    page = making.text_page().rotate(90, expand=True).rotate(1.5, fillcolor=244, resample=Image.Resampling.BICUBIC)
    assert work.measure(saved(tmp_path, page))["skew_degrees"] == pytest.approx(1.5, abs=0.15)


def test_where_there_are_no_lines_there_is_no_skew(tmp_path: Path) -> None:
    grain = np.random.default_rng(3).normal(128, 60, (900, 700)).clip(0, 255).astype(np.uint8)
    assert work.measure(saved(tmp_path, Image.fromarray(grain)))["skew_degrees"] is None
    assert work.measure(saved(tmp_path, Image.new("L", (900, 700), 250)))["skew_degrees"] is None


def test_blur_lowers_sharpness_and_contrast_does_not_raise_it(tmp_path: Path) -> None:
    page = making.text_page()
    sharp = work.measure(saved(tmp_path, page))["sharpness"]
    slightly = work.measure(saved(tmp_path, page.filter(ImageFilter.GaussianBlur(1.5))))["sharpness"]
    badly = work.measure(saved(tmp_path, page.filter(ImageFilter.GaussianBlur(4))))["sharpness"]
    assert sharp > 3 * slightly > 9 * badly
    faint = page.point(lambda value: 180 + value * 64 // 255)
    assert work.measure(saved(tmp_path, faint))["sharpness"] == pytest.approx(sharp, rel=0.25)


def test_blank_pages(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    paper = random.normal(225, 5, (1754, 1240)).clip(0, 255).astype(np.uint8)
    shaded = paper.copy()
    shaded[:, :20] = 40  # the shadow of a book's spine at the rim
    assert work.measure(saved(tmp_path, Image.fromarray(paper)))["blank"]
    assert work.measure(saved(tmp_path, Image.fromarray(shaded)))["blank"]
    noted = paper.copy()
    noted[800:830, 500:640:6] = 40  # one short line by hand
    assert not work.measure(saved(tmp_path, Image.fromarray(noted)))["blank"]
    assert not work.measure(saved(tmp_path, making.text_page()))["blank"]


def test_the_same_page_scanned_twice_is_alike_and_other_pages_are_not(tmp_path: Path) -> None:
    page = making.text_page()
    hashes = [work.measure(saved(tmp_path, one))["dhash"] for one in (
        page,
        page.filter(ImageFilter.GaussianBlur(0.8)).point(lambda value: value * 230 // 255 + 10),
        page.resize((930, 1316)),
        making.text_page(seed=2),
    )]  # fmt: skip
    assert len(hashes[0]) == 64
    assert likeness.distance(hashes[0], hashes[0]) == 0
    assert likeness.distance(hashes[0], hashes[1]) < likeness.ALIKE
    assert likeness.distance(hashes[0], hashes[2]) < likeness.ALIKE
    assert likeness.distance(hashes[0], hashes[3]) > 40


def test_resolution_is_what_is_known(tmp_path: Path) -> None:
    page = making.text_page(620, 877)
    assert work.measure(saved(tmp_path, page))["dpi"] == 150
    assert work.measure(saved(tmp_path, page), dpi=300)["dpi"] == 300
    assert work.measure(saved(tmp_path, page, "bare.jpg", dpi=None))["dpi"] is None
