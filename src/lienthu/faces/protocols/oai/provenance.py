"""The way of a harvested record, in the container the protocol's guidelines define for it (rule OAI-14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from lienthu.domain.catalog.origin_selectors import OriginRow
from lienthu.faces.protocols.oai import xml

_NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/provenance"
_DEEPEST: Final = 20


def provenance(row: OriginRow) -> str:
    """The provenance element: where we harvested the record, and inside it what was said there of its way before."""
    here = {
        "harvestDate": xml.utc(row.harvested_at),
        "altered": "true" if row.altered else "false",
        "baseURL": row.base_url,
        "identifier": row.identifier,
        "datestamp": row.datestamp,
        "metadataNamespace": row.metadata_namespace,
    }
    return (
        f'<provenance xmlns="{_NAMESPACE}" xsi:schemaLocation="{_NAMESPACE}'
        ' http://www.openarchives.org/OAI/2.0/provenance.xsd">'
        f"{_description([here, *row.earlier][:_DEEPEST])}</provenance>"
    )


def _description(way: Sequence[Mapping[str, str]]) -> str:
    if not way:
        return ""
    told, before = way[0], way[1:]
    dated = told.get("harvestDate") or told.get("datestamp", "")
    altered = "false" if told.get("altered") == "false" else "true"
    inside = "".join(
        xml.element(name, str(told.get(name, "")))
        for name in ("baseURL", "identifier", "datestamp", "metadataNamespace")
    )
    return (
        f'<originDescription harvestDate="{xml.attribute(str(dated))}" altered="{altered}">'
        f"{inside}{_description(before)}</originDescription>"
    )
