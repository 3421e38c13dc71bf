"""Cutting files into records: what librarians' files look like after mail, FTP, editors and old programs."""

from __future__ import annotations

import io
import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthu.foundation.marc.iso2709 import parse, write
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.problems import Problem, Unreadable, in_english, seen
from lienthu.foundation.marc.split import Piece, split_iso2709

REAL = Path(__file__).resolve().parents[6] / "shared" / "data" / "marc"
COUNTS = {"jazz_1k.mrc": 1000, "lul_fre_500.mrc": 500, "nepali.marc": 96, "hebrew.marc": 20, "FSL.marc": 52}


def utf8(data: bytes) -> str:
    return data.decode()


def book(number: int, title: str = "Số đỏ") -> bytes:
    fields = (
        Field("001", data=f"b{number:06d}"),
        Field("100", "1", " ", (("a", "Vũ Trọng Phụng,"), ("d", "1912-1939"))),
        Field("245", "1", "0", (("a", title), ("n", str(number)))),
    )
    return write(Record("00000nam a2200000 a 4500", fields))


def pieces(data: bytes, **options: int) -> list[Piece]:
    return list(split_iso2709(io.BytesIO(data), **options))


def codes(piece: Piece) -> list[str]:
    return [p.code for p in piece.repairs]


ONE, TWO, THREE = book(1), book(2), book(3)


def test_sound_records_come_out_as_they_are() -> None:
    assert pieces(ONE + TWO + THREE) == [
        Piece(0, ONE),
        Piece(len(ONE), TWO),
        Piece(len(ONE) + len(TWO), THREE),
    ]


@pytest.mark.parametrize(
    "stray", [b"\n", b"\r\n", b"\0" * 40, b"   ", b"\xef\xbb\xbf", b"\x1a", b"\x1d", b"\r\n\r\n \x1a\x1d"]
)
def test_padding_between_records_is_reported_and_harms_nothing(stray: bytes) -> None:
    first, second = pieces(ONE + stray + TWO)
    assert (first.raw, second.raw) == (ONE, TWO)
    assert codes(second) == ["stray-bytes"]
    assert in_english(second.repairs[0].detail).startswith(f"{len(stray)} bytes at {len(ONE)}: ")


def test_padding_before_the_first_record() -> None:
    (piece,) = pieces(b"\xef\xbb\xbf\r\n" + ONE)
    assert (piece.offset, piece.raw, codes(piece)) == (5, ONE, ["stray-bytes"])


@pytest.mark.parametrize("tail", [b"\n", b"\x1a", b"\r\n\x1a", b"\0" * 5000, b" \n \n", b"\x1d"])
def test_padding_at_the_end_is_no_record(tail: bytes) -> None:
    assert [p.raw for p in pieces(ONE + tail)] == [ONE]


def test_other_bytes_at_the_end_are_a_piece_that_the_parser_refuses() -> None:
    *_, last = pieces(ONE + b"END OF FILE")
    assert last == Piece(len(ONE), b"END OF FILE")
    with pytest.raises(Unreadable):
        parse(last.raw, utf8)


def test_few_bytes_before_a_record_are_reported() -> None:
    first, second = pieces(ONE + b"xyz" + TWO)
    assert second.raw == TWO
    assert second.repairs == (Problem("stray-bytes", seen("bytes-at", 3, len(ONE), "xyz")),)
    assert not first.repairs


def test_many_bytes_before_a_record_are_a_piece() -> None:
    log = b"Transfer started 12:30, please wait until it has finished\n"
    assert [p.raw for p in pieces(ONE + log + TWO)] == [ONE, log, TWO]


@pytest.mark.parametrize("length", [b"00024", b"99999", b"00100", b"     ", b"00000", b"abcde"])
def test_a_wrong_length_does_not_cost_the_next_record(length: bytes) -> None:
    wrong = length + TWO[5:]
    assert [p.raw for p in pieces(ONE + wrong + THREE)] == [ONE, wrong, THREE]


def test_a_length_that_points_behind_the_next_record() -> None:
    wrong = b"%05d" % (len(ONE) + len(TWO)) + ONE[5:]
    assert [p.raw for p in pieces(wrong + TWO + THREE)] == [wrong, TWO, THREE]


def test_a_blank_length_keeps_its_blanks_after_stray_blanks() -> None:
    wrong = b"     " + TWO[5:]
    _, second = pieces(ONE + b"  " + wrong)
    assert second.raw == wrong


def test_two_records_without_terminator_between_them() -> None:
    first, second = pieces(ONE[:-1] + TWO)
    assert (first.raw, second.raw) == (ONE[:-1], TWO)
    assert codes(first) == ["missing-terminator"]


def test_a_record_cut_off_before_the_next_one() -> None:
    cut = ONE[:-15]
    first, second, third = pieces(cut + TWO + THREE)
    assert (first.raw, second.raw, third.raw) == (cut, TWO, THREE)
    assert codes(first) == ["missing-terminator"]


def test_the_last_record_cut_off() -> None:
    assert [p.raw for p in pieces(ONE + TWO[:-20])] == [ONE, TWO[:-20]]


def test_a_terminator_inside_the_text_is_no_end() -> None:
    odd = book(1, "Số#đỏ").replace(b"#", b"\x1d")
    assert [p.raw for p in pieces(odd + TWO)] == [odd, TWO]
    damaged = b"00077" + odd[5:]
    assert [p.raw for p in pieces(damaged + TWO)] == [damaged, TWO]


