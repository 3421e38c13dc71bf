"""VIQR (RFC 1456): Vietnamese in ASCII, "Tie^'ng Vie^.t", with the marks typed behind the letter.

The marks are also punctuation. By the RFC a backslash tells them apart; data often has none, so a mark counts
only where it makes a well-formed syllable, and a few common words keep the stop that ends a sentence.
"""

from __future__ import annotations

import re
from unicodedata import normalize

from lienthu.foundation.vietnamese.encodings.surface import shown_as_cp1252
from lienthu.foundation.vietnamese.letters import HOI, HUYEN, NANG, NGA, SAC, split_tone
from lienthu.foundation.vietnamese.syllables import is_syllable
from lienthu.foundation.vietnamese.text import nfc

_BREVE, _CIRCUMFLEX, _HORN = "\u0306", "\u0302", "\u031b"
_SHAPES = {"(": _BREVE, "^": _CIRCUMFLEX, "+": _HORN, "*": _HORN}
_TONES = {"`": HUYEN, "?": HOI, "~": NGA, "'": SAC, ".": NANG}
_MARKS = _SHAPES | _TONES
_WRITTEN = {mark: sign for sign, mark in _MARKS.items() if sign != "*"}

_WORD = re.compile(r"\\(.)|(?:[aA][(^]?[`'?~.]?|[eE]\^?[`'?~.]?|[oO][\^+*]?[`'?~.]?|[uU][+*]?[`'?~.]?"
                   r"|[iyIY][`'?~.]?|[A-Za-z])+", re.DOTALL)  # fmt: skip
_ONLY_A_MARK = re.compile("[(^+*`~]")  # signs that prose does not put behind a vowel
_SENTENCE_ENDS = re.compile(r"""["')\]]*(?:\s*\Z|\s+["'(\[]*[A-Z])""")
# Before a full stop or question mark these outnumber their twins with a tone by far.
_KEEP_STOP = frozenset(
    {"ba", "cho", "đi", "ga", "khi", "ma", "nga", "nha", "như", "qua", "ra", "ta", "thư", "xa", "xe"}
)
_KEEP_QUESTION = frozenset({"cho", "đi", "ma", "nga", "nha", "như", "ra", "xe"})


def decode_text(text: str) -> str:
    """Vietnamese text (NFC) of VIQR; words that are no Vietnamese in VIQR stay letter by letter."""
    strict = "\\" in text  # whoever escapes punctuation means every bare mark as a mark

    def word(match: re.Match[str]) -> str:
        if match[1] is not None:
            return match[1]
        if strict:
            return _marked(match[0])
        return _word(match[0], at_end=_SENTENCE_ENDS.match(text, match.end()) is not None)

    return nfc(_WORD.sub(word, text))


def decode(data: bytes) -> str:
    """``decode_text`` of bytes; bytes over 7F, which VIQR does not have, are read as Windows-1252."""
    return decode_text(shown_as_cp1252(data))


def _word(raw: str, at_end: bool) -> str:
    if raw.isalpha() and raw[:2].lower() != "dd":
        return raw
    whole = _marked(raw)
    if is_syllable(whole) and not _is_stop(raw, whole, at_end):
        return whole
    for end in (len(raw) - 1, len(raw) - 2):  # what follows the syllable may be punctuation
        if end > 0 and raw[end] in _MARKS:
            rest = _marked(raw[:end])
            if raw[:end].isalpha() or is_syllable(rest):
                return rest + raw[end:]
    return whole if _ONLY_A_MARK.search(raw) else raw


def _marked(raw: str) -> str:
    if raw[:2].lower() == "dd":
        raw = ("Đ" if raw[0] == "D" else "đ") + raw[2:]
    return normalize("NFC", "".join(_MARKS.get(char, char) for char in raw))


def _is_stop(raw: str, word: str, at_end: bool) -> bool:
    if raw[-1] not in ".?":
        return False
    if len(raw) == 2 and raw[0].isupper():
        return True  # an initial: "A. de Rhodes"
    plain = split_tone(word)[0].lower()
    return at_end and plain in (_KEEP_STOP if raw[-1] == "." else _KEEP_QUESTION)


def encode(text: str) -> bytes:
    """VIQR bytes, punctuation behind vowels escaped. Raises UnicodeEncodeError beyond ASCII."""
    text = nfc(text)
    out: list[str] = []
    for char in text:
        if char in "đĐ":
            out.append("dd" if char == "đ" else "DD")
            continue
        parts = normalize("NFD", char)
        if len(parts) > 1 and all(mark in _WRITTEN for mark in parts[1:]):
            # NFD puts the dot below before the shape; VIQR wants the shape first.
            marks = sorted(parts[1:], key=lambda mark: _WRITTEN[mark] in _TONES)
            out.append(parts[0] + "".join(_WRITTEN[mark] for mark in marks))
        elif char == "\\" or _needs_escape(char, out[-1] if out else ""):
            out.append("\\" + char)
        else:
            out.append(char)
    return "".join(out).encode("ascii")


def _needs_escape(char: str, before: str) -> bool:
    if char in "dD":
        return before in ("d", "D")
    return char in _MARKS and before[:1].lower() in tuple("aeiouy")
