"""MARC-in-JSON as arrays, wrapped, and one object a line; broken entries cost only themselves."""

from __future__ import annotations

import codecs
import io
import json
from pathlib import Path

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthu.foundation.marc import iso2709
from lienthu.foundation.marc.marc8 import decode_marc8
from lienthu.foundation.marc.marcjson import JsonPiece, read, write
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.problems import PROBLEMS
from lienthu.foundation.marc.split import split_iso2709

SHARED = Path(__file__).resolve().parents[6] / "shared" / "data"
LEADER = "00000nam a2200000 a 4500"


def book(number: int, title: str = 'Số đỏ {"[]"}') -> Record:
    return Record(LEADER, (Field("001", data=f"b{number}"), Field("245", "1", "0", (("a", title), ("a", "x")))))


ONE, TWO, THREE = (write(book(n)) for n in (1, 2, 3))


def stands_at(data: bytes, offset: int, raw: bytes) -> bool:
    """Whether these bytes are there in the file, which may be UTF-16."""
    text = raw.decode("utf-8", "replace")
    wide = (text.encode("utf-16-le", "replace"), text.encode("utf-16-be", "replace"))
    return data[offset:].startswith((raw, *wide))


def pieces(data: bytes, **options: int) -> list[JsonPiece]:
    found = list(read(io.BytesIO(data), **options))
    assert all(stands_at(data, p.offset, p.raw) for p in found)
    assert all((p.record is None) != (p.problem is None) for p in found)
    return found


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_a_broken_entry_is_told_by_its_byte(mark: bytes) -> None:
    broken = b'{"leader": "x", "fields": [}'
    data = mark + b"[" + ONE + b",\n" + broken + b"," + THREE + b"]"
    found = pieces(data)
    assert outcome(found) == ["b1", "json-malformed", "b3"]
    assert [p.offset for p in found] == [data.index(ONE), data.index(broken), data.index(THREE)]


def outcome(found: list[JsonPiece]) -> list[str]:
    return [p.record.control_number if p.record else p.problem.code if p.problem else "" for p in found]


def codes(piece: JsonPiece) -> list[str]:
    return [p.code for p in piece.repairs]


def test_the_shape_of_what_we_write() -> None:
    assert json.loads(ONE) == {
        "leader": LEADER,
        "fields": [
            {"001": "b1"},
            {"245": {"ind1": "1", "ind2": "0", "subfields": [{"a": 'Số đỏ {"[]"}'}, {"a": "x"}]}},
        ],
    }
    assert b"\n" not in ONE


@pytest.mark.parametrize(
    "data",
    [
        ONE + b"\n" + TWO + b"\n" + THREE + b"\n",
        ONE + b"\r\n\r\n" + TWO + b"\r\n" + THREE,
        b"[" + ONE + b"," + TWO + b",\n " + THREE + b"]\n",
        b"\xef\xbb\xbf [ " + ONE + b" , " + TWO + b" , " + THREE + b" , ]",
        b'{"records": [' + ONE + b"," + TWO + b"," + THREE + b'], "total": 3}',
        b'{"total": 3, "query": {"q": "x"},\n "records":[' + ONE + b"," + TWO + b"," + THREE + b"]}",
        b"\n\n".join(json.dumps(json.loads(r), indent=2).encode() for r in (ONE, TWO, THREE)),
        ("[" + ",".join(json.dumps(json.loads(r)) for r in (ONE, TWO, THREE)) + "]").encode("utf-16"),
        b"\x1e" + ONE + b"\n\x1e" + TWO + b"\n\x1e" + THREE + b"\n",
    ],
)
def test_every_container(data: bytes) -> None:
    found = pieces(data)
    assert [p.record for p in found] == [book(1), book(2), book(3)]
    assert not any(p.repairs for p in found)


