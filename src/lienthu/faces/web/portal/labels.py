"""The words the portal shows for the codes that records, facets and matches carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lienthu.domain.catalog.words import COLLECTIONS, MATERIALS
from lienthu.domain.union.words import FEATURES

Label = str | Promise

MATERIAL_LABELS: Final = MATERIALS

FACET_LABELS: Final[Mapping[str, Label]] = {
    "online": _("Online"),
    "collection": _("Collection"),
    "material_type": _("Type of material"),
    "library": _("Library"),
    "area": _("Area"),
    "language": _("Language"),
    "person": _("Person"),
    "subject": _("Subject"),
}

ONLINE_LABEL: Final[Label] = _("Can be read online")
COLLECTION_LABELS: Final = COLLECTIONS

SORT_LABELS: Final[Mapping[str, Label]] = {
    "relevance": _("Best match"),
    "newest": _("Newly added"),
    "year_desc": _("Latest year first"),
    "year_asc": _("Earliest year first"),
    "title": _("Title, A to Z"),
}

# status of a copy -> words, kind of ui/components status (ok, warning, danger, off)
STATUS_LABELS: Final[Mapping[str, tuple[Label, str]]] = {
    "available": (_("On the shelf"), "ok"),
    "on_loan": (_("On loan"), "warning"),
    "reference_only": (_("For reading in the library"), "ok"),
    "lost": (_("Lost"), "off"),
    "withdrawn": (_("Withdrawn"), "off"),
    "in_process": (_("Being processed"), "warning"),
    "unknown": (_("Ask the library"), "off"),
}

FEATURE_LABELS: Final = FEATURES

ORIGIN_LABELS: Final[Mapping[str, Label]] = {
    "title": _("Title"),
    "title_original_script": _("Title in original script"),
    "responsibility": _("Statement of responsibility"),
    "authors": _("Persons"),
    "publisher": _("Publisher and place"),
    "year": _("Year"),
    "edition": _("Edition"),
    "extent": _("Pages, volumes"),
    "series": _("Series"),
    "subjects": _("Subjects"),
    "classification": _("Classification"),
    "isbns": _("ISBN"),
    "issns": _("ISSN"),
    "summary": _("Summary"),
    "contents": _("Contents"),
    "notes": _("Notes"),
    "links": _("Links"),
    "languages": _("Language"),
    "other_titles": _("Other titles"),
}
"""Fields that are elected one by one (CLU-17), in the order of the page; those that go together have one name."""

CITATION_LABELS: Final[Mapping[str, str]] = {
    "apa": "APA 7",
    "mla": "MLA 9",
    "chicago": "Chicago 17",
    "iso690": "ISO 690",
}
