"""What the page of a publication shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.formats import time_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from lienthu.domain.catalog.languages import language_name, title_tag
from lienthu.domain.discovery.publications import MAX_EDITIONS, HoldingCopy, LibraryHolding, PublicationView, Related
from lienthu.domain.network.selectors import LibraryHours, Span
from lienthu.faces.web.portal.addresses import filtered_url
from lienthu.faces.web.portal.labels import CITATION_LABELS, MATERIAL_LABELS, STATUS_LABELS
from lienthu.faces.web.portal.works import full_title, online_links, original_tag, work_of_related, year_text
from lienthu.foundation.marc.describe import Description
from lienthu.foundation.marc.describe.values import Person
from lienthu.foundation.marc.export import STYLES, cite
from lienthu.foundation.vietnamese.names import direct_form

EXPORT_FORMATS: Final = (
    ("ris", "RIS (Zotero, Mendeley, EndNote)"),
    ("bibtex", "BibTeX"),
    ("marc", "MARC 21 (ISO 2709)"),
    ("marcxml", "MARCXML"),
    ("dc", "Dublin Core"),
    ("json", "JSON"),
)
_BARCODES_SHOWN = 6
_EDITIONS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class CopyLine:
    """Copies that stand together: same place, same call number, same state."""

    place: str
    call_number: str
    status: str
    kind: str
    copies: int
    note: str
    barcodes: str


@dataclass(frozen=True, slots=True)
class HoldingCard:
    """What one library holds, with its hours of today. ``hours`` is "" where nobody has entered any."""

    name: str
    code: str
    url: str
    area: str
    hours: str
    open_now: bool | None
    summary: str
    kind: str
    lines: tuple[CopyLine, ...]
    statements: tuple[str, ...]


def page_context(view: PublicationView, hours: dict[int, LibraryHours], now: datetime) -> dict[str, Any]:
    """The context of portal/record.html. ``hours`` by library id, ``now`` in local time."""
    d = view.description
    cards = [_card(rows, hours, now) for rows in _by_library(view.holdings)]
    cards.sort(key=lambda card: card.kind != "ok")
    whole = d.belongs_to
    counted = [c for h in view.holdings for c in h.copies]
    editions = [_edition(r) for r in view.editions]
    return {
        "view": view,
        "d": d,
        "title": full_title(d),
        "title_lang": title_tag(d.languages, get_language() or "vi"),
        "original_lang": original_tag(d),
        "year": year_text(d),
        "people": [_person(p, view.authorities) for p in d.authors],
        "by": d.responsibility or ", ".join(direct_form(p.name) or p.name for p in d.authors),
        "material_label": MATERIAL_LABELS.get(d.material_type, d.material_type),
        "pairs": pairs_of(d, view.authorities),
        "contents": [part for part in map(str.strip, d.contents.split(" -- ")) if part],
        "online": online_links(d),
        "other_links": [
            (link.url, link.label or link.url)
            for link in d.links
            if link.kind not in ("resource", "version") and link.url.lower().startswith(("http://", "https://"))
        ],
        "holdings": cards,
        "without_free": without_free_copy({c.status for c in counted}),
        "available": sum(c.copies for c in counted if c.status == "available"),
        "parts": [work_of_related(r) for r in view.parts if not _is_volume(r.description)],
        "volumes": [(work_of_related(r), _volume_of(r.description)) for r in view.parts if _is_volume(r.description)],
        "host": work_of_related(view.host) if view.host else None,
        "of_set": _is_volume(d),
        "host_part": whole.part if whole else "",
        "host_title": whole.title if whole else "",
        "editions": editions[:_EDITIONS_SHOWN],
        "more_editions": editions[_EDITIONS_SHOWN:],
        "editions_known": len(editions),
        "same_title_url": _same_title(d) if len(editions) >= MAX_EDITIONS else "",
        "citations": [
            {"style": style, "label": CITATION_LABELS.get(style, style), "text": cite(d, style, accessed=now.date())}
            for style in STYLES
        ],
        "exports": [(name, label) for name, label in EXPORT_FORMATS],
    }


def _is_volume(d: Description) -> bool:
    """Whether it belongs to a multi-volume set, not to a journal or a collection as an article does."""
    return d.set_link is not None and d.belongs_to is d.set_link


def _edition(related: Related) -> dict[str, Any]:
    """Another edition as portal/components/edition.html shows it (CLU-18)."""
    d, interface = related.description, get_language() or "vi"
    languages = ", ".join(language_name(code, interface) for code in d.languages)
    facts = [text for text in (d.publisher, languages, d.edition) if text]
    return {"work": work_of_related(related), "facts": " · ".join(facts), "libraries": related.libraries}


def _same_title(d: Description) -> str:
    """Where to look for those that are too many for the page."""
    words = (d.title_proper or d.title).replace('"', " ")
    return filtered_url({}, q=f'title:"{words}"')


def _volume_of(d: Description) -> str:
    """ "Tập 2", as the volume's record says it."""
    return (d.set_link.part if d.set_link else "") or d.part


