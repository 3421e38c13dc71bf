"""Dublin Core becomes MARC, marked as such (HAR-16)."""

from __future__ import annotations

import pytest
from lxml import etree

from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.export.dublin_core import to_dublin_core
from lienthu.foundation.marc.from_dublin_core import PROCESS, from_dublin_core
from lienthu.foundation.marc.marcxml import local_name
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.normalise import normalise
from lienthu.foundation.marc.validate import validate


def record(*elements: tuple[str, str]) -> Record:
    made = from_dublin_core(elements)
    assert made is not None
    return normalise(made)


def fields(made: Record, tag: str) -> list[tuple[str, ...]]:
    return [tuple(f"${code} {value}" for code, value in f.subfields) for f in made.of(tag)]


def test_a_thesis_of_a_university_repository() -> None:
    made = record(
        ("title", "Nghiên cứu vịnh Hạ Long"),
        ("title", "A study of Ha Long Bay"),
        ("creator", "Nguyễn, Văn An"),
        ("contributor", "Trần Thị Bình"),
        ("subject", "Địa chất"),
        ("description", "Tóm tắt."),
        ("publisher", "Đại học Hạ Long"),
        ("date", "2021-06-30T00:00:00Z"),
        ("type", "Thesis"),
        ("language", "vi"),
        ("identifier", "https://thuvien.example.vn/handle/1/2"),
        ("identifier", "https://doi.org/10.1000/abc"),
        ("identifier", "urn:ISBN:978-604-957-322-4"),
        ("rights", "CC BY"),
        ("relation", "https://example.vn/khác"),
        ("coverage", "Quảng Ninh"),
    )
    assert {p.code for p in validate(made)} == {"no-control-number"}
    assert len(made.control("008")) == 40
    assert (made.control("008")[6:11], made.control("008")[35:38]) == ("s2021", "vie")
    assert fields(made, "042") == [("$a dc",)]
    assert fields(made, "883") == [(f"$a {PROCESS}",)]
    assert fields(made, "020") == [("$a 978-604-957-322-4",)]
    assert fields(made, "024") == [("$a 10.1000/abc", "$2 doi")]
    assert fields(made, "246") == [("$a A study of Ha Long Bay",)]
    assert fields(made, "264") == [("$b Đại học Hạ Long", "$c 2021")]
    assert [(f.ind2, f.first("u")) for f in made.of("856")] == [
        ("2", "https://example.vn/khác"), ("0", "https://thuvien.example.vn/handle/1/2"),
    ]  # fmt: skip
    said = describe(made)
    assert (said.title, said.year, said.languages[0], said.publisher) == (
        "Nghiên cứu vịnh Hạ Long", 2021, "vie", "Đại học Hạ Long",
    )  # fmt: skip
    assert said.authors[0].name == "Nguyễn, Văn An"


@pytest.mark.parametrize(
    ("kind", "leader"),
    [("Text", "am"), ("Sound", "im"), ("MovingImage", "gm"), ("Bản đồ", "em"), ("Article", "ab"), ("Luận văn", "tm")],
)
def test_the_type_decides_the_leader(kind: str, leader: str) -> None:
    assert record(("title", "X"), ("type", kind)).leader[6:8] == leader


@pytest.mark.parametrize(("name", "indicator"), [("Nguyễn Du", "0"), ("Nguyễn, Du", "1")])
def test_names_stay_in_the_order_in_which_they_came(name: str, indicator: str) -> None:
    made = record(("title", "Truyện Kiều"), ("creator", name))
    first = made.first("100")
    assert first is not None
    assert (first.ind1, first.first("a")) == (indicator, name)


def test_nothing_said_is_no_record() -> None:
    assert from_dublin_core([]) is None
    assert from_dublin_core([("title", "  "), ("date", "\u200b")]) is None


def test_what_has_only_a_date_is_still_a_record() -> None:
    assert record(("date", "khoảng 1925")).control("008")[6:11] == "s1925"


def test_our_own_dublin_core_comes_back_with_what_matters() -> None:
    before = record(("title", "Đất mỏ"), ("creator", "Nguyễn Du"), ("date", "2004"), ("language", "vi"))
    tree = etree.fromstring(to_dublin_core(before))
    again = record(*((local_name(e.tag), e.text or "") for e in tree))
    a, b = describe(before), describe(again)
    assert (a.title, a.year, a.authors[0].name, a.languages) == (b.title, b.year, b.authors[0].name, b.languages)
