"""CSL JSON 1.0.2, the item format of citation processors."""

from __future__ import annotations

from typing import Any, Final

from lienthu.foundation.marc.describe.values import Description
from lienthu.foundation.marc.export.bibtex import citation_key
from lienthu.foundation.marc.export.contributors import Name, contributors
from lienthu.foundation.marc.export.parts import (
    first_page_count,
    full_title,
    is_newspaper,
    place_in_host,
    safe,
    thesis_note,
)

_TYPES: Final = {
    "book": "book",
    "serial": "periodical",
    "article": "article-journal",
    "map": "map",
    "score": "musical_score",
    "audio": "song",
    "audiobook": "book",
    "video": "motion_picture",
    "picture": "graphic",
    "electronic": "document",
    "thesis": "thesis",
    "manuscript": "manuscript",
    "kit": "document",
    "object": "document",
    "mixed": "collection",
}
_BCP47: Final = {
    "vie": "vi", "eng": "en", "fre": "fr", "rus": "ru", "chi": "zh", "ger": "de", "jpn": "ja", "kor": "ko",
    "lao": "lo", "khm": "km", "tha": "th", "spa": "es", "ita": "it", "por": "pt", "heb": "he", "ara": "ar",
}  # fmt: skip


def _name(name: Name) -> dict[str, str]:
    if not name.family:
        return {"literal": name.literal}
    parts = {"family": name.family, "given": name.given}
    return {**parts, "suffix": name.suffix} if name.suffix else parts


def to_csl_json(desc: Description) -> dict[str, Any]:
    """``desc`` as one CSL item. Vietnamese names and bodies are literals, never cut to initials."""
    people = contributors(desc)
    host = desc.host if desc.material_type == "article" else None
    kind = _TYPES[desc.material_type]
    if host:
        kind = "article-newspaper" if is_newspaper(host.title) else "chapter" if host.isbn else kind
    item: dict[str, Any] = {
        "id": desc.control_number or citation_key(desc),
        "type": kind,
        "title": safe(full_title(desc)),
        "author": [_name(n) for n in people.authors],
        "editor": [_name(n) for n in people.editors],
        "translator": [_name(n) for n in people.translators],
        "publisher": safe(desc.publisher),
        "publisher-place": safe(desc.place),
        "edition": safe(desc.edition),
        "number-of-pages": "" if host else first_page_count(desc.extent),
        "ISBN": desc.isbns[0] if desc.isbns else "",
        "ISSN": desc.issns[0] if desc.issns else "",
        "language": _BCP47.get(desc.languages[0], desc.languages[0]) if desc.languages else "",
        "abstract": safe(desc.summary),
        "URL": desc.links[0].url if desc.links else "",
        "keyword": safe(", ".join(desc.subjects)),
    }
    if desc.year is not None:
        item["issued"] = {"date-parts": [[desc.year]]}
    elif desc.date_text:
        item["issued"] = {"literal": safe(desc.date_text)}
    if host:
        place = place_in_host(host.part)
        item |= {
            "container-title": safe(host.title),
            "volume": place.volume,
            "issue": place.issue,
            "page": place.pages.replace("–", "-"),
        }
        item["ISSN"] = item["ISSN"] or host.issn
        item["ISBN"] = item["ISBN"] or host.isbn
    elif desc.series:
        item |= {"collection-title": safe(desc.series[0]), "collection-number": safe(desc.series_volume)}
    if desc.material_type == "thesis":
        item["genre"] = safe(thesis_note(desc))
    return {key: value for key, value in item.items() if value}
