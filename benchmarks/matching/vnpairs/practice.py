"""How libraries describe the same thing: abbreviations, order of names, punctuation, which fields they fill at all."""

from __future__ import annotations

from dataclasses import dataclass, field

from vnpairs.publication import Person, Publication, isbn10

PLACES = {
    "H.": ("H.", "Hà Nội", "[H.]", "Hanoi", "HN."),
    "TP. HCM": ("TP. Hồ Chí Minh", "Tp. HCM", "Tp. Hồ Chí Minh", "Thành phố Hồ Chí Minh", "TP.HCM", "TP. HCM"),
    "S.": ("S.", "Sài Gòn", "[S.]"),
    "Huế": ("Huế", "Thừa Thiên Huế"),
}
PUBLISHERS = {
    "Chính trị Quốc gia - Sự thật": ("Chính trị Quốc gia Sự thật", "CTQG - Sự thật", "Chính trị quốc gia - Sự thật"),
    "Chính trị Quốc gia": ("CTQG", "Chính trị quốc gia"),
    "Đại học Quốc gia Hà Nội": ("ĐHQGHN", "ĐHQG Hà Nội", "Đại học quốc gia HN"),
    "Đại học Quốc gia TP. HCM": ("ĐHQG TP. Hồ Chí Minh", "Đại học Quốc gia Thành phố Hồ Chí Minh"),
    "Khoa học và Kỹ thuật": ("Khoa học kỹ thuật", "KHKT", "Khoa học & kĩ thuật"),
    "Khoa học Xã hội": ("KHXH", "Khoa học xã hội"),
    "Quân đội Nhân dân": ("QĐND", "Quân đội nhân dân"),
    "Công an Nhân dân": ("CAND", "Công an nhân dân"),
    "Văn hoá Thông tin": ("VHTT", "Văn hóa - Thông tin", "Văn hoá thông tin"),
    "Văn hoá dân tộc": ("Văn hóa Dân tộc", "VHDT"),
    "Giáo dục Việt Nam": ("GDVN", "Giáo dục VN", "Giáo dục Việt Nam"),
    "Đại học Sư phạm": ("ĐHSP", "Đại học sư phạm"),
    "Tổng hợp Thành phố Hồ Chí Minh": ("Tổng hợp Tp. HCM", "Tổng hợp TP. Hồ Chí Minh"),
    "Lao động - Xã hội": ("Lao động Xã hội", "LĐXH"),
    "Hội Nhà văn": ("Hội nhà văn", "HNV"),
    "Phụ nữ": ("Phụ Nữ",),
}
ROLES = {
    "d": ("{} dịch", "Dịch: {}", "Người dịch: {}", "{} (d.)", "{} (dịch)"),
    "cb": ("{} (ch.b.)", "Ch.b.: {}", "{} chủ biên", "Chủ biên: {}", "{} (chủ biên)", "{} ch.b"),
    "bs": ("B.s.: {}", "{} biên soạn", "Biên soạn: {}", "{} (b.s.)"),
    "st": ("S.t.: {}", "{} s.t.", "{} sưu tầm", "Sưu tầm: {}", "{} sưu tầm, biên soạn"),
    "tc": ("{} tuyển chọn", "Tuyển chọn: {}"),
    "gt": ("Giới thiệu: {}", "{} giới thiệu", "{} g.th."),
    "mh": ("Minh hoạ: {}", "{} minh hoạ", "Tranh: {}", "{} vẽ tranh"),
    "kd": ("{} khảo đính", "Khảo đính: {}"),
    "ct": ("{} chú giải", "Chú giải: {}"),
    "pa": ("{} phiên âm", "Phiên âm: {}", "{} phiên âm, chú thích"),
    "hd": ("Người hướng dẫn: {}", "{} hướng dẫn", "H.d.: {}", "Hướng dẫn KH: {}"),
    "hi": ("{} hiệu đính", "Hiệu đính: {}", "H.đ.: {}"),
    "doc": ("Giọng đọc: {}", "{} đọc"),
    "kb": ("Lời: {}", "{} soạn lời"),
}
PART_WORDS = {
    "T": ("T.{}", "Tập {}", "T. {}", "tập {}"),
    "Q": ("Q.{}", "Quyển {}", "Quyển {w}"),
    "P": ("P.{}", "Phần {}"),
}
ROMAN = ("0", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
WORDS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")
LEADERS = {"map": "em", "score": "cm", "audio": "im", "serial": "as", "ebook": "am", "article": "ab", "thesis": "tm"}


@dataclass(frozen=True)
class Practice:
    """One library's way; every choice can be overruled for one record (``dataclasses.replace``)."""

    name: str
    isbd: bool = True
    order: str = "direct"
    """Names in 100 and 700: direct, family (Nguyễn, Du), given (Du, Nguyễn)."""
    dates: bool = False
    place: int = 0
    publisher: str = "{}"
    publisher_form: int = -1
    joint: str = "all"
    """Which of two publishers: all, first, last."""
    rest: str = "b"
    """Where the rest of the title goes: b, a, none."""
    parallel: bool = True
    part: int = 0
    part_where: str = "n"
    """Where the number of the part goes: n, a, b, extent, none."""
    numerals: str = "arabic"
    role: int = 0
    statement: str = "full"
    editor_main: bool = False
    pages: str = "{}tr."
    size: str = "{}cm"
    upper: bool = False
    imprint_tag: str = "260"
    year: str = "{}"
    brief: bool = False
    fixed: bool = True
    subjects: str = "650"
    isbn: str = "13"
    isbn_note: str = ""
    edition: bool = True
    foreign_direct: bool = False
    """Foreign names as they are spoken: Victor Hugo."""
    real_name: bool = False
    initials: bool = False
    dropped: frozenset[str] = field(default_factory=frozenset)
    """Further fields left out: year, pages, place, publisher, people, isbn, series, edition, rest, language."""


PRACTICES = (
    Practice("national", dates=False, subjects="653"),
    Practice(
        "university",
        order="family",
        place=1,
        publisher="Nxb. {}",
        part=1,
        role=2,
        pages="{} tr.",
        size="{} cm",
        editor_main=True,
    ),
    Practice(
        "province",
        isbd=False,
        order="given",
        publisher="Nxb {}",
        part=2,
        role=1,
        upper=True,
        pages="{}tr",
        size="{}cm",
        subjects="",
    ),
    Practice(
        "card",
        isbd=False,
        place=1,
        publisher="{}",
        part=1,
        part_where="a",
        role=2,
        pages="{} trang",
        brief=True,
        fixed=False,
        rest="a",
        isbn="",
    ),
    Practice(
        "school",
        isbd=False,
        place=1,
        publisher="NXB {}",
        part=1,
        part_where="a",
        statement="first",
        pages="{}",
        brief=True,
        fixed=False,
        rest="none",
        subjects="",
        dropped=frozenset({"isbn", "series"}),
    ),
    Practice(
        "abroad",
        order="family",
        dates=True,
        place=3,
        publisher="Nhà xuất bản {}",
        part=1,
        role=2,
        pages="{} pages",
        size="{} cm",
        imprint_tag="264",
        subjects="",
    ),
    Practice(
        "army",
        foreign_direct=True,
        place=1,
        publisher="{}",
        role=3,
        part=0,
        pages="{}tr.",
        size="{}cm",
        editor_main=True,
        subjects="653",
    ),
    Practice(
        "college",
        isbd=True,
        order="direct",
        place=2,
        publisher="NXB. {}",
        role=4,
        part=1,
        pages="{} tr.",
        size="{} cm.",
        subjects="650",
        dates=True,
    ),
    Practice(
        "portal",
        isbd=False,
        order="family",
        place=1,
        publisher="NXB {}",
        part=1,
        part_where="b",
        role=1,
        pages="{} tr.",
        fixed=False,
        subjects="653",
        isbn_note=" (bìa mềm)",
    ),
)


@dataclass(frozen=True)
class Card:
    """One publication as one library describes it."""

    publication: Publication
    practice: Practice


Pairs = list[tuple[str, str]]


class Writer:
    """Fills one record. Text is clean here; damage comes afterwards."""

    def __init__(self, card: Card) -> None:
        self.p = card.publication
        self.how = card.practice
        self.fields: list[dict[str, object]] = []

    def record(self, number: str) -> dict[str, object]:
        """The whole record as MARC-in-JSON."""
        p, how = self.p, self.how
        kind = LEADERS.get(p.kind, "am")
        self.fields = [{"001": number}]
        if how.fixed:
            place = "vm " if p.place not in ("Paris", "London", "New York") else "xx "
            date = f"{p.year}" if p.year and "year" not in how.dropped and not p.year_text else "    "
            lang = "   " if "language" in how.dropped else p.language
            self.fields.append({"008": f"161010s{date}    {place}           000 0 {lang} d"})
        self._numbers()
        if p.original and how.fixed and "language" not in how.dropped:
            self._add("041", "1 ", [("a", p.language), ("h", p.original)])
        if p.ddc and not how.brief:
            self._add("082", "04", [("a", p.ddc)])
        main = self._main_entry()
        if main and "people" not in how.dropped:
            self._heading("100" if not main.body else "110", main)
        self._title(main)
        self._edition()
        self._imprint()
        self._extent()
        self._series_and_notes()
        self._host()
        if how.subjects and not how.brief:
            for subject in p.subjects[:2]:
                self._add(how.subjects, " 4" if how.subjects == "650" else "  ", [("a", subject)])
        self._added_entries(main)
        return {"leader": f"00000n{kind} a2200000 a 4500", "fields": self.fields}

    def _add(self, tag: str, indicators: str, pairs: Pairs) -> None:
        kept = [{code: value} for code, value in pairs if value]
        if kept:
            self.fields.append({tag: {"ind1": indicators[0], "ind2": indicators[1], "subfields": kept}})

    def _numbers(self) -> None:
        p, how = self.p, self.how
        if "isbn" not in how.dropped and how.isbn:
            number = p.bad_isbn or p.isbn
            if number and how.isbn == "10":
                number = isbn10(number)
            elif number and how.isbn == "hyphens":
                number = f"{number[:3]}-{number[3:6]}-{number[6:8]}-{number[8:12]}-{number[12]}"
            code = "z" if how.isbn == "cancelled" else "a"
            self._add("020", "  ", [(code, number + how.isbn_note if number else "")])
            if p.set_isbn and how.name != "college":
                self._add("020", "  ", [("a", p.set_isbn + (" (bộ)" if p.isbn else ""))])
        if p.issn and "issn" not in how.dropped:
            self._add("022", "  ", [("a", p.issn)])

    def _main_entry(self) -> Person | None:
        first = next(iter(self.p.people), None)
        if first and (not first.role or (self.how.editor_main and first.role in ("cb", "bs", "st"))):
            return first
        return None

    def _heading(self, tag: str, person: Person, role: str = "") -> None:
        if person.body:
            self._add(tag, "2 ", [("a", person.name)])
            return
        name = self.heading_name(person)
        dates = person.dates if self.how.dates else ""
        if dates and self.how.isbd:
            name += ","
        self._add(tag, "1 " if "," in name.rstrip(",") else "0 ", [("a", name), ("d", dates), ("e", role)])

    def heading_name(self, person: Person) -> str:
        """A name in the order of this library's headings."""
        name = person.real if self.how.real_name and person.real else person.name
        if person.foreign:
            return person.name if self.how.foreign_direct else person.foreign
        if self.how.initials and not person.pen:
            name = shortened(name)
        words = name.split()
        if (person.pen and name == person.name) or len(words) < 2 or self.how.order == "direct":
            return name
        if self.how.order == "family":
            return f"{words[0]}, {' '.join(words[1:])}"
        return f"{words[-1]}, {' '.join(words[:-1])}"

    def _title(self, main: Person | None) -> None:
        p, how = self.p, self.how
        title, rest, part = p.title, p.rest, self.part_text()
        upper = str.upper if how.upper else str
        where = how.part_where if part else "none"
        if how.rest == "a" and rest and p.kind != "thesis":
            title, rest = f"{title}: {rest}", ""
        elif how.rest == "none" or "rest" in how.dropped:
            rest = ""
        if where == "a":
            title += (". " if how.isbd else " ") + part + (f": {p.part_name}" if p.part_name else "")
        elif where == "b":
            rest = part + (f": {p.part_name}" if p.part_name else "") + (f" : {rest}" if rest else "")
        statement = self.statement() if "people" not in how.dropped else ""
        pairs: Pairs = [("a", upper(title))]
        if where == "n":
            pairs += [("n", part), ("p", p.part_name)]
        if p.parallel and how.parallel:
            rest = f"= {p.parallel}" + (f" : {rest}" if rest else "")
        pairs += [("b", rest.removeprefix("= ") if not how.isbd else rest), ("c", statement)]
        pairs = [(c, v) for c, v in pairs if v]
        if how.isbd:
            pairs = _punctuated(pairs)
        self._add("245", "10" if main and "people" not in how.dropped else "00", pairs)

    def part_text(self) -> str:
        """The number of the part in this library's words, "" if there is none."""
        p, how = self.p, self.how
        if not p.part:
            return ""
        form = PART_WORDS[p.part_label][how.part % len(PART_WORDS[p.part_label])]
        number = p.part
        if number.isdigit() and int(number) < len(ROMAN):
            number = {"roman": ROMAN, "words": WORDS}[how.numerals][int(p.part)] if how.numerals != "arabic" else number
            return form.format(number, w=WORDS[int(p.part)])
        return form.format(number, w=number)

    def statement(self) -> str:
        """The statement of responsibility."""
        p, how = self.p, self.how
        if how.statement == "none" or not p.people:
            return ""
        groups: list[tuple[str, list[str]]] = []
        for person in p.people:
            name = (
                f"{person.real} ({person.name})"
                if how.real_name and person.real and how.name == "army"
                else person.name
            )
            name = shortened(name) if how.initials and not (person.pen or person.foreign or person.body) else name
            if groups and groups[-1][0] == person.role:
                groups[-1][1].append(name)
            else:
                groups.append((person.role, [name]))
        if how.statement == "first":
            groups = groups[:1]
        said = []
        for role, names in groups:
            text = ", ".join(names)
            if how.statement == "first" and len(names) > 1:
                text = names[0] + ("..." if how.isbd else ",...")
            forms = ROLES.get(role, ("{}",))
            said.append(forms[how.role % len(forms)].format(text))
        return " ; ".join(said) if how.isbd else "; ".join(said)

    def _edition(self) -> None:
        if self.p.edition and self.how.edition and "edition" not in self.how.dropped:
            self._add("250", "  ", [("a", self.p.edition + ("." if self.how.name == "abroad" else ""))])

    def _imprint(self) -> None:
        p, how = self.p, self.how
        if p.kind == "article":
            return
        forms = PLACES.get(p.place, (p.place,))
        place = "" if "place" in how.dropped else forms[min(how.place, len(forms) - 1)]
        names = [self.publisher_text(name) for name in p.publishers]
        names = {"first": names[:1], "last": names[-1:]}.get(how.joint, names)
        publisher = "" if "publisher" in how.dropped else (" ; " if how.isbd else ", ").join(names)
        year = "" if "year" in how.dropped or not p.year else how.year.format(p.year_text or p.year)
        if how.isbd:
            place, publisher = place and f"{place} :", publisher and f"{publisher},"
        self._add(
            how.imprint_tag, " 1" if how.imprint_tag == "264" else "  ", [("a", place), ("b", publisher), ("c", year)]
        )

    def publisher_text(self, name: str) -> str:
        """A publisher in this library's words."""
        if name.startswith("*"):
            return name[1:]
        forms = PUBLISHERS.get(name, (name,))
        if self.how.publisher_form >= 0:
            name = forms[self.how.publisher_form % len(forms)]
        return self.how.publisher.format(name)

    def _extent(self) -> None:
        p, how = self.p, self.how
        extent = p.facts.get("extent", "") or (how.pages.format(p.pages) if p.pages else "")
        if "pages" in how.dropped or p.kind == "article":
            return
        if how.part_where == "extent" and p.part:
            extent = f"{self.part_text()} - {extent}"
        details = "" if how.brief or not p.illustrated else "minh hoạ"
        size = how.size.format(p.height) if p.height and not how.brief else ""
        if how.isbd:
            extent = extent + (" :" if details else " ;" if size else "") if extent else ""
            details = details + " ;" if details and size else details
        self._add("300", "  ", [("a", extent), ("b", details), ("c", size)])

    def _series_and_notes(self) -> None:
        p, how = self.p, self.how
        if scale := p.facts.get("scale"):
            self._add("255", "  ", [("a", scale)])
        if p.series and not how.brief and "series" not in how.dropped:
            number = p.series_number
            self._add(
                "490", "0 ", [("a", p.series + (" ;" if number and how.isbd else "")), ("v", number and f"{number}")]
            )
        if p.kind == "thesis":
            degree = {"ThS": ("Luận văn thạc sĩ", "Luận văn ThS."), "TS": ("Luận án tiến sĩ", "Luận án TS.")}[
                p.facts["deg"]
            ]
            said = degree[how.role % 2]
            major = p.facts.get("major", "")
            uni = "" if how.brief else p.facts["uni"]
            text = f"{said} {major}".strip() + (f" -- {uni}, {p.year}" if uni and "year" not in how.dropped else "")
            self._add("502", "  ", [("a", text)])
        if note := p.facts.get("note"):
            self._add("500", "  ", [("a", note)])
        if address := p.facts.get("address"):
            self._add("856", "40", [("u", address)])

    def _host(self) -> None:
        p, how = self.p, self.how
        if p.kind != "article":
            return
        host = p.facts["in"]
        if how.role % 2:
            host = host.replace("Tạp chí ", "T/c ", 1) if how.role == 1 else host.removeprefix("Tạp chí ")
        number = p.facts["no"]
        form = ("- {y}. - Số {n}. - tr. {p}", "Số {n} ({y}), tr. {p}", "{y}, số {n}, tr. {p}")[how.part % 3]
        self._add("773", "0 ", [("t", host), ("g", form.format(y=p.year, n=number, p=p.facts["pp"]))])

    def _added_entries(self, main: Person | None) -> None:
        p, how = self.p, self.how
        if "people" in how.dropped or (how.brief and how.statement != "none"):
            return
        others = [x for x in p.people if x is not main]
        for person in others[: 1 if how.statement == "first" else 3]:
            role = {"d": "dịch", "cb": "ch.b.", "bs": "b.s.", "st": "s.t."}.get(person.role, "")
            self._heading("710" if person.body else "700", person, role if how.name == "national" else "")


def shortened(name: str) -> str:
    """Nguyễn Đình Thi → Nguyễn Đ. Thi."""
    words = name.split()
    if len(words) < 3:
        return (
            f"{words[0][:2] if words[0][:2] in ('Ng', 'Ph', 'Tr') else words[0][0]}. {words[-1]}"
            if len(words) == 2
            else name
        )
    return " ".join([words[0], *(f"{w[0]}." for w in words[1:-1]), words[-1]])


def _punctuated(pairs: Pairs) -> Pairs:
    """ISBD punctuation stands at the end of the subfield before."""
    out: Pairs = []
    for i, (code, value) in enumerate(pairs):
        follower = pairs[i + 1] if i + 1 < len(pairs) else ("", "")
        mark = {"b": " :", "c": " /", "n": ".", "p": ","}.get(follower[0], "")
        if follower[0] == "b" and follower[1].startswith("= "):
            mark = " ="
        out.append((code, value.removeprefix("= ") + mark if code == "b" else value + mark))
    return out
