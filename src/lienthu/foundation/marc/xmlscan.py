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

_TOKEN: Final = re.compile(
    rb"<(?:(?P<comment>!--)|(?P<cdata>!\[CDATA\[)|(?P<entity>!ENTITY)"
    rb"|(?P<close>/?)(?:[A-Za-z_][\w.\-]{0,60}:)?record(?=[\s/>]))"
)
_MARC_CHILD: Final = re.compile(rb"<(?:[A-Za-z_][\w.\-]*:)?(?:leader|controlfield|datafield)[\s/>]")
_DECLARED: Final = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._\-]+)")
_NAMESPACE: Final = re.compile(rb"xmlns:([A-Za-z_][\w.\-]*)\s*=\s*[\"']")
_CONTAINER: Final = re.compile(
    rb"<(?:[A-Za-z_][\w.\-]*:)?(?:collection|OAI-PMH|searchRetrieveResponse|ListRecords)[\s/>]"
)


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

    def __iter__(self) -> Iterator[Element]:
        self._begin()
        at = 0  # where the next token is looked for
        start = -1  # of the record that is open
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
                at, start = self._skip(match, at, start)
            elif match["entity"]:
                if start < 0:
                    self.refused = True
                    return
            elif match["close"]:
                if start >= 0:
                    at = self._tag_end(at)
                    yield self._element(start, at)
                    start = -1
            else:
                if start >= 0 and _MARC_CHILD.search(self._buffer, start, match.start()):
                    yield self._element(start, match.start(), "xml-unclosed")
                self._note_prefixes(max(0, match.start() - 4096), match.start())
                start = match.start()
                at, start, empty = self._empty_element(at, start)
                if empty:
                    yield empty
        if start >= 0 and start < len(self._buffer) and _MARC_CHILD.search(self._buffer, start):
            yield self._element(start, len(self._buffer), "xml-unclosed")

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
        self.is_container = bool(_CONTAINER.search(self._buffer))
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
        if start >= 0 and len(self._buffer) - start > self._max:
            cut = self._element(start, keep, "oversized")
            start = -1
        behind = keep if start < 0 else start
        self._behind += self._length(behind)
        self._buffer = self._buffer[behind:]
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
