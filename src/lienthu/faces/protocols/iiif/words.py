"""Words of manifests, which carry both languages at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

LANGUAGES: Final = ("vi", "en")
TITLE, OTHER_TITLE, CREATOR, CONTRIBUTOR = _("Title"), _("Other title"), _("Creator"), _("Contributor")
PUBLISHER, DATE, SUBJECT, ABOUT = _("Publisher"), _("Date"), _("Subject"), _("Description")
TYPE, FORMAT, LANGUAGE, SOURCE = _("Type"), _("Format"), _("Language"), _("Source")
COVERAGE, RELATION, IDENTIFIER, RIGHTS = _("Coverage"), _("Relation"), _("Identifier"), _("Rights")
COLLECTION, HELD_BY, PAGES = _("Collection"), _("Held by"), _("Number of pages")
SAMPLE_TEXT = _("Sample data: made for demonstration")
ON_THE_SITE, SIGN_IN, SIGN_OUT = _("Read on the site of the library"), _("Sign in"), _("Sign out")
SIGN_IN_HEADING = _("Reading this needs an account")
SIGN_IN_NOTE = _("Sign in with the account of your library.")
PREMISES_LABEL = _("In the rooms of the library only")
PREMISES_NOTE = _("This can be read on the network in the rooms of the library that holds it.")
CLOSED_PAGE, MISSING_PAGE = _("closed page"), _("missing in the original")
WAITING_PAGE = _("not ready yet")
CONTENTS, COLLECTIONS = _("Contents"), _("Digital collections")
PDF_FILE, TEXT_FILE, ALTO_FILE = _("The volume as PDF"), _("The text of the volume"), _("Text with positions (ALTO)")

# Elements of Dublin Core as kept in DigitalObject.description, in the order of display.
ELEMENTS: Final[Mapping[str, str]] = {
    "alternative": OTHER_TITLE,
    "creator": CREATOR,
    "contributor": CONTRIBUTOR,
    "publisher": PUBLISHER,
    "date": DATE,
    "subject": SUBJECT,
    "description": ABOUT,
    "type": TYPE,
    "format": FORMAT,
    "language": LANGUAGE,
    "source": SOURCE,
    "coverage": COVERAGE,
    "relation": RELATION,
    "identifier": IDENTIFIER,
    "rights": RIGHTS,
}


@lru_cache(maxsize=500)
def _both(message: str) -> tuple[tuple[str, str], ...]:
    said = []
    for language in LANGUAGES:
        with override(language):
            said.append((language, gettext(message)))
    return tuple(said)


def both(message: str, before: str = "", after: str = "") -> dict[str, list[str]]:
    """A word of ours as a language map of Presentation 3, with the same text before and after it."""
    return {language: [f"{before}{text}{after}"] for language, text in _both(message)}


def both_v2(message: str, before: str = "", after: str = "") -> list[dict[str, str]]:
    """The same as Presentation 2 says it."""
    return [{"@value": f"{before}{text}{after}", "@language": language} for language, text in _both(message)]


def plain(*values: str) -> dict[str, list[str]]:
    """What people wrote, in whatever language, as a language map."""
    return {"none": list(values)}


def values_of(description: Mapping[str, Any], element: str) -> list[str]:
    """The values of a Dublin Core element: text only, whatever lies in the column."""
    found = description.get(element, ())
    if isinstance(found, str):
        found = [found]
    return [v for v in found if isinstance(v, str) and v] if isinstance(found, Sequence) else []


def midnight(day: date) -> str:
    """A day as navDate wants it."""
    return f"{day.isoformat()}T00:00:00Z"
