"""Simple Dublin Core (TCVN 7980) in the oai_dc container, after the Library of Congress crosswalk."""

from __future__ import annotations

from typing import Final

from lxml import etree

from lienthu.foundation.marc.describe import Description, describe
from lienthu.foundation.marc.export.parts import safe
from lienthu.foundation.marc.model import Record

_OAI_DC: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_NAMESPACES: Final = {"oai_dc": _OAI_DC, "dc": _DC, "xsi": _XSI}
_SCHEMA: Final = f"{_OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
# The DCMI type vocabulary; our material type follows as a second, free dc:type.
_DCMI_TYPES: Final = {
    "audio": "Sound",
    "audiobook": "Sound",
    "video": "MovingImage",
    "picture": "StillImage",
    "map": "StillImage",
    "object": "PhysicalObject",
    "kit": "Collection",
    "mixed": "Collection",
}


def to_dublin_core(record: Record) -> bytes:
    """``record`` as one ``oai_dc:dc`` element, UTF-8 without XML declaration, valid against oai_dc.xsd.

    Characters that XML cannot carry are left out. Elements repeat; a value stands once.
    """
    desc = describe(record)
    root = etree.Element(f"{{{_OAI_DC}}}dc", nsmap=_NAMESPACES)
    root.set(f"{{{_XSI}}}schemaLocation", _SCHEMA)
    seen: set[tuple[str, str]] = set()
    for element, value in _elements(record, desc):
        text = safe(value)
        if text and (element, text) not in seen:
            seen.add((element, text))
            etree.SubElement(root, f"{{{_DC}}}{element}").text = text
    return etree.tostring(root, encoding="UTF-8", xml_declaration=False)


def _elements(record: Record, desc: Description) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    def add(element: str, *values: str) -> None:
        found.extend((element, value) for value in values)

    title = f"{desc.title}. {desc.part}" if desc.part else desc.title
    add("title", title, desc.title_original_script, *desc.other_titles)
    for person in desc.authors:
        name = f"{person.name}, {person.dates}" if person.dates else person.name
        add("creator" if person.heading_tag.startswith("1") else "contributor", name)
    add("contributor", *desc.other_names)
    add("subject", *desc.subjects, *desc.classification)
    add("description", desc.summary, desc.contents, *desc.notes)
    add("publisher", f"{desc.place} : {desc.publisher}" if desc.place and desc.publisher else desc.publisher)
    add("date", str(desc.year) if desc.year is not None else desc.date_text)
    add("type", _DCMI_TYPES.get(desc.material_type, "Text"), desc.material_type)
    add("format", desc.extent)
    add("identifier", *(f"urn:ISBN:{i}" for i in desc.isbns), *(f"urn:ISSN:{i}" for i in desc.issns))
    add("identifier", *(link.url for link in desc.links if link.kind == "resource"))
    if desc.host:
        add("source", ", ".join(p for p in (desc.host.title, desc.host.part) if p))
    add("language", *desc.languages)
    add("relation", *desc.series, *(link.url for link in desc.links if link.kind != "resource"))
    add("coverage", *desc.places)
    add("rights", *(" ".join(f.all("abcdu")) for f in record.of("506", "540")))
    return found
