"""Breaking titles into balanced lines, with advance widths instead of a font engine."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

# Advances of Noto Serif 600 in hundredths of an em, as the browser measures them; ế is as wide as e.
_ADVANCES = {
    26: " ", 28: ",.'’", 30: "/\\:;-`", 34: "jil", 40: "!()IJt[]f", 44: "{}", 48: "_s\"“”", 52: "–*rc",
    57: "?z^eg0123456789#$+<=>|", 60: "S~yaov", 66: "FkxPTZbdpqđCELơhnu", 71: "BYVRX", 77: "KAUưGDĐOQ",
    86: "&NHƠƯw", 100: "…%@Mm—", 106: "W",
}  # fmt: skip
_WIDTH = {char: width / 100 for width, chars in _ADVANCES.items() for char in chars}
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u200b-\u200f\u202a-\u202e\u2060-\u2069]"
)
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_LONGEST_SYLLABLE = 18  # "nghiêng" has seven letters; longer runs are addresses or foreign compounds


class Setting(NamedTuple):
    size: float
    lines: tuple[str, ...]
    leading: float

    @property
    def height(self) -> float:
        return self.size * self.leading * len(self.lines)


def clean(text: str) -> str:
    """One line of NFC text without the characters XML forbids or that turn the direction of writing."""
    return " ".join(_FORBIDDEN.sub("", unicodedata.normalize("NFC", text)).split())


@lru_cache(maxsize=4096)
def _char_width(char: str) -> float:
    if char in _WIDTH:
        return _WIDTH[char]
    if _CJK.match(char):
        return 1.0
    if unicodedata.combining(char):
        return 0.0
    base = unicodedata.normalize("NFD", char)[0]
    if base != char:
        return _char_width(base)
    return (
        0.85 if unicodedata.east_asian_width(char) in "NaNH" and char.isascii() else 1.0 if ord(char) > 0x2000 else 0.8
    )


def text_width(text: str) -> float:
    """Width in ems, a little too wide rather than too narrow."""
    return sum(map(_char_width, text)) * 1.02


class _Piece(NamedTuple):
    text: str
    space: bool  # stands apart from the piece before it


def _pieces(text: str) -> list[_Piece]:
    """Syllables and words; CJK may break at every character, over-long runs after a dozen letters."""
    pieces: list[_Piece] = []
    for word in text.split():
        if _CJK.search(word):
            parts = re.findall(f"{_CJK.pattern}|{_CJK.pattern.replace('[', '[^', 1)}+", word)
        elif len(word) > _LONGEST_SYLLABLE:
            parts = [word[at : at + 12] for at in range(0, len(word), 12)]
        else:
            parts = [word]
        pieces += [_Piece(part, index == 0) for index, part in enumerate(parts)]
    return pieces


@lru_cache(maxsize=256)
def _measured(text: str) -> tuple[list[_Piece], list[float], list[float]]:
    """The pieces, their widths and the widths of the spaces before them: a title is tried at many sizes."""
    pieces = _pieces(text)
    space = text_width(" ")
    return pieces, [text_width(piece.text) for piece in pieces], [space if piece.space else 0.0 for piece in pieces]


def _join(pieces: Sequence[_Piece]) -> str:
    return "".join((" " if piece.space else "") + piece.text for piece in pieces).lstrip()


def balanced(text: str, width: float) -> tuple[str, ...]:
    """Break text into the fewest lines of at most `width` ems and even them out; never inside a syllable.

    Lines like to end after punctuation, and a last line of one short syllable is avoided.
    """
    pieces, widths, spaces = _measured(text)
    count = len(pieces)
    # best[i] = (lines, cost, start of the last line) for the first i pieces
    best: list[tuple[int, float, int]] = [(0, 0.0, 0)]
    for end in range(1, count + 1):
        least = (count + 1, 0.0, 0)
        length = 0.0
        for start in range(end - 1, -1, -1):
            length += widths[start] + (spaces[start + 1] if start + 1 < end else 0.0)
            if length > width and start != end - 1:
                break
            slack = max(0.0, width - length)
            cost = slack * slack
            if pieces[end - 1].text[-1] in ",;:.–—)" and end != count:
                cost *= 0.6
            if end == count and start == end - 1 and count > 2:
                cost += width
            lines, before, _ = best[start]
            least = min(least, (lines + 1, before + cost, start))
        best.append(least)
    lines_out: list[str] = []
    at = count
    while at:
        start = best[at][2]
        lines_out.append(_join(pieces[start:at]))
        at = start
    return tuple(reversed(lines_out))


def shorten(text: str, width: float) -> str:
    """The text, or as many whole words of it as fit in `width` ems, with an ellipsis."""
    if text_width(text) <= width:
        return text
    words = text.split(" ")
    while len(words) > 1 and text_width(" ".join(words) + "…") > width:
        words.pop()
    short = " ".join(words).rstrip(" ,;:.–—-/(")
    while short and text_width(short + "…") > width:
        short = short[:-1]
    return short + "…"


def fit(text: str, *, width: float, height: float, sizes: Sequence[float], leading: float = 1.3) -> Setting:
    """The largest of `sizes` (descending) at which the text fits; cut with an ellipsis at the last."""
    for size in sizes:
        lines = balanced(text, width / size)
        setting = Setting(size, lines, leading)
        if setting.height <= height and all(text_width(line) * size <= width for line in lines):
            return setting
    size = sizes[-1]
    room = max(1, int(height / (size * leading)))
    lines = balanced(text, width / size)
    kept = [shorten(line, width / size) for line in lines[:room]]
    if len(lines) > room:
        kept[-1] = shorten(kept[-1] + " " + lines[room], width / size)
        if not kept[-1].endswith("…"):
            kept[-1] = shorten(kept[-1], width / size - 1) + ("" if kept[-1].endswith("…") else "…")
    return Setting(size, tuple(kept), leading)