@pytest.mark.parametrize(
    "broken",
    [
        TWO[:-20],
        TWO[:30],
        TWO.replace(b":", b"=", 1),
        b"".join(TWO.rpartition(b"]")[::2]),
        TWO.replace(b'"b2"', b'"b2'),
        b"garbage",
        b"{'leader': 'x'}",
        b"12, null, true",
        b'"x"',
    ],
)
@pytest.mark.parametrize("between", [b"\n", b",\n"])
def test_reading_goes_on_behind_a_broken_entry(broken: bytes, between: bytes) -> None:
    data = ONE + between + broken + between + THREE
    found = pieces(b"[" + data + b"]" if b"," in between else data)
    assert outcome(found) == ["b1", "json-malformed", "b3"]
    assert found[1].raw.strip() == broken


WRAPPED = b'{"records": [%s]}'


@pytest.mark.parametrize("join", [b"\n", b",", b""])
@pytest.mark.parametrize("entries", [b"[%s]", WRAPPED, b'{"total": 1, "items": [%s], "next": {"a": ["]", 1]}}', b"%s"])
def test_every_array_of_a_stream_is_read(entries: bytes, join: bytes) -> None:
    """Rule IMP-11: as from files that were put together."""
    data = join.join([b"[%s]" % ONE, entries % TWO, entries % THREE])
    for found in (pieces(data), list(read(Trickle(data)))):
        assert [p.record for p in found] == [book(1), book(2), book(3)]
        assert [p.offset for p in found] == [data.index(r) for r in (ONE, TWO, THREE)]


def test_several_lists_in_one_object() -> None:
    data = b'{"items": [%s], "total": 3, "records": [%s, %s]}' % (ONE, TWO, THREE)
    assert outcome(pieces(data)) == ["b1", "b2", "b3"]


@pytest.mark.parametrize(
    ("data", "expected", "rest"),
    [
        (b"[%s]},%s]" % (ONE, TWO), ["b1", "json-malformed", "b2", "json-malformed"], b"}"),
        (b"[%s]\n%s\n%s" % (ONE, TWO[:40], THREE), ["b1", "json-malformed", "b3"], TWO[:40]),
        (b"[%s]\nend of list" % ONE, ["b1", "json-malformed"], b"end of list"),
        (b'{"records": [%s], %s, 7]}' % (ONE, TWO), ["b1", "b2", "json-malformed"], b"7]}"),
        (b'{"records": [%s], "more": %s' % (ONE, TWO[:50]), ["b1", *["json-malformed"] * 2], b'"more":'),
        (
            b'{"records": [%s], "more": {"x": [%s]}}' % (ONE, TWO),
            ["b1", "json-malformed", "b2", "json-malformed"],
            b"]}}",
        ),
    ],
)
def test_what_follows_an_array_is_read_or_told(data: bytes, expected: list[str], rest: bytes) -> None:
    """Rule IMP-11."""
    found = pieces(data)
    assert outcome(found) == expected
    assert any(p.raw.startswith(rest) and data[p.offset :].startswith(rest) for p in found if p.problem)


@pytest.mark.parametrize(
    ("entry", "fields", "told"),
    [
        ('{"650": {"ind1": " ", "ind2": "4", "subfields": [{"a": "x"}]},'
         ' "650": {"ind1": " ", "ind2": "4", "subfields": [{"a": "y"}]}}',
         [Field("650", " ", "4", (("a", "x"),)), Field("650", " ", "4", (("a", "y"),))], ["json-repeated-name"]),
        ('{"650": {"ind1": " ", "ind2": "4", "subfields": {"a": "h", "x": "1", "x": "2"}}}',
         [Field("650", " ", "4", (("a", "h"), ("x", "1"), ("x", "2")))], ["json-repeated-name"]),
        ('{"650": {"ind1": " ", "ind2": "4", "subfields": [{"a": "h", "a": "i"}]}}',
         [Field("650", " ", "4", (("a", "h"), ("a", "i")))], ["json-repeated-name"]),
        ('{"650": {"ind1": " ", "ind2": "4", "subfields": [{"a": "h"}], "subfields": [{"x": "1"}]}}',
         [Field("650", " ", "4", (("a", "h"), ("x", "1")))], ["json-repeated-name"]),
        ('{"700": {"ind1": "1", "a": "Tên", "e": "dịch"}}',
         [Field("700", "1", " ", (("a", "Tên"), ("e", "dịch")))], ["json-shape", "json-shape"]),
        ('{"700": {"ind1": "1", "ind2": " ", "value": "Tên"}}',
         [Field("700", "1", " ", (("a", "Tên"),))], ["json-shape", "bad-subfield-code"]),
        ('{"700": {"ind1": "1", "ind2": " ", "subfields": [{"a": "Tên"}], "label": "Author"}}',
         [Field("700", "1", " ", (("a", "Tên"),))], ["json-shape"]),
    ],
)  # fmt: skip
def test_repeated_and_misplaced_names_keep_their_values(entry: str, fields: list[Field], told: list[str]) -> None:
    """Rule IMP-10."""
    (piece,) = pieces(f'{{"leader": "{LEADER}", "fields": [{entry}]}}'.encode())
    assert piece.record == Record(LEADER, tuple(fields))
    assert codes(piece) == told


