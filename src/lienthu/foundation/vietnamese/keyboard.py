"""Undo Vietnamese typing that no input method caught: Telex ("vieenj") and VNI ("vie6n5").

Whether a token *should* be decoded is not decided here: half of all short English words are possible Telex.
Search decodes only a token that its vocabulary lacks, and only into one that it has.
"""

from __future__ import annotations

from functools import lru_cache

from lienthu.foundation.vietnamese.letters import (
    HOI_TONE,
    HUYEN_TONE,
    NANG_TONE,
    NGA_TONE,
    NGANG_TONE,
    SAC_TONE,
    VOWELS,
)
from lienthu.foundation.vietnamese.syllables import with_tone

_TELEX_TONES = {
    "f": HUYEN_TONE,
    "s": SAC_TONE,
    "r": HOI_TONE,
    "x": NGA_TONE,
    "j": NANG_TONE,
    "z": NGANG_TONE,
}
_VNI_TONES = {
    "0": NGANG_TONE,
    "1": SAC_TONE,
    "2": HUYEN_TONE,
    "3": HOI_TONE,
    "4": NGA_TONE,
    "5": NANG_TONE,
}
_CIRCUMFLEX = {"a": "â", "e": "ê", "o": "ô"}
_HORN = {"o": "ơ", "u": "ư"}
_BREVE = {"a": "ă"}
_LONGEST = 12  # "nghieengs", the longest Telex syllable, with room for corrections


@lru_cache(maxsize=1 << 14)
def decode_telex(token: str) -> str | None:
    """The syllable that a Telex typist meant, in the case of the token; None where it cannot be one.

    aa ee oo aw ow uw dd w, tones f s r x j, z takes the tone off. Modifiers and tones may come anywhere
    behind their vowel: vieenj, vieejn and vienej are all typed. The result always has a diacritic.
    """
    if not (1 < len(token) <= _LONGEST and token.isascii() and token.isalpha()):
        return None
    letters: list[str] = []
    tone: int | None = None
    for key in token.lower():
        has_vowel = any(char in VOWELS for char in letters)
        if key in _TELEX_TONES and has_vowel:
            if tone == _TELEX_TONES[key]:
                return None  # the second stroke of a key takes back the first: the typist wanted the letter
            tone = _TELEX_TONES[key]
        elif key == "d" and letters:
            if letters[0] != "d":
                return None
            letters[0] = "đ"
        elif key == "w":
            if not _put_horn(letters) and not _shape(letters, _BREVE, "a"):
                if "ư" in letters or "ơ" in letters or "ă" in letters:
                    return None
                letters.append("ư")
        elif not (key in _CIRCUMFLEX and _shape(letters, _CIRCUMFLEX, key)):
            letters.append(key)
    return _finished(letters, tone or NGANG_TONE, token)


@lru_cache(maxsize=1 << 14)
def decode_vni(token: str) -> str | None:
    """The syllable that a VNI typist meant, in the case of the token; None where it cannot be one.

    1 to 5 are sắc huyền hỏi ngã nặng, 6 the circumflex, 7 the horn, 8 the breve, 9 đ, 0 takes the tone off;
    a digit may come anywhere behind its letter: vie6n5, vien65, d9u7o7c5 and duoc975 are all typed.
    """
    if not (1 < len(token) <= _LONGEST and token.isascii() and token.isalnum() and token[0].isalpha()):
        return None
    letters: list[str] = []
    tone: int | None = None
    for key in token.lower():
        if key in _VNI_TONES:
            if tone == _VNI_TONES[key] or not any(char in VOWELS for char in letters):
                return None
            tone = _VNI_TONES[key]
        elif key == "6":
            if not any(_shape(letters, _CIRCUMFLEX, vowel) for vowel in "eoa"):
                return None
        elif key == "7":
            if not _put_horn(letters):
                return None
        elif key == "8":
            if not _shape(letters, _BREVE, "a"):
                return None
        elif key == "9":
            if letters[0] != "d":
                return None
            letters[0] = "đ"
        else:
            letters.append(key)
    return _finished(letters, tone or NGANG_TONE, token)


def _shape(letters: list[str], shapes: dict[str, str], vowel: str) -> bool:
    """Put a shape on the last such vowel; no syllable but xoong has the same plain vowel twice."""
    for index in range(len(letters) - 1, -1, -1):
        if letters[index] == vowel:
            letters[index] = shapes[vowel]
            return True
    return False


def _put_horn(letters: list[str]) -> bool:
    """Put the horn where Vietnamese has one: on both of uo, the u of ua and uu, else the last o or u."""
    typed = "".join(letters)
    start = 2 if typed.startswith("qu") else 0
    for pair, horned in (("uo", "ươ"), ("ưo", "ươ"), ("uơ", "ươ"), ("ua", "ưa"), ("uu", "ưu")):
        index = typed.find(pair, start)
        if index >= 0:
            letters[index : index + 2] = horned
            return True
    # In oa the mark typed is the breve: hoặc.
    if "oa" in typed:
        return False
    for index in range(len(letters) - 1, start - 1, -1):
        if letters[index] in _HORN:
            letters[index] = _HORN[letters[index]]
            return True
    return False


def _finished(letters: list[str], tone: int, token: str) -> str | None:
    base = "".join(letters)
    # Typists leave one of the two horns out (duwong), and thuở has only one of them.
    for candidate in (base, base.replace("ưo", "ươ"), base.replace("uơ", "ươ"), base.replace("ươ", "uơ")):
        word = with_tone(candidate, tone)
        if word is not None and not word.isascii():
            return _in_case_of(token, word)
    return None


def _in_case_of(token: str, word: str) -> str:
    letters = [char for char in token if char.isalpha()]
    if not letters[0].isupper():
        return word
    return word.upper() if len(letters) > 1 and all(char.isupper() for char in letters) else word.capitalize()
