"""From simple Dublin Core (oai_dc) to MARC 21, after the Library of Congress crosswalk, marked as such.

Dublin Core says less than MARC: a harvested description is a beginning. Field 042 holds ``dc``, the code of MARC 21 for
records made from Dublin Core, and 883 names the process, so that nobody takes it for a cataloguer's work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.vietnamese.text import clean

PROCESS: Final = "Dublin Core to MARC 21, Liên Thư 1"

# DCMI type vocabulary, DRIVER and COAR words, and what Vietnamese repositories write -> leader/06-07
_KINDS: Final = (
    (re.compile(r"moving ?image|video|phim", re.I), "gm"),
    (re.compile(r"sound|audio|âm thanh|ghi âm", re.I), "im"),
    (re.compile(r"still ?image|^image$|photo|tranh|ảnh", re.I), "km"),
    (re.compile(r"\bmap\b|bản đồ|cartographic", re.I), "em"),
    (re.compile(r"musical ?score|bản nhạc", re.I), "cm"),
    (re.compile(r"physical ?object|hiện vật", re.I), "rm"),
    (re.compile(r"^collection$", re.I), "pc"),
    (re.compile(r"dataset|software|interactive", re.I), "mm"),
    (re.compile(r"journal ?article|^article$|book ?part|conference|bài (?:báo|viết|trích)", re.I), "ab"),
    (re.compile(r"thesis|luận (?:văn|án)|dissertation", re.I), "tm"),
)  # fmt: skip
_THESIS: Final = re.compile(r"thesis|dissertation|luận (?:văn|án)|khóa luận|khoá luận", re.I)
_TWO_LETTERS: Final = {
    "vi": "vie", "en": "eng", "fr": "fre", "ru": "rus", "zh": "chi", "de": "ger", "ja": "jpn", "ko": "kor",
    "es": "spa", "lo": "lao", "km": "khm", "th": "tha",
}  # fmt: skip
_LANGUAGE_NAMES: Final = {
    "vietnamese": "vie",
    "tiếng việt": "vie",
    "việt nam": "vie",
    "english": "eng",
    "french": "fre",
}
_YEAR: Final = re.compile(r"(?<!\d)(1[0-9]{3}|20[0-9]{2})(?!\d)")
_ISBN: Final = re.compile(r"(?:urn:)?isbn[:\s-]*([0-9][0-9 \-]{8,16}[0-9Xx])", re.I)
_ISSN: Final = re.compile(r"(?:urn:)?issn[:\s-]*([0-9]{4}-?[0-9]{3}[0-9Xx])", re.I)
_DOI: Final = re.compile(r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)(10\.\S+)", re.I)
_WEB: Final = re.compile(r"https?://\S+", re.I)


def from_dublin_core(elements: Iterable[tuple[str, str]]) -> Record | None:
    """The description as a MARC record; None where nothing was said. ``elements``: local name and text, in order.

    Creators are kept in the order and form in which they are given: one with a comma is an inverted heading (first
    indicator 1), others stand in direct order (0). The first date that holds a year is the year.
    """
    said: dict[str, list[str]] = {}
    for name, text in elements:
        if (value := clean(text)) and value not in said.setdefault(name, []):
            said[name].append(value)
    if not any(said.values()):
        return None
    years = [m[1] for value in (*said.get("date", ()), *said.get("issued", ())) if (m := _YEAR.search(value))]
    languages = [code for value in said.get("language", ()) if (code := _language(value))]
    fields = [Field("008", data=_fixed(years[0] if years else "", languages[0] if languages else "und"))]
    fields += _identifiers(said.get("identifier", ()))
    fields += [Field("041", "0", " ", tuple(("a", code) for code in languages))] if len(languages) > 1 else []
    fields.append(Field("042", subfields=(("a", "dc"),)))
    fields += [_person("100", said["creator"][0])] if said.get("creator") else []
    titles = said.get("title") or []
    if titles:
        fields.append(Field("245", "1" if said.get("creator") else "0", "0", (("a", titles[0]),)))
        fields += [Field("246", "3", " ", (("a", title),)) for title in titles[1:]]
    imprint = [("b", value) for value in said.get("publisher", ())] + [("c", value) for value in years[:1]]
    fields += [Field("264", " ", "1", tuple(imprint))] if imprint else []
    fields += [Field("300", subfields=(("a", value),)) for value in said.get("format", ()) if "/" not in value]
    fields += [Field("500", subfields=(("a", value),)) for value in said.get("type", ()) if _THESIS.search(value)][:1]
    fields += [Field("520", subfields=(("a", value),)) for value in said.get("description", ())]
    fields += [Field("540", subfields=(("a", value),)) for value in said.get("rights", ())]
    fields += [Field("653", subfields=(("a", value),)) for value in said.get("subject", ())]
    fields += [Field("651", " ", "4", (("a", value),)) for value in said.get("coverage", ())]
    fields += [Field("655", " ", "7", (("a", value), ("2", "local"))) for value in said.get("type", ())]
    fields += [_person("700", name) for name in (*said.get("creator", ())[1:], *said.get("contributor", ()))]
    fields += [Field("786", "0", " ", (("n", value),)) for value in said.get("source", ())]
    fields += [
        Field("856", "4", "2", (("u", value),)) if _WEB.fullmatch(value) else Field("787", "0", " ", (("n", value),))
        for value in said.get("relation", ())
    ]
    links = [value for value in said.get("identifier", ()) if _WEB.fullmatch(value) and not _DOI.match(value)]
    fields += [Field("856", "4", "0", (("u", value),)) for value in links]
    fields.append(Field("883", "0", " ", (("a", PROCESS),)))
    return Record(f"00000n{_kind(said.get('type', ()))} a2200000 u 4500", tuple(fields))


def _kind(types: Iterable[str]) -> str:
    return next((code for value in types for pattern, code in _KINDS if pattern.search(value)), "am")


def _fixed(year: str, language: str) -> str:
    """Field 008: dates and language, everything else "no attempt to code" but the date of entry, which is nobody's."""
    return f"000000{f's{year}    ' if year else 'nuuuuuuuu'}xx {'|' * 17}{language}|d"


def _language(value: str) -> str:
    text = value.strip().lower()
    short = text.partition("-")[0].partition("_")[0]
    if short in _TWO_LETTERS:
        return _TWO_LETTERS[short]
    if len(text) == 3 and text.isascii() and text.isalpha():
        return text
    return _LANGUAGE_NAMES.get(text, "")


def _identifiers(values: Iterable[str]) -> list[Field]:
    """ISBN, ISSN and DOI in their fields; web addresses are links; all others are other standard numbers (024)."""
    out: list[Field] = []
    for value in values:
        if found := _ISBN.search(value):
            out.append(Field("020", subfields=(("a", found[1].strip()),)))
        elif found := _ISSN.search(value):
            out.append(Field("022", subfields=(("a", found[1]),)))
        elif found := _DOI.match(value):
            out.append(Field("024", "7", " ", (("a", found[1]), ("2", "doi"))))
        elif not _WEB.fullmatch(value):
            out.append(Field("024", "8", " ", (("a", value),)))
    return sorted(out, key=lambda f: f.tag)


def _person(tag: str, name: str) -> Field:
    return Field(tag, "1" if "," in name else "0", " ", (("a", name),))
