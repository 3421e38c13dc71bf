"""Language codes: MARC 21 codes from what libraries write in their place."""

from __future__ import annotations

from typing import Final

# Names in lower case, Vietnamese ones with and without diacritics; ISO 639-1 codes; "vn", which many write.
_ALIASES: Final[dict[str, str]] = {
    alias: code
    for code, aliases in {
        "vie": "vi vn viet việt vietnamese vietnam tiếng-việt tieng-viet việt-nam viet-nam",
        "eng": "en anh english tiếng-anh tieng-anh",
        "fre": "fr fra pháp phap french tiếng-pháp tieng-phap",
        "rus": "ru nga russian tiếng-nga tieng-nga",
        "chi": "zh zho trung chinese tiếng-trung tieng-trung trung-quốc trung-quoc hán han tiếng-hán",
        "ger": "de deu đức duc german tiếng-đức tieng-duc",
        "jpn": "ja nhật nhat japanese tiếng-nhật tieng-nhat",
        "kor": "ko hàn korean tiếng-hàn hàn-quốc han-quoc",
        "lao": "lo lào tiếng-lào tieng-lao",
        "khm": "km khmer khơ-me kho-me",
        "tha": "th thái thai tiếng-thái",
        "spa": "es tây-ban-nha tay-ban-nha spanish",
        "ita": "it ý italian tiếng-ý",
        "tai": "tày tay",
        "mul": "đa-ngữ da-ngu song-ngữ song-ngu nhiều-thứ-tiếng",
    }.items()
    for alias in aliases.split()
}
_NO_LANGUAGE: Final = frozenset({"und", "zxx", "|||", "   ", "xxx", "###", "nnn"})


def marc_language(text: str) -> str:
    """The three-letter MARC code for ``text`` (a code or a name), or "" where it names none."""
    s = text.strip().lower()
    if len(s) == 3 and s.isascii() and s.isalpha():
        return "" if s in _NO_LANGUAGE else _ALIASES.get(s, s)
    return _ALIASES.get("-".join(s.split()), "")


def marc_languages(text: str) -> list[str]:
    """The codes in one 041 subfield, older "engfre" runs included."""
    s = text.strip().lower()
    if len(s) == 3:
        code = marc_language(s)
        return [code] if code else []
    if len(s) % 3 == 0 and s.isascii() and s.isalpha() and s not in _ALIASES:
        return [code for i in range(0, len(s), 3) if (code := marc_language(s[i : i + 3]))]
    code = marc_language(s)
    return [code] if code else []
