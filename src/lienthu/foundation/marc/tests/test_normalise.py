"""One form for storage: nothing that matters changes, and the form survives every format."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthu.foundation.marc import iso2709, marcjson, marcxml
from lienthu.foundation.marc.marc8 import decode_marc8
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.normalise import (
    canonical,
    canonical_and_digest,
    content_digest,
    digest,
    from_canonical,
    normalise,
    rebuilt,
)
from lienthu.foundation.marc.split import split_iso2709

REAL = Path(__file__).resolve().parents[6] / "shared" / "data" / "marc"
LEADER = "00000nam a2200000 a 4500"


def one(field: Field) -> tuple[Field, ...]:
    return normalise(Record(LEADER, (field,))).fields


def data(*subfields: tuple[str, str], tag: str = "500", indicators: str = "  ") -> Field:
    return Field(tag, indicators[0], indicators[1], subfields)


@pytest.mark.parametrize(
    ("leader", "expected"),
    [
        ("01234nam a2200123 a 4500", LEADER),
        ("01234nam  2200123 a 4500", LEADER),
        ("01234cgm#a22#####1a#450 ", "00000cgm a22000001a 4500"),
        ("", "00000 a  a2200000   4500"),
        ("01234n|m a2200123", "00000nam a2200000   4500"),
        ("01234nămđa2200123ăa 4500", "00000nam a2200000 a 4500"),
        (LEADER + "more", LEADER),
    ],
)
def test_leader(leader: str, expected: str) -> None:
    assert normalise(Record(leader, ())).leader == expected


def test_text_is_clean_nfc() -> None:
    field = data(("a", "  Nguye\u0302\u0303n \ufeffDu  "), ("b", "Ðiện\u200b Biên"))
    assert one(field) == (data(("a", "Nguyễn Du"), ("b", "Điện Biên")),)


def test_empty_subfields_and_fields_are_left_out() -> None:
    fields = (data(("a", " "), ("b", "x"), ("c", "")), data(("a", "\u200b")), data(), Field("003", data="  "))
    assert normalise(Record(LEADER, fields)).fields == (data(("b", "x")),)


def test_control_fields_keep_their_blanks() -> None:
    field = Field("008", data="250101s2020    vm\0  \n  vie  ")
    assert one(field) == (Field("008", data="250101s2020    vm    vie  "),)


def test_indicators_and_codes() -> None:
    assert one(data(("a", "x"), indicators="#|")) == (data(("a", "x")),)
    assert one(data(("a", "x"), indicators="1A")) == (data(("a", "x"), indicators="1a"),)
    assert one(data((" ", "x"), ("é", "t"), ("", "y"))) == (data(("a", "x"), ("a", "ét"), ("a", "y")),)


def test_control_fields_come_first_the_rest_keeps_its_order() -> None:
    fields = (data(("a", "1"), tag="650"), Field("005", data="2"), data(("a", "3"), tag="245"), Field("001", data="4"))
    assert [f.tag for f in normalise(Record(LEADER, fields)).fields] == ["005", "001", "650", "245"]


def test_canonical_text() -> None:
    record = Record(LEADER, (Field("001", data="b1"), data(("a", "Số đỏ"), ("b", "x"), tag="245", indicators="10")))
    text = canonical(record)
    assert text == f'["{LEADER}",[["001","b1"],["245","10",[["a","Số đỏ"],["b","x"]]]]]'
    assert from_canonical(text) == from_canonical(text.encode()) == record


@pytest.mark.parametrize("text", ["", "{}", "[]", '["x"]', '["x",[["245"]]]', '["x",[["245","1",[]]]]', '["x",[1]]'])
def test_from_canonical_refuses_other_text(text: str) -> None:
    with pytest.raises(ValueError, match="not a canonical"):
        from_canonical(text)


def test_digests() -> None:
    book = Record(LEADER, (Field("001", data="b1"), Field("005", data="2020"), data(("a", "Số đỏ"), tag="245")))
    other_time = book.with_fields([book.fields[0], Field("005", data="2021"), book.fields[2]])
    other_number = book.with_fields([Field("001", data="b2"), *book.fields[1:]])
    other_title = book.with_fields([*book.fields[:2], data(("a", "Số đen"), tag="245")])
    assert len(digest(book)) == len(content_digest(book)) == 16
    assert digest(book) == digest(other_time) == digest(other_number) != digest(other_title)
    assert content_digest(book) == content_digest(other_time)
    assert len({content_digest(r) for r in (book, other_number, other_title)}) == 3
    quoted = '["005","2020"],'
    quoting = normalise(Record(LEADER, (Field("001", data=quoted), Field("005", data="2020"), data(("a", quoted)))))
    at_the_end = normalise(Record(LEADER, (Field("001", data="b1"), Field("005", data="2020"))))
    for record in (quoting, at_the_end):
        assert canonical_and_digest(record) == (canonical(record), content_digest(record))


TEXT = st.one_of(
    st.text(max_size=20),
    st.text(
        st.sampled_from("aăâđêôơưÐế\u0301\u0302\u0323\u200b\ufeff \x1f\x1e\r\n\t\0\ud800\ufffe&<>\"'"), max_size=20
    ),
)
CODES = st.sampled_from("abcxyz0269A!$&<\"'=")
FIELDS = st.one_of(
    st.builds(lambda tag, text: Field(tag, data=text), st.sampled_from(["001", "003", "005", "008", "00A"]), TEXT),
    st.builds(
        lambda tag, ind1, ind2, subfields: Field(tag, ind1, ind2, tuple(subfields)),
        st.sampled_from(["010", "245", "500", "9XX", "abc", "XXX", "24", "2+5", "ABC"]),
        st.sampled_from([*" 0129aZ#|é", ""]),
        st.sampled_from([*" 0129aZ#|é", ""]),
        st.lists(st.tuples(st.one_of(CODES, st.sampled_from(["", " ", "đ", "ab"])), TEXT), max_size=4),
    ),
)
RECORDS = st.builds(Record, st.one_of(st.just(LEADER), st.text(max_size=26)), st.lists(FIELDS, max_size=8).map(tuple))


def through_iso2709(record: Record) -> Record:
    return iso2709.parse(iso2709.write(record), bytes.decode).record


def through_xml(record: Record) -> Record:
    out = io.BytesIO()
    marcxml.write_collection([record], out)
    (piece,) = marcxml.read(io.BytesIO(out.getvalue()))
    assert piece.record
    assert not piece.repairs
    return piece.record


def through_json(record: Record) -> Record:
    (piece,) = marcjson.read(io.BytesIO(marcjson.write(record)))
    assert piece.record
    assert not piece.repairs
    return piece.record


@given(RECORDS)
@settings(max_examples=300, deadline=None)
def test_the_form_is_stable_and_survives_every_format(record: Record) -> None:
    normal = normalise(record)
    assert normal.fields == rebuilt(record.fields)
    assert normalise(normal) == normal == Record(normal.leader, rebuilt(normal.fields))
    assert canonical_and_digest(normal) == (canonical(normal), content_digest(normal))
    assert from_canonical(canonical(normal)) == normal
    assert re.fullmatch(r"00000[0-9A-Za-z ][A-Za-z][0-9A-Za-z ]{2}a2200000[0-9A-Za-z ]{3}4500", normal.leader)
    if normal.fields:
        for trip in (through_iso2709, through_xml, through_json):
            assert normalise(trip(normal)) == normal


@pytest.mark.parametrize("name", ["jazz_1k.mrc", "lul_fre_500.mrc", "nepali.marc", "hebrew.marc", "FSL.marc"])
def test_real_records_survive_every_format(name: str) -> None:
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    decode = bytes.decode if name in ("nepali.marc", "FSL.marc") else decode_marc8
    with path.open("rb") as stream:
        records = [normalise(iso2709.parse(p.raw, decode).record) for p in split_iso2709(stream)]
    for record in records[:150]:
        assert from_canonical(canonical(record)) == record
        for trip in (through_iso2709, through_xml, through_json):
            assert normalise(trip(record)) == record
    assert len({content_digest(r) for r in records}) == len(records)
