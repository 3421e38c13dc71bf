"""What the first and last pages of a volume say about it: suggestions for the description, for a person to confirm.

Each suggestion names the words it was taken from, so that they can be shown marked on the page. Rule DIG-9. Signs are
looked for without diacritics, which is what OCR loses first; values are given as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median
from typing import Final

from lienthu.foundation.pagetext.model import Box, Line, PageText, Placed
from lienthu.foundation.vietnamese.fold import fold
from lienthu.foundation.vietnamese.syllables import is_syllable


class Field(StrEnum):
    """What is suggested."""

    TITLE = "title"
    RESPONSIBILITY = "responsibility"  # as it stands, role and all
    PLACE = "place"
    PUBLISHER = "publisher"
    YEAR = "year"
    ISBN = "isbn"
    LICENCE = "licence"  # số giấy phép, số đăng ký xuất bản
    DEPOSIT = "deposit"  # nộp lưu chiểu
    NUMBER = "number"  # of an official document


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value, where it stands (``page`` as it was handed over, boxes by line), and how sure we are in percent."""

    field: Field
    value: str
    page: int
    boxes: tuple[Box, ...]
    confidence: int


_MOST_TITLE_LINES: Final = 6
_MOST_WORDS: Final = 120  # that a title page has
_UP: Final = "A-ZĐÀ-ÖØ-ÝĂĨŨƠƯẠ-Ỹ"

# On folded text, which has the length of the text itself.
_PUBLISHER: Final = re.compile(
    r"\b(?:nha xuat ban|nxb\.?|nha in|so van hoa[^\n,;]*? xuat ban)(?: [^\n,;:(]{2,60}|)", re.ASCII
)
_IMPRINT: Final = re.compile(
    r"^[ \W]*([^\W\d_][^\W\d_ ]*(?: [^\W\d_ ]+){0,3})(?:, (?:ngay|thang) [^\n]*?)?"
    r"[ ]*[-–—,:.]+ *(?:nam )?(1[5-9]\d\d|20\d\d)\W*$",
    re.MULTILINE,
)
_YEAR_ALONE: Final = re.compile(r"^\W*(?:nam )?(1[5-9]\d\d|20\d\d)\W*$", re.MULTILINE)
_DATED: Final = re.compile(r"^([^\n,]{2,40}), *ngay *[\d .…]* *thang *\d{0,2} *nam *(1[89]\d\d|20\d\d)", re.MULTILINE)
_ISBN: Final = re.compile(r"isbn(?:-1[03])? *:? *((?:97[89][ -]?)?[\d][\d -]{7,15}[\dx])", re.ASCII)
_LICENCE: Final = re.compile(
    r"(?:so )?(?:dkxb|dkkhxb|dang ky (?:ke hoach )?xuat ban|giay phep(?: xuat ban)?|gpxb|qdxb|quyet dinh xuat ban)"
    r"(?: so)? *:? *([^\n;]*?\d[^\n;]{0,60})"
)
_DEPOSIT: Final = re.compile(r"(?:nop )?luu chieu *:? *((?:quy|thang|nam|ngay|vao)?[^\n.;]*?(1[89]\d\d|20\d\d))")
_NUMBER: Final = re.compile(r"^so *: *(\d[^\n ]*/[^\n ]+)", re.MULTILINE)
_RESPONSIBLE: Final = re.compile(
    r"^\W*(?:tac gia|(?:nguoi |bien )?dich(?: gia)?|(?:tong |dong )?chu bien|bien soan|suu tam(?: va bien soan)?"
    r"|hieu dinh|gioi thieu|tuyen chon|soan gia|nhieu tac gia|bien tap)\b *:? *[^\n]*"
    r"|^[^\n:]{4,60}\((?:tong |dong )?(?:chu bien|bien soan|suu tam|dich|tuyen chon)[^\n)]*\)?",
    re.MULTILINE,
)
_RANKED: Final = re.compile(r"^\W*(?:gs|pgs|ts|ths|pts|tskh|bs|ks)[.,][^\n]{4,80}", re.MULTILINE)
_HEADS: Final = re.compile(
    r"cong hoa xa hoi|doc lap|viet nam dan chu|uy ban|hoi dong|tinh uy|bo van hoa|so van hoa|nha xuat ban|nxb|tu sach"
    r"|vien |truong dai hoc|thu vien|so *:|isbn|luu chieu|bao tang|ngay .*thang|tai ban|tap chi"
)
_DOCUMENT: Final = re.compile(
    r"^\W*(?:ke hoach|quyet dinh|bao cao|nghi quyet|thong tu|nghi dinh|chi thi|to trinh|cong van)\W*$"
)
_NAME: Final = re.compile(rf"^[{_UP}][^\W\d_]*(?: [{_UP}][^\W\d_]*){{1,4}}$")


