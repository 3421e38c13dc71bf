"""Control fields, numbers, languages, content and carrier, notes, host item, electronic locations, 880."""

from __future__ import annotations

from typing import Final

from lienthu.foundation.marc.describe import people, publication, subjects, titles
from lienthu.foundation.marc.describe.gather import Gathered, Handler, Handlers
from lienthu.foundation.marc.describe.identifiers import isbn13, isbns_in, issn
from lienthu.foundation.marc.describe.isbd import trim
from lienthu.foundation.marc.describe.languages import marc_languages
from lienthu.foundation.marc.describe.values import Host, Link
from lienthu.foundation.marc.model import Field

_LINK_KINDS: Final = {"0": "resource", "1": "version", "2": "related"}
_LINK_WORDS: Final = (
    ("contents", ("table of contents", "mục lục", "muc luc", "inhaltsverzeichnis", "table des matières")),
    ("cover", ("cover", "bìa", "thumbnail", "ảnh đại diện")),
    (
        "related",
        (
            "description",
            "biograph",
            "sample",
            "excerpt",
            "review",
            "giới thiệu",
            "đọc thử",
            "finding aid",
            "abstract",
        ),
    ),
)
_LONGEST_URL: Final = 2000


def _number(g: Gathered, field: Field) -> None:
    g.number = g.number or field.data.strip()


def _f006(g: Gathered, field: Field) -> None:
    g.f006 = g.f006 or field.data


def _f007(g: Gathered, field: Field) -> None:
    g.f007 += " " + field.data[:2]


def _f008(g: Gathered, field: Field) -> None:
    g.f008 = g.f008 or field.data


def _isbn(g: Gathered, field: Field) -> None:
    for code, value in field.subfields:
        if code == "a":
            valid, wrong = isbns_in(value)
            g.isbns += valid
            g.isbns_other += wrong
        elif code == "z":
            valid, wrong = isbns_in(value)
            g.isbns_other += valid + wrong


def _issn(g: Gathered, field: Field) -> None:
    for code, value in field.subfields:
        if (code == "a" or code == "l") and (number := issn(value)):
            g.issns.append(number)


def _other_standard_number(g: Gathered, field: Field) -> None:
    if field.ind1 == "3" and (number := isbn13(field.first("a"))):
        g.isbns.append(number)


def _national_number(g: Gathered, field: Field) -> None:
    for code, value in field.subfields:
        if code == "a" and (number := value.strip()):
            g.national_numbers.append(number)


def _language(g: Gathered, field: Field) -> None:
    for code, value in field.subfields:
        if code == "a" or code == "d":
            g.languages += marc_languages(value)


def _content(g: Gathered, field: Field) -> None:
    if not g.content:
        g.content = field.first("b").strip() or field.first("a").strip()


def _carrier(g: Gathered, field: Field) -> None:
    for code, value in field.subfields:
        if code == "b" or code == "a":
            g.carrier += " " + value


def _note(g: Gathered, field: Field) -> None:
    text = trim(" ".join([v.strip() for c, v in field.subfields if c.isalpha() and c not in "uw"]))
    if text:
        g.notes.append(text)


def _summary(g: Gathered, field: Field) -> None:
    text = " ".join([v.strip() for c, v in field.subfields if c == "a" or c == "b"])
    if text:
        g.summary = f"{g.summary}\n{text}" if g.summary else text.strip()


def _contents(g: Gathered, field: Field) -> None:
    text = " ".join([v.strip() for c, v in field.subfields if c in "agrt"])
    if text:
        g.contents = f"{g.contents}\n{text}" if g.contents else text.strip()


def _audience(g: Gathered, field: Field) -> None:
    g.audience_words += " | " + field.first("a")
    _note(g, field)


def _host(g: Gathered, field: Field) -> None:
    host, when = _linked(field)
    if not any(host):
        return
    g.fallback_year_texts += when
    if g.host is None:
        g.host = host


def _neighbour(g: Gathered, field: Field) -> None:
    host, _ = _linked(field)
    if host.title or host.issn or host.control_number:
        g.succession.append(host)


