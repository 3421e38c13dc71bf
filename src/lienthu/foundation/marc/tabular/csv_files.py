"""Delimited text: the delimiter and the header are found, the encoding is handed in."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, Final, NamedTuple

from lienthu.foundation.marc.problems import Problem, seen
from lienthu.foundation.marc.tabular.quotes import cut_broken
from lienthu.foundation.marc.tabular.table import Row, Table, TabularRefused
from lienthu.foundation.vietnamese.text import clean

_DELIMITERS: Final = (",", ";", "\t", "|")
_SAMPLE_LINES: Final = 60
_LONGEST_CELL_LINES: Final = 200
_LONGEST_CELL: Final = 100_000
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
_UTF_8_MARK: Final = b"\xef\xbb\xbf"
# CR CR LF is what a careless conversion makes of CR LF. Nothing else ends a line: U+2028, VT and FF stand inside cells.
_LINE: Final = re.compile(rb"[^\r\n]*(?:\r{0,2}\n|\r(?!\r?\n))")
_LINE_OF_TEXT: Final = re.compile(r"[^\r\n]*(?:\r{0,2}\n|\r(?!\r?\n))|[^\r\n]+")
MAX_COLUMNS: Final = 200
MAX_LINE: Final = 1_000_000


def read_csv(
    stream: BinaryIO,
    *,
    decode: Callable[[bytes], str],
    delimiter: str | None = None,
    max_rows: int = 1_000_000,
) -> Table:
    """The table in a CSV, semicolon, tab or bar separated file.

    ``decode`` turns the bytes of one line into text (a decoder of the `vietnamese.encodings`); where a row
    begins is counted in the bytes as they came. Files that begin with a UTF-16 byte order mark are read as
    such. ``delimiter`` None means: find it. Memory is bounded by one row. A line that ``decode`` refuses is
    read as UTF-8 with U+FFFD and carries the problem "undecodable"; a row whose quotation marks do not pair up
    is cut as well as can be (`quotes`) and carries "unbalanced-quotes". Raises TabularRefused (empty, too-many-rows,
    too-many-columns, row-too-large).
    """
    lines = _Lines(stream, decode)
    ahead = lines.ahead(_SAMPLE_LINES)
    if ahead and ahead[0].text[:4].lower() == "sep=" and len(ahead[0].text.strip()) == 5:
        delimiter = delimiter or ahead[0].text.strip()[4]
        lines.next()
    separator = delimiter or find_delimiter([line.text for line in ahead])
    return Table(_rows(lines, separator, max_rows), delimiter=separator)


def find_delimiter(lines: Sequence[str]) -> str:
    """The delimiter that cuts most lines into the same number of columns, more columns preferred."""
    filled = [line for line in lines if line.strip()]
    best = max(_DELIMITERS, key=lambda d: sum(line.count(d) for line in filled))
    best_score = 0.0
    for delimiter in _DELIMITERS:
        counts = Counter(len(row) for row in csv.reader(filled, delimiter=delimiter) if any(row))
        usual, often = max(counts.items(), key=lambda c: (c[1] * (c[0] > 1), c[0]), default=(1, 0))
        if usual < 2:
            continue
        # Nine tenths agreement on 4 columns is better evidence than full agreement on 2.
        score = often / max(1, sum(counts.values())) + min(usual, 12) * 0.03
        if score > best_score:
            best, best_score = delimiter, score
    return best


class _Line(NamedTuple):
    """A physical line: its text, whether its bytes could not be decoded, its first byte in the file, its bytes."""

    text: str
    damaged: bool
    offset: int
    raw: bytes


class _Lines:
    """Lines of text with push-back, decoded one by one: the legacy encodings all keep ASCII line ends."""

    def __init__(self, stream: BinaryIO, decode: Callable[[bytes], str]) -> None:
        self._pending: list[_Line] = []
        self._source = self._decoded(stream, decode)
        self.number = 0

    def _decoded(self, stream: BinaryIO, decode: Callable[[bytes], str]) -> Iterator[_Line]:
        for offset, raw in _raw_lines(stream):
            if not offset and raw[:2] in _UTF_16:
                yield from _utf16_lines(raw, stream)
                return
            if not offset and raw[:3] == _UTF_8_MARK:
                offset, raw = len(_UTF_8_MARK), raw[len(_UTF_8_MARK) :]
            try:
                yield _Line(decode(raw), False, offset, raw)
            except ValueError:
                yield _Line(raw.decode("utf-8", "replace"), True, offset, raw)

    def ahead(self, most: int) -> list[_Line]:
        """The next lines without consuming them."""
        while len(self._pending) < most:
            line = next(self._source, None)
            if line is None:
                break
            self._pending.append(line)
        return self._pending[:most]

    def next(self) -> _Line | None:
        """The next line; None at the end."""
        line = self._pending.pop(0) if self._pending else next(self._source, None)
        if line is not None:
            self.number += 1
        return line

    def put_back(self, lines: list[_Line]) -> None:
        self._pending[:0] = lines
        self.number -= len(lines)


def _raw_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Physical lines ended by LF, CR LF or (old Macintosh) CR alone, each with its first byte."""
    at = 0
    rest = b""
    while raw := stream.readline(MAX_LINE + 1):
        if not at and not rest and raw[:2] in _UTF_16:
            yield at, raw
            return
        if not rest and raw.endswith(b"\n") and b"\r" not in raw.rstrip(b"\r\n"):
            yield at, raw
            at += len(raw)
            continue
        # A file of CR only comes in blocks. What follows a CR at the end of a block may be the rest of its line end.
        block = rest + raw
        sure = len(block) if raw.endswith(b"\n") else len(block) - 2
        cut = 0
        while (match := _LINE.match(block, cut)) and match.end() <= sure:
            yield at + cut, match[0]
            cut = match.end()
        at, rest = at + cut, block[cut:]
        if len(rest) > MAX_LINE:
            raise TabularRefused("row-too-large", f"a line of more than {MAX_LINE} bytes")
    cut = 0
    while match := _LINE.match(rest, cut):
        yield at + cut, match[0]
        cut = match.end()
    if rest[cut:]:
        yield at + cut, rest[cut:]


