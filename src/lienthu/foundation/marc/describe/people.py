"""Persons, bodies and meetings: 1XX, 7XX and 720."""

from __future__ import annotations

from typing import Final

from lienthu.foundation.marc.describe.gather import Gathered, Handlers
from lienthu.foundation.marc.describe.isbd import trim
from lienthu.foundation.marc.describe.values import Person
from lienthu.foundation.marc.model import Field

# Degrees and ranks that Vietnamese libraries put into $c; they are no part of the name.
_DEGREE_WORDS: Final = "gs pgs ts ths bs ks cn gsts pgsts tskh pgstskh gstskh th ds cử nhân kĩ kỹ sư"
_DEGREES: Final = frozenset(_DEGREE_WORDS.split())


def _is_degree(text: str) -> bool:
    words = text.lower().replace(".", " ").replace(",", " ").split()
    return bool(words) and all(w in _DEGREES for w in words)


def read_person(field: Field) -> Person:
    """X00 and 720: name with numeration, title of nobility and fuller form; $e or $4; $d."""
    name = role = relator = dates = ""
    for code, value in field.subfields:
        if code == "a":
            name = f"{name} {value.strip()}" if name else value
        elif code == "d":
            dates = trim(value)
        elif code == "e":
            role = f"{role}, {trim(value)}" if role else trim(value)
        elif code == "4":
            relator = relator or value.strip().rpartition("/")[2]
        elif code == "q" or code == "b":
            name = f"{name.strip()} {value.strip()}"
        elif code == "c" and name and not _is_degree(value):
            name = name.strip()
            name = f"{name} {value.strip()}" if name[-1:] in ",(" else f"{name}, {value.strip()}"
        elif code == "t":
            break
    return Person(trim(name), role or relator, dates, field.tag)


def read_body(field: Field) -> Person:
    """X10 and X11: the body with its units, the meeting with number, date and place."""
    name = role = relator = ""
    meeting = field.tag[1:] == "11"
    for code, value in field.subfields:
        if code == "a":
            name = f"{name} {value.strip()}" if name else value.strip()
        elif code == "b" or (meeting and code == "e"):
            before = name if name.endswith(".") else trim(name)
            name = f"{before} {value.strip()}" if before.endswith(".") else f"{before}. {value.strip()}"
        elif code in "ndcq":
            name = f"{name} {value.strip()}"
        elif code == "e" or (meeting and code == "j"):
            role = f"{role}, {trim(value)}" if role else trim(value)
        elif code == "4":
            relator = relator or value.strip().rpartition("/")[2]
        elif code == "t":
            break
    return Person(trim(name), role or relator, "", field.tag)


def _person(g: Gathered, field: Field) -> None:
    _note(g, read_person(field), field)


def _body(g: Gathered, field: Field) -> None:
    _note(g, read_body(field), field)


def _note(g: Gathered, person: Person, field: Field) -> None:
    if person[0]:
        g.authors.append(person)
    for code, value in field.subfields:
        if code == "t" and (title := trim(value)):
            g.other_titles.append(title)
            break


def merged(authors: list[Person]) -> tuple[Person, ...]:
    """The headings without repeats: the same name with the same dates counts once, its roles joined."""
    if len(authors) < 2:
        return tuple(authors)
    seen: dict[str, Person] = {}
    for person in authors:
        known = seen.get(person[0])
        if known is None:
            seen[person[0]] = person
        elif known[2] != person[2] and known[2] and person[2]:
            seen[f"{person[0]} {person[2]}"] = person
        elif person[1] and person[1] not in known[1]:
            role = f"{known[1]}, {person[1]}" if known[1] else person[1]
            seen[person[0]] = Person(known[0], role, known[2] or person[2], known[3])
    return tuple(seen.values())


HANDLERS: Final[Handlers] = {
    "100": _person,
    "700": _person,
    "720": _person,
    "110": _body,
    "710": _body,
    "111": _body,
    "711": _body,
}
