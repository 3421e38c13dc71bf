"""Reading a page with Tesseract: words with boxes and confidence, on the page as it is served. Rule DIG-2.

One process reads one page at a time in one thread (``OMP_THREAD_LIMIT=1``, which the sandbox sets); more processors
take more processes. The engine is loaded once per process and set of languages.

How much a page costs goes by its lines, hardly by its pixels, and letters are read best when a line is 24 to 40 pixels
high: so a page is read at about 200 dpi, and again larger or smaller only where its lines turn out not to be that.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import median
from typing import Any, Final

os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # read when the library is loaded

import tesserocr

from lienthu.foundation.pagetext.layers import laid_over
from lienthu.foundation.pagetext.model import Block, Line, PageText, Word, words_in
from lienthu.foundation.pagetext.page_image import Ready, Turn, is_blank, make_ready, size_of
from lienthu.foundation.vietnamese.text import clean

VERTICAL: Final = frozenset({"chi_tra_vert", "chi_sim_vert", "jpn_vert", "kor_vert"})
"""Languages of columns from right to left: read by themselves and laid over the others."""

_READING_DPI: Final = 200
_LONG_SIDE: Final = 2340  # of A4 at that resolution, where none is known
_LINE_HEIGHTS: Final = (21, 46)
_BEST_HEIGHT: Final = 30
_SPECK: Final = 50  # confidence below which a sign alone is taken for dirt
_READ_WELL: Final = 80
_PROVING_WORDS: Final = 12
_TURNS: Final[tuple[Turn, ...]] = (180, 90, 270)
_ON_SIDE: Final[tuple[Turn, ...]] = (90, 270, 0)
_UNREADABLE: Final = 60  # mean confidence below which a page may lie on its side or head
_VARIABLES: Final = {
    "thresholding_method": "2",  # Sauvola: paper that is darker on one side
    "tessedit_do_invert": "0",  # white letters on black are rare, trying for them in every bad line is dear
}


_Corners = tuple[int, int, int, int]
"""Left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read; ``turn`` is how far the page would have to be turned clockwise to be upright, ``skew`` how
    many degrees its lines fall to the right then."""

    page: PageText
    turn: Turn = 0
    skew: float = 0.0


def engine_name() -> str:
    """Program and version, as kept with every page."""
    return str(tesserocr.tesseract_version()).split("\n", 1)[0].strip()


def read_page(path: str, *, tessdata: str, languages: Sequence[str] = ("vie",), dpi: float | None = None) -> Reading:
    """Read the page image at ``path``.

    ``languages`` are Tesseract's names, the main one first; their data lie in ``tessdata``. ``dpi`` is the
    resolution of the image where it is known. Raises Refused for what is no image, LookupError for a language
    without data.
    """
    width, height = size_of(path)
    scale = _READING_DPI / dpi if dpi else min(1.0, _LONG_SIDE / max(width, height))
    ready = make_ready(path, scale=min(2.0, scale))
    if is_blank(ready):
        return Reading(PageText(width, height, (), tuple(languages), "ocr", engine_name()))
    level = tuple(language for language in languages if language not in VERTICAL)
    columns = tuple(language for language in languages if language in VERTICAL)
    standing: list[Block] = []
    if columns:
        engine = _engine(tessdata, columns, tesserocr.PSM.SINGLE_BLOCK_VERT_TEXT)
        _, standing = _read_as_it_lies(path, ready, engine)
        standing = _without_rules(standing)
    blocks: list[Block] = []
    if level:
        engine = _engine(tessdata, level, tesserocr.PSM.AUTO)
        if _confidence(found := _words_of(standing)) >= _UNREADABLE and len(found) >= _PROVING_WORDS / 2:
            # The columns say which way is up; whatever is read beside them lies the same way.
            ready, blocks = _read_as_it_lies(path, ready, engine)
            blocks = _written(blocks)
        else:
            ready, blocks = _read_upright(path, ready, engine)
    if standing:
        blocks = laid_over(blocks, standing)
    page = PageText(width, height, tuple(blocks), tuple(languages), "ocr", engine_name())
    return Reading(page, ready.turn, ready.skew)


@lru_cache(maxsize=2)
def _engine(tessdata: str, languages: tuple[str, ...], mode: int) -> Any:
    try:
        return tesserocr.PyTessBaseAPI(
            path=tessdata.rstrip("/") + "/",
            lang="+".join(languages),
            psm=mode,
            oem=tesserocr.OEM.LSTM_ONLY,
            variables=_VARIABLES,
        )
    except RuntimeError as error:
        raise LookupError(f"no OCR data for {'+'.join(languages)} in {tessdata}") from error


def _read_upright(path: str, ready: Ready, engine: Any) -> tuple[Ready, list[Block]]:
    """The page as it lies; turned by quarters where its lines stand on end or it can only be read otherwise."""
    lines = _shown(engine, ready)
    if on_side := _stands_on_end(lines):
        blocks: list[Block] = []
    else:
        ready, blocks = _read_as_it_lies(path, ready, engine, lines)
        words = _words_of(blocks)
        if words and _confidence(words) >= _UNREADABLE:
            return ready, blocks
    best = _success(_words_of(blocks))
    for turn in _ON_SIDE if on_side else _TURNS:
        turned, found = _read_as_it_lies(path, make_ready(path, scale=ready.scale, turn=turn), engine)
        words = _words_of(found)
        if (success := _success(words)) > best * 1.2:
            best, ready, blocks = success, turned, found
            if _confidence(words) >= _READ_WELL and len(words) >= _PROVING_WORDS:
                break
    return ready, blocks


def _read_as_it_lies(
    path: str, ready: Ready, engine: Any, lines: Sequence[_Corners] | None = None
) -> tuple[Ready, list[Block]]:
    """Read at the size that is read best, which only shows when lines have been found (``lines``, if they have)."""
    if lines is None:
        lines = _shown(engine, ready)
    height = median(bottom - top for _, top, _, bottom in lines) if lines else 0
    if height and not _LINE_HEIGHTS[0] <= height <= _LINE_HEIGHTS[1] and not _stands_on_end(lines):
        factor = min(3.0, max(0.5, _BEST_HEIGHT / height))
        ready = make_ready(path, scale=ready.scale * factor, turn=ready.turn, skew=ready.skew)
        _shown(engine, ready)
    engine.Recognize()
    return ready, list(_blocks(engine, ready))


def _shown(engine: Any, ready: Ready) -> list[_Corners]:
    """Give the page to the engine; the lines that its layout analysis finds, which recognition then uses."""
    engine.SetImageBytes(ready.pixels, ready.width, ready.height, 1, ready.width)
    engine.SetSourceResolution(_READING_DPI)
    layout = engine.AnalyseLayout()
    if layout is None:
        return []
    each = tesserocr.iterate_level(layout, tesserocr.RIL.TEXTLINE)
    return [box for line in each if (box := line.BoundingBox(tesserocr.RIL.TEXTLINE))]


def _stands_on_end(lines: Sequence[_Corners]) -> bool:
    """Whether most of the text, by length, runs up or down."""
    sizes = [(right - left, bottom - top) for left, top, right, bottom in lines]
    return sum(h for w, h in sizes if h > 3 * w) > sum(w for w, h in sizes if w >= h)


def _blocks(engine: Any, ready: Ready) -> Iterator[Block]:
    """Paragraphs of lines of words, as the engine orders them, at their places on the page."""
    found = engine.GetIterator()
    if found is None:
        return
    lines: list[Line] = []
    words: list[Word] = []
    for at in tesserocr.iterate_level(found, tesserocr.RIL.WORD):
        if at.IsAtBeginningOf(tesserocr.RIL.TEXTLINE):
            words = []
        if at.IsAtBeginningOf(tesserocr.RIL.PARA):
            lines = []
        words += _word(at, ready)
        if at.IsAtFinalElement(tesserocr.RIL.TEXTLINE, tesserocr.RIL.WORD) and words:
            lines.append(Line(tuple(words)))
        if at.IsAtFinalElement(tesserocr.RIL.PARA, tesserocr.RIL.WORD) and lines:
            yield Block(tuple(lines))


def _word(at: Any, ready: Ready) -> list[Word]:
    """The word at this place; nothing for specks that were taken for signs."""
    if at.Empty(tesserocr.RIL.WORD) or not (corners := at.BoundingBox(tesserocr.RIL.WORD)):
        return []
    text, confidence = clean(at.GetUTF8Text(tesserocr.RIL.WORD)), round(at.Confidence(tesserocr.RIL.WORD))
    if confidence < _SPECK and not any(char.isalnum() for char in text):
        return []
    return words_in(text, ready.back(*corners), confidence)


def _without_rules(columns: Sequence[Block]) -> list[Block]:
    """Without what the rules and frames between columns were taken for: signs far too tall for what they say. Words
    whose box a rule has drawn out are cut to their characters."""
    kept = []
    for block in columns:
        lines = [tuple(_cut(w) for w in line.words if w.h <= 8 * w.w * len(w.text)) for line in block.lines]
        if some := tuple(Line(words) for words in lines if words):
            kept.append(Block(some))
    return kept


def _cut(word: Word) -> Word:
    square = word.w * len(word.text)
    return replace(word, h=square * 3 // 2) if word.h > 5 * square // 2 else word


def _written(blocks: Sequence[Block]) -> list[Block]:
    """Without what frames and rules beside columns were taken for: lines that hardly hold letters, or doubtful ones."""
    kept = [tuple(line for line in block.lines if _says_something(line)) for block in blocks]
    return [Block(lines) for lines in kept if lines]


def _says_something(line: Line) -> bool:
    text = line.text.replace(" ", "")
    letters = sum(char.isalnum() for char in text)
    return letters >= 2 and letters > 0.6 * len(text) and line.confidence >= _UNREADABLE


def _words_of(blocks: Sequence[Block]) -> list[Word]:
    return [word for block in blocks for line in block.lines for word in line.words]


def _confidence(words: Sequence[Word]) -> float:
    """Mean, by letters: a page of specks between two good lines is a good page."""
    letters = sum(len(word.text) for word in words)
    return sum(len(word.text) * word.confidence for word in words) / letters if letters else 0.0


def _success(words: Sequence[Word]) -> float:
    """How much was read, and how surely; doubtful words say nothing."""
    return sum(len(word.text) * (word.confidence - 50) for word in words if word.confidence > 50)
