"""Base publications and the notation in which they are written by hand.

A family begins with ``== key`` and holds manifestations that are all different: volumes, editions, neighbours that
are easily mistaken for each other. Families, not publications, are divided between training and test. A line is

    title : rest = parallel @ T.1 name of part | people | place : publisher, year | pages ; height | name=value; ...

People are separated by ``;``, a role stands before a colon (``d: Cao Xuân Hạo``), a corporate body has ``org:``, a
pen name is followed by ``~`` and perhaps the name behind it, dates stand in parentheses, a foreign name is inverted
(``Hugo, Victor``). A body that is not a publishing house (Nhà xuất bản) has ``*`` before its name.
``rel=`` names in what way the line differs from the first line of its family, or from the line that ``to=`` counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from vnpairs.chance import number

WORKS = Path(__file__).parent / "works"
_HEAD = re.compile(r"(?P<title>.+?)(?: : (?P<rest>.+?))?(?: = (?P<parallel>.+?))?(?: @ (?P<part>.+))?")
_PART = re.compile(r"(?P<label>[TQP])\.(?P<number>\w+)(?: (?P<name>.+))?")
_PERSON = re.compile(
    r"(?:(?P<role>[a-z]+): )?(?P<name>[^~(]+?)\s*(?P<pen>~\s*(?P<real>[^(]*?))?\s*(?:\((?P<dates>.*)\))?"
)
_IMPRINT = re.compile(r"(?:(?P<place>[^:]*?) : )?(?P<publisher>.*?),? ?(?P<year>\d{4})?")


@dataclass(frozen=True)
class Person:
    """Somebody responsible; ``name`` in the order in which it is spoken."""

    name: str
    role: str = ""
    real: str = ""
    dates: str = ""
    pen: bool = False
    foreign: str = ""
    """The inverted form of a foreign name."""
    body: bool = False


@dataclass(frozen=True)
class Publication:
    """One manifestation with everything that a full record could tell."""

    key: str
    family: str
    title: str
    rest: str = ""
    parallel: str = ""
    part_label: str = ""
    part: str = ""
    part_name: str = ""
    people: tuple[Person, ...] = ()
    place: str = ""
    publishers: tuple[str, ...] = ()
    year: int = 0
    year_text: str = ""
    pages: int = 0
    illustrated: bool = False
    height: int = 0
    edition: str = ""
    series: str = ""
    series_number: str = ""
    isbn: str = ""
    set_isbn: str = ""
    bad_isbn: str = ""
    issn: str = ""
    language: str = "vie"
    original: str = ""
    kind: str = "book"
    relation: str = ""
    subjects: tuple[str, ...] = ()
    ddc: str = ""
    facts: dict[str, str] = field(default_factory=dict, hash=False)
    real: bool = True


def publications() -> list[Publication]:
    """All base publications, in the order of the files."""
    found = [p for path in sorted(WORKS.glob("*.txt")) for p in _read(path)]
    keys = [p.key for p in found]
    if len(set(keys)) != len(keys):
        raise ValueError(f"keys given twice: {sorted({k for k in keys if keys.count(k) > 1})}")
    return found


def _read(path: Path) -> Iterator[Publication]:
    family, count, real = "", 0, True
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("=="):
            family, *marks = line[2:].split()
            count, real = 0, "synthetic" not in marks
            continue
        count += 1
        try:
            yield _publication(line, family, f"{family}.{count}", real)
        except ValueError as error:
            raise ValueError(f"{path.name}: {line}: {error}") from error


def _publication(line: str, family: str, key: str, real: bool) -> Publication:
    head, people, imprint, extent, *more = [cell.strip() for cell in line.split("|")]
    title = _HEAD.fullmatch(head)
    published = _IMPRINT.fullmatch(imprint)
    part = _PART.fullmatch((title and title["part"]) or "")
    if not title or not published or (title["part"] and not part):
        raise ValueError("cannot be read")
    facts = dict(pair.strip().split("=", 1) for pair in (more[0] if more else "").split(";") if pair.strip())
    pages, _, height = extent.partition(";")
    year = int(published["year"] or 0)
    kind = facts.pop("kind", "book")
    return Publication(
        key=key,
        family=family,
        title=title["title"],
        rest=title["rest"] or "",
        parallel=title["parallel"] or "",
        part_label=part["label"] if part else "",
        part=part["number"] if part else "",
        part_name=(part["name"] or "") if part else "",
        people=tuple(_person(cell.strip()) for cell in people.split(";") if cell.strip()),
        place=published["place"] or "",
        publishers=tuple(name.strip() for name in published["publisher"].split("+") if name.strip()),
        year=year,
        pages=int(pages.strip(" +") or 0),
        illustrated="+" in pages,
        height=int(height.strip() or 0),
        edition=facts.pop("ed", ""),
        series=facts.pop("s", ""),
        series_number=facts.pop("sn", ""),
        isbn=_isbn(facts.pop("isbn", ""), key, "body" if published["publisher"].startswith("*") else kind, year),
        set_isbn=isbn13(f"set/{facts['set']}") if facts.get("set") else "",
        issn=facts.pop("issn", ""),
        language=facts.pop("lang", "vie"),
        original=facts.pop("orig", ""),
        kind=kind,
        relation=facts.pop("rel", ""),
        subjects=tuple(s.strip() for s in facts.pop("sub", "").split(",") if s.strip()),
        ddc=facts.pop("ddc", ""),
        facts=facts,
        real=real,
    )


def _person(cell: str) -> Person:
    match = _PERSON.fullmatch(cell)
    if not match:
        raise ValueError(f"no person: {cell}")
    name, role = match["name"].strip(), match["role"] or ""
    if role == "org":
        return Person(name, body=True)
    inverted = ""
    if "," in name:
        inverted = name
        last, first = (part.strip() for part in name.split(",", 1))
        name = f"{first} {last}"
    return Person(name, role, (match["real"] or "").strip(), match["dates"] or "", bool(match["pen"]), inverted)


def _isbn(said: str, key: str, kind: str, year: int) -> str:
    """Vietnamese books carry an ISBN rarely before 2008 and mostly afterwards; the numbers are made up."""
    if said not in ("", "yes"):
        return "" if said == "no" else said
    if kind not in ("book", "score"):
        return ""
    likely = 70 if year >= 2008 else 0
    return isbn13(key) if said == "yes" or number("isbn?", key) % 100 < likely else ""


def isbn13(key: str) -> str:
    """A made-up ISBN-13 of the Vietnamese group (978-604) that the key determines, with its right check digit."""
    body = f"978604{number('isbn', key) % 1_000_000:06d}"
    return body + str(-sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body)) % 10)


def isbn10(isbn: str) -> str:
    """The ISBN-10 that names the same book."""
    body = isbn[3:12]
    check = -sum(int(d) * w for d, w in zip(body, range(10, 1, -1), strict=True)) % 11
    return body + ("X" if check == 10 else str(check))
