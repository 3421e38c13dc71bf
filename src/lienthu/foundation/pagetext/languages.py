"""The names of languages: Tesseract's, and those of the net (BCP 47)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_TAGS: Final = {
    "vie": "vi",
    "eng": "en",
    "fra": "fr",
    "fre": "fr",
    "rus": "ru",
    "deu": "de",
    "ger": "de",
    "lat": "la",
    "chi": "zh",
    "chi_tra": "zh-Hant",
    "chi_tra_vert": "zh-Hant",
    "chi_sim": "zh-Hans",
    "chi_sim_vert": "zh-Hans",
    "lzh": "lzh",
    "und": "und",
}


def tag_of(language: str) -> str:
    """The BCP 47 tag of a Tesseract or ISO 639-2 name; ``und`` for what is neither."""
    if tag := _TAGS.get(language):
        return tag
    return language if language.isascii() and language.isalpha() and 2 <= len(language) <= 3 else "und"


def main_tag(languages: Sequence[str]) -> str:
    """The tag of the first language."""
    return tag_of(languages[0]) if languages else "und"