def test_a_record_with_its_fields_in_two_lists() -> None:
    (piece,) = pieces(f'{{"leader": "{LEADER}", "fields": [{{"001": "1"}}], "fields": [{{"005": "2"}}]}}'.encode())
    assert piece.record == Record(LEADER, (Field("001", data="1"), Field("005", data="2")))
    assert codes(piece) == ["json-repeated-name"]


@pytest.mark.parametrize("other", [b"{}", b'{"a": 1}', b'{"leader": "x"}', b'{"fields": {}}'])
def test_other_json_is_told_and_passed_over(other: bytes) -> None:
    found = pieces(b"[" + ONE + b"," + other + b"," + THREE + b"]")
    assert outcome(found) == ["b1", "json-shape", "b3"]


def test_a_record_without_fields() -> None:
    assert outcome(pieces(b'{"leader": "x", "fields": []}')) == ["no-fields"]


@pytest.mark.parametrize("data", [b"", b" \n", b"[]", b'{"records": []}', b"\xef\xbb\xbf"])
def test_files_without_records(data: bytes) -> None:
    assert pieces(data) == []


def test_a_file_that_is_no_json() -> None:
    assert outcome(pieces("Danh mục sách\nTắt đèn\n".encode())) == ["json-malformed"]


@pytest.mark.parametrize(
    ("entry", "field", "code"),
    [
        ('{"245": {"ind1": "1", "ind2": "0", "subfields": {"a": "x", "b": "y"}}}',
         Field("245", "1", "0", (("a", "x"), ("b", "y"))), None),
        ('{"245": {"ind1": "", "subfields": [{"a": "x"}]}}', Field("245", " ", " ", (("a", "x"),)), None),
        ('{"245": {"ind1": 1, "ind2": 0, "subfields": [{"a": 12}]}}',
         Field("245", "1", "0", (("a", "12"),)), "json-value"),
        ('{"245": {"ind1": "1", "ind2": "0", "subfields": ["x", {"a": null}]}}',
         Field("245", "1", "0", (("a", ""),)), "json-shape"),
        ('{"245": "x"}', Field("245", subfields=(("a", "x"),)), "no-subfields"),
        ('{"001": {"ind1": " ", "ind2": " ", "subfields": [{"a": "7"}]}}',
         Field("001", data="7"), "control-field-subfields"),
        ('{"1": "7"}', Field("001", data="7"), "bad-tag"),
        ('{"500": {"ind1": " ", "ind2": " ", "subfields": [{"": "x"}]}}',
         Field("500", subfields=(("a", "x"),)), "bad-subfield-code"),
        (r'{"500": {"ind1": " ", "ind2": " ", "subfields": [{"a": "\ud800x"}]}}',
         Field("500", subfields=(("a", "\ufffdx"),)), None),
    ],
)  # fmt: skip
def test_odd_fields(entry: str, field: Field, code: str | None) -> None:
    (piece,) = pieces(f'{{"leader": "{LEADER}", "fields": [{entry}]}}'.encode())
    assert piece.record == Record(LEADER, (field,))
    assert code is None or code in codes(piece)


