"""Cut a stream of ISO 2709 records into the bytes of single records, whatever state the file is in.

The record terminator decides, not the length in the leader: a reader that believes the length loses the
rest of the batch after the first wrong one. The length is only asked where terminators contradict each
other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from lienthu.foundation.marc.problems import Problem, seen, shown

MAX_RECORD: Final = 10 * 1024 * 1024
"""Bytes after which a record without an end is cut."""

_CHUNK: Final = 256 * 1024
_LOOKAHEAD: Final = 1024  # bytes wanted behind a terminator to see whether a record follows
_FAR: Final = 64 * 1024  # how far the end is looked for behind a terminator inside the text
_LEADER_LENGTH: Final = 24
_FIELD_END: Final = 0x1E
_RECORD_END: Final = 0x1D

# What programs and transfers leave between records: newlines, blanks, NUL padding, byte order marks, Ctrl-Z,
# doubled record terminators.
_PADDING: Final = re.compile(rb"(?:[\x00\t\n\x0b\x0c\r \x1a\x1d]|\xef\xbb\xbf|\xff\xfe|\xfe\xff)*")

# A leader and the first directory entry behind it. Strict enough to be looked for anywhere.
_START: Final = re.compile(rb"[0-9 ]{5}[A-Za-z ][A-Za-z][ -~]{3}[2 ][2 ][0-9 ]{5}[ -~]{7}(?=[0-9A-Za-z]{3}[0-9]{9})")
# A leader where one is expected, perhaps damaged.
_LOOSE: Final = re.compile(rb"(?:[0-9]{5}|.{5}[A-Za-z ][A-Za-z].{3}22.{8}45|.{5}[A-Za-z ][A-Za-z].{3}22[0-9]{5})", re.S)
_DIRECTORY: Final = re.compile(rb"(?:[0-9A-Za-z]{3}[0-9]{9})+\x1e")


class Piece(NamedTuple):
    """The bytes of one record, exactly as received, and where in the stream they begin.

    ``repairs`` tells what had to be decided to cut it out. A piece need not be a record: bytes between
    records that are more than padding are a piece of their own, which the parser refuses.
    """

    offset: int
    raw: bytes
    repairs: tuple[Problem, ...] = ()


class _Window:
    """The part of the stream in memory: at most the largest record and one chunk."""

    def __init__(self, stream: BinaryIO, start: int) -> None:
        self._stream = stream
        self.buffer = b""
        self.offset = start  # of buffer[0] in the stream
        self.at = 0  # where in the buffer the next record is looked for
        self.ended = False

    def has(self, wanted: int) -> bool:
        """Read until ``wanted`` bytes stand behind ``at``; False if the stream ends before."""
        missing = wanted - (len(self.buffer) - self.at)
        if missing <= 0:
            return True
        parts = [self.buffer[self.at :]]
        self.offset += self.at
        self.at = 0
        while missing > 0 and not self.ended:
            chunk = self._stream.read(max(_CHUNK, missing))
            if not chunk:
                self.ended = True
            parts.append(chunk)
            missing -= len(chunk)
        self.buffer = b"".join(parts)
        return missing <= 0

    def more(self) -> bool:
        """Read on, doubling what is in memory; False if there is no more."""
        before = len(self.buffer) - self.at
        if not self.ended:
            self.has(2 * before + _CHUNK)
        return len(self.buffer) - self.at > before


def split_iso2709(stream: BinaryIO, *, max_record: int = MAX_RECORD, start: int = 0) -> Iterator[Piece]:
    """Yield the records of ``stream`` as :class:`Piece`, in order, with memory bounded by ``max_record``
    bytes.

    Every byte belongs to one piece or to a ``stray-bytes`` repair of the piece that follows it; only
    padding after the last record (blanks, newlines, NUL, Ctrl-Z) belongs to none. So an empty or blank
    stream yields nothing, and a stream without any MARC yields one piece (or one per ``max_record`` bytes)
    that the parser refuses.

    ``start`` resumes at the offset of a piece, or behind its last byte; the stream must be seekable then.
    Wrong lengths, missing terminators and terminators inside the text are resolved here (ISO 2709, clause 4).
    """
    if start:
        stream.seek(start)
    window = _Window(stream, start)
    while True:
        repairs = _skip_padding(window)
        if not window.has(1):
            return
        garbage, record_follows = _garbage_before_record(window, max_record)
        if garbage and not (record_follows and garbage < _LEADER_LENGTH):
            yield _cut(window, garbage, repairs)
            continue
        if garbage:
            lost = _cut(window, garbage, ())
            note = Problem("stray-bytes", seen("bytes-at", garbage, lost.offset, shown(lost.raw)))
            repairs = (*repairs, note)
        size, repair = _record_length(window, max_record)
        yield _cut(window, size, (*repairs, repair) if repair else repairs)


def _cut(window: _Window, size: int, repairs: tuple[Problem, ...]) -> Piece:
    piece = Piece(window.offset + window.at, window.buffer[window.at : window.at + size], repairs)
    window.at += size
    return piece


def _skip_padding(window: _Window) -> tuple[Problem, ...]:
    """Move behind padding; what was skipped is told, unless it is nothing."""
    where = window.offset + window.at
    first = b""
    skipped = 0
    while window.has(_LOOKAHEAD) or window.has(1):
        buffer, begin = window.buffer, window.at
        if 0x30 <= buffer[begin] <= 0x39:
            break
        match = _PADDING.match(buffer, begin)
        end = match.end() if match else begin
        if end == len(buffer) and not window.ended:
            end -= 5  # blanks at the end may belong to a leader, which is not in memory yet
        elif len(buffer) - end < _LOOKAHEAD and not window.ended:
            window.has(end - begin + _LOOKAHEAD)
            continue
        else:
            end = _keep_blank_length(buffer, begin, end)
        if end == begin:
            break
        first = (first + buffer[begin : min(end, begin + 64)])[:64]
        skipped += end - begin
        window.at = end
    if not skipped:
        return ()
    return (Problem("stray-bytes", seen("bytes-at", skipped, where, shown(first))),)


def _keep_blank_length(buffer: bytes, begin: int, end: int) -> int:
    """Blanks may be the record length of the leader itself: then the record begins with them."""
    for at in range(max(begin, end - 5), end):
        if buffer[at] == 0x20 and _START.match(buffer, at):
            return at
    return end


def _garbage_before_record(window: _Window, max_record: int) -> tuple[int, bool]:
    """How many bytes at the window do not belong to a record, and whether a record follows them."""
    while True:
        buffer, at = window.buffer, window.at
        if _LOOSE.match(buffer, at):
            return 0, True
        limit = at + max_record
        end = buffer.find(_RECORD_END, at, limit)
        found = _START.search(buffer, at, end if end >= 0 else limit)
        if found:
            return found.start() - at, True
        if end >= 0:
            return end + 1 - at, False
        if len(buffer) >= limit:
            # What may be the first half of a leader is left for the next round.
            return max_record - _LEADER_LENGTH - 12, False
        if not window.more():
            return min(len(window.buffer) - window.at, max_record), False


def _record_length(window: _Window, max_record: int) -> tuple[int, Problem | None]:
    """The size in bytes of the record at the window, and the repair that finding it took."""
    while True:
        buffer, at = window.buffer, window.at
        limit = at + max_record
        end = buffer.find(_RECORD_END, at + _LEADER_LENGTH, limit)
        if window.ended or (len(buffer) > end + _LOOKAHEAD if end >= 0 else len(buffer) >= limit + _LOOKAHEAD):
            break
        window.more()
    claimed = _claimed_length(buffer, at)
    if end >= 0 and end + 1 - at == claimed:
        return claimed, None
    searched = buffer[at : (end if end >= 0 else limit + _LOOKAHEAD)]
    glued = _glued_record(searched, claimed)
    if glued and glued <= max_record:
        return glued, Problem("missing-terminator", seen("two-in-one"))
    if end < 0:
        if len(buffer) > limit:
            return max_record, Problem("oversized", seen("cut-at", max_record))
        return len(buffer) - at, None
    if _is_end(buffer, end):
        return end + 1 - at, None
    return _length_behind(window, end - at, claimed, max_record), None


def _length_behind(window: _Window, end: int, claimed: int, max_record: int) -> int:
    """The size of a record whose terminator at ``end`` bytes stands inside the text."""
    wanted = min(max_record, max(claimed, end + _FAR))
    window.has(wanted)
    found = window.buffer[window.at : window.at + wanted]
    if end < claimed <= max_record and found[claimed - 2 : claimed] == b"\x1e\x1d":
        return claimed
    # The length cannot be trusted either: the next terminator that closes a field closes the record.
    closing = found.find(b"\x1e\x1d", end)
    if closing >= 0 and found[end - 1] != _FIELD_END and not _START.search(found, end, closing):
        return closing + 2
    return end + 1


def _claimed_length(buffer: bytes, at: int) -> int:
    digits = buffer[at : at + 5]
    return int(digits) if digits.isdigit() else 0


def _is_end(buffer: bytes, end: int) -> bool:
    """Whether the terminator at ``end`` is one: a record, garbage and a record, or the end of file follows."""
    tail = buffer[end + 1 : end + _LOOKAHEAD]
    match = _PADDING.match(tail)
    following = match.end() if match else 0
    if following > len(tail) - _LEADER_LENGTH or _LOOSE.match(tail, following):
        return True
    next_end = tail.find(_RECORD_END, following)
    return bool(_START.search(tail, 0, next_end if next_end >= 0 else len(tail)))


def _glued_record(record: bytes, claimed: int) -> int:
    """Where inside the bytes of a record a second one begins, or 0.

    A leader counts if a field ended just before it, if the length of the first record points at it, or if its
    own directory is sound; a leader quoted in a note has none of that.
    """
    for match in _START.finditer(record, _LEADER_LENGTH):
        found = match.start()
        if record[found - 1] == _FIELD_END or found == claimed or _sound_directory(record, found):
            return found
    return 0


def _sound_directory(buffer: bytes, at: int) -> bool:
    base = buffer[at + 12 : at + 17]
    match = _DIRECTORY.match(buffer, at + _LEADER_LENGTH)
    return match is not None and base.isdigit() and match.end() == at + int(base)
