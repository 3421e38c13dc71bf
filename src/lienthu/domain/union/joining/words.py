"""The words of joining reports and quality pages for what the code names: fields, kinds of material, features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lienthu.foundation.marc.problems import PROBLEMS

Label = str | Promise

FIELDS: Final[Mapping[str, Label]] = {
    "title": _("Title"),
    "creator": _("Author or other person"),
    "publication": _("Place or publisher"),
    "year": _("Year of publication"),
    "extent": _("Extent"),
    "number": _("ISBN or ISSN"),
    "classification": _("Classification"),
    "subjects": _("Subject headings"),
    "keywords": _("Free keywords"),
    "language": _("Language of the text"),
    "copies": _("Copies or holdings"),
}
"""Names of foundation/marc/quality.py → words."""

MATERIALS: Final[Mapping[str, Label]] = {
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

FEATURES: Final[Mapping[str, Label]] = {
    "isbn": "ISBN",
    "issn": "ISSN",
    "title": _("Title"),
    "subtitle": _("Other title information"),
    "part": _("Volume or part"),
    "persons": _("Persons"),
    "year": _("Year"),
    "edition": _("Edition"),
    "publisher": _("Publisher"),
    "place": pgettext_lazy("feature", "Place"),
    "extent": _("Extent"),
    "series": _("Series"),
    "material": _("Type of material"),
    "host": _("Contained in"),
    "language": _("Language of the text"),
}


def problem(code: str) -> str:
    """The sentence of a problem. The desk, which shows the same ones, has their translation."""
    said = PROBLEMS.get(code)
    return gettext(said) if said else code


def field(name: str) -> str:
    """A field of foundation/marc/quality.py."""
    return str(FIELDS.get(name, name))


def material(name: str) -> str:
    """A kind of material."""
    return str(MATERIALS.get(name, name))


def feature(name: str) -> str:
    """A feature of the scoring."""
    return str(FEATURES.get(name, name))