def test_a_leader_quoted_in_a_note_is_no_record() -> None:
    note = book(7, "Leader: 00714cam a2200205 a 4500 245001000000")
    assert [p.raw for p in pieces(note + TWO)] == [note, TWO]
    wrong = b"00999" + note[5:]
    assert [p.raw for p in pieces(wrong + TWO)] == [wrong, TWO]


@pytest.mark.parametrize("data", [b"", b"\n", b" \r\n\x1a", b"\0" * 100_000])
def test_a_blank_file_has_no_pieces(data: bytes) -> None:
    assert pieces(data) == []


def test_a_file_without_marc_is_one_piece() -> None:
    text = ("Danh mục sách của thư viện xã\n" * 50).encode()
    assert pieces(text) == [Piece(0, text)]


class Endless(io.RawIOBase):
    """A stream that goes on for ``size`` bytes and remembers the largest piece it was asked for."""

    def __init__(self, head: bytes, size: int) -> None:
        self.left = size
        self.head = head
        self.largest = 0

    def read(self, size: int = -1, /) -> bytes:
        self.largest = max(self.largest, size)
        head, self.head = self.head, b""
        body = b"x" * min(max(0, size - len(head)), self.left)
        self.left -= len(body)
        return head + body


def test_memory_is_bounded_where_no_end_ever_comes() -> None:
    stream = Endless(ONE[:-1], 40_000_000)
    found = [len(p.raw) for p in split_iso2709(stream, max_record=1_000_000)]
    assert max(found) <= 1_000_000
    assert sum(found) == 40_000_000 + len(ONE) - 1
    assert stream.largest < 4_000_000


def test_reading_goes_on_behind_an_endless_record() -> None:
    data = ONE[:-10] + b"x" * 300_000 + b"\x1d" + TWO
    found = pieces(data, max_record=100_000)
    assert found[-1].raw == TWO
    assert "oversized" in codes(found[0])


def test_resuming_at_a_piece() -> None:
    data = ONE + b"\r\n" + TWO + THREE
    whole = pieces(data)
    for i, piece in enumerate(whole):
        assert [p.raw for p in pieces(data, start=piece.offset)] == [p.raw for p in whole[i:]]
        assert [p.offset for p in pieces(data, start=piece.offset + len(piece.raw))] == [
            p.offset for p in whole[i + 1 :]
        ]


class Trickle(io.BytesIO):
    """A stream that gives few bytes at a time, as sockets and archives do."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(size or 7, 7) if size and size > 0 else 7)


def test_a_stream_that_trickles() -> None:
    data = ONE + b"\n" + TWO[:-1] + THREE + b"\x1a"
    assert list(split_iso2709(Trickle(data))) == pieces(data)


def accounted(data: bytes, found: list[Piece]) -> bool:
    """Every byte is in one piece, in a repair, or in the padding at the end."""
    at = 0
    for piece in found:
        stray = sum(int(in_english(p.detail).split()[0]) for p in piece.repairs if p.code == "stray-bytes")
        if at + stray != piece.offset or data[piece.offset : piece.offset + len(piece.raw)] != piece.raw:
            return False
        at = piece.offset + len(piece.raw)
    return not re.sub(rb"[\x00\t\n\x0b\x0c\r \x1a\x1d]|\xef\xbb\xbf|\xff\xfe|\xfe\xff", b"", data[at:])


FRAGMENTS = st.one_of(
    st.sampled_from([ONE, TWO, THREE, ONE[:-1], TWO[:40], THREE[10:], b"\n", b"\x1d", b"\x1e\x1d", b"\0" * 700]),
    st.binary(max_size=60),
)


@given(st.lists(FRAGMENTS, max_size=12), st.sampled_from([200, 5_000, 10_000_000]))
@settings(max_examples=300, deadline=None)
def test_no_byte_is_lost_whatever_the_file(fragments: list[bytes], max_record: int) -> None:
    data = b"".join(fragments)
    found = pieces(data, max_record=max_record)
    assert accounted(data, found)
    assert all(p.raw and len(p.raw) <= max_record for p in found)
    assert list(split_iso2709(Trickle(data), max_record=max_record)) == found


@pytest.mark.parametrize("name", COUNTS)
def test_real_files(name: str) -> None:
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    data = path.read_bytes()
    found = pieces(data)
    assert len(found) == COUNTS[name]
    assert b"".join(p.raw for p in found) == data
    assert not any(p.repairs for p in found)


def test_real_files_with_faults_sown_between_records() -> None:
    path = REAL / "lul_fre_500.mrc"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    rng = random.Random(7)
    records = [p.raw for p in pieces(path.read_bytes())]
    sown = []
    for raw in records:
        fault = rng.randrange(5)
        if fault == 0:
            raw = raw[:-1]
        elif fault == 1:
            raw = b"%05d" % rng.randrange(99999) + raw[5:]
        elif fault == 2:
            raw += rng.choice([b"\r\n", b"\0\0", b"\x1a", b" "])
        sown.append(raw)
    found = pieces(b"".join(sown))
    assert [p.raw.rstrip(b"\r\n\0\x1a \x1d")[5:] for p in found] == [r.rstrip(b"\x1d")[5:] for r in records]
