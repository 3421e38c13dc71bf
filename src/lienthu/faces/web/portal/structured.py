"""Structured data in the page of a publication: what it is, and which library lends it (schema.org, JSON-LD).

It stands in a script element of a type that no browser runs: a data block, which the content security policy leaves
alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from lienthu.domain.discovery.publications import LibraryHolding, PublicationView
from lienthu.foundation.marc.export.schema_org import to_schema_org

# nothing in it may end the element, or begin a comment, whatever a record says
_HARMLESS = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_LEND = "http://purl.org/goodrelations/v1#LeaseOut"


def structured_data(view: PublicationView, absolute: Callable[[str], str]) -> SafeString:
    """The JSON text for the page. ``absolute``: path → address."""
    said = to_schema_org(view.description, url=absolute(reverse("portal:record", args=[view.id])))
    offers = [_offer(holding, absolute) for holding in view.holdings]
    if offers:
        said["offers"] = offers
    return mark_safe(json.dumps(said, ensure_ascii=False).translate(_HARMLESS))  # noqa: S308 -- translated above


def _offer(holding: LibraryHolding, absolute: Callable[[str], str]) -> dict[str, Any]:
    library = holding.library
    offer: dict[str, Any] = {
        "@type": "Offer",
        "businessFunction": _LEND,
        "offeredBy": {
            "@type": "Library",
            "name": library.name,
            "url": absolute(reverse("portal:library", args=[library.code])),
        },
    }
    statuses = {copy.status for copy in holding.copies}
    if "available" in statuses:
        offer["availability"] = "https://schema.org/InStock"
    elif statuses == {"reference_only"}:
        offer["availability"] = "https://schema.org/InStoreOnly"
    elif statuses and statuses <= {"on_loan", "in_process"}:
        offer["availability"] = "https://schema.org/OutOfStock"
    marks = list(dict.fromkeys(copy.call_number for copy in holding.copies if copy.call_number))
    if marks:
        offer["sku"] = marks[0]
    return offer
