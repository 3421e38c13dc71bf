"""Find the fields of one ISO 2709 record: which bytes stand under which tag.

Three witnesses are asked: the directory, the field terminators and the order. Where directory and terminators
agree there is nothing to do. Where they do not, the witness that explains all bytes wins and the repair is
named.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import Final, NamedTuple

from lienthu.foundation.marc.problems import Problem, Unreadable, seen, shown
from lienthu.foundation.marc.repair import UNKNOWN_TAG

_LEADER: Final = 24
_ENTRY: Final = 12
_SOUND: Final = re.compile(rb"(?:[0-9A-Za-z]{3}[0-9]{9})+")
_END: Final = b"\x1e"


class Layout(NamedTuple):
    """The leader, the fields as ``(tag, bytes without terminator)`` in the order of the directory, the
    repairs.
    """

    leader: bytes
    fields: list[tuple[str, bytes]]
    repairs: list[Problem]


class _Entry(NamedTuple):
    tag: str
    length: int  # -1 where it is not digits
    start: int


def layout(raw: bytes) -> Layout:
    """Take one record apart. Raises :class:`Unreadable` if no field can be told from another."""
    notes: list[Problem] = []
    whole = _without_terminator(raw, notes)
    leader, directory, body = _three_parts(whole, notes)
    entries = _entries(directory, notes)
    pieces = body.split(_END)
    if pieces[-1] == b"":
        pieces.pop()
        closed = True
    else:
        closed = False
    if closed and _agree(entries, pieces):
        return Layout(leader, [(e.tag, p) for e, p in zip(entries, pieces, strict=True)], notes)
    if len(directory) % _ENTRY:
        matched = _by_expected_entries(whole[: _LEADER + len(directory)], pieces)
        if matched is not None:
            leader, found = matched
            return Layout(leader, found, notes)
    cut_off = any(p.code == "missing-terminator" for p in notes) and _reaches_beyond(entries, len(body))
    if cut_off:
        notes[:] = [p for p in notes if p.code not in ("missing-terminator", "record-length")]
        notes.append(Problem("truncated", seen("bytes-of", len(raw), _digits(raw[:5]))))
    fields = _by_offsets(entries, body, notes)
    if fields is None:
        if not closed and not cut_off:
            notes.append(Problem("field-terminator", seen("last-field")))
        fields = _by_order(entries, pieces, notes, cut_off=cut_off)
    if not fields:
        raise Unreadable("no-fields", shown(raw))
    return Layout(leader, fields, notes)


def _without_terminator(raw: bytes, notes: list[Problem]) -> bytes:
    claimed = _digits(raw[:5])
    if raw.endswith(b"\x1d"):
        if claimed != len(raw):
            notes.append(Problem("record-length", seen("instead-of", shown(raw[:5]), len(raw))))
        return raw[:-1]
    closed = raw.rstrip(b"\x00\t\n\x0b\x0c\r \x1a")
    if closed.endswith(_END):
        raw = closed
    notes.append(Problem("missing-terminator", seen("ends-with", shown(raw[-12:]))))
    return raw


def _three_parts(raw: bytes, notes: list[Problem]) -> tuple[bytes, bytes, bytes]:
    """Leader, directory and the bytes of the fields."""
    if len(raw) < _LEADER + _ENTRY:
        raise Unreadable("too-short", f"{len(raw)} bytes: {shown(raw)}")
    base = _digits(raw[12:17])
    end = raw.find(_END)
    if base > _LEADER and raw[base - 1 : base] == _END and _SOUND.fullmatch(raw, _LEADER, base - 1):
        return raw[:_LEADER], raw[_LEADER : base - 1], raw[base:]
    if end < 0:
        raise Unreadable("no-directory", shown(raw))
    if base > _LEADER and _SOUND.fullmatch(raw, _LEADER, base - 1) and not _SOUND.fullmatch(raw, _LEADER, end):
        notes.append(Problem("field-terminator", seen("directory")))
        return raw[:_LEADER], raw[_LEADER : base - 1], _body_without_terminator(raw, base)
    leader, directory = raw[:_LEADER], raw[_LEADER:end]
    if not re.search(rb"[0-9]{6}", directory):
        raise Unreadable("not-marc" if not leader[:5].isdigit() else "no-directory", shown(raw))
    if base != end + 1:
        notes.append(Problem("base-address", seen("instead-of", shown(raw[12:17]), end + 1)))
    return leader, directory, raw[end + 1 :]


def _body_without_terminator(raw: bytes, base: int) -> bytes:
    """The fields behind a directory whose terminator is gone: left out, or another byte in its place."""
    entries = _entries(raw[_LEADER : base - 1], [])

    def fitting(begin: int) -> int:
        return sum(raw[begin + e.start + e.length - 1 : begin + e.start + e.length] == _END for e in entries)

    return raw[base - 1 :] if fitting(base - 1) > fitting(base) else raw[base:]


def _entries(directory: bytes, notes: list[Problem]) -> list[_Entry]:
    if len(directory) % _ENTRY:
        notes.append(Problem("directory-length", str(len(directory))))
    if not _SOUND.fullmatch(directory, 0, len(directory) - len(directory) % _ENTRY):
        notes.append(Problem("directory-characters", shown(directory)))
    text = directory.decode("latin-1")
    return [
        _Entry(text[at : at + 3], _number(text[at + 3 : at + 7]), _number(text[at + 7 : at + 12]))
        for at in range(0, len(text) - _ENTRY + 1, _ENTRY)
    ]


def _number(digits: str) -> int:
    return int(digits) if digits.isascii() and digits.isdigit() else -1


def _digits(data: bytes) -> int:
    return int(data) if data.isdigit() else -1


def _agree(entries: list[_Entry], pieces: list[bytes]) -> bool:
    """Whether the directory says exactly what the terminators say."""
    if len(entries) != len(pieces):
        return False
    at = 0
    for (_, length, start), piece in zip(entries, pieces, strict=True):
        size = len(piece) + 1
        if start != at or length != size:
            return False
        at += size
    return True


def _reaches_beyond(entries: list[_Entry], size: int) -> bool:
    return any(start + length > size for _, length, start in entries)


def _by_offsets(entries: list[_Entry], body: bytes, notes: list[Problem]) -> list[tuple[str, bytes]] | None:
    """The fields where the directory places them, if each place ends with a terminator and none overlap.

    So a field order other than the directory's is read, and a 1E that is a letter (VISCII) stays in its
    field.
    """
    covered = 0
    unterminated = 0
    previous = -1
    ordered = sorted((start, length) for _, length, start in entries)
    for start, length in ordered:
        if length < 1 or start < previous or start + length > len(body):
            return None
        if start and body[start - 1] != 0x1E and start != previous:
            return None
        unterminated += body[start + length - 1] != 0x1E
        previous = start + length
        covered += length
    if unterminated:
        # A directory that covers every byte is believed even where terminators are missing.
        if covered != len(body):
            return None
        notes.append(Problem("field-terminator", seen("fields", unterminated)))
    fields = []
    for tag, length, start in entries:
        data = body[start : start + length]
        fields.append((tag, data[:-1] if data.endswith(_END) else data))
    if covered < len(body):
        fields += _outside(ordered, body, notes)
    return fields


def _outside(places: list[tuple[int, int]], body: bytes, notes: list[Problem]) -> list[tuple[str, bytes]]:
    """What stands between the places that the directory names."""
    fields = []
    at = 0
    for start, length in (*places, (len(body), 0)):
        for piece in body[at:start].split(_END):
            if piece.strip():
                notes.append(Problem("field-without-entry", shown(piece)))
                fields.append((UNKNOWN_TAG, piece))
        at = max(at, start + length)
    return fields


def _by_expected_entries(head: bytes, pieces: list[bytes]) -> tuple[bytes, list[tuple[str, bytes]]] | None:
    """Leader and fields where the directory, or the leader before it, lost or gained bytes.

    A tag is what stands before the length and start that its field should have.
    """
    fields: list[tuple[str, bytes]] = []
    leader = head[:_LEADER]
    start = found = 0
    at = _LEADER - 6
    for piece in pieces:
        where = head.find(b"%04d%05d" % (len(piece) + 1, start), at + 3)
        if where >= 0:
            tag = where - 3
            if not fields:
                leader = head[:tag]
            fields.append((head[tag:where].decode("latin-1"), piece))
            at = where + 9
            found += 1
        else:
            fields.append((UNKNOWN_TAG, piece))
        start += len(piece) + 1
    return (leader, fields) if found * 2 > len(pieces) else None


def _by_order(
    entries: list[_Entry], pieces: list[bytes], notes: list[Problem], *, cut_off: bool
) -> list[tuple[str, bytes]]:
    """The fields as the terminators part them, under the tags in the order of the directory."""
    if all(e.start >= 0 for e in entries) and len({e.start for e in entries}) == len(entries):
        entries = sorted(entries, key=lambda e: e.start)
    if len(entries) == len(pieces):
        if not cut_off:
            code = "characters-for-bytes" if _counts_characters(entries, pieces) else "directory-lengths"
            notes.append(Problem(code, seen("fields", len(pieces))))
        return [(e.tag, p) for e, p in zip(entries, pieces, strict=True)]
    if cut_off and len(pieces) < len(entries):
        return [(e.tag, p) for e, p in zip(entries, pieces, strict=False)]
    notes.append(Problem("directory-lengths", seen("entries-fields", len(entries), len(pieces))))
    return _aligned(entries, pieces, notes)


def _counts_characters(entries: list[_Entry], pieces: list[bytes]) -> bool:
    return all(
        e.length == sum(1 for byte in piece if byte & 0xC0 != 0x80) + 1
        for e, piece in zip(entries, pieces, strict=True)
    )


def _aligned(entries: list[_Entry], pieces: list[bytes], notes: list[Problem]) -> list[tuple[str, bytes]]:
    """Pair entries with fields where their numbers differ: equal starts are anchors, between them the order
    rules.
    """
    starts = {start: i for i, start in enumerate(accumulate((len(p) + 1 for p in pieces), initial=0))}
    fields: list[tuple[str, bytes]] = []
    done = 0  # pieces used
    waiting: list[_Entry] = []

    def settle(upto: int) -> None:
        nonlocal done
        free = pieces[done:upto]
        while len(free) > len(waiting) and (at := _continuation(free)) is not None:
            free[at - 1 : at + 1] = [free[at - 1] + b" " + free[at]]
            notes.append(Problem("terminator-in-data", "1E"))
        fields.extend((e.tag, p) for e, p in zip(waiting, free, strict=False))
        if len(waiting) > len(free):
            missing = " ".join(e.tag for e in waiting[len(free) :])
            notes.append(Problem("entry-without-field", missing))
        for extra in free[len(waiting) :]:
            if extra.strip():
                notes.append(Problem("field-without-entry", shown(extra)))
                fields.append((UNKNOWN_TAG, extra))
        waiting.clear()
        done = upto

    for entry in entries:
        anchor = starts.get(entry.start, -1)
        if done <= anchor < len(pieces) and entry.length == len(pieces[anchor]) + 1:
            settle(anchor)
            fields.append((entry.tag, pieces[anchor]))
            done = anchor + 1
        else:
            waiting.append(entry)
    settle(len(pieces))
    return fields


def _continuation(pieces: list[bytes]) -> int | None:
    """The first piece that cannot be a field of its own but may be the rest of the data field before it."""
    for at in range(1, len(pieces)):
        if pieces[at - 1][2:3] == b"\x1f" and pieces[at][2:3] != b"\x1f" and b"\x1f" not in pieces[at][:4]:
            return at
    return None
