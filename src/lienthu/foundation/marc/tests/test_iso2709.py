"""Reading records with every fault that has been seen in the wild, and writing them without any."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pymarc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lienthu.foundation.marc.iso2709 import Parsed, TooLong, leader_encoding, parse, write
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.problems import PROBLEMS, Unreadable
from lienthu.foundation.vietnamese.encodings import ENCODERS, decoder


def utf8(data: bytes) -> str:
    return data.decode()


def raise_on_high_bytes(data: bytes) -> str:
    return data.decode("ascii")


NOVEL = Record(
    "00238nam a2200085 a 4500",
    (
        Field("001", data="b000001"),
        Field("008", data="250101s2020    vm ||||||||||||||||||vie||"),
        Field("100", "1", " ", (("a", "Vũ Trọng Phụng,"), ("d", "1912-1939"))),
        Field("245", "1", "0", (("a", "Số đỏ :"), ("b", "tiểu thuyết"))),
        Field("650", " ", "7", (("a", "Văn học"),)),
    ),
)
RAW = write(NOVEL)
BASE = int(RAW[12:17])


def codes(parsed: Parsed) -> list[str]:
    return [p.code for p in parsed.repairs]


def with_entries(change: Callable[[int, bytes, int, int], bytes]) -> bytes:
    """The novel with another directory."""
    directory = RAW[24 : BASE - 1]
    entries = [directory[i : i + 12] for i in range(0, len(directory), 12)]
    new = b"".join(change(i, e[:3], int(e[3:7]), int(e[7:])) for i, e in enumerate(entries))
    return RAW[:24] + new + RAW[BASE - 1 :]


def texts(record: Record) -> list[tuple[str, ...]]:
    return [(f.tag, f.ind1, f.ind2, f.data, *(c + v for c, v in f.subfields)) for f in record.fields]


def test_a_sound_record_needs_no_repair() -> None:
    parsed = parse(RAW, utf8)
    assert parsed.record.fields == NOVEL.fields
    assert parsed.repairs == ()
    assert parsed.record.leader == RAW[:24].decode()


def test_the_slow_way_reads_the_same() -> None:
    assert parse(RAW, utf8, decode_field=utf8) == parse(RAW, utf8)


def test_lengths_in_characters_instead_of_bytes() -> None:
    sizes = [len(f.decode()) + 1 for f in RAW[BASE:-2].split(b"\x1e")]
    raw = with_entries(lambda i, tag, *_: tag + b"%04d%05d" % (sizes[i], sum(sizes[:i])))
    parsed = parse(raw, utf8)
    assert parsed.record.fields == NOVEL.fields
    assert codes(parsed) == ["characters-for-bytes"]


@pytest.mark.parametrize("wrong", [b"000000000", b"999999999", b"000100001"])
def test_useless_lengths_and_positions(wrong: bytes) -> None:
    parsed = parse(with_entries(lambda i, tag, *_: tag + wrong), utf8)
    assert parsed.record.fields == NOVEL.fields
    assert codes(parsed) == ["directory-lengths"]


def test_directory_with_letters_for_digits() -> None:
    parsed = parse(with_entries(lambda i, tag, n, s: tag + (b"00x1 0001" if i == 2 else b"%04d%05d" % (n, s))), utf8)
    assert parsed.record.fields == NOVEL.fields
    assert codes(parsed) == ["directory-characters", "directory-lengths"]


@pytest.mark.parametrize("base", [b"00000", b"     ", b"00084", b"99999", b"x0y1z"])
def test_wrong_base_address(base: bytes) -> None:
    parsed = parse(RAW[:12] + base + RAW[17:], utf8)
    assert parsed.record.fields == NOVEL.fields
    assert codes(parsed) == ["base-address"]


def test_wrong_record_length() -> None:
    parsed = parse(b"00042" + RAW[5:], utf8)
    assert parsed.record.fields == NOVEL.fields
    assert codes(parsed) == ["record-length"]


def test_wrong_entry_map() -> None:
    parsed = parse(RAW[:20] + b"    " + RAW[24:], utf8)
    assert parsed.record.fields == NOVEL.fields


def test_missing_record_terminator_alone_loses_nothing() -> None:
    for raw in (RAW[:-1], RAW[:-1] + b"\r\n"):
        parsed = parse(raw, utf8)
        assert parsed.record.fields == NOVEL.fields
        assert codes(parsed) == ["missing-terminator"]


def test_entry_beyond_the_end() -> None:
    entry = b"999001099000"
    raw = RAW[: BASE - 1] + entry + RAW[BASE - 1 :]
    raw = b"%05d" % len(raw) + raw[5:12] + b"%05d" % (BASE + 12) + raw[17:]
    parsed = parse(raw, utf8)
    assert parsed.record.fields == NOVEL.fields
    assert codes(parsed) == ["directory-lengths", "entry-without-field"]
    assert parsed.repairs[1].detail == "999"


def test_field_without_entry_is_kept() -> None:
    raw = RAW[:24] + RAW[24 : BASE - 13] + RAW[BASE - 1 :]
    raw = b"%05d" % len(raw) + raw[5:12] + b"%05d" % (BASE - 12) + raw[17:]
    parsed = parse(raw, utf8)
    *known, unknown = parsed.record.fields
    assert known == list(NOVEL.fields[:-1])
    assert unknown == NOVEL.fields[-1]._replace(tag="XXX")
    assert codes(parsed) == ["field-without-entry"]


def test_fields_in_another_order_than_the_directory() -> None:
    order = [4, 2, 0, 3, 1]
    fields = RAW[BASE:-2].split(b"\x1e")
    starts = {j: sum(len(fields[k]) + 1 for k in order[:i]) for i, j in enumerate(order)}
    body = b"\x1e".join(fields[j] for j in order) + b"\x1e\x1d"
    raw = with_entries(lambda i, tag, n, s: tag + b"%04d%05d" % (n, starts[i]))[:BASE] + body
    parsed = parse(raw, utf8)
    assert parsed.record.fields == NOVEL.fields
    assert parsed.repairs == ()


@pytest.mark.parametrize("instead", [b"", b" ", b"\x1f"])
def test_a_missing_terminator_of_the_directory(instead: bytes) -> None:
    parsed = parse(RAW[: BASE - 1] + instead + RAW[BASE:], utf8)
    assert parsed.record.fields == NOVEL.fields
    assert "field-terminator" in codes(parsed)


def test_a_missing_field_terminator() -> None:
    at = RAW.index(b"\x1e", BASE)
    raw = RAW[:at] + b" " + RAW[at + 1 :]
    parsed = parse(raw, utf8)
    assert [f.tag for f in parsed.record.fields] == ["001", "008", "100", "245", "650"]
    assert codes(parsed) == ["field-terminator"]


def test_a_field_terminator_that_is_a_letter() -> None:
    raw = write(NOVEL.with_fields([*NOVEL.fields[:2], Field("245", "0", "0", (("a", "T#"), ("b", "L# ca")))]))
    parsed = parse(raw.replace(b"#", b"\x1e"), decoder("viscii"))
    assert parsed.record.fields[2].subfields == (("a", "TỴ"), ("b", "LỴ ca"))
    assert parsed.repairs == ()


def test_a_directory_that_lost_a_byte() -> None:
    raw = RAW[:40] + RAW[41:]
    parsed = parse(raw, utf8)
    assert [f.tag for f in parsed.record.fields][2:] == ["100", "245", "650"]
    assert len(parsed.record.fields) == 5
    assert "directory-length" in codes(parsed)


def test_a_leader_of_another_length() -> None:
    for raw in (RAW[:8] + RAW[9:], RAW[:8] + b" " + RAW[8:]):
        parsed = parse(raw, utf8)
        assert parsed.record.fields == NOVEL.fields
        assert "leader-length" in codes(parsed)


def test_truncated_behind_the_title_keeps_what_there_is() -> None:
    raw = RAW[: RAW.index(b"\x1e10") + 20]
    parsed = parse(raw, utf8)
    assert [f.tag for f in parsed.record.fields] == ["001", "008", "100", "245"]
    assert codes(parsed)[0] == "truncated"
    assert "missing-terminator" not in codes(parsed)


def test_truncated_in_the_middle_of_a_character() -> None:
    raw = RAW[: RAW.index("ố".encode(), BASE) + 2]
    parsed = parse(raw, utf8)
    assert parsed.record.fields[-1].first("a") == "S\ufffd"
    assert codes(parsed) == ["truncated", "undecodable"]


def test_truncated_before_the_title_is_unreadable() -> None:
    with pytest.raises(Unreadable) as caught:
        parse(RAW[: RAW.index(b"\x1e1 ") + 8], utf8)
    assert caught.value.problem.code == "truncated-beyond-use"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "too-short"),
        (b"00042", "too-short"),
        ("Danh mục sách của thư viện xã Quan Lạn".encode(), "no-directory"),
        (RAW[:60], "no-directory"),
        (b"\x1e\x1d" * 40, "not-marc"),
    ],
)
def test_what_is_no_record_is_unreadable(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(data, utf8)
    assert caught.value.problem.code == code


def one_field(tag: str, data: bytes) -> Parsed:
    """A record with one raw field behind a title."""
    fields = [b"10\x1faT", data]
    directory = b"245%04d%05d" % (5 + 1, 0) + tag.encode() + b"%04d%05d" % (len(data) + 1, 6)
    body = directory + b"\x1e" + b"\x1e".join(fields) + b"\x1e\x1d"
    raw = b"%05dnam a22%05d a 4500" % (24 + len(body), 24 + len(directory) + 1) + body
    return parse(raw, utf8)


@pytest.mark.parametrize(
    ("tag", "data", "expected", "repair"),
    [
        ("650", b"\x07\xe1\x1fax", Field("650", " ", " ", (("a", "x"),)), "bad-indicator"),
        ("650", b"\x1fax", Field("650", " ", " ", (("a", "x"),)), "missing-indicators"),
        ("650", b"1\x1fax", Field("650", "1", " ", (("a", "x"),)), "missing-indicators"),
        ("650", b"10Ba Ch\xe1\xba\xbd", Field("650", "1", "0", (("a", "Ba Chẽ"),)), "no-subfields"),
        ("650", b"Ba Ch\xe1\xba\xbd", Field("650", " ", " ", (("a", "Ba Chẽ"),)), "no-subfields"),
        ("245", b"10aNh\xe1\xba\xadt\x1fck\xc3\xbd",
         Field("245", "1", "0", (("a", "Nhật"), ("c", "ký"))), "missing-delimiter"),
        ("245", b"10nh\xe1\xba\xadt\x1fck\xc3\xbd",
         Field("245", "1", "0", (("a", "nhật"), ("c", "ký"))), "missing-delimiter"),
        ("500", b"  \x1fax\x1f\x1fby", Field("500", " ", " ", (("a", "x"), ("b", "y"))), "empty-subfield"),
        ("500", b"  \x1f\xc4\x90\xe1\xba\xa3o", Field("500", " ", " ", (("a", "Đảo"),)), "bad-subfield-code"),
        ("500", b"  \x1f text", Field("500", " ", " ", (("a", "text"),)), "bad-subfield-code"),
        ("001", b"  \x1fa123", Field("001", data="123"), "control-field-subfields"),
        ("500", b"  \x1faa\0b", Field("500", " ", " ", (("a", "ab"),)), "nul-bytes"),
        ("500", b"  \x1faa\x1db", Field("500", " ", " ", (("a", "a b"),)), "terminator-in-data"),
        ("500", b"  \x1faa\xffb", Field("500", " ", " ", (("a", "a\ufffdb"),)), "undecodable"),
        ("2-5", b"  \x1fax", Field("XXX", " ", " ", (("a", "x"),)), "bad-tag"),
    ],
)  # fmt: skip
def test_one_faulty_field(tag: str, data: bytes, expected: Field, repair: str) -> None:
    parsed = one_field(tag, data)
    assert parsed.record.fields[1] == expected
    assert repair in codes(parsed)
    assert parsed.record.fields[0] == Field("245", "1", "0", (("a", "T"),))


def test_each_value_is_decoded_on_its_own() -> None:
    def viqr_like(data: bytes) -> str:
        return data.decode("latin-1").replace("a'", "á")

    field = Field("245", "1", "0", (("a", "'Tho'"), ("b", "ca' voi")))
    parsed = parse(write(NOVEL.with_fields([field])), viqr_like)
    assert parsed.record.fields[0].subfields == (("a", "'Tho'"), ("b", "cá voi"))


@pytest.mark.parametrize("name", ["viscii", "vni", "viqr", "tcvn3", "cp1258", "utf-8-double", "vni-in-utf-8"])
def test_records_in_legacy_encodings_need_no_repair(name: str) -> None:
    title = "Đường lên đỉnh núi ngày đẹp trời" if name != "tcvn3" else "đường lên đỉnh núi ngày đẹp trời"
    fields = [b"10\x1fa" + ENCODERS[name](title) + b"\x1fc" + ENCODERS[name]("mẹ kể"), b"  \x1faHanoi"]
    directory = b"245%04d%05d650%04d%05d" % (len(fields[0]) + 1, 0, len(fields[1]) + 1, len(fields[0]) + 1)
    body = directory + b"\x1e" + b"\x1e".join(fields) + b"\x1e\x1d"
    parsed = parse(b"%05dnam  2200049 a 4500" % (24 + len(body)) + body, decoder(name))
    assert parsed.repairs == ()
    assert texts(parsed.record) == [
        ("245", "1", "0", "", "a" + title, "cmẹ kể"),
        ("650", " ", " ", "", "aHanoi"),
    ]


def test_a_mark_behind_a_code_does_not_join_it() -> None:
    raw = write(NOVEL.with_fields([Field("245", "1", "0", (("a", "\u0301x"), ("b", "e\u0301")))]))
    for decode in (utf8, lambda b: unicodedata.normalize("NFC", b.decode())):
        parsed = parse(raw, decode)
        assert parsed.record.fields[0].subfields == (("a", "\u0301x"), ("b", "é"))


def test_a_decoder_that_fails_does_not_fail_the_record() -> None:
    parsed = parse(RAW, raise_on_high_bytes)
    assert parsed.record.fields == NOVEL.fields
    assert codes(parsed) == ["undecodable"]


def test_leader_encoding() -> None:
    assert leader_encoding(RAW) == "utf-8"
    assert leader_encoding(RAW[:9] + b" " + RAW[10:]) == "marc-8"
    assert leader_encoding(RAW[:9] + b"3" + RAW[10:]) == "unknown"
    assert leader_encoding(b"") == "unknown"


def test_write_refuses_what_does_not_fit() -> None:
    with pytest.raises(TooLong, match="field 505"):
        write(NOVEL.with_fields([Field("505", subfields=(("a", "x" * 10_000),))]))
    long = [Field("505", subfields=(("a", "x" * 9_000),))] * 12
    with pytest.raises(TooLong, match="record"):
        write(NOVEL.with_fields(long))


def test_write_keeps_delimiters_out_of_values() -> None:
    fields = [Field("001", data="1\x1f2"), Field("500", subfields=(("a", "x\x1e\x1f\x1dy"),))]
    assert texts(parse(write(NOVEL.with_fields(fields)), utf8).record) == [
        ("001", " ", " ", "1 2"),
        ("500", " ", " ", "", "ax   y"),
    ]


CHARACTERS = st.characters(blacklist_categories=("Cs", "Cc"))
VALUES = st.text(CHARACTERS, max_size=30)
FIELDS = st.one_of(
    st.builds(lambda n, d: Field(f"00{n}", data=d), st.integers(1, 9), VALUES),
    st.builds(
        lambda tag, ind1, ind2, subfields: Field(tag, ind1, ind2, subfields),
        st.integers(10, 999).map(lambda n: f"{n:03d}"),
        st.sampled_from(" 0123456789a"),
        st.sampled_from(" 0123456789a"),
        st.lists(st.tuples(st.sampled_from("abcdz0269"), VALUES), min_size=1, max_size=5).map(tuple),
    ),
)
RECORDS = st.builds(Record, st.just("00000nam a2200000 a 4500"), st.lists(FIELDS, min_size=1, max_size=12).map(tuple))


@given(RECORDS)
def test_what_is_written_is_read_again(record: Record) -> None:
    parsed = parse(write(record), utf8)
    assert texts(parsed.record) == [
        tuple(unicodedata.normalize("NFC", part) if i == 3 else part[:1] + unicodedata.normalize("NFC", part[1:])
              if i > 3 else part for i, part in enumerate(field))
        for field in texts(record)
    ]  # fmt: skip
    assert parsed.repairs == ()


@given(RECORDS)
@settings(max_examples=50)
def test_pymarc_reads_what_we_write(record: Record) -> None:
    assert from_pymarc(pymarc.Record(data=write(record))) == texts(record)


def from_pymarc(record: pymarc.Record) -> list[tuple[str, ...]]:
    return [
        (f.tag, " ", " ", f.data)
        if f.is_control_field()
        else (f.tag, f.indicator1, f.indicator2, "", *(s.code + s.value for s in f.subfields))
        for f in record.fields
    ]


@given(st.binary(max_size=400))
@example(b"\x1e" * 60)
def test_any_bytes_are_read_or_unreadable(data: bytes) -> None:
    try:
        parsed = parse(data, utf8)
    except Unreadable as error:
        known = error.problem.code in PROBLEMS
    else:
        known = bool(parsed.record.fields)
    assert known
