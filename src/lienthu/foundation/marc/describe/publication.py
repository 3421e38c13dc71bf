"""Imprint and physical description: 260, 264, 300, 502."""

from __future__ import annotations

import re
from typing import Final

from lienthu.foundation.marc.describe.gather import Gathered, Handlers
from lienthu.foundation.marc.describe.isbd import trim, unbracket
from lienthu.foundation.marc.model import Field

_UNKNOWN: Final = re.compile(
    r"s\.?\s?[ln]\.?|k\.?\s?đ\.?|k\.?\s?n\.?(?:\s?x\.?\s?b\.?)?|k\.?\s?nxb\.?|sine (?:loco|nomine)"
    r"|(?:place of publication|publisher|date of publication|publication) not (?:identified|available)\.?"
    r"|(?:không|khong) (?:có|rõ|xác định|co|ro).*|(?:nơi|nhà) xuất bản không (?:xác định|rõ)|\?|-+|unknown",
    re.IGNORECASE,
)
_TRAILING_DATE: Final = re.compile(
    r"[,.]\s*(\[?(?:c|©|cop\.\s?|ca\.\s?|k\.\s?)?\[?[12][0-9]{2}[0-9?\-][0-9?\-]?\]?)\s*\.?$"
)
_DEGREE: Final = re.compile(
    r"luận|khoá|khóa|đồ án|luan (?:an|van)|thes|thès|tesi|diss|habil|doctor|docteur|master|magist|bachelor|ph\.?\s?d"
    r"|дис|автореф|博士|硕士",
    re.IGNORECASE,
)
_SCALE: Final = re.compile(r"(?:^|1\s*[:/]\s*)(\d{1,3}(?:[., ]?\d{3})+|\d{3,8})(?!\d)")
# 264 second indicator: publication, then unspecified, manufacture, distribution, production, copyright date.
_RANKS: Final = {"1": 0, " ": 2, "3": 3, "2": 4, "0": 5, "4": 6}
_COMPACT_PLACES: Final = {
    "h": "Hà Nội",
    "hn": "Hà Nội",
    "hànội": "Hà Nội",
    "hanoi": "Hà Nội",
    "s": "Sài Gòn",
    "sg": "Sài Gòn",
    "hcm": "TP. Hồ Chí Minh",
    "tphcm": "TP. Hồ Chí Minh",
    "tphồchíminh": "TP. Hồ Chí Minh",
    "hồchíminh": "TP. Hồ Chí Minh",
}


def known(text: str) -> str:
    """``text`` trimmed and out of its brackets; "" for "[S.l.]", "[s.n.]", "k.đ.", "k.nxb." and the like."""
    text = unbracket(trim(text))
    if text and not text[-1].isalnum():
        text = trim(text)  # "[Hà Nội :]"
    if text and text[0] in "SsKkPpDdNn?-Uu" and len(text) < 60 and _UNKNOWN.fullmatch(text):
        return ""
    return text


def vietnamese_place(place: str) -> str:
    """The full name of a place that Vietnamese imprints abbreviate: "H." Hà Nội, "S." Sài Gòn, "Tp. HCM"."""
    if len(place) > 20:
        return place
    return _COMPACT_PLACES.get(place.lower().replace(".", "").replace(" ", ""), place)


def read_imprint(field: Field) -> tuple[str, str, str]:
    """Place, publisher and date text of a 260 or 264."""
    places: list[str] = []
    publishers: list[str] = []
    date = ""
    for code, value in field.subfields:
        if code == "a":
            places.append(value)
        elif code == "b":
            publishers.append(value)
        elif code == "c" and not date:
            date = trim(value)
    if places and not publishers and ":" in places[0]:
        # "H. : Văn học, 1998" typed into $a alone.
        head, _, tail = places[0].partition(":")
        places[0] = head
        publishers.append(tail)
    if not date and publishers and (match := _TRAILING_DATE.search(publishers[-1])):
        date = trim(match.group(1))
        publishers[-1] = publishers[-1][: match.start()]
    if date[-1:] == "]" and "[" not in date:  # the bracket was opened before the place
        date = date[:-1].rstrip()
    place = next(filter(None, map(known, places)), "") if places else ""
    publisher = next(filter(None, map(known, publishers)), "") if publishers else ""
    return place, publisher, date


def _imprint(g: Gathered, field: Field) -> None:
    rank = _RANKS.get(field.ind2, 2) if field.tag == "264" else 1
    place, publisher, date = read_imprint(field)
    if rank == 6:  # a copyright date is no imprint, yet better than nothing
        if date and not g.date_text:
            g.fallback_year_texts.append(date)
        return
    if rank < g.imprint_rank and (place or publisher or date):
        g.place, place = place or g.place, g.place
        g.publisher, publisher = publisher or g.publisher, g.publisher
        g.date_text, date = date or g.date_text, g.date_text
        g.imprint_rank = rank
    else:
        g.place = g.place or place
        g.publisher = g.publisher or publisher
        g.date_text = g.date_text or date


def _extent(g: Gathered, field: Field) -> None:
    if g.extent:
        return
    text = ""
    for code, value in field.subfields:
        if code in "abcefg":
            text = f"{text} {value.strip()}" if text else value.strip()
    g.extent = trim(text)


def _thesis(g: Gathered, field: Field) -> None:
    text = ", ".join([t for c, v in field.subfields if c in "abcdgo" and (t := trim(v))])
    if any(c in "bcdg" for c, _ in field.subfields) or _DEGREE.search(text):
        g.thesis = True  # 502 is also misused for ordinary notes
    if text:
        g.notes.append(text)
        g.fallback_year_texts.append(field.first("d") or text)


def _scale(g: Gathered, field: Field) -> None:
    text = field.first("b") if field.tag == "034" else field.first("a")
    if match := _SCALE.search(text):
        g.scale = g.scale or match[1].replace(".", "").replace(",", "").replace(" ", "")


HANDLERS: Final[Handlers] = {
    "034": _scale,
    "255": _scale,
    "260": _imprint,
    "264": _imprint,
    "300": _extent,
    "502": _thesis,
}
