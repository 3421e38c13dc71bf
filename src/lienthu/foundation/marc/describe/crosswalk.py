"""`describe`: one pass over the fields, then the decisions that need several of them."""

from __future__ import annotations

from functools import lru_cache

from lienthu.foundation.marc.describe.gather import Gathered
from lienthu.foundation.marc.describe.languages import marc_language
from lienthu.foundation.marc.describe.material import for_children, is_online, material_type
from lienthu.foundation.marc.describe.people import merged
from lienthu.foundation.marc.describe.publication import vietnamese_place
from lienthu.foundation.marc.describe.rest import HANDLERS
from lienthu.foundation.marc.describe.values import Description
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.normalise import canonical_rows, field_of_row
from lienthu.foundation.vietnamese.dates import year_of, year_of_008


def describe(record: Record) -> Description:
    """What ``record`` (MARC 21 bibliographic) says, in the terms of display, matching and search.

    Text is taken as it stands: records are NFC and clean after `normalise`. Never raises: a damaged field
    leaves its value empty. The rules for each value are those of `Description`.
    """
    g = Gathered()
    handlers = HANDLERS
    for field in record.fields:
        handler = handlers.get(field[0])
        if handler is not None:
            handler(g, field)
    return _described(record.leader, g)


def describe_canonical(text: str | bytes) -> Description:
    """What `describe` says of the record whose canonical text this is, without making the record.

    An index is built from the texts of millions of records, and most of their fields, the copies above all, say
    nothing here. ``text`` is one of :func:`lienthu.foundation.marc.normalise.canonical`.
    """
    leader, rows = canonical_rows(text)
    g = Gathered()
    handlers = HANDLERS
    for row in rows:
        handler = handlers.get(row[0])
        if handler is not None:
            handler(g, field_of_row(row))
    return _described(leader, g)


def _described(leader: str, g: Gathered) -> Description:
    title, proper = g.title, g.title_proper
    other_titles = g.other_titles
    if not title:
        if g.original_script:
            title = proper = g.original_script
        elif other_titles:
            title = proper = other_titles[0]
    f008 = g.f008
    languages = g.languages
    if code := marc_language(f008[35:38]):
        languages.append(code)
    place = g.place
    if place and len(place) <= 20 and (not languages or "vie" in languages):
        place = vietnamese_place(place)

    return Description(
        title=title,
        title_proper=proper,
        subtitle=g.subtitle,
        part=g.part,
        responsibility=g.responsibility,
        title_original_script=g.original_script,
        other_titles=_unique(other_titles, but=title) if other_titles else (),
        authors=merged(g.authors),
        other_names=_unique(g.other_names) if g.other_names else (),
        publisher=g.publisher,
        place=place,
        year=_year(g),
        date_text=g.date_text,
        edition=g.edition,
        extent=g.extent,
        series=_unique(g.series) if g.series else (),
        series_volume=g.series_volume,
        languages=_unique(languages),
        material_type=material_type(leader, g),
        subjects=_unique(g.subjects) if g.subjects else (),
        places=_unique(g.places) if g.places else (),
        classification=_classification(g.classification) if g.classification else (),
        isbns=_unique(g.isbns) if g.isbns else (),
        isbns_other=_unique(g.isbns_other) if g.isbns_other else (),
        issns=_unique(g.issns) if g.issns else (),
        national_numbers=_unique(g.national_numbers) if g.national_numbers else (),
        control_number=g.number,
        summary=g.summary,
        contents=g.contents,
        notes=tuple(g.notes),
        links=tuple(g.links),
        online=is_online(leader, g),
        host=g.host,
        set_link=g.set_link,
        original_title=g.original_title,
        audience_children=for_children(leader, g),
        acquired=_entered(f008[:6]),
        scale=g.scale,
        succession=tuple(g.succession),
    )


def _unique(values: list[str], but: str = "") -> tuple[str, ...]:
    return tuple([v for v in dict.fromkeys(values) if v and v != but])


def _classification(numbers: list[tuple[int, str]]) -> tuple[str, ...]:
    if len(numbers) > 1:
        numbers.sort(key=lambda n: n[0])
    return tuple(dict.fromkeys([n[1] for n in numbers]))


def _year(g: Gathered) -> int | None:
    year = year_of_008(g.f008) if g.f008 else None
    if year is None and g.date_text:
        year = year_of(g.date_text)
    if year is None:
        for text in g.fallback_year_texts:
            year = year_of(text)
            if year is not None:
                break
    return year


@lru_cache(maxsize=20_000)
def _entered(yymmdd: str) -> str:
    """008/00-05 as yyyy-mm-dd. MARC begins in the 1960s, so 65 to 99 are of the last century."""
    if len(yymmdd) != 6 or not (yymmdd.isascii() and yymmdd.isdigit()):
        return ""
    yy, month, day = int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    if not (1 <= month <= 12 and 1 <= day <= (29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31)):
        return ""
    year = yy + (1900 if yy >= 65 else 2000)
    if month == 2 and day == 29 and year % 4:  # 2000 was a leap year, 1900 is out of range
        return ""
    return f"{year}-{month:02}-{day:02}"