def _linked(field: Field) -> tuple[Host, list[str]]:
    """What a linking entry names, and where it may state a year."""
    title = author = uniform = number = issn_ = isbn = part = relation = imprint = ""
    for code, value in field.subfields:
        if code == "t":
            title = title or trim(value)
        elif code == "a":
            author = trim(value)
        elif code == "s":
            uniform = trim(value)
        elif code == "g":
            part = f"{part}, {trim(value)}" if part else trim(value)
        elif code == "d":
            imprint = trim(value)
        elif code == "w":
            number = number or value.rpartition(")")[2].strip()
        elif code == "x":
            issn_ = issn(value)
        elif code == "z":
            isbn = isbn13(value.strip())
        elif code == "i":
            relation = trim(value)
    host = Host(title or uniform or author, number, issn_, isbn, part or imprint, relation)
    return host, [t for t in (part, imprint) if t]


def _link(g: Gathered, field: Field) -> None:
    urls: list[str] = []
    label = ""
    words = ""
    for code, value in field.subfields:
        if code == "u":
            urls.append(value)
        elif code == "y":
            label = trim(value)
            words += " " + value
        elif code == "3" or code == "z":
            label = label or trim(value)
            words += " " + value
    if not urls:
        return
    kind = _LINK_KINDS.get(field.ind2, "resource")
    if words and field.ind2 != "0":
        words = words.lower()
        for named, signs in _LINK_WORDS:
            if any(sign in words for sign in signs):
                kind = named
                break
    for url in urls:
        url = url.strip().partition(" ")[0]
        if url[:4].lower() == "www.":
            url = "http://" + url
        if url[:8].lower().startswith(("http://", "https://")) and 10 < len(url) <= _LONGEST_URL:
            g.links.append(Link(url, label, kind))


def _original_title(g: Gathered, field: Field) -> None:
    title, _, _, part, responsibility, parallel, _ = titles.read_title(field)
    if g.original_script:
        g.other_titles.append(title)
    else:
        g.original_script = f"{title}. {part}" if part and title else title or part
    if parallel:
        g.other_titles.append(parallel)
    if responsibility:
        g.other_names.append(responsibility)


def _original_person(g: Gathered, field: Field) -> None:
    g.other_names.append(people.read_person(field).name)


def _original_body(g: Gathered, field: Field) -> None:
    g.other_names.append(people.read_body(field).name)


def _original_subject(g: Gathered, field: Field) -> None:
    if text := subjects.heading(field):
        g.subjects.append(text)


_ORIGINAL_SCRIPT: Final[dict[str, Handler]] = {
    "245": _original_title,
    **dict.fromkeys(("130", "210", "222", "240", "242", "246", "247", "730", "740"), titles.variant_title),
    **dict.fromkeys(("100", "700", "720"), _original_person),
    **dict.fromkeys(("110", "111", "710", "711"), _original_body),
    **dict.fromkeys(("600", "610", "611", "630", "650", "651", "655"), _original_subject),
    "440": titles.series,
    "490": titles.series,
    "505": _contents,
    "520": _summary,
    "500": _note,
}


def _alternate_graphic(g: Gathered, field: Field) -> None:
    """880: the same field in its original script; $6 names the field it stands for ("245-01/$1")."""
    tag = field.first("6")[:3]
    handler = _ORIGINAL_SCRIPT.get(tag)
    if handler is not None:
        handler(g, field._replace(tag=tag))


# Not 541, 542, 561, 563, 583 and 59X: provenance, prices and local working notes are not for the public.
_NOTES: Final = (
    "500 501 504 507 508 510 511 513 515 516 518 522 525 530 533 534 535 536 538 540 544 545 546 547 550"
    " 555 556 562 580 581 585 586 588"
)
HANDLERS: Final[Handlers] = {
    "001": _number,
    "006": _f006,
    "007": _f007,
    "008": _f008,
    "010": _national_number,
    "015": _national_number,
    "016": _national_number,
    "020": _isbn,
    "022": _issn,
    "024": _other_standard_number,
    "041": _language,
    "336": _content,
    "338": _carrier,
    **dict.fromkeys(
        _NOTES.split(),
        _note,
    ),
    "505": _contents,
    "520": _summary,
    "521": _audience,
    "773": _host,
    "780": _neighbour,
    "785": _neighbour,
    "856": _link,
    "880": _alternate_graphic,
    **titles.HANDLERS,
    **people.HANDLERS,
    **publication.HANDLERS,
    **subjects.HANDLERS,
}
