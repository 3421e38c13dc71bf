"""What happens to Vietnamese text on its way through old programs, scanners and hurried hands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from lienthu.foundation.vietnamese.encodings import tcvn3
from vnpairs.chance import Chance

Damage = Callable[[str, Chance], str]

_TONES = "\u0300\u0309\u0303\u0301\u0323"
_OPEN = re.compile("(?<![qQ])(o[ae]|uy)(?![a-zơăâêôđ])|(?<![qQ])(O[AE]|UY)(?![A-Z])")
_VNI_TONES = dict(zip(_TONES, "øûõùï", strict=True))
_VIQR = {"\u0302": "^", "\u0306": "(", "\u031b": "+", "\u0300": "`", "\u0301": "'", "\u0309": "?", "\u0303": "~"}
_VIQR["\u0323"] = "."
_I_OR_Y = [
    ("kĩ", "kỹ"),
    ("lí", "lý"),
    ("mĩ", "mỹ"),
    ("sĩ", "sỹ"),
    ("tỉ", "tỷ"),
    ("kì", "kỳ"),
    ("kí", "ký"),
    ("hi", "hy"),
]
_LOOKALIKE = [("rn", "m"), ("m", "rn"), ("l", "1"), ("h", "b"), ("c", "e"), ("ữ", "ừ"), ("ơ", "o"), ("ư", "u")]
_LOOKALIKE += [("ậ", "ặ"), ("ế", "ể"), ("ộ", "ọ"), ("ị", "i"), ("n", "u"), ("i", "í"), ("ả", "à"), ("t", "r")]


def tone_on_second(text: str, _: Chance) -> str:
    """hòa → hoà, thủy → thuỷ: the tone of an open oa, oe, uy on its second vowel."""
    return _move_tones(text, first=False)


def tone_on_first(text: str, _: Chance) -> str:
    """hoà → hòa, thuỷ → thủy."""
    return _move_tones(text, first=True)


def _move_tones(text: str, *, first: bool) -> str:
    def moved(word: str) -> str:
        apart = unicodedata.normalize("NFD", word)
        tones = [c for c in apart if c in _TONES]
        bare = unicodedata.normalize("NFC", "".join(c for c in apart if c not in _TONES))
        found = list(_OPEN.finditer(bare))
        if len(tones) != 1 or not found or found[-1].end() != len(bare):
            return word
        at = found[-1].start() + (1 if first else 2)
        return unicodedata.normalize("NFC", bare[:at] + tones[0] + bare[at:])

    return re.sub(r"[^\W\d_]+", lambda m: moved(m[0]), text)


def i_for_y(text: str, _: Chance) -> str:
    """kỹ → kĩ, lý → lí."""
    return _swap_words(text, {y: i for i, y in _I_OR_Y})


def y_for_i(text: str, _: Chance) -> str:
    """kĩ → kỹ, lí → lý."""
    return _swap_words(text, dict(_I_OR_Y))


def _swap_words(text: str, table: dict[str, str]) -> str:
    def swapped(match: re.Match[str]) -> str:
        new = table.get(match[0].lower())
        if new is None:
            return match[0]
        return new.upper() if match[0].isupper() else new.capitalize() if match[0][0].isupper() else new

    return re.sub(r"[^\W\d_]+", swapped, text)


def decomposed(text: str, _: Chance) -> str:
    """Letters and marks as characters of their own (NFD)."""
    return unicodedata.normalize("NFD", text)


def without_marks(text: str, _: Chance) -> str:
    """All diacritics missing, đ as d."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


def tcvn3_undecoded(text: str, _: Chance) -> str:
    """Bytes of TCVN3 shown as Windows-1252: "Khæ mÉu" for "Khổ mẫu"."""
    return _by_word(text, lambda word: tcvn3.encode(word).decode("cp1252"))


def tcvn3_capitals_lost(text: str, _: Chance) -> str:
    """Capitals typed in a capital font and decoded: "TRUYệN KIềU", for toned capitals have no code."""
    return "".join(c.lower() if unicodedata.normalize("NFD", c)[1:] and c not in "ĂÂÊÔƠƯ" else c for c in text.upper())


