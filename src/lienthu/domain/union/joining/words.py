"""The words of joining reports and quality pages for what the code names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lienthu.domain.catalog.words import MATERIALS_COUNTED
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


def problem(code: str) -> str:
    """The sentence of a problem. The desk, which shows the same ones, has their translation."""
    said = PROBLEMS.get(code)
    return gettext(said) if said else code


def field(name: str) -> str:
    """A field of foundation/marc/quality.py."""
    return str(FIELDS.get(name, name))


def material(name: str) -> str:
    """A kind of material."""
    return str(MATERIALS_COUNTED.get(name, name))
