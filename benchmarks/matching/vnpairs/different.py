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
MEN = (("Văn", "Đức", "Minh", "Quang", "Hữu", "Xuân", "Mạnh"), ("Hùng", "Tuấn", "Dũng", "Sơn", "Long", "Thắng", "Bình"))
WOMEN = (
    ("Thị", "Thị Thu", "Thị Hồng", "Thanh", "Ngọc"),
    ("Hà", "Lan", "Hương", "Hạnh", "Thuỷ", "Hoa", "Phương", "Yến"),
)


def person_name(chance: Chance, surname: str = "") -> str:
    """A plausible name that belongs to nobody in particular."""
    middles, given = chance.one((MEN, WOMEN))
    return f"{surname or chance.one(SURNAMES)} {chance.one(middles)} {chance.one(given)}"


def _again(p: Publication, chance: Chance, **changes: object) -> Publication:
    """Another manifestation: a number of its own if the time had them, never the first one's."""
    other = replace(p, key=f"{p.key}+{number(*changes.values()) % 9999}", **changes)
    house = bool(other.publishers) and not other.publishers[0].startswith("*")
    has = bool(p.isbn) or (house and other.year >= 2009 and chance.percent(50))
    other = replace(other, isbn=isbn13(other.key) if has and p.kind in ("book", "score") else "")
    return other if "part" in changes else replace(other, set_isbn="")


def _reprinted(p: Publication) -> bool:
    """A book of a publishing house that may be printed again."""
    yearly = p.relation == "annual" or p.facts.get("annual") == "yes"
    act = p.title.startswith(("Luật ", "Bộ luật ", "Pháp lệnh ", "Văn kiện "))
    house = not any(x.startswith("*") for x in p.publishers[:1])
    return p.kind == "book" and bool(p.year) and not yearly and not act and house


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
    parallel = re.sub(r"(?:19|20)\d\d", lambda m: str(int(m[0]) + step), p.parallel)
    ordinal = re.search(r"lần thứ (\d+)", moved)
    if ordinal:  # one a year
        if int(ordinal[1]) + step < 1:
            return None
        moved = moved.replace(ordinal[0], f"lần thứ {int(ordinal[1]) + step}")
    if (moved, rest) == (p.title, p.rest):
        return None
    pages = p.pages + chance.between(-25, 30) if p.pages > 100 else p.pages
    return _again(p, chance, title=moved, rest=rest, parallel=parallel, year=p.year + step, pages=pages)


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
    if p.facts.get("school") or p.original or len(p.title.split()) > 5 or p.people[0].name in p.title:
        return None
    surname = p.people[0].name.split()[0] if not p.people[0].pen and chance.percent(60) else ""
    author = Person(person_name(chance, surname))
    place, house = chance.one(HOUSES)
    moved = chance.percent(50) or any(name.startswith("*") for name in p.publishers)
    here = {"place": place, "publishers": (house,)} if moved else {}
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


def electronic(p: Publication, chance: Chance) -> Publication | None:
    """The electronic version of a printed book."""
    if not _reprinted(p) or p.year < 1985 or p.pages < 30:
        return None
    said = chance.one(
        (f"1 tệp PDF ({p.pages} tr.)", f"1 tài nguyên trực tuyến ({p.pages} trang)", f"1 file PDF ; {p.pages} tr.")
    )
    facts = {**p.facts, "extent": said, "note": chance.one(("Bản điện tử", "Toàn văn trực tuyến", "Sách điện tử"))}
    address = f"https://dl.example.vn/{number(p.key) % 99999}"
    year = p.year if chance.percent(60) else max(2009, p.year + 1)
    return replace(
        p, kind="ebook", isbn="", facts={**facts, "address": address}, height=0, illustrated=False, year=year
    )


def spoken(p: Publication, chance: Chance) -> Publication | None:
    """The same text read aloud."""
    if not _reprinted(p) or not p.people or p.people[0].role or p.people[0].body or p.facts.get("school"):
        return None
    if not p.ddc.startswith("8") and p.rest not in (
        "Tiểu thuyết",
        "Truyện dài",
        "Hồi ký",
        "Thơ",
        "Truyện ngắn",
        "Truyện",
    ):
        return None
    reader = Person(chance.one(("Kim Cúc", "Hướng Dương", "Thu Hà", "Bá Trung", "Quốc Hùng")), "doc")
    extent = chance.one(("6 băng cát-xét", "4 đĩa CD", "1 đĩa CD-MP3", "8 băng cassette (480 ph.)"))
    people, extent_of = (*p.people, reader), {**p.facts, "extent": extent}
    house, year = ("*Thư viện sách nói dành cho người mù",), min(2022, p.year + chance.between(0, 6))
    heard = replace(p, kind="audio", people=people, pages=0, height=0, isbn="", edition="", year=year)
    return replace(heard, publishers=house, place="TP. HCM", facts=extent_of)


