"""Pages of text for the tests: one as it might be, and any there could be."""

from __future__ import annotations

from hypothesis import strategies as st

from lienthu.foundation.pagetext.model import Block, Box, Line, PageText, Word, words_in
from lienthu.foundation.vietnamese.text import clean


def line(text: str, y: int = 0, height: int = 40, confidence: int = 100) -> Line:
    return Line(tuple(words_in(text, Box(100, y, 20 * len(text), height), confidence)))


PAGE = PageText(
    2480,
    3508,
    (
        Block((line("Than đá Hạ Long", 100, confidence=96), line("và Cẩm Phả", 160, confidence=57))),
        Block((line("Quảng Ninh 1963 <&\">'", 300),)),
    ),
    ("vie", "fra"),
    "ocr",
    "tesseract 5.5",
)

_within = st.integers(0, 900)
_words = st.builds(
    Word,
    st.text(min_size=1, max_size=8).filter(lambda t: clean(t) and " " not in clean(t)),
    _within,
    _within,
    st.integers(0, 100),
    st.integers(0, 100),
    st.integers(0, 100),
)
_lines = st.lists(_words, min_size=1, max_size=5).map(tuple).map(Line)
_blocks = st.lists(_lines, min_size=1, max_size=3).map(tuple).map(Block)
any_page = st.builds(
    PageText,
    st.integers(1000, 5000),
    st.integers(1000, 5000),
    st.lists(_blocks, max_size=3).map(tuple),
    st.sampled_from([("vie",), ("vie", "eng"), ("chi_tra_vert",)]),
    st.sampled_from(["ocr", "pdf", "corrected", "typed"]),
    st.sampled_from(["", "tesseract 5.5.4"]),
)