def scanned(text: str, chance: Chance) -> str:
    """One or two letters mistaken by a text recogniser."""
    for _ in range(1 if len(text) < 20 else 2):
        found = [(m.start(), a, b) for a, b in _LOOKALIKE for m in re.finditer(a, text) if m.start() > 0]
        if not found:
            return text
        at, old, new = chance.one(found)
        text = text[:at] + new + text[at + len(old) :]
    return text


def mistyped(text: str, chance: Chance) -> str:
    """One slip of the fingers: two letters exchanged, one lost or doubled, or a wrong tone."""
    places = [
        i for i in range(1, len(text) - 1) if text[i].isalpha() and text[i + 1].isalpha() and text[i - 1].isalpha()
    ]
    if not places:
        return text
    at = chance.one(places)
    slip = chance.below(4)
    if slip == 0 and text[at] != text[at + 1]:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    if slip == 1:
        return text[:at] + text[at + 1 :]
    if slip == 2:
        return text[:at] + text[at] + text[at:]
    return _wrong_tone(text, chance)


def _wrong_tone(text: str, chance: Chance) -> str:
    toned = [i for i, c in enumerate(text) if set(unicodedata.normalize("NFD", c)) & set(_TONES)]
    if not toned:
        return text
    at = chance.one(toned)
    apart = unicodedata.normalize("NFD", text[at])
    other = chance.one([t for t in _TONES if t not in apart])
    letter = unicodedata.normalize("NFC", "".join(c for c in apart if c not in _TONES))
    return text[:at] + unicodedata.normalize("NFC", letter + other) + text[at + 1 :]


def capitals(text: str, _: Chance) -> str:
    """Everything in capitals."""
    return text.upper()


# --------------------------------------------------------------------- only in the test half, to see generalisation


def vni_undecoded(text: str, _: Chance) -> str:
    """Two bytes a vowel: "Truyeän Kieàu" for "Truyện Kiều"."""
    combined = {"\u0302": "âàåãáä", "\u0306": "êèúüéë"}

    def letter(char: str) -> str:
        if char in "đĐ":
            return "ñ" if char == "đ" else "Ñ"
        apart = unicodedata.normalize("NFD", char)
        base, marks = apart[0], apart[1:]
        tone = next((m for m in marks if m in _TONES), "")
        if "\u031b" in marks:
            return {"o": "ô", "u": "ö", "O": "Ô", "U": "Ö"}[base] + _VNI_TONES.get(tone, "")
        for mark, forms in combined.items():
            if mark in marks:
                form = forms[1 + _TONES.index(tone)] if tone else forms[0]
                return base + (form if base.islower() else form.upper())
        if not tone:
            return char
        if base in "iI":
            form = "ìæóíò"[_TONES.index(tone)]
            return form if base == "i" else form.upper()
        if base in "yY" and tone == "\u0323":
            return "î" if base == "y" else "Î"
        form = _VNI_TONES[tone]
        return base + (form if base.islower() else form.upper())

    return "".join(letter(c) for c in text)


def viqr(text: str, _: Chance) -> str:
    """Vietnamese Quoted-Readable: "Truye^.n Kie^`u"."""
    out = []
    for char in unicodedata.normalize("NFD", text):
        out.append({"đ": "dd", "Đ": "DD"}.get(char) or _VIQR.get(char, char))
    return re.sub(r"([`'?~.])([\^(+])", r"\2\1", "".join(out))


def utf8_twice(text: str, _: Chance) -> str:
    """UTF-8 read as Windows-1252: "Truyá»‡n Kiá»u"."""
    return "".join(bytes([b]).decode("cp1252", "ignore") for b in text.encode())


def eth_for_d(text: str, _: Chance) -> str:
    """The Icelandic letter in the place of Đ and đ."""
    return text.replace("Đ", "Ð").replace("đ", "ð")


def question_marks(text: str, _: Chance) -> str:
    """What Windows-1252 cannot write has become a question mark."""
    return text.encode("cp1252", "replace").decode("cp1252")


def _by_word(text: str, change: Callable[[str], str]) -> str:
    def tried(match: re.Match[str]) -> str:
        try:
            return change(match[0])
        except UnicodeError:
            return match[0]

    return re.sub(r"\S+", tried, text)
