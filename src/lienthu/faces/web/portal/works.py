"""A publication as lists show it: what ui/components/work.html and work_tile.html ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from lienthu.domain.catalog.collections import CHILDREN, LOCAL_HISTORY
from lienthu.domain.catalog.languages import original_script_tag, title_tag
from lienthu.domain.discovery.documents import is_local_history
from lienthu.domain.discovery.hits import Hit
from lienthu.domain.discovery.publications import Related
from lienthu.faces.web.portal.highlight import Marker
from lienthu.faces.web.portal.labels import COLLECTION_LABELS, MATERIAL_LABELS
from lienthu.foundation.marc.describe import Description
from lienthu.foundation.vietnamese.names import direct_form

_NAMES_SHOWN = 3
_NO_MARKER = Marker()


@dataclass(frozen=True, slots=True)
class Work:
    """One line of a result list, or one cover of a strip.

    ``available``: True, False when every copy is known to be out, None when nobody has recorded where they are.
    """

    url: str
    key: str
    title: str
    title_html: SafeString
    by: str
    by_html: SafeString
    original: SafeString | str = ""
    year: str = ""
    publisher: str = ""
    material_type: str = "book"
    material_label: str = ""
    snippet_html: SafeString | str = ""
    libraries: int = 0
    editions: int = 0
    available: bool | None = None
    online_url: str = ""
    badges: tuple[dict[str, Any], ...] = ()


def work_of_hit(hit: Hit, marker: Marker = _NO_MARKER, editions: int = 0) -> Work:
    """A hit of a search. ``editions``: how many publications its work has, 0 where it is the only one (CLU-18)."""
    available = True if hit.available else False if hit.all_on_loan else None
    work = _work(hit.id, hit.description, marker, libraries=len(hit.libraries), available=available)
    return replace(work, editions=editions)


def work_of_related(related: Related) -> Work:
    """A part, a host or another edition."""
    return _work(related.id, related.description, _NO_MARKER)


def full_title(d: Description) -> str:
    """The title with its part; the words "No title" where the record has none."""
    title = d.title or d.title_original_script or _("No title")
    return f"{title}. {d.part}" if d.part and d.part not in title else title


def names_of(d: Description) -> str:
    """The first few names in direct order, else the statement of responsibility."""
    names = list(dict.fromkeys(name for a in d.authors if (name := direct_form(a.name) or a.name)))
    if not names:
        return d.responsibility
    return ", ".join(names[:_NAMES_SHOWN]) + (", …" if len(names) > _NAMES_SHOWN else "")


def online_links(d: Description) -> list[tuple[str, str]]:
    """Addresses and labels of the work itself online; never anything but http and https."""
    return [
        (link.url, link.label)
        for link in d.links
        if link.kind in ("resource", "version") and link.url.lower().startswith(("http://", "https://"))
    ]


def _work(id_: int, d: Description, marker: Marker, *, libraries: int = 0, available: bool | None = None) -> Work:
    title, by = full_title(d), names_of(d)
    badges: list[dict[str, Any]] = []
    if is_local_history(d):
        badges.append({"label": COLLECTION_LABELS[LOCAL_HISTORY], "kind": "ok"})
    if d.audience_children:
        badges.append({"label": COLLECTION_LABELS[CHILDREN], "kind": ""})
    online = online_links(d)
    return Work(
        url=reverse("portal:record", args=[id_]),
        key=str(id_),
        title=title,
        title_html=_in_language(marker.html(title), d),
        by=by,
        by_html=marker.html(by),
        original=_original(d),
        year=year_text(d),
        publisher=d.publisher,
        material_type=d.material_type,
        material_label=str(MATERIAL_LABELS.get(d.material_type, d.material_type)),
        snippet_html=_snippet(d, marker, f"{title} {by}"),
        libraries=libraries,
        available=available,
        online_url=online[0][0] if online else "",
        badges=tuple(badges),
    )


def year_text(d: Description) -> str:
    """The year as the record states it, bracket and all, when that is short; else the year itself."""
    if d.date_text and len(d.date_text) <= 12:
        return d.date_text
    return str(d.year) if d.year else ""


def _in_language(title: SafeString, d: Description) -> SafeString:
    tag = title_tag(d.languages, get_language() or "vi")
    return format_html('<span lang="{}">{}</span>', tag, title) if tag else title


def _original(d: Description) -> SafeString | str:
    text = d.title_original_script
    tag = original_script_tag(text, d.languages) if text else ""
    return format_html('<span lang="{}">{}</span>', tag, text) if tag else text


def _snippet(d: Description, marker: Marker, shown: str) -> SafeString | str:
    """Where the words were found, when the lines above do not show it."""
    if not marker or marker.hits(shown):
        return ""
    for label, text in _places(d):
        if piece := marker.excerpt(text):
            return format_html("{} {}", f"{label}:", piece) if label else piece
    return ""


def _places(d: Description) -> Iterable[tuple[str, str]]:
    yield pgettext("found in", "Other titles"), "; ".join(d.other_titles)
    yield pgettext("found in", "Subjects"), "; ".join(dict.fromkeys((*d.subjects, *d.places)))
    yield pgettext("found in", "Responsibility"), d.responsibility
    yield "", d.summary
    yield pgettext("found in", "Contents"), d.contents
    yield pgettext("found in", "Series"), "; ".join(d.series)
    yield pgettext("found in", "Notes"), "; ".join(d.notes)


def original_tag(d: Description) -> str:
    """The language tag of the title in original script."""
    return original_script_tag(d.title_original_script, d.languages)
