"""From the named cells of a row to the fields of a MARC 21 record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from lienthu.foundation.marc.describe.identifiers import isbns_in, issn
from lienthu.foundation.marc.describe.isbd import trim
from lienthu.foundation.marc.describe.languages import marc_language
from lienthu.foundation.marc.describe.publication import read_imprint
from lienthu.foundation.marc.describe.titles import read_title
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.problems import Problem
from lienthu.foundation.marc.tabular.items import item_fields
from lienthu.foundation.marc.tabular.names import name_fields
from lienthu.foundation.vietnamese.dates import year_of
from lienthu.foundation.vietnamese.fold import fold

# Leader/06-07 by the words of a material type column, folded; the first that fits decides.
_TYPES: Final = (
    (re.compile(r"luan (?:an|van)|khoa luan|do an|thesis|dissert"), "am"),
    (re.compile(r"bai (?:trich|bao|viet)|article"), "aa"),
    (re.compile(r"sach noi|audiobook|audio book"), "im"),
    (
        re.compile(r"\bbao\b|tap chi|an pham (?:dinh ki|dinh ky)|serial|journal|periodical|newspaper|magazine"),
        "as",
    ),
    (re.compile(r"ban do|\bmap"), "em"),
    (re.compile(r"ban nhac|score"), "cm"),
    (re.compile(r"video|phim|dvd|vcd|bang hinh"), "gm"),
    (re.compile(r"am thanh|bang (?:tu|cat)|audio|\bdia nhac|ghi am"), "jm"),
    (re.compile(r"dien tu|cd-?rom|electronic|e-?book|\bso hoa|\bpdf"), "mm"),
    (re.compile(r"tranh|\banh\b|picture|photo|poster"), "km"),
    (re.compile(r"han nom|ban thao|viet tay|manuscript"), "tm"),
    (re.compile(r"hien vat|do choi|mo hinh|game|object|realia"), "rm"),
)
MANY: Final = frozenset(
    "author other_authors isbn issn language classification summary subjects keywords notes barcode url series".split()
)
"""What several columns may hold; of anything else a record has one."""
_DEWEY: Final = re.compile(r"[0-9]{3}(?:[./][0-9./']+)?(?:\s.*)?")
_SIZE: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?(?:\s*[x×]\s*[0-9]+(?:[.,][0-9]+)?)?\s*(?:cm|mm)?", re.IGNORECASE)
_NUMBERS: Final = frozenset({"year", "extent", "dimensions", "volume", "edition", "price", "control_number"})
_WEB: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_CUT_NUMBER: Final = re.compile(r"[0-9][.,][0-9]+E\+1[0-9]", re.IGNORECASE)


def pieces(texts: list[str], marks: str = ";") -> list[str]:
    """The parts of cells, cut at ``marks`` and at line ends, without empty ones."""
    cut = re.compile(f"[{re.escape(marks)}\n]")
    return [part for text in texts for piece in cut.split(text) if (part := piece.strip())]


class Builder:
    """Builds one record; what it had to mend is in ``problems`` afterwards."""

    def __init__(self, values: Mapping[str, list[str]], *, language: str, entered: date | None) -> None:
        self.values = values
        self.language = language
        self.entered = entered
        self.problems: list[Problem] = []
        self.fields: list[Field] = []

    def record(self) -> Record:
        """The record, its fields in the order of their tags."""
        place, publisher, date_text = self._imprint()
        languages = self._languages()
        leader_type = self._leader_type()
        self._numbers()
        if len(languages) > 1:
            self._add("041", "1 ", *[("a", code) for code in languages])
        self._classification()
        entries = name_fields(pieces(self.values.get("author", [])), pieces(self.values.get("other_authors", [])))
        self.fields += entries
        self._title(has_main_entry=any(f.tag[0] == "1" for f in entries))
        self._add("250", "  ", ("a", self._one("edition")))
        self._published(place, publisher, date_text)
        self._extent()
        for text in pieces(self.values.get("series", []), "\n"):
            head, _, volume = text.partition(" ; ")
            self._add("490", "0 ", ("a", f"{head} ;" if volume else head), ("v", volume))
        for text in self.values.get("notes", []):
            self._add("500", "  ", ("a", text))
        self._add("520", "  ", ("a", "\n".join(self.values.get("summary", []))))
        self._subjects()
        self._host()
        for url in pieces(self.values.get("url", []), " "):
            if _WEB.fullmatch(url):
                self._add("856", "40", ("u", url))
            else:
                self._add("500", "  ", ("a", url))
        self.fields += item_fields(self.values, self.problems)
        fixed = self._fixed_field(date_text, languages, leader_type)
        control = [Field("001", data=number)] if (number := self._one("control_number")) else []
        ordered = sorted(self.fields, key=lambda f: f.tag)
        leader = f"00000n{leader_type} a2200000 i 4500"
        return Record(leader, (*control, Field("008", data=fixed), *ordered))

    def _one(self, name: str) -> str:
        text = " ".join(self.values[name][0].split()) if self.values.get(name) else ""
        if name in _NUMBERS and text.endswith(".0") and text[:-2].isdigit():
            return text[:-2]  # a spreadsheet's number saved as text
        return text

    def _add(self, tag: str, indicators: str, *subfields: tuple[str, str]) -> None:
        kept = tuple([(code, flat) for code, value in subfields if (flat := " ".join(value.split()))])
        if kept:
            self.fields.append(Field(tag, indicators[0], indicators[1], kept))

    def _leader_type(self) -> str:
        words = fold(self._one("material_type"))
        for pattern, found in _TYPES:
            if words and pattern.search(words):
                return found
        return "aa" if self._one("host_title") else "am"

    def _fixed_field(self, date_text: str, languages: list[str], leader_type: str) -> str:
        """008: 40 characters; what a list does not tell is coded "no attempt to code"."""
        entered = f"{self.entered:%y%m%d}" if self.entered else "000000"
        year = year_of(date_text) if date_text else None
        if leader_type[1] == "s":
            dates = f"c{year:04}9999" if year else "cuuuuuuuu"
        else:
            dates = f"s{year:04}    " if year else "nuuuuuuuu"
        language = languages[0] if languages else "und"
        country = "vm " if language == "vie" else "xx "
        middle = ["|"] * 17
        if leader_type[0] == "a" and leader_type[1] == "m" and "luan" in fold(self._one("material_type")):
            middle[6] = "m"  # 008/24: thesis
        return f"{entered}{dates}{country}{''.join(middle)}{language} d"

    def _languages(self) -> list[str]:
        codes: list[str] = []
        for text in pieces(self.values.get("language", []), ";,/&-"):
            code = marc_language(text)
            if code:
                codes.append(code)
            else:
                self._add("546", "  ", ("a", text))
        return list(dict.fromkeys(codes)) or ([self.language] if self.language else [])

    def _numbers(self) -> None:
        price = self._one("price")
        found = False
        for text in self.values.get("isbn", []):
            valid, wrong = isbns_in(text)
            for number in valid:
                self._add("020", "  ", ("a", number), ("c", "" if found else price))
                found = True
            if not valid and not wrong:
                wrong = [text]
            lost = _CUT_NUMBER.fullmatch(text.strip())
            for number in [text] if lost else wrong:
                self.problems.append(Problem("digits-lost" if lost else "isbn", text))
                self._add("020", "  ", ("z", number))
        if price and not found:
            self._add("020", "  ", ("c", price))
        for text in self.values.get("issn", []):
            if number := issn(text):
                self._add("022", "  ", ("a", number))
            else:
                self.problems.append(Problem("issn", text))
                self._add("022", "  ", ("y", text))

    def _classification(self) -> None:
        for text in pieces(self.values.get("classification", [])):
            if _DEWEY.fullmatch(text):
                self._add("082", "04", ("a", text), ("2", "23"))
            else:
                self._add("084", "  ", ("a", text))

    def _title(self, *, has_main_entry: bool) -> None:
        whole = self._one("title")
        _, proper, subtitle, _, responsibility, parallel, _ = read_title(Field("245", subfields=(("a", whole),)))
        if own := self._one("subtitle"):
            subtitle = f"{subtitle} : {own}" if subtitle else own
        if not responsibility:
            names = pieces(self.values.get("author", []), "\n") + pieces(self.values.get("other_authors", []), "\n")
            responsibility = " ; ".join(names)
        part = "" if self._one("host_title") else self._one("volume")
        if part.isdigit():
            part = f"Tập {part}"
        proper = proper or whole
        values = [("a", proper), ("=", parallel), ("b", subtitle), ("n", part), ("c", responsibility)]
        given = [(code, value) for code, value in values if value]
        marks = {"=": " =", "b": " :", "n": ".", "c": " /"}
        subfields = []
        for i, (code, value) in enumerate(given):
            after = marks[given[i + 1][0]] if i + 1 < len(given) else ""
            if after == "." and value.endswith("."):
                after = ""
            subfields.append(("b" if code == "=" else code, value + after))
        self._add("245", "10" if has_main_entry else "00", *subfields)

    def _imprint(self) -> tuple[str, str, str]:
        """Place, publisher and date; "H. : Văn học, 1998" in the publisher column is taken apart."""
        place, publisher, date_text = self._one("place"), self._one("publisher"), self._one("year")
        if publisher and not place and " : " in publisher:
            place, publisher, found = read_imprint(Field("260", subfields=(("a", publisher),)))
            date_text = date_text or found
        return trim(place), trim(publisher), date_text

    def _published(self, place: str, publisher: str, date_text: str) -> None:
        given = [(c, v) for c, v in (("a", place), ("b", publisher), ("c", date_text)) if v]
        marks = {"b": " :", "c": ","}
        self._add(
            "264",
            " 1",
            *((c, v + (marks[given[i + 1][0]] if i + 1 < len(given) else "")) for i, (c, v) in enumerate(given)),
        )

    def _extent(self) -> None:
        extent, size = self._one("extent"), self._one("dimensions")
        if extent.isdigit():
            extent = f"{extent} tr."
        if size and size[-1].isdigit() and _SIZE.fullmatch(size):
            size = f"{size} cm"
        self._add("300", "  ", ("a", f"{extent} ;" if extent and size else extent), ("c", size))

    def _subjects(self) -> None:
        for text in pieces(self.values.get("subjects", [])):
            head, *rest = [p.strip() for p in re.split(r"\s+(?:--|–|—)\s+|--", text)]
            self._add("650", " 4", ("a", head), *[("x", p) for p in rest])
        for text in pieces(self.values.get("keywords", []), ";,"):
            self._add("653", "  ", ("a", text))

    def _host(self) -> None:
        if title := self._one("host_title"):
            self._add("773", "0 ", ("t", title), ("g", self._one("volume")))