def pairs_of(d: Description, authorities: Mapping[str, int]) -> list[dict[str, Any]]:
    """The description as label and value, for ui/components/pairs.html; what leads to more titles is a link."""
    language = get_language() or "vi"
    imprint = " : ".join(text for text in (d.place, d.publisher) if text)
    series = [f"{s} ; {d.series_volume}" if d.series_volume and len(d.series) == 1 else s for s in d.series]
    entries: list[dict[str, Any]] = [
        {"label": _("Persons and bodies"), "entries": [_person(p, authorities) for p in d.authors]},
        {"label": _("Other titles"), "entries": list(d.other_titles)},
        {"label": _("Published"), "value": ", ".join(text for text in (imprint, year_text(d)) if text)},
        {"label": _("Edition"), "value": d.edition},
        {"label": _("Extent"), "value": d.extent},
        {
            "label": _("Series"),
            "entries": [
                {"label": text, "url": filtered_url({}, q=f'"{name}"')}
                for text, name in zip(series, d.series, strict=True)
            ],
        },
        {
            "label": _("Language"),
            "entries": [
                {"label": language_name(code, language), "url": filtered_url({"language": code})}
                for code in d.languages
            ],
        },
        {"label": _("Subjects"), "entries": [_subject(s) for s in d.subjects]},
        {
            "label": _("Places"),
            "entries": [{"label": p, "url": filtered_url({}, q=f'subject:"{p}"')} for p in d.places],
        },
        {"label": _("Classification"), "value": " · ".join(d.classification)},
        {"label": "ISBN", "value": " · ".join((*d.isbns, *d.isbns_other))},
        {"label": "ISSN", "value": " · ".join(d.issns)},
        {"label": _("National bibliography number"), "value": " · ".join(d.national_numbers)},
        {"label": _("Notes"), "entries": list(d.notes)},
    ]
    return [entry for entry in entries if entry.get("value") or entry.get("entries")]


def _person(p: Person, authorities: Mapping[str, int]) -> dict[str, str]:
    name = direct_form(p.name) or p.name
    dates = f" ({p.dates})" if p.dates and p.dates not in name else ""
    role = f", {p.role}" if p.role and len(p.role) > 3 else ""  # relator codes ("aut") say nothing to readers
    known = authorities.get(p.name)
    url = reverse("portal:person", args=[known]) if known else filtered_url({"person": p.name})
    return {"label": f"{name}{dates}{role}", "name": name, "url": url}


def _subject(subject: str) -> dict[str, str]:
    return {"label": subject.replace(" -- ", " – "), "url": filtered_url({"subject": subject.split(" -- ")[0]})}


def _by_library(holdings: Iterable[LibraryHolding]) -> list[list[LibraryHolding]]:
    grouped: dict[int, list[LibraryHolding]] = {}
    for holding in holdings:
        grouped.setdefault(holding.library.id, []).append(holding)
    return list(grouped.values())


def _card(rows: Sequence[LibraryHolding], hours: dict[int, LibraryHours], now: datetime) -> HoldingCard:
    library = rows[0].library
    copies = [copy for row in rows for copy in row.copies]
    lines = copy_lines(copies)
    free = sum(c.copies for c in copies if c.status == "available")
    statements = tuple(dict.fromkeys(s for row in rows for s in row.statements))
    if free:
        summary = ngettext("%(n)d copy on the shelf", "%(n)d copies on the shelf", free) % {"n": free}
        kind = "ok"
    else:
        summary, kind = without_free_copy({c.status for c in copies})
        if not copies and statements:
            summary = ""
    known = hours.get(library.id)
    return HoldingCard(
        name=library.name,
        code=library.code,
        url=reverse("portal:library", args=[library.code]),
        area=library.area_name,
        hours=hours_today(known, now.date()),
        open_now=known.open_at(now) if known else None,
        summary=summary,
        kind=kind,
        lines=lines,
        statements=statements,
    )


def without_free_copy(statuses: AbstractSet[str]) -> tuple[str, str]:
    """What to say, and in which colour, of copies none of which is on the shelf. Not recorded is not on loan."""
    if "reference_only" in statuses:
        return _("For reading in the library"), "ok"
    if statuses & {"on_loan", "in_process"} and "unknown" not in statuses:
        return _("No copy on the shelf now"), "warning"
    return _("Ask the library"), "off"


def copy_lines(copies: Iterable[HoldingCopy]) -> tuple[CopyLine, ...]:
    """Copies grouped by place, call number, state and note, in their order; forty copies of a textbook are one line."""
    groups: dict[tuple[str, str, str, str], list[HoldingCopy]] = {}
    for copy in copies:
        place = " · ".join(dict.fromkeys(text for text in (copy.branch_name or copy.branch, copy.location) if text))
        groups.setdefault((place, copy.call_number, copy.status, copy.note), []).append(copy)
    lines = []
    for (place, call_number, status, note), same in groups.items():
        label, kind = STATUS_LABELS.get(status, STATUS_LABELS["unknown"])
        barcodes = [c.barcode for c in same if c.barcode]
        more = " …" if len(barcodes) > _BARCODES_SHOWN else ""
        lines.append(
            CopyLine(
                place, call_number, str(label), kind, sum(c.copies for c in same), note,
                ", ".join(barcodes[:_BARCODES_SHOWN]) + more,
            )
        )  # fmt: skip
    return tuple(lines)


def hours_today(hours: LibraryHours | None, day: date) -> str:
    """ "07:30–11:30, 13:30–17:00", "closed today", or "" where hours are not known."""
    if hours is None or not hours.known:
        return ""
    spans = hours.spans_on(day)
    return ", ".join(map(span_text, spans)) if spans else _("closed today")


def span_text(span: Span) -> str:
    """ "07:30–11:30"."""
    return f"{time_format(span.opens, 'H:i')}–{time_format(span.closes, 'H:i')}"
