"""The grammar of IIIF image requests, with the examples of both specifications. Rule IMG-5."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthu.foundation.imaging.request import FORMATS, BadRequest, Largest, read

WIDE, HIGH = 300, 200


def asked(path: str, version: int = 3, largest: Largest | None = None, size: tuple[int, int] = (WIDE, HIGH)):
    return read(version, path, *size, largest or Largest())


@pytest.mark.parametrize(("region", "expected"), [
    ("full", (0, 0, 300, 200)),
    ("square", (50, 0, 200, 200)),
    ("125,15,120,140", (125, 15, 120, 140)),
    ("125,15,200,200", (125, 15, 175, 185)),
    ("pct:41.6,7.5,40,70", (125, 15, 120, 140)),
    ("pct:41.6,7.5,66.6,100", (125, 15, 175, 185)),
    ("pct:0,0,0.01,0.01", (0, 0, 1, 1)),
    ("0,0,9999,9999", (0, 0, 300, 200)),
])  # fmt: skip
def test_regions(region: str, expected: tuple[int, ...]) -> None:
    for version in (2, 3):
        assert asked(f"{region}/max/0/default.jpg", version).region == expected


def test_the_square_of_an_upright_picture_lies_in_the_middle() -> None:
    assert asked("square/max/0/default.jpg", size=(200, 301)).region == (0, 50, 200, 200)


@pytest.mark.parametrize("region", [
    "", "all", "1,2,3", "1,2,3,4,5", "-1,0,10,10", "0,0,0,10", "0,0,10,0", "300,0,10,10", "0,200,10,10", "1.5,0,10,10",
    "pct:0,0,0,50", "pct:100,0,10,10", "pct:-1,0,5,5", "pct:1,2,3", "FULL", "0,0,10,10 ", "٣,0,10,10", "0,0,1e3,10",
    "0,0,9999999999,10", "full\n",
])  # fmt: skip
def test_regions_that_cannot_be(region: str) -> None:
    for version in (2, 3):
        with pytest.raises(BadRequest):
            asked(f"{region}/max/0/default.jpg", version)


@pytest.mark.parametrize(("size", "expected"), [
    ("max", (300, 200)), ("150,", (150, 100)), (",150", (225, 150)), ("pct:50", (150, 100)), ("225,100", (225, 100)),
    ("!225,100", (150, 100)), ("!300,900", (300, 200)), ("pct:100", (300, 200)), ("1,", (1, 1)),
])  # fmt: skip
def test_sizes(size: str, expected: tuple[int, int]) -> None:
    for version in (2, 3):
        assert asked(f"full/{size}/0/default.jpg", version).size == expected


@pytest.mark.parametrize(("size", "expected"), [
    ("^max", (300, 200)), ("^360,", (360, 240)), ("^,240", (360, 240)), ("^pct:120", (360, 240)),
    ("^360,360", (360, 360)),
    ("^!360,360", (360, 240)), ("^150,", (150, 100)),
])  # fmt: skip
def test_sizes_that_enlarge_exist_in_version_3_only(size: str, expected: tuple[int, int]) -> None:
    assert asked(f"full/{size}/0/default.jpg").size == expected
    with pytest.raises(BadRequest):
        asked(f"full/{size}/0/default.jpg", 2)


@pytest.mark.parametrize("size", [
    "", ",", "0,", ",0", "0,0", "!0,10", "!10,", "!,10", "pct:0", "pct:", "pct:-5", "^", "^^max", "!max", "1.5,",
    "maximum", "99999999999,", "^2401,", "2401,", "max ", "^!pct:20",
])  # fmt: skip
def test_sizes_that_cannot_be(size: str) -> None:
    for version in (2, 3):
        with pytest.raises(BadRequest):
            asked(f"full/{size}/0/default.jpg", version)


@pytest.mark.parametrize(("size", "expected"), [
    ("360,", (360, 240)), (",240", (360, 240)), ("pct:120", (360, 240)), ("360,100", (360, 100)),
    ("!600,600", (300, 200)),
])  # fmt: skip
def test_version_3_enlarges_only_with_the_sign_and_version_2_without(size: str, expected: tuple[int, int]) -> None:
    assert asked(f"full/{size}/0/default.jpg", 2).size == expected
    with pytest.raises(BadRequest):
        asked(f"full/{size}/0/default.jpg", 3)


def test_full_is_a_size_of_version_2_only() -> None:
    assert asked("full/full/0/default.jpg", 2).size == (300, 200)
    with pytest.raises(BadRequest):
        asked("full/full/0/default.jpg", 3)


def test_limits_shrink_what_asks_for_the_largest_and_refuse_what_asks_for_more() -> None:
    small = Largest(width=150)
    assert asked("full/max/0/default.jpg", largest=small).size == (150, 100)
    assert asked("full/^max/0/default.jpg", largest=Largest(width=600)).size == (600, 400)
    assert asked("full/full/0/default.jpg", 2, small).size == (150, 100)
    assert asked("full/!200,200/0/default.jpg", largest=small).size == (150, 100)
    assert asked("full/max/0/default.jpg", largest=Largest(height=50)).size == (75, 50)
    area = asked("full/max/0/default.jpg", largest=Largest(area=10_000)).size
    assert 9_500 < area.w * area.h <= 10_000
    with pytest.raises(BadRequest):
        asked("full/151,/0/default.jpg", largest=small)
    with pytest.raises(BadRequest):
        asked("full/pct:60/0/default.jpg", largest=small)


def test_turning_quality_and_format() -> None:
    found = asked("full/max/!90/gray.png")
    assert (found.mirrored, found.rotation, found.quality, found.format) == (True, 90, "gray", "png")
    assert asked("full/max/22.5/bitonal.webp").rotation == 22.5
    assert asked("full/max/360/color.jpg").rotation == 0
    for bad in ("361", "-90", "!", "90.", "!!90", "1e1", "nan"):
        with pytest.raises(BadRequest):
            asked(f"full/max/{bad}/default.jpg")
    for bad in (
        "default",
        "default.",
        "native.jpg",
        "default.tif",
        "default.JPG",
        "default.jpg.png",
        ".jpg",
        "default.jpg?",
    ):
        with pytest.raises(BadRequest):
            asked(f"full/max/0/{bad}")
    for bad in ("full/max/0", "full/max/0/0/default.jpg", "", "full%2Fmax/0/default.jpg"):
        with pytest.raises(BadRequest):
            asked(bad)


@pytest.mark.parametrize(("version", "path", "canonical"), [
    (3, "full/max/0/default.jpg", "full/max/0/default.jpg"),
    (3, "0,0,300,200/300,200/0/default.jpg", "full/max/0/default.jpg"),
    (3, "pct:0,0,100,100/150,/360.0/default.jpg", "full/150,100/0/default.jpg"),
    (3, "square/!100,100/!90.50/gray.png", "50,0,200,200/100,100/!90.5/gray.png"),
    (3, "full/^pct:120/0/default.jpg", "full/^360,240/0/default.jpg"),
    (3, "full/^150,/0/default.jpg", "full/150,100/0/default.jpg"),
    (3, "10,10,900,900/max/0/default.jpg", "10,10,290,190/max/0/default.jpg"),
    (2, "full/max/0/default.jpg", "full/full/0/default.jpg"),
    (2, "full/150,100/0/default.jpg", "full/150,/0/default.jpg"),
    (2, "full/150,90/0/default.jpg", "full/150,90/0/default.jpg"),
    (2, "full/,100/0/color.jpg", "full/150,/0/color.jpg"),
])  # fmt: skip
def test_the_canonical_form(version: int, path: str, canonical: str) -> None:
    found = asked(path, version)
    assert found.canonical == canonical
    again = asked(found.canonical, version)
    assert (again.region, again.size, again.canonical) == (found.region, found.size, canonical)


@given(st.text(max_size=40), st.sampled_from([2, 3]))
def test_whatever_stands_there_is_read_or_refused(text: str, version: int) -> None:
    for path in (text, f"{text}/max/0/default.jpg", f"full/{text}/0/default.jpg", f"full/max/{text}/default.jpg"):
        try:
            found = asked(path, version, Largest(width=500, area=100_000))
        except BadRequest:
            continue
        assert 0 < found.size.w <= 500
        assert found.size.w * found.size.h <= 100_000
        assert found.format in FORMATS


@given(
    st.tuples(st.integers(1, 5000), st.integers(1, 5000)),
    st.tuples(st.integers(0, 6000), st.integers(0, 6000), st.integers(0, 6000), st.integers(0, 6000)),
    st.sampled_from(["max", "!200,300", "pct:33.3", "^pct:150", "40,", ",40", "^!900,900"]),
)
def test_what_is_read_lies_inside_the_picture_and_its_limits(
    picture: tuple[int, int], region: tuple[int, int, int, int], size: str
) -> None:
    largest = Largest(width=2000, height=1500, area=2_000_000)
    try:
        found = asked(f"{','.join(map(str, region))}/{size}/0/default.jpg", 3, largest, picture)
    except BadRequest:
        return
    x, y, w, h = found.region
    assert 0 <= x < x + w <= picture[0]
    assert 0 <= y < y + h <= picture[1]
    assert 1 <= found.size.w <= 2000
    assert 1 <= found.size.h <= 1500
    assert found.size.w * found.size.h <= 2_000_000
    if not size.startswith("^"):
        assert found.size.w <= w
        assert found.size.h <= h
