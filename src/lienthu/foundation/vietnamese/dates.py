"""Years out of imprint dates and of the date positions of MARC 21 field 008."""

from __future__ import annotations

import re
from functools import lru_cache

from lienthu.foundation.vietnamese.fold import fold
from lienthu.foundation.vietnamese.text import clean

EARLIEST, LATEST = 1000, 2099
"""Years outside are not years of a publication here: 2543 is Buddhist, 0098 a slip."""

# A year given in another calendar and, in brackets behind it, the year as corrected or converted.
_CORRECTED = re.compile(r"\d{3,4}\??\s*\[(?:(?:i\.\s?e\.|tức(?: năm)?|nghĩa là),?\s*)?(\d{4})\b")
_DAY = re.compile(r"\b\d{1,2}\s*[/.-]\s*(?:\d{1,2}\s*[/.-]\s*)?(\d{4})\b")
_YEAR = re.compile(r"(?<!\d)(?<!\d[.,])(\d{4})(?!\d)")
_DECADE = re.compile(r"(?<!\d)(\d{3})(?:[-–—?_u](?!\d)|0s\b)")
_REIGN = re.compile(r"\b([a-z]+ [a-z]+)\s*(?:nien hieu)?\s*(?:nam)?\s*(?:thu)?\s*(\d{1,2}|nguyen nien|nhat)\b")

# First year and length of the reigns that date Hán-Nôm books; names folded.
_REIGNS = {
    "hong duc": (1470, 28),
    "chinh hoa": (1680, 26),
    "vinh thinh": (1705, 16),
    "bao thai": (1720, 10),
    "vinh huu": (1735, 6),
    "canh hung": (1740, 47),
    "chieu thong": (1787, 3),
    "quang trung": (1788, 5),
    "canh thinh": (1793, 9),
    "gia long": (1802, 18),
    "minh mang": (1820, 21),
    "minh menh": (1820, 21),
    "thieu tri": (1841, 7),
    "tu duc": (1848, 36),
    "dong khanh": (1886, 3),
    "thanh thai": (1889, 19),
    "duy tan": (1907, 10),
    "khai dinh": (1916, 10),
    "bao dai": (1926, 20),
}


def year_of(text: str) -> int | None:
    """The Gregorian year of an imprint date, the first one if it spans several; None if there is none.

    A known decade gives its first year ("[199-?]" is 1990), a known century nothing ("19--"). A bracketed
    correction wins ("1420 [1999]"). Reign years of the Lê, Tây Sơn and Nguyễn dynasties are converted ("Minh
    Mạng thứ 5" is 1824); Buddhist and Islamic years are not.
    """
    text = clean(text)
    if (match := _CORRECTED.search(text)) and (year := _plausible(match[1])) is not None:
        return year
    for match in sorted((*_DAY.finditer(text), *_YEAR.finditer(text)), key=_start):
        if (year := _plausible(match[1])) is not None:
            return year
    if match := _DECADE.search(text):
        return _plausible(match[1] + "0")
    return _reign_year(fold(text))


def year_of_008(field008: str) -> int | None:
    """The publication year coded in 008/06-14: date 1, its decade where only that is known ("198u").

    None for unknown dates (type n or b, "uuuu", "19uu", blanks, fill characters) and for a field cut short.
    """
    if len(field008) < 11 or field008[6] in "nb":
        return None
    return _year_of_date_1(field008[7:11])


@lru_cache(maxsize=4096)
def _year_of_date_1(date: str) -> int | None:
    if re.fullmatch(r"[0-9]{4}", date):
        return _plausible(date)
    if re.fullmatch(r"[0-9]{3}[u?|\- ]", date):
        return _plausible(date[:3] + "0")
    return None


def _start(match: re.Match[str]) -> int:
    return match.start(1)


def _plausible(digits: str) -> int | None:
    year = int(digits)
    return year if EARLIEST <= year <= LATEST else None


def _reign_year(folded: str) -> int | None:
    for match in _REIGN.finditer(folded):
        if reign := _REIGNS.get(match[1]):
            count = int(match[2]) if match[2].isdigit() else 1
            if 1 <= count <= reign[1]:
                return reign[0] + count - 1
    return None
