"""A publication in the formats other programs read."""

from __future__ import annotations

from typing import Final, NamedTuple

from lienthu.domain.discovery.publications import PublicationView
from lienthu.foundation.marc import iso2709, marcjson, marcxml
from lienthu.foundation.marc.export import to_bibtex, to_dublin_core, to_ris

FORMATS: Final = ("marc", "marcxml", "json", "ris", "bibtex", "dc")


class Rendered(NamedTuple):
    """Bytes with their media type and file extension."""

    body: bytes
    content_type: str
    extension: str


def rendered(view: PublicationView, fmt: str) -> Rendered:
    """The preferred record of a publication in one of ``FORMATS``; a record too long for ISO 2709 comes as MARCXML."""
    if fmt == "marc":
        try:
            return Rendered(iso2709.write(view.record), "application/marc", "mrc")
        except iso2709.TooLong:
            fmt = "marcxml"
    if fmt == "marcxml":
        return Rendered(marcxml.write(view.record), "application/marcxml+xml; charset=utf-8", "xml")
    if fmt == "json":
        return Rendered(marcjson.write(view.record), "application/marc-in-json; charset=utf-8", "json")
    if fmt == "ris":
        return Rendered(to_ris(view.description).encode(), "application/x-research-info-systems; charset=utf-8", "ris")
    if fmt == "bibtex":
        return Rendered(to_bibtex(view.description).encode(), "application/x-bibtex; charset=utf-8", "bib")
    return Rendered(to_dublin_core(view.record), "application/xml; charset=utf-8", "dc.xml")
