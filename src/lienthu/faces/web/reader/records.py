"""From an object to the publication in the catalogue, and its words for people."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lienthu.domain.catalog.languages import language_name
from lienthu.domain.digital import licences
from lienthu.domain.digital.description import OTHER_TITLES, Elements
from lienthu.domain.digital.models import DigitalObject, RightsRecord
from lienthu.domain.digital.policy import Status
from lienthu.domain.union.selectors import clusters_of


def record_url(obj: DigitalObject) -> str:
    """The page of the publication; "" for an object without catalogue record."""
    if obj.record_id is None:
        return ""
    cluster = clusters_of([obj.record_id]).get(obj.record_id)
    return reverse("portal:record", args=[cluster]) if cluster is not None else ""


def described(elements: Elements) -> list[dict[str, Any]]:
    """A description as pairs for ui/components/pairs.html."""
    labels = {
        OTHER_TITLES: _("Other titles"),
        "creator": _("Creator"),
        "contributor": _("Contributor"),
        "publisher": _("Publisher"),
        "date": _("Date"),
        "subject": _("Subject"),
        "coverage": _("Coverage"),
        "language": _("Language"),
        "format": _("Extent"),
        "source": _("Source"),
        "relation": _("Relation"),
        "identifier": _("Identifier"),
    }
    pairs = []
    for element, label in labels.items():
        if values := elements.get(element):
            pairs.append({"label": label, "entries": [_in_words(element, value) for value in values]})
    return pairs


def _in_words(element: str, value: str) -> str:
    return language_name(value, get_language() or "vi") if element == "language" else value


def terms_of_use(rights: RightsRecord | None) -> dict[str, str]:
    """The sentence on rights and the licence with its name and address."""
    if rights is None:
        return {}
    status = Status(rights.status)
    uri = licences.statement_of(status, rights.licence)
    sentences = {
        Status.OFFICIAL: _("An official text: it is not protected by copyright."),
        Status.PUBLIC_DOMAIN: _("In the public domain: the protection of the author's rights has ended."),
        Status.LICENSED: _("The holder of the rights has given an open licence."),
        Status.PERMITTED: _("Protected by copyright; the holder of the rights allows reading it here."),
        Status.IN_COPYRIGHT: _("Protected by copyright."),
        Status.UNKNOWN: _("Whether it is protected, or who holds the rights, is not known."),
    }
    return {"sentence": sentences[status], "uri": uri, "name": licences.name_of(uri), "basis": rights.basis}


def citation(obj: DigitalObject, elements: Elements, address: str) -> str:
    """How to cite it: who, what, when, where it is kept, where it is read."""
    parts = ["; ".join(elements.get("creator", ())), obj.title, ", ".join(elements.get("publisher", ())[:1])]
    parts += [", ".join(elements.get("date", ())[:1]), obj.library.name, address]
    return ". ".join(part.strip(" .") for part in parts if part.strip(" ."))