def translator(p: Publication, chance: Chance) -> Publication | None:
    """The same work in another translation under the same title."""
    if not p.original or p.language != "vie" or not any(x.role == "d" for x in p.people):
        return None
    people = (*(x for x in p.people if x.role != "d"), Person(person_name(chance), "d"))
    place, name = chance.one(HOUSES)
    if chance.percent(40):
        place, name = p.place, p.publishers[0]
    year = min(2024, p.year + chance.between(0, 9))
    pages = max(40, p.pages + chance.between(-60, 60))
    return _again(
        p, chance, people=people, place=place, publishers=(name,), year=year, pages=pages, edition="", series=""
    )


def for_teachers(p: Publication, chance: Chance) -> Publication | None:
    """The teacher's book, the exercises or the workbook to a textbook, by the same people in the same series."""
    if not p.facts.get("school") or p.relation == "textbook-kind" or p.people[0].body:
        return None
    kind = chance.one(("Vở bài tập {}", "Bài tập {}", "Thiết kế bài giảng {}", "{} : Sách giáo viên", "Để học tốt {}"))
    title, _, rest = kind.format(p.title).partition(" : ")
    return _again(p, chance, title=title, rest=rest, pages=max(48, p.pages - chance.between(5, 50)), height=24)


def other_map(p: Publication, chance: Chance) -> Publication | None:
    """The same map at another scale or of another year."""
    found = re.search(r"1:([\d.]+)", p.facts.get("scale", ""))
    if p.kind != "map" or not found:
        return None
    if chance.percent(50):
        return replace(p, year=p.year + chance.between(2, 8))
    other = chance.one([s for s in ("10.000", "25.000", "50.000", "100.000", "250.000") if s != found[1]])
    return replace(p, facts={**p.facts, "scale": p.facts["scale"].replace(found[1], other)}, height=p.height + 20)


def other_issue(p: Publication, chance: Chance) -> Publication | None:
    """The same article printed again elsewhere, or its continuation in the next issue."""
    if p.kind != "article":
        return None
    first, _, last = p.facts["pp"].partition("-")
    start = max(2, int(first) + chance.between(-12, 30))
    pages = f"{start}-{start + int(last) - int(first) + 1}" if last else str(start)
    number_ = int(p.facts["no"]) + 1
    if chance.percent(50) and not p.rest:
        return replace(p, rest="Tiếp theo kỳ trước", facts={**p.facts, "no": str(number_), "pp": pages})
    hosts = ("Báo Quảng Ninh", "Báo Hạ Long", "Tạp chí Xưa và Nay", "Báo Nhân dân")
    host = chance.one([h for h in hosts if h != p.facts["in"]])
    page = str(chance.between(3, 8)) if host.startswith("Báo") else pages
    issue = str(chance.between(200, 9000)) if host.startswith("Báo") else str(number_ * 7)
    return replace(p, facts={**p.facts, "in": host, "no": issue, "pp": page}, year=p.year + chance.below(2))


def comic(p: Publication, chance: Chance) -> Publication | None:
    """A comic or a version for children."""
    if not _reprinted(p) or p.language != "vie" or p.part or p.illustrated or not p.people or p.people[0].role:
        return None
    if p.rest not in ("Tiểu thuyết", "Truyện dài", "Hồi ký", "Truyện", "") or (
        not p.rest and not p.ddc.startswith("895")
    ):
        return None
    kind, role = chance.one(
        (("Truyện tranh", "mh"), ("Rút gọn cho thiếu nhi", "bs"), ("Kịch bản phim", "bs"), ("Kịch nói", "bs"))
    )
    people = (p.people[0], Person(person_name(chance), role))
    year = min(2024, max(1985, p.year + chance.between(0, 9)))
    comic_ = _again(p, chance, rest=kind, people=people, pages=chance.between(40, 140), year=year, edition="")
    return replace(comic_, illustrated=role == "mh")


CHANGES: dict[str, tuple[int, Change]] = {
    # kind: share, change
    "reprint-stated": (55, reprint),
    "later-printing": (32, later_printing),
    "edition-differs": (25, edition_differs),
    "volume": (50, volume),
    "publisher": (45, publisher),
    "annual": (32, annual),
    "commune": (30, commune),
    "other-student": (30, other_student),
    "namesake": (35, namesake),
    "grade": (22, by_the_same),
    "for-teachers": (16, for_teachers),
    "isbn-kept": (16, same_number_by_mistake),
    "electronic": (20, electronic),
    "spoken": (14, spoken),
    "comic": (14, comic),
    "translator": (22, translator),
    "other-map": (8, other_map),
    "other-issue": (14, other_issue),
}