def test_bytes_that_are_not_utf8() -> None:
    data = ONE.replace("ố".encode(), b"\xe9")
    (piece,) = pieces(data)
    assert piece.raw == data
    assert codes(piece) == ["undecodable"]
    assert piece.record
    assert piece.record.fields[1].first("a").startswith("S\ufffd đỏ")


class Counting(io.RawIOBase):
    """Gives the same record again and again, and counts."""

    def __init__(self, first: bytes, again: bytes, times: int) -> None:
        self._source = iter([first or again, *[again] * (times - (not first))])
        self._left = b""
        self.given = 0

    def read(self, size: int = -1, /) -> bytes:
        while len(self._left) < size and (part := next(self._source, b"")):
            self._left += part
        head, self._left = self._left[:size], self._left[size:]
        self.given += len(head)
        return head


@pytest.mark.parametrize(("first", "again"), [(b"", ONE + b"\n"), (b"[", ONE + b","), (b'{"records":[', ONE + b",")])
def test_memory_is_bounded(first: bytes, again: bytes) -> None:
    stream = Counting(first, again, 20_000)
    reader = read(stream)
    next(reader)
    assert stream.given < 1_000_000
    assert sum(1 for _ in reader) == 19_999


def test_an_endless_entry_is_cut_and_reading_goes_on() -> None:
    data = ONE + b'\n{"leader": "' + b"x" * 2_000_000 + b"\n" + THREE
    found = pieces(data, max_record=300_000)
    assert outcome(found)[0] == "b1"
    assert outcome(found)[-1] == "b3"
    assert set(outcome(found)[1:-1]) == {"json-malformed"}


class Trickle(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(3)


FRAGMENTS = st.sampled_from(
    [
        ONE,
        TWO,
        THREE[:25],
        TWO[25:],
        b"\n",
        b",",
        b"[",
        b"]",
        b"{",
        b"}",
        b'"',
        b"null",
        b"\xff",
        b'{"records":[',
        b"\\",
    ]
)


@given(st.lists(FRAGMENTS, max_size=8).map(b"".join))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_pieces(data: bytes) -> None:
    found = pieces(data)
    assert all(p.problem is None or p.problem.code in PROBLEMS for p in found)
    assert all(p.raw and p.raw in data for p in found)
    for piece in read(Trickle(data)):
        assert piece.problem is None or piece.problem.code in PROBLEMS


@given(st.lists(st.sampled_from([ONE, TWO, TWO[:-3], b"x y", THREE]), max_size=8))
@settings(deadline=None)
def test_a_stream_that_trickles_reads_the_same(entries: list[bytes]) -> None:
    data = b"\n".join(entries)
    assert list(read(Trickle(data))) == pieces(data)


@pytest.mark.parametrize("name", ["jazz_1k.mrc", "hebrew.marc", "FSL.marc"])
def test_pymarc_writes_the_same(name: str) -> None:
    path = SHARED / "marc" / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    decode = bytes.decode if name == "FSL.marc" else decode_marc8
    with path.open("rb") as stream:
        for piece in split_iso2709(stream):
            record = iso2709.parse(piece.raw, decode).record
            ours = json.loads(write(record))
            theirs = pymarc.Record(data=iso2709.write(record)).as_dict()
            assert ours["fields"] == theirs["fields"]
            (back,) = pieces(json.dumps(theirs).encode())
            assert back.record
            assert back.record.fields == record.fields


def test_a_record_whose_other_members_come_first_is_a_record() -> None:
    """IMP-11: an empty list of another name in it is no list of records."""
    first, *others = (
        json.dumps({"_id": str(n), "collection": [], "items": [], "fields": [{"001": str(n)}], "leader": LEADER})
        for n in range(3)
    )
    for data in ("\n".join([first, *others]), "[" + ",".join([first, *others]) + "]"):
        found = list(read(io.BytesIO(data.encode())))
        assert [p.record.control("001") if p.record else None for p in found] == ["0", "1", "2"]
