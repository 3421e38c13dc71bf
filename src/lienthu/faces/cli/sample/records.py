"""A sample work as a careful cataloguer would describe it: MARC 21 with ISBD marks, before any dialect."""

from __future__ import annotations

from dataclasses import dataclass

from lienthu.faces.cli.sample.works import Contributor, Work
from lienthu.foundation.marc.model import Field, Record

SAMPLE_NOTE = "Biểu ghi mẫu của Liên Thư"
COMPOSED_NOTE = "Biểu ghi mẫu: chi tiết được soạn cho dữ liệu mẫu, không phải tài liệu có thật"
FIRST_YEAR_NOTE = "Năm ghi trong biểu ghi mẫu là năm xuất bản lần đầu hoặc năm sáng tác"

# Leader/06 (type of record) and leader/07 (bibliographic level) by material type.
_LEVELS = {
    "book": "am",
    "serial": "as",
    "article": "ab",
    "map": "em",
    "score": "cm",
    "audio": "jm",
    "audiobook": "im",
    "video": "gm",
    "picture": "km",
    "thesis": "am",
    "manuscript": "tm",
}
_AUTHOR_ROLES = frozenset({"tác giả", "nhạc sĩ", "đạo diễn", "sáng tác", "cơ quan", ""})
# MARC country codes (008/15-17): the rest of the world is "xx " (no place known).
_COUNTRIES = {
    "Hà Nội": "vm ", "Sài Gòn": "vm ", "Thành phố Hồ Chí Minh": "vm ", "Quảng Ninh": "vm ", "Huế": "vm ",
    "Đà Nẵng": "vm ", "Paris": "fr ", "London": "enk", "Roma": "it ", "Tokyo": "ja ", "Quảng Châu": "cc ",
    "New Haven": "ctu", "Berkeley": "cau", "New York": "nyu", "Cambridge": "enk", "Philadelphia": "pau",
    "Cẩm Phả": "vm ", "Cambridge, Mass.": "mau",
}  # fmt: skip
# The three-digit form of 245 indicator 2: characters to skip for filing.
_ARTICLES = {"eng": ("The ", "A ", "An "), "fre": ("L'", "La ", "Le ", "Les ", "Un ", "Une ")}


@dataclass(frozen=True, slots=True)
class Item:
    """One copy: ``status`` is one of available, on_loan, reference_only, lost."""

    barcode: str
    branch: str
    location: str
    shelf: str
    call_class: str
    call_mark: str
    status: str
    copy_number: int

    @property
    def call_number(self) -> str:
        """The call number as it stands on the spine label."""
        return " ".join(part for part in (self.shelf, self.call_class, self.call_mark) if part)


def is_author(contributor: Contributor) -> bool:
    """Whether the role makes a main entry rather than an added one."""
    return contributor.role in _AUTHOR_ROLES


def leader_of(work: Work) -> str:
    """The leader; lengths and base address are left at zero for the writer to fill."""
    return f"00000n{_LEVELS[work.material_type]} a2200000 a 4500"


def field_008(work: Work, entered: str) -> str:
    """Field 008 (40 characters); ``entered`` is yymmdd."""
    start = f"{work.year:04d}" if work.year else "uuuu"
    if work.material_type == "serial":
        kind, end = ("d", f"{work.year_end:04d}") if work.year_end else ("c", "9999")
    elif work.volumes > 1:
        kind, end = "m", "uuuu"
    else:
        kind, end = ("s", "    ") if work.year else ("n", "uuuu")
    middle = [" "] * 17
    if work.children and work.material_type != "map":
        middle[4] = "j"
    if work.material_type == "thesis":
        middle[6] = "m"
    elif work.material_type == "audiobook":
        middle[12] = "f"
    elif work.material_type == "video":
        middle[15] = "v"
    elif work.material_type == "picture":
        middle[15] = "i"
    elif work.material_type == "map":
        middle[7] = "a"
    country = _COUNTRIES.get(work.place, "vm " if work.language in ("vie", "chi") else "xx ")
    return f"{entered}{kind}{start}{end}{country}{''.join(middle)}{work.language} d"


