"""Subjects, genres, keywords, places and classification: 6XX, 752, 05X to 08X."""

from __future__ import annotations

from typing import Final

from lienthu.foundation.marc.describe.gather import Gathered, Handlers
from lienthu.foundation.marc.describe.isbd import trim
from lienthu.foundation.marc.model import Field

_CONTROL_CODES: Final = frozenset("012456789euw3")
_JOINTS: Final = {"d": ", ", "c": ", ", "t": ". ", "p": ". ", "n": ". "}
_CLASS_ORDER: Final = {"082": 0, "083": 1, "080": 2, "084": 3, "050": 4, "060": 5, "070": 6, "086": 7}


def heading(field: Field) -> str:
    """A subject heading: the main part, then each of $v $x $y $z after " -- "."""
    text = ""
    for code, value in field.subfields:
        if code in _CONTROL_CODES:
            continue
        value = trim(value)
        if not value:
            continue
        if not text:
            text = value
        elif code in "vxyz":
            text = f"{text} -- {value}"
        else:
            joint = _JOINTS.get(code, " ")
            text = f"{text} {value}" if joint == ". " and text[-1] == "." else f"{text}{joint}{value}"
    return text


def _subject(g: Gathered, field: Field) -> None:
    text = heading(field)
    if text:
        g.subjects.append(text)
        for code, value in field.subfields:
            if code == "v" and ("uvenile" in value or "hiếu nhi" in value):
                g.audience_words += " | " + value


def _genre(g: Gathered, field: Field) -> None:
    text = heading(field)
    if text:
        g.subjects.append(text)
        g.genre_words += " | " + text


def _keywords(g: Gathered, field: Field) -> None:
    for code, value in field.subfields:
        if code == "a":
            for word in value.split(";") if ";" in value else (value,):
                word = trim(word)
                if word:
                    g.subjects.append(word)
                    g.genre_words += " | " + word


def _geographic(g: Gathered, field: Field) -> None:
    _subject(g, field)
    place = trim(field.first("a"))
    if place:
        g.places.append(place)


def _hierarchical_place(g: Gathered, field: Field) -> None:
    text = " -- ".join([t for c, v in field.subfields if c in "abcdfgh" and (t := trim(v))])
    if text:
        g.places.append(text)


def _classification(g: Gathered, field: Field) -> None:
    order = _CLASS_ORDER[field.tag]
    for code, value in field.subfields:
        if code == "a":
            number = value.strip()
            if order < 2:  # Dewey numbers carry / and ' as segmentation marks
                number = number.replace("/", "").replace("'", "").replace("′", "")
            if number:
                g.classification.append((order, number))


HANDLERS: Final[Handlers] = {
    **dict.fromkeys(
        ("600", "610", "611", "630", "647", "648", "650", "654"),
        _subject,
    ),
    "651": _geographic,
    "653": _keywords,
    "655": _genre,
    "662": _hierarchical_place,
    "752": _hierarchical_place,
    **dict.fromkeys(_CLASS_ORDER, _classification),
}