def _utf16_lines(first: bytes, stream: BinaryIO) -> Iterator[_Line]:
    """The whole of a UTF-16 file ("Unicode text" of spreadsheets), whose line ends are two bytes."""
    limit = 200_000_000
    rest = stream.read(limit + 1)
    if len(rest) > limit:
        raise TabularRefused("too-large", "a UTF-16 file of more than 200 MB")
    data = first + rest
    text = data.decode("utf-16", "replace")
    at = 2  # the byte order mark
    for match in _LINE_OF_TEXT.finditer(text):
        line = match[0]
        size = 2 * len(line) + 2 * sum(c > "\uffff" for c in line)
        yield _Line(line, "\ufffd" in line, at, data[at : at + size])
        at += size


def _rows(lines: _Lines, delimiter: str, max_rows: int) -> Iterator[Row]:
    count = 0
    widths: Counter[int] = Counter()
    while (line := lines.next()) is not None:
        number = lines.number
        cells, more = _cells(line.text, lines, delimiter)
        unbalanced = cells is None
        if cells is None:
            cells = cut_broken(line.text, delimiter, widths.most_common(1)[0][0] if widths else 0)
        else:
            widths[len(cells)] += 1
        if len(cells) > MAX_COLUMNS:
            raise TabularRefused("too-many-columns", f"{len(cells)} in row {number}")
        count += 1
        if count > max_rows:
            raise TabularRefused("too-many-rows", f"more than {max_rows}")
        repairs = []
        if line.damaged or any(further.damaged for further in more):
            repairs.append(Problem("undecodable", seen("row", number)))
        if unbalanced:
            repairs.append(Problem("unbalanced-quotes", seen("row", number)))
        raw = b"".join([line.raw, *(further.raw for further in more)])
        yield Row(number, tuple([_cell(c) for c in cells]), tuple(repairs), line.offset, raw)


def _cell(text: str) -> str:
    return "\n".join([part for line in text.splitlines() if (part := clean(line).strip())]) if text else ""


def _cells(text: str, lines: _Lines, delimiter: str) -> tuple[list[str] | None, list[_Line]]:
    """The cells that begin on this line and the further lines that they go on in; None where its quotation marks are
    broken. A mark inside a cell that does not begin with one ('Đĩa 12" mới') is text and breaks nothing.
    """
    if '"' not in text:
        return text.rstrip("\r\n").split(delimiter), []
    taken: list[_Line] = []
    size = len(text)
    while True:
        try:
            parsed = list(csv.reader([text, *(further.text for further in taken)], delimiter=delimiter, strict=True))
        except csv.Error as error:
            line = None
            if "unexpected end of data" in str(error) and len(taken) < _LONGEST_CELL_LINES and size < _LONGEST_CELL:
                line = lines.next()
            if line is None:  # what seemed to go on in further lines does not: they are rows of their own
                lines.put_back(taken)
                return None, []
            taken.append(line)
            size += len(line.text)
            continue
        if len(parsed) != 1:
            lines.put_back(taken)
            return None, []
        return parsed[0], taken