def suggest(pages: Sequence[tuple[int, PageText]]) -> list[Suggestion]:
    """Suggestions from the first and last pages of a volume, in their order, each with the caller's name for it.

    At most one for each field but responsibility, the surest first within a field.
    """
    found: list[Suggestion] = []
    for number, page in pages:
        found += _said(number, page)
    title_page = _title_page(pages)
    if title_page is not None:
        found += _on_title_page(*title_page)
    return _best(found)


def _best(found: Sequence[Suggestion]) -> list[Suggestion]:
    best: list[Suggestion] = []
    for field in Field:
        some = sorted((s for s in found if s.field is field), key=lambda s: -s.confidence)
        distinct = {fold(s.value): s for s in reversed(some)}
        ranked = sorted(distinct.values(), key=lambda s: -s.confidence)
        best += ranked[:4] if field is Field.RESPONSIBILITY else ranked[:1]
    return best


class _Plain:
    """A page with its text folded letter by letter, so that places in both are the same."""

    def __init__(self, number: int, page: PageText) -> None:
        self.number, self.page = number, page
        self.text = page.text
        self.folded = "".join((fold(char) or " ")[0] if char != "\n" else char for char in self.text)

    def suggestion(self, field: Field, start: int, end: int, confidence: float) -> Suggestion | None:
        """What stands between two places, trimmed; doubtful words make it doubtful."""
        value = " ".join(self.text[start:end].split()).strip(" .,;:-–—*\"'“”()")
        if not value:
            return None
        placed = self.page.placed_between(start, end)
        sure = sum(p.word.confidence for p in placed) / len(placed) if placed else 0
        boxes = tuple(self.page.marks_of(start, end))
        return Suggestion(field, value, self.number, boxes, round(confidence * sure / 100))


def _said(number: int, page: PageText) -> Iterator[Suggestion]:
    """What is announced by words that mean nothing else, wherever it stands."""
    plain = _Plain(number, page)
    for field, pattern, group, confidence in (
        (Field.LICENCE, _LICENCE, 1, 85),
        (Field.DEPOSIT, _DEPOSIT, 1, 90),
        (Field.YEAR, _DEPOSIT, 2, 75),
        (Field.NUMBER, _NUMBER, 1, 85),
        (Field.PLACE, _DATED, 1, 70),
        (Field.YEAR, _DATED, 2, 80),
    ):
        if (match := pattern.search(plain.folded)) and (s := plain.suggestion(field, *match.span(group), confidence)):
            yield s
    for match in _ISBN.finditer(plain.folded):
        digits = re.sub(r"[ -]", "", match[1]).upper()
        confidence = 99 if is_isbn(digits) else 40
        if s := plain.suggestion(Field.ISBN, *match.span(1), confidence):
            yield replace(s, value=digits)


def is_isbn(digits: str) -> bool:
    """Whether ten or thirteen characters carry a right check digit (ISO 2108)."""
    if re.fullmatch(r"\d{9}[\dX]", digits):
        return sum((10 - n) * (10 if d == "X" else int(d)) for n, d in enumerate(digits)) % 11 == 0
    if re.fullmatch(r"97[89]\d{10}", digits):
        return sum((3 if n % 2 else 1) * int(d) for n, d in enumerate(digits)) % 10 == 0
    return False


def _title_page(pages: Sequence[tuple[int, PageText]]) -> tuple[_Plain, int] | None:
    """The page that looks most like a title page, and how sure that is; of equals the later: covers come first."""
    best: tuple[_Plain, int] | None = None
    for number, page in pages[:8]:
        words = sum(1 for _ in page.words())
        if not words:
            continue
        plain = _Plain(number, page)
        official = bool(_NUMBER.search(plain.folded))
        score = 30 if words <= _MOST_WORDS else 0
        score += 30 if _PUBLISHER.search(plain.folded) else 0
        score += 25 if _IMPRINT.search(plain.folded) or _YEAR_ALONE.search(plain.folded) else 0
        score += 60 if official else 0
        score -= 40 if re.search(r"luu chieu|muc luc|loi noi dau", plain.folded) else 0
        if score >= 30 and (best is None or score >= best[1]):
            best = plain, score
    return best


