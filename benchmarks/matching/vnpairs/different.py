"""Changes that make another manifestation of a publication: the negative kinds that need no second line of data."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from vnpairs.chance import Chance, number
from vnpairs.publication import Person, Publication, isbn13

Change = Callable[[Publication, Chance], Publication | None]

HOUSES = (
    ("H.", "Văn học"), ("H.", "Kim Đồng"), ("H.", "Hội Nhà văn"), ("TP. HCM", "Trẻ"), ("H.", "Lao động"),
    ("H.", "Thời đại"), ("TP. HCM", "Văn nghệ"), ("H.", "Thanh niên"), ("H.", "Hồng Đức"), ("H.", "Phụ nữ"),
    ("Đồng Nai", "Đồng Nai"), ("H.", "Văn hoá Thông tin"), ("H.", "Dân trí"),
    ("Huế", "Thuận Hoá"), ("Đà Nẵng", "Đà Nẵng"), ("H.", "Thế giới"),
)  # fmt: skip
SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
MIDDLES = ("Văn", "Thị", "Đức", "Minh", "Thanh", "Thị Thu", "Quang", "Hữu", "Ngọc", "Thị Hồng", "Xuân", "Mạnh")
GIVEN = (
    "Hà",
    "Hùng",
    "Lan",
    "Hương",
    "Tuấn",
    "Dũng",
    "Hạnh",
    "Sơn",
    "Thuỷ",
    "Long",
    "Hoa",
    "Phương",
    "Thắng",
    "Yến",
    "Bình",
)


def person_name(chance: Chance, surname: str = "") -> str:
    """A plausible name that belongs to nobody in particular."""
    return f"{surname or chance.one(SURNAMES)} {chance.one(MIDDLES)} {chance.one(GIVEN)}"


def _again(p: Publication, chance: Chance, **changes: object) -> Publication:
    """Another manifestation: a number of its own if the time had them, never the first one's."""
    other = replace(p, key=f"{p.key}+{number(*changes.values()) % 9999}", **changes)  # type: ignore[arg-type]
    house = bool(other.publishers) and not other.publishers[0].startswith("*")
    has = bool(p.isbn) or (house and other.year >= 2009 and chance.percent(50))
    return replace(other, isbn=isbn13(other.key) if has and p.kind in ("book", "score") else "")


def _reprinted(p: Publication) -> bool:
    """A book of a publishing house that may be printed again."""
    yearly = p.relation == "annual" or p.facts.get("annual") == "yes"
    return p.kind == "book" and bool(p.year) and not yearly and not any(x.startswith("*") for x in p.publishers)


def reprint(p: Publication, chance: Chance) -> Publication | None:
    """A stated reprint of a later year: "Tái bản lần thứ 2"."""
    if not _reprinted(p) or p.year > 2022:
        return None
    found = re.search(r"lần thứ (\d+)", p.edition)
    count = int(found[1]) + 1 if found else chance.between(1, 4)
    said = chance.one((f"Tái bản lần thứ {count}", f"In lần thứ {count + 1}", f"Tái bản lần thứ {count}, có sửa chữa"))
    year = min(p.year + chance.between(1, 6), 2025)
    pages = p.pages + (0 if chance.percent(50) else chance.between(1, 24)) if p.pages else 0
    return _again(p, chance, year=year, edition=said, pages=pages)


def later_printing(p: Publication, chance: Chance) -> Publication | None:
    """Another year and nothing said about it: at least two years apart, with other pages."""
    if not _reprinted(p) or p.edition or p.year > 2020:
        return None
    return _again(
        p,
        chance,
        year=p.year + chance.between(2, 5),
        pages=p.pages + chance.between(-30, 40) if p.pages > 80 else p.pages,
    )


def edition_differs(p: Publication, chance: Chance) -> Publication | None:
    """Two stated editions."""
    found = re.search(r"lần thứ (\d+)", p.edition)
    if not found or p.year > 2022:
        return None
    count = int(found[1]) + chance.between(1, 3)
    said = p.edition.replace(found[0], f"lần thứ {count}")
    return _again(p, chance, edition=said, year=p.year + chance.between(1, 3))


def volume(p: Publication, chance: Chance) -> Publication | None:
    """Another volume of the same set, with the number of the set if it has one."""
    if not p.part.isdigit() or p.part_name:
        return None
    here = int(p.part)
    other = here + 1 if here == 1 or chance.percent(60) else here - 1
    year = p.year + chance.one((0, 0, 0, 1, 2))
    return _again(
        p, chance, part=str(other), year=year, pages=p.pages + chance.between(-60, 80) if p.pages > 100 else p.pages
    )


