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
    "title": pgettext_lazy("feature", "Title"),
    "year": pgettext_lazy("feature", "Year"),
    "part": pgettext_lazy("feature", "Volume or part"),
    "persons": pgettext_lazy("feature", "Persons and bodies"),
    "material": pgettext_lazy("feature", "Kind of material"),
    "extent": pgettext_lazy("feature", "Pages, volumes"),
    "imprint": pgettext_lazy("feature", "Publisher and place"),
    "wording": pgettext_lazy("feature", "Wording of the title"),
    "numbers": pgettext_lazy("feature", "Numbers in the title"),
    "edition": pgettext_lazy("feature", "Edition"),
    "identifiers": pgettext_lazy("feature", "ISBN, ISSN and other numbers"),
    "language": pgettext_lazy("feature", "Language"),
    "height": pgettext_lazy("feature", "Height"),
    "host": pgettext_lazy("feature", "Contained in"),
    "series": pgettext_lazy("feature", "Series"),
    "responsibility": pgettext_lazy("feature", "Statement of responsibility"),
    "kind": pgettext_lazy("feature", "Kind of work"),
    "scale": pgettext_lazy("feature", "Scale"),
    "evidence": pgettext_lazy("feature", "Evidence behind the title"),
    "isbn": "ISBN",
    "subtitle": pgettext_lazy("feature", "Subtitle"),
    "publisher": pgettext_lazy("feature", "Publisher"),
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