def describe(
    work: Work, *, control_number: str, library: str, entered: str, hosts: dict[str, tuple[str, str]]
) -> Record:
    """The full record of ``work`` without items.

    ``hosts`` maps the key of a host to its title and its control number in the same library ("" where the
    library does not hold it).
    """
    fields = [
        Field("001", data=control_number),
        Field("003", data=library),
        Field("008", data=field_008(work, entered)),
        Field("040", subfields=(("a", library), ("b", "vie"), ("e", "AACR2"))),
    ]
    if work.original_language:
        fields.append(Field("041", "1", " ", (("a", work.language), ("h", work.original_language))))
    if work.ddc:
        fields.append(Field("082", "0", "4", (("2", "23"), ("a", work.ddc))))
    fields += _headings(work)
    if work.original_title:
        fields.append(Field("240", "1", "0", (("a", work.original_title),)))
    fields.append(_title(work))
    if work.original_script and work.language == "vie":
        fields.append(Field("246", "1", "1", (("a", work.original_script),)))
    if work.edition:
        fields.append(Field("250", subfields=(("a", work.edition),)))
    if work.scale:
        fields.append(Field("255", subfields=(("a", f"Tỷ lệ {work.scale}"),)))
    fields += _imprint(work)
    if work.volumes > 1 and not work.part:
        fields.append(Field("300", subfields=(("a", f"{work.volumes} tập"),)))
    fields.append(Field("500", subfields=(("a", SAMPLE_NOTE),)))
    if work.composed:
        fields.append(Field("500", subfields=(("a", COMPOSED_NOTE),)))
    elif work.year and not work.publisher and work.material_type == "book":
        fields.append(Field("500", subfields=(("a", FIRST_YEAR_NOTE),)))
    if work.children:
        fields.append(Field("521", subfields=(("a", "Thiếu nhi"),)))
    if work.material_type == "thesis":
        fields.append(Field("502", subfields=(("a", "Luận văn thạc sĩ (mẫu)"),)))
    fields += [Field("650", " ", "7", (("a", s), ("2", "btkvn"))) for s in work.subjects]
    fields += [Field("651", " ", "7", (("a", p), ("2", "btkvn"))) for p in work.places]
    fields += [Field("653", subfields=(("a", k),)) for k in work.keywords]
    if work.material_type == "audiobook":
        fields.append(Field("655", " ", "7", (("a", "Sách nói"), ("2", "local"))))
    fields += _added_entries(work)
    if work.host:
        title, number = hosts[work.host]
        host = [("t", title)]
        if work.year:
            host.append(("g", f"Năm {work.year}"))
        if number:
            host.append(("w", f"({library}){number}"))
        fields.append(Field("773", "0", " ", tuple(host)))
    if work.online:
        fields.append(Field("856", "4", "1", (("u", work.online), ("y", "Bản số hóa mẫu"))))
    if work.original_script:
        fields.append(Field("880", "1", "0", (("6", "245-01/$1"), ("a", work.original_script))))
    return Record(leader_of(work), tuple(sorted(fields, key=lambda f: f.tag)))


def _heading(tag_person: str, tag_body: str, ind2: str, contributor: Contributor, *, added: bool) -> Field:
    role = [("e", contributor.role)] if added and contributor.role else []
    if contributor.corporate:
        return Field(tag_body, "2", ind2, (("a", contributor.name), *role))
    dates = [("d", contributor.dates)] if contributor.dates else []
    name = contributor.name + ("," if dates or role else "")
    return Field(tag_person, "0", ind2, (("a", name), *dates, *role))


def _headings(work: Work) -> list[Field]:
    main = next((a for a in work.authors if is_author(a)), None)
    return [_heading("100", "110", " ", main, added=False)] if main else []


def _added_entries(work: Work) -> list[Field]:
    main = next((a for a in work.authors if is_author(a)), None)
    return [_heading("700", "710", " ", a, added=not is_author(a)) for a in work.authors if a is not main]


def _title(work: Work) -> Field:
    skip = next((len(a) for a in _ARTICLES.get(work.language, ()) if work.title.startswith(a)), 0)
    parts: list[tuple[str, str]] = []
    if work.original_script:
        parts.append(("6", "880-01"))
    parts.append(("a", work.title))
    if work.part:
        parts.append(("n", work.part))
    if work.subtitle:
        parts.append(("b", work.subtitle))
    if work.responsibility:
        parts.append(("c", work.responsibility))
    return Field("245", "1" if any(is_author(a) for a in work.authors) else "0", str(skip), _isbd(parts))


def _isbd(parts: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Subfields of 245 with the ISBD mark of the next subfield at the end of each."""
    marks = {"b": " :", "c": " /", "n": "."}
    out = []
    for i, (code, value) in enumerate(parts):
        following = parts[i + 1][0] if i + 1 < len(parts) else ""
        out.append((code, value if code == "6" else value + marks.get(following, "")))
    return tuple(out)


def _imprint(work: Work) -> list[Field]:
    year = ""
    if work.year:
        year = f"{work.year}-{work.year_end or ''}" if work.material_type == "serial" else str(work.year)
    parts: list[tuple[str, str]] = []
    if work.place:
        parts.append(("a", work.place + (" :" if work.publisher else "," if year else "")))
    if work.publisher:
        parts.append(("b", work.publisher + ("," if year else "")))
    if year:
        parts.append(("c", year))
    return [Field("260", subfields=tuple(parts))] if parts else []


def item_852(library: str, item: Item) -> Field:
    """The item in MARC 21's own field: one 852 a copy."""
    parts = [("a", library), ("b", item.branch), ("c", item.location)]
    if item.shelf:
        parts.append(("k", item.shelf))
    parts += [
        ("h", item.call_class),
        ("i", item.call_mark),
        ("p", item.barcode),
        ("t", str(item.copy_number)),
    ]
    if item.status == "lost":
        parts.append(("z", "Mất"))
    elif item.status == "reference_only":
        parts.append(("z", "Chỉ đọc tại chỗ"))
    return Field("852", "0", "1", tuple((c, v) for c, v in parts if v))


def item_952(library: str, item: Item, acquired: str, due: str) -> Field:
    """The item in the field of a widely used open-source system; ``acquired`` and ``due`` are yyyy-mm-dd."""
    parts = [
        ("a", library),
        ("b", item.branch),
        ("c", item.location),
        ("d", acquired),
        ("o", item.call_number),
    ]
    parts += [("p", item.barcode), ("t", str(item.copy_number)), ("y", "BK")]
    if item.status == "on_loan":
        parts.append(("q", due))
    parts.append(("1", "1" if item.status == "lost" else "0"))
    parts.append(("7", "1" if item.status == "reference_only" else "0"))
    return Field("952", subfields=tuple(parts))
