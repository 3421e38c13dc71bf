"""What authority records say (AUT-1), identifiers in one form (AUT-3), records under other headings (AUT-11)."""

from __future__ import annotations

import pytest

from lienthu.foundation.marc.authority import controlled, headings_of, identifier_key, is_authority, read_authority
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.vietnamese.names import LifeDates

LEADER = "00000nz  a2200000n  4500"


def test_a_person_with_everything() -> None:
    said = read_authority(
        Record(
            LEADER,
            (
                Field("001", data="17"),
                Field("003", data="VN-NLV"),
                Field("024", "7", " ", (("a", "http://viaf.org/viaf/51728"), ("2", "uri"))),
                Field("035", subfields=(("a", "(DLC)n  81-23"),)),
                Field("100", "1", " ", (("a", "Tô Hoài,"), ("d", "1920-2014"))),
                Field("400", "1", " ", (("a", "Nguyễn Sen,"), ("d", "1920-2014"))),
                Field("400", "1", " ", (("w", "nne"), ("a", "Mai Trang"))),
                Field("510", "2", " ", (("i", "Hội viên:"), ("a", "Hội Nhà văn Việt Nam"))),
                Field("670", subfields=(("a", "Dế mèn phiêu lưu ký, 1941"),)),
                Field("678", "0", " ", (("a", "Nhà văn, quê Hà Nội."),)),
            ),
        )
    )
    assert said is not None
    assert (said.kind, said.heading.text, said.heading.name) == ("person", "Tô Hoài, 1920-2014", "Tô Hoài")
    assert said.heading.dates == LifeDates(1920, 2014)
    assert [(v.heading.text, v.former) for v in said.variants] == [
        ("Nguyễn Sen, 1920-2014", False),
        ("Mai Trang", True),
    ]
    assert [(s.heading.text, s.relation) for s in said.see_also] == [("Hội Nhà văn Việt Nam", "Hội viên")]
    assert said.identifiers == ("(vn-nlv)17", "viaf:51728", "(dlc)n81-23")
    assert (said.notes, said.sources) == (("Nhà văn, quê Hà Nội",), ("Dế mèn phiêu lưu ký, 1941",))


@pytest.mark.parametrize(
    ("tag", "pairs", "kind", "text"),
    [
        ("110", (("a", "Quảng Ninh."), ("b", "Sở Văn hóa")), "body", "Quảng Ninh. Sở Văn hóa"),
        ("111", (("a", "Hội thảo Hạ Long"), ("d", "(1998)")), "meeting", "Hội thảo Hạ Long (1998)"),
        ("130", (("a", "Kinh thi"),), "title", "Kinh thi"),
        ("100", (("a", "Nguyễn Du."), ("t", "Truyện Kiều")), "title", "Nguyễn Du. Truyện Kiều"),
        ("150", (("a", "Mỏ than"), ("z", "Quảng Ninh")), "topic", "Mỏ than -- Quảng Ninh"),
        ("151", (("a", "Hạ Long (Quảng Ninh)"),), "place", "Hạ Long (Quảng Ninh)"),
        ("155", (("a", "Truyện thơ"),), "other", "Truyện thơ"),
    ],
)
def test_every_kind_of_heading(tag: str, pairs: tuple[tuple[str, str], ...], kind: str, text: str) -> None:
    record = Record(LEADER, (Field(tag, "1", " ", pairs),))
    said = read_authority(record)
    assert is_authority(record)
    assert said is not None
    assert (said.kind, said.heading.text) == (kind, text)


def test_no_heading_is_no_authority() -> None:
    assert read_authority(Record(LEADER, (Field("001", data="1"), Field("400", subfields=(("a", "X"),))))) is None


@pytest.mark.parametrize(
    ("value", "scheme", "key"),
    [
        ("(DLC)n  79021164", "", "(dlc)n79021164"),
        ("http://id.loc.gov/authorities/names/n79021164", "", "(dlc)n79021164"),
        ("https://viaf.org/viaf/123/", "uri", "viaf:123"),
        ("0000-0001-2345-678X", "isni", "isni:000000012345678x"),
        ("Q36014", "wikidata", "wikidata:q36014"),
        ("12345", "", ""),
        ("", "viaf", ""),
    ],
)
def test_identifiers_have_one_form(value: str, scheme: str, key: str) -> None:
    assert identifier_key(value, scheme) == key


def test_the_heading_changes_and_nothing_else() -> None:
    record = Record(
        "00000nam a2200000 a 4500",
        (
            Field("100", "1", " ", (("6", "880-01"), ("a", "Nguyễn, Sen,"), ("e", "tác giả"), ("0", "(VN-NLV)17"))),
            Field("650", " ", "4", (("a", "Than"), ("z", "Quảng Ninh"), ("2", "btkkhcn"))),
            Field("700", "1", " ", (("a", "Nguyễn Sen"), ("t", "Dế mèn"), ("n", "T. 1"))),
        ),
    )
    new = (("a", "Tô Hoài,"), ("d", "1920-2014"))
    out = controlled(record, {0: ("100", new, True), 1: ("650", (("a", "Than đá"),), False), 2: ("700", new, True)})
    assert out.fields[0].subfields == (("6", "880-01"), *new, ("e", "tác giả"), ("0", "(VN-NLV)17"))
    assert out.fields[1].subfields == (("a", "Than đá"), ("z", "Quảng Ninh"), ("2", "btkkhcn"))
    assert out.fields[2].subfields == (*new, ("t", "Dế mèn"), ("n", "T. 1"))
    # a link of an earlier state of the record does no harm
    assert controlled(record, {0: ("700", new, True), 9: ("700", new, True)}) == record


def test_headings_that_are_governed() -> None:
    fields = [
        Field("245", "1", "0", (("a", "Dế mèn"),)),
        Field("600", "1", "4", (("a", "Tô Hoài"), ("x", "Tiểu sử"))),
        Field("653", subfields=(("a", "Tô Hoài"),)),
        Field("650", " ", "4", (("a", "Than"), ("x", "Lịch sử"))),
    ]
    found = [(n, tag, h.name, h.main) for n, tag, h in headings_of(list(enumerate(fields)))]
    assert found == [(1, "600", "Tô Hoài", ""), (3, "650", "Than -- Lịch sử", "Than")]
