"""Find the record elements in a stream of XML, also in one that is not well formed, in bounded memory.

An XML parser stops at the first error and takes the rest of the file with it. So the records are cut out
first, by their tags alone, and each is parsed on its own.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

MAX_RECORD: Final = 10 * 1024 * 1024
_CHUNK: Final = 256 * 1024
_LONGEST_TOKEN: Final = 128  # of a start tag up to what tells it from others
_LONGEST_GAP: Final = 4096  # between two elements that is kept although it holds no fields yet

_TOKEN: Final = re.compile(
    rb"<(?:(?P<comment>!--)|(?P<cdata>!\[CDATA\[)|(?P<entity>!ENTITY)"
    rb"|(?P<close>/?)(?:[A-Za-z_][\w.\-]{0,60}:)?[Rr](?:ecord|ECORD)(?=[\s/>]))"
)
_MARC_CHILD: Final = re.compile(rb"<(?:[A-Za-z_][\w.\-]*:)?(?:leader|controlfield|datafield)[\s/>]")
_ANY_CHILD: Final = re.compile(rb"<[A-Za-z_]")
_WRAPS: Final = re.compile(rb"<(?:[A-Za-z_][\w.\-]*:)?(?:header|metadata|recordData)[\s/>]")
_DECLARED: Final = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._\-]+)")
_NAMESPACE: Final = re.compile(rb"xmlns:([A-Za-z_][\w.\-]*)\s*=\s*[\"']")
_CONTAINER: Final = re.compile(
    rb"<(?:[A-Za-z_][\w.\-]*:)?(?:collection|OAI-PMH|searchRetrieveResponse|ListRecords)[\s/>]"
)
_OPENED: Final = re.compile(rb"<(?:[A-Za-z_][\w.\-]*:)?collection(?:\s[^<>]*)?(?<!/)>")
_FILLED: Final = re.compile(_OPENED.pattern + rb"(?:\s|<!--(?:(?!-->).){0,500}-->)*" + _ANY_CHILD.pattern, re.S)


class Element(NamedTuple):
    """The bytes of one record element, and the code of the problem that kept it from being whole."""

    raw: bytes
    problem: str = ""
    offset: int = 0
    """Of its first byte in the stream."""


class Scanner:
    """Iterates over the record elements of a stream; the innermost, where OAI-PMH or SRU wrap one in another.

    After the first element ``encoding`` is what the file declares (``utf-8`` if nothing), ``prefixes`` the
    namespace prefixes declared outside of the records. UTF-16 is turned into UTF-8 on the way. ``refused`` is
    set where the file declares entities: nothing more is read then.
    """

    def __init__(self, stream: BinaryIO, *, max_record: int = MAX_RECORD) -> None:
        self._stream = stream
        self._max = max_record
        self._buffer = b""
        self._ended = False
        self._behind = 0  # bytes of the stream before the buffer
        self._transcode: codecs.IncrementalDecoder | None = None
        self.encoding = "utf-8"
        self.prefixes: set[str] = set()
        self.refused = False
        self.first_bytes = b""
        self.is_container = False
        self._told = 0  # where what was handed out ends, in the buffer

    def __iter__(self) -> Iterator[Element]:
        """Nothing that holds MARC fields falls between the elements, whichever of their tags are damaged (IMP-11)."""
        self._begin()
        at = 0  # where the next token is looked for
        start = -1  # of the record that is open
        wrapper: Element | None = None  # a record element that the next one began in: is it closed behind it?
        while True:
            match = _TOKEN.search(self._buffer, at)
            if match is None:
                if self._ended:
                    break
                at, start, cut = self._read_on(max(at, len(self._buffer) - _LONGEST_TOKEN), start)
                if cut:
                    yield cut
                continue
            at = match.end()
            if match["comment"] or match["cdata"]:
                fields_before = start < 0 and self._holds_fields(match.start())
                at, start = self._skip(match, at, start)
                if start < 0 and not fields_before:
                    self._told = at
            elif match["entity"]:
                if start < 0:
                    self.refused = True
                    return
            elif match["close"]:
                at = self._tag_end(at)
                if start >= 0:
                    yield self._element(start, at)
                elif stray := self._stray(at):
                    yield stray
                else:
                    wrapper = None
                start, self._told = -1, at
            else:
                if start >= 0:
                    unclosed, wraps = self._unclosed(start, match.start())
                else:
                    unclosed, wraps = self._stray(match.start()), None
                yield from (e for e in (wrapper if wraps or start < 0 else None, unclosed) if e)
                wrapper = wraps or (wrapper if start >= 0 else None)
                self._note_prefixes(max(0, match.start() - 4096), match.start())
                start = self._told = match.start()
                at, start, empty = self._empty_element(at, start)
                if empty:
                    yield empty
                    self._told = at
        if wrapper:
            yield wrapper
        if start < 0:
            if stray := self._stray(len(self._buffer)):
                yield stray
        elif _ANY_CHILD.search(self._buffer, start + 1):
            yield self._element(start, len(self._buffer), "xml-unclosed")

    def _holds_fields(self, end: int) -> bool:
        return _MARC_CHILD.search(self._buffer, self._told, end) is not None

    def _stray(self, end: int) -> Element | None:
        """What stands behind the last element, if it holds fields: a record whose start tag is damaged or missing."""
        if not self._holds_fields(end):
            return None
        begin = self._told
        opened = _OPENED.search(self._buffer, begin, end)
        if opened and _MARC_CHILD.search(self._buffer, begin, opened.start()) is None:
            begin = opened.end()
        while self._buffer[begin : begin + 1].isspace():
            begin += 1
        return self._element(begin, end, "xml-unclosed")

    def _unclosed(self, start: int, end: int) -> tuple[Element | None, Element | None]:
        """The open record, as another begins at ``end``: it lacks its end, or perhaps holds the other one."""
        if _MARC_CHILD.search(self._buffer, start, end):
            return self._element(start, end, "xml-unclosed"), None
        if not _ANY_CHILD.search(self._buffer, start + 1, end) or _WRAPS.search(self._buffer, start, end):
            return None, None
        return None, self._element(start, end, "xml-unclosed")

    def _element(self, start: int, end: int, problem: str = "") -> Element:
        return Element(self._buffer[start:end], problem, self._behind + self._length(start))

    def _length(self, end: int) -> int:
        """How many bytes of the stream the beginning of the buffer is."""
        if self._transcode is None:
            return end
        return len(self._buffer[:end].decode("utf-8", "replace").encode("utf-16-le", "replace"))

    def _begin(self) -> None:
        head = self._stream.read(_CHUNK)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            self._transcode = codecs.getincrementaldecoder("utf-16")("replace")
            self._behind = 2
        elif head.startswith(b"<\0"):
            self._transcode = codecs.getincrementaldecoder("utf-16-le")("replace")
        elif head.startswith(b"\0<"):
            self._transcode = codecs.getincrementaldecoder("utf-16-be")("replace")
        self._buffer = self._as_bytes(head)
        self.first_bytes = self._buffer[:200]
        declared = _DECLARED.match(self._buffer.removeprefix(codecs.BOM_UTF8))
        if declared and self._transcode is None:
            self.encoding = declared[1].decode("ascii").lower()
        self.is_container = bool(_CONTAINER.search(self._buffer)) and not _FILLED.search(self._buffer)
        self._note_prefixes(0, len(self._buffer))

    def _as_bytes(self, chunk: bytes) -> bytes:
        if self._transcode is None:
            return chunk
        return self._transcode.decode(chunk, not chunk).encode()

    def _note_prefixes(self, begin: int, end: int) -> None:
        if len(self.prefixes) < 64:
            found = _NAMESPACE.findall(self._buffer, begin, end)
            self.prefixes.update(prefix.decode("ascii", "replace") for prefix in found)

    def _read_on(self, keep: int, start: int) -> tuple[int, int, Element | None]:
        """Drop what lies behind, read more. A record that grows beyond bounds is handed out as it is."""
        cut = None
        behind = self._told if start < 0 else start
        if start < 0 and keep - behind > _LONGEST_GAP and not self._holds_fields(len(self._buffer)):
            behind = keep
        elif len(self._buffer) - behind > self._max and keep > behind:
            cut = self._element(behind, keep, "oversized") if start >= 0 or self._holds_fields(keep) else None
            start, behind = -1, keep
        self._behind += self._length(behind)
        self._buffer = self._buffer[behind:]
        self._told = 0
        self._append()
        return keep - behind, (start if start < 0 else 0), cut

    def _append(self) -> None:
        chunk = self._stream.read(max(_CHUNK, len(self._buffer)))
        self._ended = not chunk
        self._buffer += self._as_bytes(chunk)

    def _skip(self, match: re.Match[bytes], at: int, start: int) -> tuple[int, int]:
        """Behind a comment or CDATA section; where its end is missing it is treated as text."""
        closing = b"-->" if match["comment"] else b"]]>"
        searched = at
        while True:
            end = self._buffer.find(closing, searched)
            if end >= 0:
                return end + 3, start
            if self._ended or len(self._buffer) - match.start() > self._max:
                return at, start
            searched = max(at, len(self._buffer) - 2)
            self._append()

    def _tag_end(self, at: int) -> int:
        while (end := self._buffer.find(b">", at)) < 0:
            if self._ended or len(self._buffer) - at > _CHUNK:
                return len(self._buffer)
            self._append()
        return end + 1

    def _empty_element(self, at: int, start: int) -> tuple[int, int, Element | None]:
        end = self._tag_end(at)
        if self._buffer[end - 2 : end] == b"/>":
            return end, -1, self._element(start, end)
        return end, start, None
