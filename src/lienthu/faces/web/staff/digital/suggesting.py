"""What the pages say of themselves, offered to whoever describes an object; kept only when a person saves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lienthu.domain.digital.access import open_object
from lienthu.domain.digital.models import DigitalObject
from lienthu.domain.digital.policy import Reader
from lienthu.domain.digital.selectors.describing import suggestions_for
from lienthu.faces.web.staff.digital.forms import DC_FIELDS
from lienthu.foundation.pagetext.title_page import Field

# field of the title page -> field of the form; places and the numbers of permits have none in Dublin Core
_INTO: Final = {
    Field.TITLE: "title",
    Field.RESPONSIBILITY: "creator",
    Field.PUBLISHER: "publisher",
    Field.YEAR: "date",
    Field.ISBN: "identifier",
    Field.NUMBER: "identifier",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A value from a page that could go into a field of the form."""

    number: int
    into: str
    label: str | Promise
    value: str
    page: int
    confidence: int


def offers_for(obj: DigitalObject, reader: Reader) -> list[Offer]:
    """What the first and last pages say, as far as the form has fields for it."""
    labels: dict[str, str | Promise] = {"title": _("Title"), **dict(DC_FIELDS)}
    said = suggestions_for(open_object(obj.public_id, reader))
    return [
        Offer(number, _INTO[s.field], labels[_INTO[s.field]], s.value, s.page, s.confidence)
        for number, s in enumerate(said)
        if s.field in _INTO
    ]


def filled(obj: DigitalObject, offers: Sequence[Offer], ticked: Sequence[str]) -> dict[str, str]:
    """What the form begins with when these offers are taken: the title is replaced, other fields gain a line."""
    names = {name for name, _label in DC_FIELDS}
    initial: dict[str, str] = {}
    for offer in offers:
        if str(offer.number) not in ticked:
            continue
        if offer.into not in names:
            initial[offer.into] = " ".join(offer.value.split())
            continue
        lines = initial.get(offer.into, "\n".join(obj.description.get(offer.into, []))).splitlines()
        if offer.value not in lines:
            initial[offer.into] = "\n".join([*lines, " ".join(offer.value.split())])
    return initial
