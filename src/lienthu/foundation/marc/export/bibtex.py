"""BibTeX entries in UTF-8 (Biber, BibTeX8 and reference managers read them)."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Final

from lienthu.foundation.marc.describe.values import Description
from lienthu.foundation.marc.export.contributors import Name, contributors
from lienthu.foundation.marc.export.parts import (
    first_page_count,
    full_title,
    is_doctoral,
    place_in_host,
    safe,
    thesis_note,
)
from lienthu.foundation.vietnamese.fold import fold

_SPECIAL: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "%": r"\%",
        "#": r"\#",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
_NOT_KEY: Final = re.compile(r"[^a-z0-9]+")
# A URL is verbatim in BibTeX styles; only braces and backslashes would end or break the value.
_URL_SPECIAL: Final = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C"})


def escaped(text: str) -> str:
    """``text`` on one line with the characters that TeX reads as commands escaped; letters stay."""
    return safe(text).translate(_SPECIAL)


def citation_key(desc: Description) -> str:
    """A key of a–z, 0–9 and "-" that depends on the record alone: author, year, title words, control number.

    Without a control number eight hex digits of a digest take its place, so that two books of one author and
    year do not share a key.
    """
    author = _NOT_KEY.sub("", fold(desc.authors[0].name.partition(",")[0]))[:24] if desc.authors else ""
    words = [w for w in _NOT_KEY.split(fold(desc.title_proper)) if w][:2]
    year = str(desc.year) if desc.year is not None else ""
    number = _NOT_KEY.sub("", fold(desc.control_number))[:24]
    if not number:
        about = "\x1f".join((desc.title, desc.responsibility, desc.publisher, desc.part, desc.edition, *desc.isbns))
        number = blake2b(about.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return "-".join(p for p in (author, year, "".join(words)[:24], number) if p)


def _names(names: list[Name]) -> str:
    """Western names inverted; Vietnamese names and bodies in braces, BibTeX would shorten them."""
    return " and ".join([escaped(n.inverted) if n.family else f"{{{escaped(n.literal)}}}" for n in names])


def to_bibtex(desc: Description) -> str:
    """``desc`` as one BibTeX entry, ended by a newline. Letters stay UTF-8; TeX's characters are escaped.

    The title stands in double braces: styles that lower-case titles damage UTF-8 and proper names.
    """
    people = contributors(desc)
    host = desc.host if desc.material_type == "article" else None
    thesis = thesis_note(desc) if desc.material_type == "thesis" else ""
    fields: list[tuple[str, str]] = [
        ("author", _names(people.authors)),
        ("editor", _names(people.editors)),
        ("translator", _names(people.translators)),
    ]
    title = escaped(full_title(desc))
    fields.append(("title", f"{{{title}}}" if title else ""))
    if host:
        place = place_in_host(host.part)
        container = "booktitle" if host.isbn else "journal"
        fields += [
            (container, escaped(host.title)),
            ("volume", escaped(place.volume)),
            ("number", escaped(place.issue)),
            ("pages", place.pages.replace("–", "--")),
        ]
        if not (place.volume or place.issue or place.pages):
            fields.append(("note", escaped(host.part)))
        fields.append(("issn", escaped(host.issn)))
    elif desc.series:
        fields += [("series", escaped(desc.series[0])), ("number", escaped(desc.series_volume))]
    fields += [
        ("edition", escaped(desc.edition)),
        ("school" if desc.material_type == "thesis" else "publisher", escaped(desc.publisher)),
        ("type", escaped(thesis)),
        ("address", escaped(desc.place)),
        ("year", str(desc.year) if desc.year is not None else escaped(desc.date_text)),
        ("pagetotal", "" if host else first_page_count(desc.extent)),
        ("isbn", escaped(desc.isbns[0]) if desc.isbns else ""),
        ("issn", escaped(desc.issns[0]) if desc.issns else ""),
        ("language", escaped(", ".join(desc.languages))),
        ("keywords", escaped(", ".join(desc.subjects))),
        ("abstract", escaped(desc.summary)),
        ("url", desc.links[0].url.translate(_URL_SPECIAL) if desc.links else ""),
    ]
    lines: dict[str, str] = {}
    for name, value in fields:
        if value:
            lines.setdefault(name, f"  {name} = {{{value}}}")
    return f"@{_entry_type(desc, thesis)}{{{citation_key(desc)},\n" + ",\n".join(lines.values()) + "\n}\n"


def _entry_type(desc: Description, thesis: str) -> str:
    if desc.material_type == "article":
        return "incollection" if desc.host and desc.host.isbn else "article"
    if desc.material_type == "thesis":
        return "phdthesis" if is_doctoral(thesis) else "mastersthesis"
    if desc.material_type == "manuscript":
        return "unpublished"
    return "book" if desc.material_type in ("book", "audiobook", "score") and desc.title else "misc"
