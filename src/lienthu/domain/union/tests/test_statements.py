"""Normal forms of what records state: volumes, editions, extents, names, places, damaged texts."""

from __future__ import annotations

import pytest

from lienthu.domain.union.statements import (
    damage_of,
    edition_key,
    extent_of,
    name_forms,
    place_key,
    volume_in_title,
    volume_key,
)


@pytest.mark.parametrize(
    ("extent", "numbers"),
    [
        ("312 tr. : ảnh ; 21 cm", (312, None, 21)),
        ("312tr", (312, None, None)),
        ("xii, 312, [4] p. ; 21.5 cm", (312, None, 21)),
        ("3 p. l., [5]-251 p.", (251, None, None)),
        ("ix p., 2 l., 259, [1] p. ; 23 cm", (259, None, 23)),
        ("141, [1] p., [1] leaf of plates", (141, None, None)),
        ("tr. 12-18", (18, None, None)),
        ("241-309 p.", (69, None, None)),
        ("1 p.l., p. 223-338.", (116, None, None)),
        ("xxxii, [33]-191 p.", (191, None, None)),
        ("3 p.l., 317-334 p., 1 l.", (334, None, None)),
        ("1 p. l., iv, 138, 24, 169-176 p.", (176, None, None)),
        ("x, 291, [xi]-xiii p., 111 leaves of plates", (291, None, None)),
        ("xiv, 309, vii, [1] p.", (309, None, None)),
        ("4 p. l., 109. [1] p. 17 1/2cm.", (109, None, 17)),
        ("xvi, 1,042 p.", (1042, None, None)),
        ("1.042 tr. ; 24 cm", (1042, None, 24)),
        ("18, 416 p.", (416, None, None)),
        ("xviii, 4l6 p.", (416, None, None)),
        ("3 p.l., 82 numb. l.", (82, None, None)),
        ("3 p. l.,", (None, None, None)),
        ("1 p. l., iv, 120, [l] p.", (120, None, None)),
        ("3 tập ; 19 cm", (None, 3, 19)),
        ("2 v. (850 p.)", (850, 2, None)),
        ("1 tờ ; 84 cm", (1, None, 84)),
        ("", (None, None, None)),
    ],
)
def test_extents(extent: str, numbers: tuple[int | None, int | None, int | None]) -> None:
    """MAT-17."""
    assert extent_of(extent) == numbers


@pytest.mark.parametrize(
    ("title", "subtitle", "found"),
    [
        ("Lịch sử Việt Nam. T.2", "", ("Lịch sử Việt Nam", "", "2")),
        ("Kính vạn hoa", "Tập 2, Những con gấu bông", ("Kính vạn hoa", "Những con gấu bông", "2")),
        ("Kính vạn hoa tập 3: Thám tử nghiệp dư", "", ("Kính vạn hoa", "Thám tử nghiệp dư", "3")),
        ("Toán 6", "", ("Toán 6", "", "")),
        ("Tướng về hưu", "tập truyện ngắn", ("Tướng về hưu", "tập truyện ngắn", "")),
    ],
)
def test_a_volume_within_a_title_is_found(title: str, subtitle: str, found: tuple[str, str, str]) -> None:
    """MAT-10."""
    assert volume_in_title(title, subtitle) == found


@pytest.mark.parametrize(
    ("part", "key"),
    [
        ("", ""),
        ("Tập 2", "2"),
        ("T.II", "2"),
        ("Quyển hai", "2"),
        ("Tập 2. Phần 1", "2 phan 1"),
        ("Vol. 03", "3"),
        ("A", "a"),
    ],
)  # fmt: skip
def test_volumes(part: str, key: str) -> None:
    assert volume_key(part) == key


@pytest.mark.parametrize(
    ("edition", "key"),
    [
        ("", ""), ("Tái bản lần thứ 2", "2 r"), ("Tái bản", "r"), ("In lần 3", "3"), ("2nd ed.", "2"), ("Bản đẹp", ""),
        ("Tái bản lần thứ hai", "2 r"), ("Tái bản có bổ sung năm 2004", "rv"), ("1st rev. ed.", "1 v"),
        ("Bản in 2004", ""),
    ],
)  # fmt: skip
def test_editions(edition: str, key: str) -> None:
    assert edition_key(edition) == key


def test_a_person_is_a_bag_of_syllables() -> None:
    assert name_forms("Phụng, Vũ Trọng, 1912-1939") == name_forms("vũ trọng phụng")
    assert name_forms("Vũ Trọng Phụng")[1] == "phung trong vu"


@pytest.mark.parametrize("title", ["Ý thức mới", "Être et avoir, été", "Sách “mới”… và cũ", "Über die Größe"])
def test_sound_texts_are_left_alone(title: str) -> None:
    assert damage_of(title) == ""


@pytest.mark.parametrize("place", ["H.", "Hà Nội", "HÀ NỘI", "Hanoi", "Ha Noi", "Thành phố Hà Nội"])
def test_places_are_spelled_out(place: str) -> None:
    """MAT-14."""
    assert place_key(place) == "ha noi"


@pytest.mark.parametrize("place", ["TP. HCM", "Tp. Hồ Chí Minh", "TP.HCM", "Hồ Chí Minh"])
def test_the_city_of_many_names(place: str) -> None:
    """MAT-14."""
    assert place_key(place) == "ho chi minh"
