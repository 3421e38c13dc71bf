"""The metadata formats records are told in."""

from __future__ import annotations

from typing import Final, NamedTuple

from lienthu.faces.protocols.oai import xml
from lienthu.foundation.marc import marcxml
from lienthu.foundation.marc.export import to_dublin_core
from lienthu.foundation.marc.model import Record


class Format(NamedTuple):
    """A format by its prefix."""

    prefix: str
    schema: str
    namespace: str


_MARC: Final = ("http://www.loc.gov/standards/marcxml/schema/MARC21slim.xsd", marcxml.NAMESPACE)
FORMATS: Final = {
    f.prefix: f
    for f in (
        Format(
            "oai_dc", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd", "http://www.openarchives.org/OAI/2.0/oai_dc/"
        ),
        Format("marcxml", *_MARC),
        Format("marc21", *_MARC),  # the same under the name other catalogues use
    )
}


def rendered(record: Record, prefix: str, link: str) -> str:
    """The content of the metadata element. ``link``: the page of the publication, for Dublin Core, or ""."""
    if prefix != "oai_dc":
        return marcxml.write(record).decode()
    dc = to_dublin_core(record).decode()
    if link:
        dc = dc.removesuffix("</oai_dc:dc>") + xml.element("dc:identifier", link) + "</oai_dc:dc>"
    return dc