def _on_title_page(plain: _Plain, score: int) -> Iterator[Suggestion]:
    sure = min(85, 45 + score // 2)
    for field, match, group in _imprint(plain):
        if s := plain.suggestion(field, *match.span(group), sure):
            yield s
    spans = list(_title(plain))
    if spans and (s := plain.suggestion(Field.TITLE, spans[0][0], spans[-1][1], sure)):
        yield s
    for match in [*_RESPONSIBLE.finditer(plain.folded), *_RANKED.finditer(plain.folded)]:
        if s := plain.suggestion(Field.RESPONSIBILITY, *match.span(), 80):
            yield s
    yield from _names(plain, spans)


def _imprint(plain: _Plain) -> Iterator[tuple[Field, re.Match[str], int]]:
    """Place, publisher and year, as they stand at the foot."""
    if match := _PUBLISHER.search(plain.folded):
        yield Field.PUBLISHER, match, 0
    imprints = [m for m in _IMPRINT.finditer(plain.folded) if not _HEADS.search(m[1])]
    if imprints:
        yield Field.PLACE, imprints[-1], 1
        yield Field.YEAR, imprints[-1], 2
    elif years := list(_YEAR_ALONE.finditer(plain.folded)):
        yield Field.YEAR, years[-1], 1


_Spans = Iterator[tuple[int, int]]


def _title(plain: _Plain) -> _Spans:
    """The lines of the largest letters that follow each other; of an official document what stands under its kind."""
    lines = list(_lines(plain))
    for n, (line, _, folded, _) in enumerate(lines):
        if _DOCUMENT.match(folded) and line.text.isupper():
            return _as_long_as(lines[n : n + _MOST_TITLE_LINES], lambda other: other.isupper())
    titles = [one for one in lines if not _HEADS.search(one[2]) and not re.fullmatch(r"[\W\d]+", one[2])]
    if not titles:
        return iter(())
    largest = max(_height(line) for line, *_ in titles)
    usual = median(_height(line) for line, *_ in lines)
    if largest < usual * 1.15:  # typewritten: nothing is larger, so capitals tell
        first = next((n for n, one in enumerate(titles) if one[0].text.isupper()), None)
        return iter(()) if first is None else _as_long_as(titles[first : first + _MOST_TITLE_LINES], str.isupper)
    first = next(n for n, one in enumerate(titles) if _height(one[0]) >= largest * 0.8)
    chosen = titles[first : first + _MOST_TITLE_LINES]
    return _as_long_as(chosen, lambda _: True, least=largest * 0.7)


_OneLine = tuple[Line, str, str, tuple[int, int]]


def _as_long_as(lines: Sequence[_OneLine], fits: Callable[[str], bool], least: float = 0) -> _Spans:
    for line, text, _, span in lines:
        if not fits(text) or _height(line) < least:
            return
        yield span


def _lines(plain: _Plain) -> Iterator[_OneLine]:
    """Every line with its text, its folded text and its span in the text of the page."""
    placed: dict[int, list[Placed]] = {}
    for one in plain.page.placed:
        placed.setdefault(one.line, []).append(one)
    for line, words in zip(plain.page.lines(), placed.values(), strict=True):
        start, end = words[0].start, words[-1].end
        yield line, plain.text[start:end], plain.folded[start:end], (start, end)


def _height(line: Line) -> float:
    """How large the letters are; capitals are measured like the small letters beside which they stand."""
    height = median(word.h for word in line.words)
    return float(height)


def _names(plain: _Plain, title: Sequence[tuple[int, int]]) -> Iterator[Suggestion]:
    """A name of a person standing alone above the title or right below it."""
    if not title:
        return
    lines = list(_lines(plain))
    inside = [n for n, one in enumerate(lines) if title[0][0] <= one[3][0] <= title[-1][0]]
    near = [*range(inside[0]), *range(inside[-1] + 1, min(len(lines), inside[-1] + 4))]
    for n in near:
        _, text, folded, span = lines[n]
        bare = text.strip(" .,*-")
        titled = bare.title() if bare.isupper() else bare
        if _HEADS.search(folded) or not _NAME.match(titled) or _IMPRINT.match(folded):
            continue
        confidence = 65 if n < inside[0] else 50
        spelt = all(is_syllable(part) for part in titled.split())
        if spelt and (s := plain.suggestion(Field.RESPONSIBILITY, span[0], span[1], confidence)):
            yield s
