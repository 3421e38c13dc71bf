"""Words for codes of records, one place for every face and report: kinds of material, collections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

Label = str | Promise

MATERIALS: Final[Mapping[str, Label]] = {
    "book": pgettext_lazy("material", "Book"),
    "serial": pgettext_lazy("material", "Newspaper or journal"),
    "article": pgettext_lazy("material", "Article or chapter"),
    "map": pgettext_lazy("material", "Map"),
    "score": pgettext_lazy("material", "Printed music"),
    "audio": pgettext_lazy("material", "Sound recording"),
    "audiobook": pgettext_lazy("material", "Audiobook"),
    "video": pgettext_lazy("material", "Film or video"),
    "picture": pgettext_lazy("material", "Picture or photograph"),
    "electronic": pgettext_lazy("material", "Electronic resource"),
    "thesis": pgettext_lazy("material", "Thesis"),
    "manuscript": pgettext_lazy("material", "Manuscript"),
    "kit": pgettext_lazy("material", "Kit"),
    "object": pgettext_lazy("material", "Object"),
    "mixed": pgettext_lazy("material", "Mixed material"),
}
"""Codes of foundation/marc/describe → words, of one record."""

MATERIALS_COUNTED: Final[Mapping[str, Label]] = {
    "book": pgettext_lazy("material", "Books"),
    "serial": pgettext_lazy("material", "Newspapers and journals"),
    "article": pgettext_lazy("material", "Articles"),
    "map": pgettext_lazy("material", "Maps"),
    "score": pgettext_lazy("material", "Scores"),
    "audio": pgettext_lazy("material", "Sound recordings"),
    "audiobook": pgettext_lazy("material", "Audiobooks"),
    "video": pgettext_lazy("material", "Films"),
    "picture": pgettext_lazy("material", "Pictures"),
    "electronic": pgettext_lazy("material", "Electronic resources"),
    "thesis": pgettext_lazy("material", "Theses"),
    "manuscript": pgettext_lazy("material", "Manuscripts"),
    "kit": pgettext_lazy("material", "Kits"),
    "object": pgettext_lazy("material", "Objects"),
    "mixed": pgettext_lazy("material", "Mixed materials"),
}
"""The same for a number of records."""

COLLECTIONS: Final[Mapping[str, Label]] = {
    "local-history": pgettext_lazy("collection", "Local history"),
    "children": pgettext_lazy("collection", "For children"),
}
"""Codes of `collections.py` → words."""
