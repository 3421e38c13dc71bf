"""Read and write one ISO 2709 record (MARC 21 exchange format)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from lienthu.foundation.marc.directory import Layout, layout
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.problems import Problem, Unreadable, seen, shown
from lienthu.foundation.marc.repair import (
    CODES,
    INDICATORS,
    TITLE_TAGS,
    data_field,
    legal_tag,
    repaired_leader,
    unmarked_text,
)

Decoder = Callable[[bytes], str]

MAX_LENGTH: Final = 99_999
"""Bytes of the longest record that the five digits of the leader can tell."""
_MAX_FIELD: Final = 9_999

_ENTRIES: Final = re.compile(r"([0-9A-Z]{3})([0-9]{9})")
_BAD_CODE: Final = re.compile("\x1f[^!-~]")
_DELIMITERS: Final = str.maketrans({"\x1d": " ", "\x1e": " ", "\x1f": " "})


class Parsed(NamedTuple):
    """A record and what had to be repaired to read it."""

    record: Record
    repairs: tuple[Problem, ...] = ()


class TooLong(ValueError):
    """The record or one of its fields does not fit into ISO 2709: choose MARCXML or MARC-in-JSON."""


def parse(raw: bytes, decode: Decoder, *, decode_field: Decoder | None = None) -> Parsed:
    """Read one record, whatever faults it has; raises :class:`Unreadable`, and nothing else, if it cannot.

    ``decode`` turns bytes into text. It is applied to each control field and subfield on its own, so that
    escapes and combining marks never reach beyond one value; if it proves to be UTF-8 the whole record is
    decoded at once. ``decode_field``, when given, is used for the values instead, and nothing is taken for
    granted about it.
    """
    record = _sound_record(raw, decode) if decode_field is None else None
    if record is not None:
        return Parsed(record)
    found = layout(raw)
    return _Reading(found, decode_field or decode).parsed()


def _sound_record(raw: bytes, decode: Decoder) -> Record | None:
    """The record, if there is no fault in it; None says that somebody has to look closer."""
    kind = _kind(decode)
    try:
        if kind != "utf-8":
            # Latin-1 keeps every byte as one character until its value is decoded.
            text = raw.decode("latin-1")
            return _sound(text, None, _by_value(decode, kind))
        text = raw.decode()
        if text.isascii():
            return _sound(text, None, None)
        sizes = list(map(len, raw.split(b"\x1e")))
        return _sound(text, sizes, None if unicodedata.is_normalized("NFC", text) else _nfc)
    except (ValueError, LookupError):
        return None


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _by_value(decode: Decoder, kind: str) -> Callable[[str], str]:
    if kind == "ascii":
        return lambda text: text if text.isascii() and text.isprintable() else _nfc(decode(text.encode("latin-1")))
    return lambda text: _nfc(decode(text.encode("latin-1")))


def _sound(text: str, sizes: list[int] | None, convert: Callable[[str], str] | None) -> Record | None:
    """The record, if leader, directory, terminators and delimiters agree in every byte.

    ``sizes`` are the lengths in bytes of what the field terminators part, where they are not those of the
    text; ``convert`` finishes each value.
    """
    parts = text.split("\x1e")
    if parts.pop() != "\x1d":
        return None
    sizes = sizes or list(map(len, parts))
    head = parts[0]
    base = len(head)
    entries = _ENTRIES.findall(head, 24)
    if (
        len(entries) * 12 != base - 24
        or len(entries) != len(parts) - 1
        or head[:5] != f"{sum(sizes[: len(parts)]) + len(parts) + 1:05d}"
        or head[12:17] != f"{base + 1:05d}"
        or not head[6].isalpha()
        or not (head.isascii() and head.isprintable())
        or _BAD_CODE.search(text)
        or "\0" in text
        or "\x1d" in text[:-1]
    ):
        return None
    fields: list[Field] = []
    make = tuple.__new__
    start = 0
    for (tag, place), data, length in zip(entries, parts[1:], sizes[1:], strict=False):
        length += 1
        if int(place) != length * 100_000 + start:
            return None
        start += length
        if tag < "010":
            if "\x1f" in data or tag == "000":
                return None
            fields.append(make(Field, (tag, " ", " ", (), convert(data) if convert else data)))
            continue
        values = data.split("\x1f")
        indicators = values[0]
        if indicators not in INDICATORS or len(values) == 1:
            return None
        del values[0]
        if convert:
            pairs = tuple([(v[0], convert(v[1:])) for v in values])
        else:
            pairs = tuple([(v[0], v[1:]) for v in values])
        fields.append(make(Field, (tag, indicators[0], indicators[1], pairs, "")))
    return Record(head[:24], tuple(fields))


class _Reading:
    """One record on its way from bytes to text, and the repairs that it takes."""

    def __init__(self, found: Layout, decode: Decoder) -> None:
        self._found = found
        self._decode = decode
        self._notes = found.repairs
        self._undecodable = 0
        self._first_lost = ""

    def parsed(self) -> Parsed:
        notes = self._notes
        leader = self._leader(self._found.leader)
        fields = []
        for tag, data in self._found.fields:
            field = self._field(legal_tag(tag, notes), data)
            if field is not None:
                fields.append(field)
        if self._undecodable:
            notes.append(Problem("undecodable", seen("values-first", self._undecodable, self._first_lost)))
        if not fields:
            raise Unreadable("no-fields", shown(self._found.leader))
        cut_off = [p.detail for p in notes if p.code == "truncated"]
        if cut_off and not any(_names_the_record(leader, f.tag) for f in fields):
            raise Unreadable("truncated-beyond-use", cut_off[0])
        return Parsed(Record(leader, tuple(fields)), tuple(notes))

    def _leader(self, raw: bytes) -> str:
        leader = repaired_leader(raw.decode("latin-1"), self._notes)
        if leader[20:23] != "450" or leader[10:12] != "22":
            self._notes.append(Problem("entry-map", leader[10:12] + " " + leader[20:]))
        return leader

    def _field(self, tag: str, data: bytes) -> Field | None:
        if b"\0" in data or b"\x1d" in data:
            data = self._without_terminators(tag, data)
        if tag < "010":
            return self._control_field(tag, data)
        head, *values = data.split(b"\x1f")
        indicators = head.decode("latin-1")
        text = self._text
        if values and indicators in INDICATORS:
            pairs = [(chr(v[0]), text(tag, v[1:])) if v else ("", "") for v in values]
            for code, _ in pairs:
                if code not in CODES:
                    return self._odd_field(tag, head, values)
            return Field(tag, indicators[0], indicators[1], tuple(pairs))
        return self._odd_field(tag, head, values)

    def _control_field(self, tag: str, data: bytes) -> Field | None:
        if b"\x1f" not in data:
            return Field(tag, data=self._text(tag, data))
        self._notes.append(Problem("control-field-subfields", tag))
        head, *values = data.split(b"\x1f")
        texts = [head.strip(), *(v[1:].strip() for v in values)]
        return Field(tag, data=" ".join(self._text(tag, t) for t in texts if t))

    def _odd_field(self, tag: str, head: bytes, values: list[bytes]) -> Field | None:
        """A data field whose indicators, delimiters or codes are not what they should be."""
        pairs: list[tuple[str, str]] = []
        for value in values:
            if not value:
                pairs.append(("", ""))
            elif value[0] < 0x80:
                pairs.append((chr(value[0]), self._text(tag, value[1:])))
            else:
                pairs.append(("?", self._text(tag, value)))
                self._notes.append(Problem("bad-subfield-code", f"{tag} {shown(value[:1])}"))
                pairs[-1] = ("a", pairs[-1][1])
        if len(head) <= 2:
            if not values:
                if head.strip():
                    self._notes.append(Problem("no-subfields", f"{tag} {shown(head)}"))
                    return Field(tag, subfields=(("a", self._text(tag, head)),))
                self._notes.append(Problem("no-subfields", tag))
                return None
            return data_field(tag, head.decode("latin-1"), pairs, self._notes)
        indicators, first = unmarked_text(self._text(tag, head))
        self._notes.append(Problem("missing-delimiter" if values else "no-subfields", f"{tag} {shown(head)}"))
        return data_field(tag, indicators, [*first, *pairs], self._notes)

    def _without_terminators(self, tag: str, data: bytes) -> bytes:
        if b"\0" in data:
            self._notes.append(Problem("nul-bytes", tag))
            data = data.replace(b"\0", b"")
        if b"\x1d" in data:
            self._notes.append(Problem("terminator-in-data", f"{tag} 1D"))
            data = data.replace(b"\x1d", b" ")
        return data

    def _text(self, tag: str, data: bytes) -> str:
        try:
            text = _nfc(self._decode(data))
        except (ValueError, LookupError):
            text = data.decode("utf-8", "replace")
            self._undecodable += 1
            self._first_lost = self._first_lost or f"{tag} {shown(data)}"
        if not text.isprintable() and ("\x1e" in text or "\x1f" in text or "\x1d" in text):
            self._notes.append(Problem("terminator-in-data", tag))
            text = text.translate(_DELIMITERS)
        return text


def _without_delimiters(field: Field) -> str:
    if field.tag < "010":
        return field.data.translate(_DELIMITERS)
    values = [f"\x1f{code}{value.translate(_DELIMITERS)}" for code, value in field.subfields]
    return field.ind1 + field.ind2 + "".join(values)


def _names_the_record(leader: str, tag: str) -> bool:
    """Whether the tag is a title's, or an authority record's heading."""
    return tag in TITLE_TAGS or (leader[6] == "z" and tag[0] == "1")


@lru_cache(maxsize=64)
def _kind(decode: Decoder) -> Literal["utf-8", "ascii", "other"]:
    """What may be taken for granted about a decoder, found by trying it.

    ``utf-8`` reads UTF-8 as UTF-8 (tried on every letter that others change), ``ascii`` reads printable ASCII
    as ASCII (VIQR does not).
    """
    # Every letter with everything that some way of typing Vietnamese in ASCII puts behind it.
    typed = " ".join(letter + mark for letter in "aeiouydAEIOUYD" for mark in "'`?~.^(+-*\\dDwW0123456789^'")
    ascii_probe = "".join(map(chr, range(0x20, 0x7F))) + typed + " Vie^.t Nam, ddu+o+`ng"
    letters = [chr(c) for c in (*range(0xA1, 0x250), *range(0x1EA0, 0x1EFA), 0x5B57)]
    utf8_probe = f"\x1e\x1fa{ascii_probe}{''.join(letters)} Ã¡ Æ° áº¥ {' '.join(letters)}"
    try:
        if decode(ascii_probe.encode()) != ascii_probe:
            return "other"
    except (ValueError, LookupError):
        return "other"
    try:
        return "utf-8" if decode(utf8_probe.encode()) == _nfc(utf8_probe) else "ascii"
    except (ValueError, LookupError):
        return "ascii"


def leader_encoding(raw: bytes) -> Literal["utf-8", "marc-8", "unknown"]:
    """What leader/09 says of the character set (MARC 21: ``a`` is UCS/Unicode, blank is MARC-8). It is
    often wrong.
    """
    match raw[9:10]:
        case b"a":
            return "utf-8"
        case b" ":
            return "marc-8"
        case _:
            return "unknown"


def write(record: Record) -> bytes:
    """The record in UTF-8 with a computed leader (leader/09 = a). Raises :class:`TooLong`.

    Delimiters inside values become blanks; surrogates, which UTF-8 does not have, become question marks.
    """
    directory: list[str] = []
    bodies: list[bytes] = []
    start = 0
    for field in record.fields:
        tag, ind1, ind2, subfields, data = field
        if tag < "010":
            text = data
        else:
            text = ind1 + ind2 + "".join([f"\x1f{code}{value}" for code, value in subfields])
        if text.count("\x1f") != len(subfields) or "\x1e" in text or "\x1d" in text:
            text = _without_delimiters(field)
        body = (text + "\x1e").encode("utf-8", "replace")
        length = len(body)
        if length > _MAX_FIELD:
            raise TooLong(f"field {tag} has {length} bytes, ISO 2709 allows {_MAX_FIELD}")
        directory.append(f"{tag}{length:04d}{start:05d}")
        bodies.append(body)
        start += length
    base = 24 + 12 * len(directory) + 1
    size = base + start + 1
    if size > MAX_LENGTH:
        raise TooLong(f"the record has {size} bytes, ISO 2709 allows {MAX_LENGTH}")
    leader = record.leader.ljust(24)
    head = f"{size:05d}{leader[5:9]}a22{base:05d}{leader[17:20]}4500" + "".join(directory) + "\x1e"
    return head.encode("ascii", "replace") + b"".join(bodies) + b"\x1d"
