"""What a record should say and does not, and dates that cannot be (QUA-1, QUA-2)."""

from __future__ import annotations

import pytest

from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.quality import IMPORTANT, bits_of, impossible_dates, missing, names_in

LEADER = "00000nam a2200000 a 4500"
FULL = (
    Field("008", data="040101s1951    vm            000 0 vie d"),
    Field("020", subfields=(("a", "9786041000001"),)),
    Field("082", "0", "4", (("a", "895.922"),)),
    Field("100", "1", " ", (("a", "Võ Huy Tâm"),)),
    Field("245", "1", "0", (("a", "Vùng mỏ"),)),
    Field("260", subfields=(("a", "H."), ("b", "Văn nghệ"), ("c", "1951"))),
    Field("300", subfields=(("a", "200 tr."),)),
    Field("650", " ", "4", (("a", "Than"),)),
    Field("653", subfields=(("a", "công nhân mỏ"),)),
)


def lacks(*fields: Field, leader: str = LEADER, copies: bool = True) -> set[str]:
    record = Record(leader, fields)
    return set(missing(record, describe(record), has_copies=copies))


def without(*tags: str) -> list[Field]:
    return [f for f in FULL if f.tag not in tags]


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        (["020"], "number"), (["082"], "classification"), (["100"], "creator"), (["245"], "title"),
        (["300"], "extent"), (["650"], "subjects"), (["653"], "keywords"), (["260"], "publication"),
    ],
)  # fmt: skip
def test_what_a_record_does_not_say_is_named(tags: list[str], name: str) -> None:
    assert lacks(*FULL) == set()
    assert lacks(*without(*tags)) == {name}


def test_what_several_fields_may_say_is_missing_when_none_says_it() -> None:
    assert lacks(*without("008", "260")) == {"publication", "year", "language"}
    assert lacks(*FULL, copies=False) == {"copies"}
    assert lacks(*without("260"), Field("264", " ", "1", (("b", "Trẻ"),))) == set()
    unknown = Field("260", subfields=(("a", "[K.đ.]"), ("b", "[k.nxb.]"), ("c", "1951")))
    assert lacks(*without("260"), unknown) == {"publication"}


def test_an_invalid_isbn_is_there() -> None:
    assert lacks(*without("020"), Field("020", subfields=(("a", "9786041000002"),))) == set()


def test_nobody_misses_what_a_kind_does_not_have() -> None:
    bare = (Field("100", "1", " ", (("a", "A"),)), Field("245", "1", "0", (("a", "B"),)))
    article = lacks(*bare, leader="00000nab a2200000 a 4500", copies=False)
    assert article == {"year", "subjects", "keywords", "language"}
    assert {"number", "extent", "copies"} <= lacks(*bare, copies=False)


def test_bits_are_names() -> None:
    for names in ((), ("title",), ("year", "copies"), tuple(IMPORTANT)):
        assert names_in(bits_of(names)) == names


def dates(data: str = "", imprint: str = "", tag: str = "260") -> list[str]:
    fields = [Field("008", data=data)] if data else []
    if imprint:
        fields.append(Field(tag, subfields=(("c", imprint),)))
    return [p.detail for p in impossible_dates(Record(LEADER, tuple(fields)), 2026)]


@pytest.mark.parametrize(
    ("data", "imprint", "seen"),
    [
        ("040101s2062    vm", "", "008 2062"),
        ("040101s0201    vm", "", "008 0201"),
        ("040101m20051999vm", "", "008 2005-1999"),
        ("", "2062", "260 2062"),
        ("", "0998", "260 0998"),
        ("", "[2028?]", "260 [2028?]"),
    ],
)
def test_dates_that_cannot_be(data: str, imprint: str, seen: str) -> None:
    assert dates(data, imprint) == [seen]


@pytest.mark.parametrize(
    ("data", "imprint"),
    [
        ("040101s2027    vm", "2027"),
        ("040101c19999999vm", "1999-"),
        ("040101r20051951vm", "2005"),
        ("040101nuuuuuuuuvm", "[19--]"),
        ("040101q19501959vm", "2568 [2025]"),
        ("040101s١٩٥١    vm", "k.n."),
        ("short", "12345"),
        ("", "Canh Tý"),
    ],
)
def test_dates_that_can_be(data: str, imprint: str) -> None:
    assert dates(data, imprint) == []