def publisher(p: Publication, chance: Chance) -> Publication | None:
    """The same text from another house, often in the same year."""
    if (
        not _reprinted(p)
        or p.language != "vie"
        or not p.people
        or p.people[0].body
        or p.people[0].role
        or p.facts.get("school")
    ):
        return None
    place, name = chance.one([h for h in HOUSES if h[1] not in p.publishers])
    year = p.year if chance.percent(60) else min(2025, p.year + chance.between(1, 3))
    pages = p.pages + chance.one((-1, 1)) * chance.between(4, 60) if p.pages > 100 else p.pages
    return _again(p, chance, place=place, publishers=(name,), year=year, pages=pages, series="", series_number="")


def annual(p: Publication, chance: Chance) -> Publication | None:
    """The same annual of another year."""
    if p.relation != "annual" and p.facts.get("annual") != "yes":
        return None
    step = chance.one((-3, -2, -1, 1, 2))
    moved = re.sub(r"(?:19|20)\d\d", lambda m: str(int(m[0]) + step), p.title)
    rest = re.sub(r"(?:19|20)\d\d", lambda m: str(int(m[0]) + step), p.rest)
    if (moved, rest) == (p.title, p.rest):
        return None
    pages = p.pages + chance.between(-25, 30) if p.pages > 100 else p.pages
    return _again(p, chance, title=moved, rest=rest, year=p.year + step, pages=pages)


def commune(p: Publication, chance: Chance) -> Publication | None:
    """The history of a neighbouring commune from the same series of local histories."""
    found = re.search(r"(?:xã|phường|thị trấn) ([\w ]+?)(?= \(|$|,)", p.title)
    names = [n.strip() for n in p.facts.get("neighbours", "").split(",") if n.strip()]
    if not found or not names:
        return None
    pages = p.pages + chance.between(-40, 50) if p.pages > 100 else p.pages
    other = chance.one(names)
    title = p.title.replace(found[1], other)
    people = tuple(replace(x, name=x.name.replace(found[1], other)) for x in p.people)
    houses = tuple(name.replace(found[1], other) for name in p.publishers)
    year = p.year + chance.one((0, 0, 1, -1))
    return _again(p, chance, title=title, people=people, publishers=houses, pages=pages, year=year)


def other_student(p: Publication, chance: Chance) -> Publication | None:
    """Another student's thesis on the same subject."""
    if p.kind != "thesis":
        return None
    student = Person(person_name(chance, p.people[0].name.split()[0] if chance.percent(40) else ""))
    rest_people = (
        p.people[1:] if chance.percent(50) else tuple(Person(person_name(chance), x.role) for x in p.people[1:])
    )
    return _again(
        p,
        chance,
        people=(student, *rest_people),
        year=p.year + chance.one((-2, -1, 0, 1)),
        pages=p.pages + chance.between(-12, 15),
    )


def namesake(p: Publication, chance: Chance) -> Publication | None:
    """The same title by somebody else, often of the same family name."""
    if p.kind not in ("book", "article") or not p.people or p.people[0].role or p.people[0].body or p.people[0].foreign:
        return None
    if p.facts.get("school") or len(p.title.split()) > 7:
        return None
    surname = p.people[0].name.split()[0] if not p.people[0].pen and chance.percent(60) else ""
    author = Person(person_name(chance, surname))
    place, house = chance.one(HOUSES)
    here = {"place": place, "publishers": (house,)} if chance.percent(50) else {}
    changed = _again(
        p,
        chance,
        people=(author,),
        rest="",
        series="",
        pages=chance.between(70, 400),
        year=p.year + chance.between(-4, 6),
        **here,
    )
    return changed if changed.year <= 2025 and not p.part else None


def by_the_same(p: Publication, chance: Chance) -> Publication | None:
    """A textbook of the next grade: "Toán 6" and "Toán 7"."""
    found = re.search(r"(?:lớp |(?<=[a-zà-ỹ]) )(\d{1,2})\b", p.title)
    if not p.facts.get("school") or not found:
        return None
    grade = int(found[1])
    other = grade + 1 if grade < 12 and grade not in (5, 9) else grade - 1
    at, end = found.span(1)
    title = f"{p.title[:at]}{other}{p.title[end:]}"
    return _again(
        p,
        chance,
        title=title,
        pages=p.pages + chance.between(-12, 16),
        rest=p.rest.replace(f"lớp {grade}", f"lớp {other}"),
    )


def same_number_by_mistake(p: Publication, chance: Chance) -> Publication | None:
    """Two reprints years apart under one ISBN: the house went on using the number."""
    if not p.isbn or p.kind != "book" or p.year > 2021:
        return None
    changed = reprint(p, chance)
    return changed and replace(changed, isbn=p.isbn, pages=p.pages)


CHANGES: dict[str, tuple[int, Change]] = {
    # kind: share, change
    "reprint-stated": (60, reprint),
    "later-printing": (35, later_printing),
    "edition-differs": (25, edition_differs),
    "volume": (60, volume),
    "publisher": (55, publisher),
    "annual": (35, annual),
    "commune": (35, commune),
    "other-student": (35, other_student),
    "namesake": (40, namesake),
    "grade": (30, by_the_same),
    "isbn-kept": (18, same_number_by_mistake),
}
