"""From an object to the publication in the catalogue, and its words for people."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lienthu.domain.digital import licences
from lienthu.domain.digital.models import DigitalObject, RightsRecord
from lienthu.domain.digital.policy import Status
from lienthu.domain.union.selectors import clusters_of


def record_url(obj: DigitalObject) -> str:
    """The page of the publication; "" for an object without catalogue record."""
    if obj.record_id is None:
        return ""
    cluster = clusters_of([obj.record_id]).get(obj.record_id)
    return reverse("portal:record", args=[cluster]) if cluster is not None else ""


def described(obj: DigitalObject) -> list[dict[str, Any]]:
    """Dublin Core as pairs for ui/components/pairs.html."""
    labels = {
        "creator": _("Creator"),
        "contributor": _("Contributor"),
        "publisher": _("Publisher"),
        "date": _("Date"),
        "subject": _("Subject"),
        "coverage": _("Coverage"),
        "language": _("Language"),
        "source": _("Source"),
        "identifier": _("Identifier"),
    }
    pairs = []
    for element, label in labels.items():
        if values := values_of(obj, element):
            pairs.append({"label": label, "entries": values})
    return pairs


def values_of(obj: DigitalObject, element: str) -> list[str]:
    """The values of a Dublin Core element: text only, whatever lies in the column."""
    found = obj.description.get(element, [])
    found = [found] if isinstance(found, str) else found
    return [v for v in found if isinstance(v, str) and v] if isinstance(found, list) else []


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


def citation(obj: DigitalObject, address: str, total: int) -> str:
    """How to cite it: who, what, when, where it is kept, where it is read."""
    parts = ["; ".join(values_of(obj, "creator")), obj.title, ", ".join(values_of(obj, "publisher")[:1])]
    parts += [", ".join(values_of(obj, "date")[:1]), obj.library.name, address]
    return ". ".join(part.strip(" .") for part in parts if part.strip(" ."))
