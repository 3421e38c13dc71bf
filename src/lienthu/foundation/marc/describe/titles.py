"""Title fields: 245 with its ISBD punctuation, variant and uniform titles, edition, series."""

from __future__ import annotations

import re
from typing import Final

from lienthu.foundation.marc.describe.gather import Gathered, Handlers
from lienthu.foundation.marc.describe.identifiers import issn
from lienthu.foundation.marc.describe.isbd import joined, trim
from lienthu.foundation.marc.describe.values import Host
from lienthu.foundation.marc.model import Field

# " / ", "/ " or " /" between words: responsibility typed into $a. "TCP/IP" and "1 / 2" stay whole.
_SLASH: Final = re.compile(r"(?<=[^\s/])(?:\s+/\s*|/\s+)(?=[^\s/0-9])")
_ORIGINAL: Final = re.compile(r"nguyên (?:bản|tác|văn)|original", re.IGNORECASE)
_CONNECTORS: Final = {"=": " = ", ";": " ; "}


def _add_title(g: Gathered, title: str) -> None:
    if title:
        g.other_titles.append(title)


def _split_slash(text: str) -> tuple[str, str]:
    """Title and responsibility of an ISBD string."""
    match = _SLASH.search(text)
    if match is None:
        return text, ""
    return text[: match.start()], text[match.end() :]


def read_title(field: Field) -> tuple[str, str, str, str, str, str, str]:
    """245 (or its 880) as title, title proper, subtitle, part, responsibility, parallel title and medium."""
    a = ""
    rest: list[tuple[str, str]] = []  # (mark that stood before it, value)
    parts: list[str] = []
    responsibility = ""
    medium = ""
    mark = ""
    for code, value in field.subfields:
        if code == "a":
            if a:
                rest.append((mark, value))
            else:
                a = value
        elif code == "b":
            rest.append((mark, value))
        elif code == "n" or code == "p":
            parts.append(trim(value))
        elif code == "c":
            responsibility = joined(responsibility, value.strip(), by=" ")
        elif code == "h":
            medium = value
        elif code in "68" or code.isdigit():
            continue
        elif code == "k" or code == "f" or code == "g" or code == "s":
            rest.append((",", value))
        stripped = value.rstrip()
        mark = stripped[-1] if stripped else ""
    from_slash = False
    if not responsibility:
        if rest:
            last_mark, last = rest[-1]
            last, responsibility = _split_slash(last)
            rest[-1] = (last_mark, last)
        if not responsibility:
            a, responsibility = _split_slash(a)
            from_slash = bool(responsibility)
    parallel = ""
    if not rest:
        # Everything typed into $a: " : " is the subtitle's mark, " = " the parallel title's. A colon with no
        # space before it is ordinary punctuation unless a slash has shown that $a is an ISBD string.
        for sign in (" : ", ": ") if from_slash else (" : ",):
            head, found, tail = a.partition(sign)
            if found:
                a = head
                rest.append((":", tail))
                break
        head, found, tail = a.partition(" = ")
        if found:
            a = head
            rest.insert(0, ("=", tail))
    proper = trim(a)
    title = proper
    subtitles: list[str] = []
    for before, value in rest:
        text = trim(value)
        if not text:
            continue
        if before == "=":
            parallel = parallel or text
        elif before != ";":
            subtitles.append(text)
        title = f"{title}{_CONNECTORS.get(before, ' : ')}{text}" if title else text
    if not proper:
        proper = title
    return (
        title,
        proper,
        " : ".join(subtitles),
        ". ".join(filter(None, parts)),
        trim(responsibility),
        parallel,
        medium,
    )


def _title(g: Gathered, field: Field) -> None:
    if g.title:  # 245 is not repeatable; where it is repeated the second is a variant title
        _add_title(g, read_title(field)[0])
        return
    g.title, g.title_proper, g.subtitle, g.part, g.responsibility, parallel, g.medium = read_title(field)
    _add_title(g, parallel)


def variant_title(g: Gathered, field: Field) -> None:
    """130, 210, 222, 240, 242, 246, 247, 730, 740: $a with $b, $n and $p."""
    text = ""
    for code, value in field.subfields:
        if code == "a" or code == "n" or code == "p":
            text = f"{text} {value.strip()}" if text else value
        elif code == "b":
            text = f"{trim(text)} : {value.strip()}" if text else value
    text = trim(text)
    _add_title(g, text)
    if not g.original_title and (
        field.tag == "240" or field.tag == "130" or (field.tag == "246" and _ORIGINAL.search(field.first("i")))
    ):
        g.original_title = text


def _original(g: Gathered, field: Field) -> None:
    """765 and 534: what this is a translation or a reproduction of."""
    g.original_title = g.original_title or trim(field.first("t"))


def _edition(g: Gathered, field: Field) -> None:
    text = ""
    for code, value in field.subfields:
        if code == "a" or code == "b":
            text = f"{text} {value.strip()}" if text else value
    g.edition = joined(g.edition, trim(text), by=". ")


def series(g: Gathered, field: Field) -> None:
    """440 and 490: the series as transcribed, and its numbering."""
    volume = ""
    titles: list[str] = []
    for code, value in field.subfields:
        if code == "a":
            titles.append(trim(value))
        elif code == "v":
            volume = volume or trim(value)
        elif (code == "n" or code == "p") and titles:
            titles[-1] = joined(titles[-1], trim(value), by=". ")
    if not volume and len(titles) == 1:
        head, found, tail = titles[0].partition(" ; ")
        if found:
            titles[0], volume = trim(head), trim(tail)
    g.series.extend(filter(None, titles))
    g.series_volume = g.series_volume or volume

    _set(g, field, titles[0] if titles else "", volume)


def _traced_series(g: Gathered, field: Field) -> None:
    title = volume = ""
    for code, value in field.subfields:
        if code == "t" or (code == "a" and field.tag == "830"):
            title = trim(value)
        elif code == "v":
            volume = volume or trim(value)
    g.series_volume = g.series_volume or volume
    if title:
        g.series.append(title)
    _set(g, field, title, volume)


def _set(g: Gathered, field: Field, title: str, volume: str) -> None:
    """The record of the set that a volume names by number. A traced heading (8XX) is believed before 490."""
    number = field.first("w").rpartition(")")[2].strip()
    if not number or (g.set_link is not None and field.tag < "800"):
        return
    if g.set_link is None or g.set_by < "800":
        g.set_link, g.set_by = Host(title, number, issn(field.first("x")), "", volume, ""), field.tag


HANDLERS: Final[Handlers] = {
    "245": _title,
    **dict.fromkeys(("130", "210", "222", "240", "242", "246", "247", "730", "740"), variant_title),
    "250": _edition,
    "765": _original,
    "534": _original,
    "440": series,
    "490": series,
    **dict.fromkeys(("800", "810", "811", "830"), _traced_series),
}
