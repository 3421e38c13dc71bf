"""Read and write MARC-in-JSON.

``{"leader": …, "fields": [{"001": …}, {"245": {"ind1": …, "ind2": …, "subfields": [{"a": …}]}}]}``
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final, NamedTuple

import orjson

from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.problems import Problem, Unreadable, seen, shown
from lienthu.foundation.marc.repair import CODES, INDICATORS, data_field, legal_tag, repaired_leader

MAX_RECORD: Final = 10 * 1024 * 1024
_CHUNK: Final = 256 * 1024

# Where a record may begin, for finding one behind a broken one. An entry of "fields" never looks like this.
_RECORD_START: Final = re.compile(r'\{\s*"(?:leader|fields)"\s*:')
_LONGEST_WRAPPER: Final = 2000
_WRAPPER: Final = re.compile(
    rf'\s*\{{(?:(?!"(?:leader|fields)"\s*:).){{0,{_LONGEST_WRAPPER}}}?"(?:records|collection|items)"\s*:\s*\[', re.S
)
_LIST: Final = re.compile(r'"(?:records|collection|items)"\s*:\s*\[')
_LISTS: Final = frozenset({"records", "collection", "items"})
_SPACE: Final = re.compile(r"\s*")
_PARTS: Final = ("ind1", "ind2", "subfields")
_BETWEEN: Final = re.compile(r"[\s,\x00\x1a\x1e]*")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class JsonPiece(NamedTuple):
    """One JSON object: ``offset`` is that of its first byte, ``raw`` its source in UTF-8.

    Exactly one of ``record`` and ``problem`` is set; ``repairs`` tells what reading the record took.
    """

    offset: int
    raw: bytes
    record: Record | None
    problem: Problem | None
    repairs: tuple[Problem, ...] = ()


def read(stream: BinaryIO, *, max_record: int = MAX_RECORD) -> Iterator[JsonPiece]:
    """Yield every record of an array, of ``{"records": […]}``, or of objects one after the other. Rule IMP-11.

    Several arrays or wrappers in one stream are read one after the other. A broken entry is a piece with a problem, and
    reading goes on at the next record. Memory is bounded by ``max_record`` characters. An empty stream or array yields
    nothing, one without JSON a piece that says so.
    """
    objects = _Objects(stream, max_record)
    for text, value in objects:
        offset = objects.offset
        raw = text.encode("utf-8", "surrogateescape")
        if value is None:
            yield JsonPiece(offset, raw, None, Problem("json-malformed", shown(raw, 60)))
            continue
        notes: list[Problem] = []
        if not text.isascii() and _SURROGATE.search(text):
            notes.append(Problem("undecodable", seen("not-utf-8")))
        try:
            record = _record(value, notes)
        except Unreadable as error:
            yield JsonPiece(offset, raw, None, error.problem)
        else:
            yield JsonPiece(offset, raw, record, None, tuple(notes))


class _Objects:
    """The JSON values of a stream with their source text; None for what cannot be decoded."""

    def __init__(self, stream: BinaryIO, max_record: int) -> None:
        self._stream = stream
        self._max = max_record
        self._buffer = ""
        self._at = 0
        self._ended = False
        self._decoder = json.JSONDecoder(strict=False, object_pairs_hook=_object)
        self._bytes: codecs.IncrementalDecoder | None = None
        self._told = 0
        self._in_array = False
        self._wrapped = False  # the array is a member of an object, of which more may follow
        self._counted = 0  # characters of the buffer that are counted in _offset
        self._offset = 0
        self._wide = False

    @property
    def offset(self) -> int:
        """Of the first byte, in the stream, of the value that was told last."""
        return self._told

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        self._more()
        while True:
            self._at = self._between()
            if self._at >= len(self._buffer):
                if not self._more():
                    return
                continue
            char = self._buffer[self._at]
            if self._in_array and char == "]":
                self._in_array = False
                self._at += 1
                if self._wrapped:
                    self._leave_container()
                continue
            if not self._in_array and (char == "[" or (char == "{" and self._enter_container())):
                self._in_array = True
                self._at += char == "["
                continue
            self._told = self._count(self._at)
            yield self._next() if char == "{" else self._broken()

    def _next(self) -> tuple[str, Any]:
        """The value at the cursor, or the text up to where the next record may begin."""
        while True:
            begin = self._at
            try:
                value, end = self._decoder.raw_decode(self._buffer, begin)
            except (json.JSONDecodeError, RecursionError) as error:
                missing = isinstance(error, json.JSONDecodeError) and self._may_be_cut(error)
                if missing and len(self._buffer) - begin <= self._max and self._more():
                    continue
                return self._broken()
            self._at = end
            return self._buffer[begin:end], value

    def _may_be_cut(self, error: json.JSONDecodeError) -> bool:
        """Whether more text could mend the error: it lies at the end, or a string has no end yet."""
        if self._ended:
            return False
        return error.pos >= len(self._buffer) - 16 or error.msg.startswith("Unterminated string")

    def _broken(self) -> tuple[str, Any]:
        """The text up to where the next record may begin."""
        searched = 1
        while True:
            match = _RECORD_START.search(self._buffer, self._at + searched)
            length = len(self._buffer) - self._at
            if match:
                length = match.start() - self._at
                break
            if length > self._max:
                break
            searched = max(1, length - len('{ "leader" :') - 20)
            if not self._more():
                break
        begin = self._at
        self._at += length
        return self._buffer[begin : self._at].rstrip(" \t\r\n,"), None

    def _count(self, upto: int) -> int:
        """The bytes of the stream before this place in the buffer."""
        text = self._buffer[self._counted : upto]
        if text.isascii():
            self._offset += len(text) * (2 if self._wide else 1)
        elif self._wide:
            self._offset += len(text.encode("utf-16-le", "replace"))
        else:
            self._offset += len(text.encode("utf-8", "surrogateescape"))
        self._counted = upto
        return self._offset

    def _between(self) -> int:
        match = _BETWEEN.match(self._buffer, self._at)
        return match.end() if match else self._at

    def _enter_container(self) -> bool:
        """Step into ``{"records": [``, if that is what stands at the cursor."""
        while len(self._buffer) - self._at < _LONGEST_WRAPPER and self._more():
            pass
        if _RECORD_START.match(self._buffer, self._at):
            return False
        if not _LIST.search(self._buffer, self._at, self._at + 2 * _LONGEST_WRAPPER):
            return False  # most objects; the pattern of the whole would go through all of it again at each
        match = _WRAPPER.match(self._buffer, self._at)
        if match and self._is_record():
            return False
        if match:
            self._at = match.end()
            self._wrapped = True
        return match is not None

    def _is_record(self) -> bool:
        """Whether the object at the cursor is a record, of which other members stand before those of MARC."""
        try:
            value, _end = self._decoder.raw_decode(self._buffer, self._at)
        except (json.JSONDecodeError, RecursionError):
            return False
        return isinstance(value, dict) and isinstance(value.get("fields"), list)

    def _leave_container(self) -> None:
        """Step over what follows the array in its object. What is not the rest of an object is left to be told."""
        self._wrapped = False
        while True:
            try:
                self._at = self._tail(self._at)
            except (json.JSONDecodeError, RecursionError) as error:
                missing = isinstance(error, json.JSONDecodeError) and self._may_be_cut(error)
                if not missing or len(self._buffer) - self._at > self._max or not self._more():
                    return
            else:
                return

    def _tail(self, at: int) -> int:
        """Behind ``, "total": 3}``, or inside of the next list of records in the same object."""
        while True:
            at = self._past_space(at)
            if self._buffer[at : at + 1] == "}":
                return at + 1
            at = self._past_space(self._past(",", at))
            if self._buffer[at : at + 1] != '"':
                raise json.JSONDecodeError("No name", self._buffer, at)
            name, at = self._decoder.raw_decode(self._buffer, at)
            if name in ("leader", "fields"):
                raise json.JSONDecodeError("A record", self._buffer, at)
            at = self._past_space(self._past(":", self._past_space(at)))
            if name in _LISTS and self._buffer[at : at + 1] == "[":
                self._in_array = self._wrapped = True
                return at + 1
            _value, end = self._decoder.raw_decode(self._buffer, at)
            if _RECORD_START.search(self._buffer, at, end):
                raise json.JSONDecodeError("Records elsewhere", self._buffer, at)
            at = end

    def _past(self, sign: str, at: int) -> int:
        if self._buffer[at : at + 1] != sign:
            raise json.JSONDecodeError("Another sign", self._buffer, at)
        return at + 1

    def _past_space(self, at: int) -> int:
        match = _SPACE.match(self._buffer, at)
        return match.end() if match else at

    def _more(self) -> bool:
        """Read on and drop what was used. False at the end of the stream."""
        if self._ended:
            return False
        chunk = self._stream.read(max(_CHUNK, len(self._buffer) - self._at))
        if self._bytes is None:
            self._bytes = _text_decoder(chunk)
            self._wide = chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
            self._offset = 2 if self._wide else 3 if chunk.startswith(codecs.BOM_UTF8) else 0
        self._ended = not chunk
        text = self._bytes.decode(chunk, self._ended)
        if self._counted < self._at:
            self._count(self._at)
        self._buffer, self._counted = self._buffer[self._at :] + text, self._counted - self._at
        self._at = 0
        return not self._ended or bool(text)


def _text_decoder(head: bytes) -> codecs.IncrementalDecoder:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")("replace")
    # Bytes that are not UTF-8 come back unchanged in ``raw``.
    return codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")


class _Repeated(dict[str, Any]):
    """A JSON object in which a name stands more than once; ``pairs`` has all."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Repeated(pairs)


def _pairs(value: dict[str, Any], where: str, notes: list[Problem]) -> Iterable[tuple[str, Any]]:
    if type(value) is _Repeated:
        notes.append(Problem("json-repeated-name", where))
        return value.pairs
    return value.items()


def _record(value: object, notes: list[Problem]) -> Record:
    if not isinstance(value, dict) or not isinstance(value.get("fields"), list):
        raise Unreadable("json-shape", shown(repr(value).encode("utf-8", "replace"), 60))
    leader = value.get("leader")
    listed = value["fields"]
    if type(value) is _Repeated:
        lists = [v for name, v in _pairs(value, "", notes) if name == "fields"]
        listed = [entry for v in lists for entry in (v if isinstance(v, list) else [v])]
    fields: list[Field] = []
    for entry in listed:
        if not isinstance(entry, dict):
            notes.append(Problem("json-shape", repr(entry)[:40]))
            continue
        for tag, content in _pairs(entry, ", ".join(entry)[:40], notes) if type(entry) is _Repeated else entry.items():
            fields.append(_field(legal_tag(tag, notes), content, notes))
    if not fields:
        raise Unreadable("no-fields")
    return Record(repaired_leader(_string("leader", leader or "", notes), notes), tuple(fields))


def _field(tag: str, content: object, notes: list[Problem]) -> Field:
    if not isinstance(content, dict):
        text = _string(tag, content, notes)
        if tag < "010":
            return Field(tag, data=text)
        notes.append(Problem("no-subfields", tag))
        return Field(tag, subfields=(("a", text),))
    listed = content.get("subfields") or []
    entries = listed if isinstance(listed, list) else [listed]
    if type(content) is _Repeated:
        lists = [v for name, v in _pairs(content, tag, notes) if name == "subfields"]
        entries = [entry for v in lists for entry in (v if isinstance(v, list) else [v])]
    if len(content) != sum([name in content for name in _PARTS]):
        entries = [*entries, *_beside(tag, content, not entries, notes)]
    pairs: list[tuple[str, str]] = []
    for entry in entries:
        if type(entry) is dict:
            pairs += [(code, _string(tag, value, notes)) for code, value in entry.items()]
        elif isinstance(entry, dict):
            pairs += [(code, _string(tag, value, notes)) for code, value in _pairs(entry, tag, notes)]
        else:
            notes.append(Problem("json-shape", f"{tag} {entry!r}"[:40]))
    if tag < "010":
        notes.append(Problem("control-field-subfields", tag))
        return Field(tag, data=" ".join(value for _, value in pairs))
    first, second = content.get("ind1"), content.get("ind2")
    indicators = (_string(tag, first, notes) or " ") + (_string(tag, second, notes) or " ")
    if indicators in INDICATORS and CODES.issuperset([code for code, _ in pairs]):
        return Field(tag, indicators[0], indicators[1], tuple(pairs))
    return data_field(tag, indicators, pairs, notes)


def _beside(tag: str, content: dict[str, Any], alone: bool, notes: list[Problem]) -> list[dict[str, Any]]:
    """Members of a field that stand where its subfields should; a longer name only if there is nothing else."""
    found: list[dict[str, Any]] = []
    for name, value in content.pairs if isinstance(content, _Repeated) else content.items():
        if name not in _PARTS:
            notes.append(Problem("json-shape", f"{tag} {name}"[:40]))
            if len(name) == 1 or (alone and isinstance(value, str)):
                found.append({name: value})
    return found


def _string(tag: str, value: object, notes: list[Problem]) -> str:
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATE.sub("\ufffd", value)
    if value is None:
        return ""
    notes.append(Problem("json-value", f"{tag} {value!r}"[:60]))
    return _SURROGATE.sub("\ufffd", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def write(record: Record) -> bytes:
    """One MARC-in-JSON object on one line, in UTF-8: also fit for newline-delimited files."""
    fields: list[dict[str, object]] = []
    for tag, ind1, ind2, subfields, data in record.fields:
        if tag < "010":
            fields.append({tag: _storable(data)})
        else:
            pairs = [{code: _storable(value)} for code, value in subfields]
            fields.append({tag: {"ind1": ind1, "ind2": ind2, "subfields": pairs}})
    return orjson.dumps({"leader": record.leader, "fields": fields})


def _storable(text: str) -> str:
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
