"""MARC language codes as names for readers and as tags for browsers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.core import get_global

# Codes of MARC and of ISO 639-3 that Vietnamese catalogues use and CLDR does not name.
_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "vi": {
        "tai": "Tiếng Tày, Thái và các tiếng Tai khác",
        "tyz": "Tiếng Tày",
        "mkh": "Các tiếng Môn – Khmer",
        "mtq": "Tiếng Mường",
        "cmc": "Các tiếng Chăm",
        "cjm": "Tiếng Chăm",
        "yao": "Tiếng Dao",
        "ium": "Tiếng Dao",
        "mlc": "Tiếng Cao Lan – Sán Chay",
        "mul": "Nhiều thứ tiếng",
        "und": "Không rõ ngôn ngữ",
        "zxx": "Không có lời",
    },
    "en": {
        "tai": "Tày, Thái and other Tai languages",
        "tyz": "Tày",
        "mkh": "Mon-Khmer languages",
        "mtq": "Mường",
        "cmc": "Cham languages",
        "cjm": "Cham",
        "yao": "Yao (Dao)",
        "ium": "Iu Mien (Dao)",
        "mlc": "Cao Lan",
        "mul": "Several languages",
        "und": "Language unknown",
        "zxx": "Without words",
    },
}
_CODE = re.compile(r"^[a-z]{3}$")
_HAN = re.compile("[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003fffd]")
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7af]")
_CYRILLIC = re.compile("[\u0400-\u052f]")


@lru_cache(maxsize=2048)
def language_name(code: str, interface: str) -> str:
    """The name of MARC language ``code`` in the language of the interface ("vi" or "en"); the code where unnamed."""
    interface = interface[:2] if interface[:2] in _NAMES else "en"
    if known := _NAMES[interface].get(code):
        return known
    name = Locale(interface).languages.get(language_tag(code))
    return str(name) if name else code


@lru_cache(maxsize=2048)
def language_tag(code: str) -> str:
    """The BCP 47 tag of a MARC language code: "vie" → "vi", "fre" → "fr"; "" where there is no language to name."""
    if not _CODE.match(code) or code in ("mul", "und", "zxx"):
        return ""
    tag = str(get_global("language_aliases").get(code, code))
    return tag.split("_")[0]


def title_tag(languages: Sequence[str], interface: str) -> str:
    """The tag to set on a title in another language than the page, "" where it is the page's own or unknown."""
    tag = language_tag(languages[0]) if languages else ""
    return "" if tag == interface[:2] else tag


def original_script_tag(text: str, languages: Sequence[str]) -> str:
    """The tag of a title in its original script, so that browsers and screen readers choose font and voice.

    Han characters of a Vietnamese work are Hán or Nôm: vi-Hani. "" where the script says nothing.
    """
    first = language_tag(languages[0]) if languages else ""
    if _KANA.search(text):
        return "ja"
    if _HANGUL.search(text):
        return "ko"
    if _HAN.search(text):
        return {"zh": "zh-Hant", "ja": "ja", "ko": "ko"}.get(first, "vi-Hani")
    if _CYRILLIC.search(text):
        return first if first in ("uk", "bg", "sr", "be") else "ru"
    return first
