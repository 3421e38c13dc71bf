"""What the pages say of themselves, offered to whoever describes an object; kept only when a person saves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lienthu.domain.digital.access import open_object
from lienthu.domain.digital.models import DigitalObject
from lienthu.domain.digital.policy import Reader
from lienthu.domain.digital.selectors.describing import suggestions_for
from lienthu.faces.web.staff.digital.forms import DC_FIELDS, own_values
from lienthu.foundation.pagetext.title_page import Field

# field of the title page -> element of the form
_INTO: Final = {
    Field.TITLE: "title",
    Field.RESPONSIBILITY: "creator",
    Field.PLACE: "publisher",
    Field.PUBLISHER: "publisher",
    Field.YEAR: "date",
    Field.ISBN: "identifier",
    Field.NUMBER: "identifier",
    Field.LICENCE: "identifier",
    Field.DEPOSIT: "identifier",
}
# Dublin Core has no words for these: the value says what it is, as it is printed in Vietnamese books
_LABELS: Final = {
    Field.TITLE: _("Title"), Field.PLACE: pgettext_lazy("fact", "Place"), Field.LICENCE: _("Publishing licence"),
    Field.DEPOSIT: _("Legal deposit"),
}  # fmt: skip
_SAYING: Final = {Field.LICENCE: "Giấy phép xuất bản: {}", Field.DEPOSIT: "Nộp lưu chiểu: {}"}


@dataclass(frozen=True, slots=True)
class Offer:
    """A value from a page that could go into a field of the form."""

    number: int
    field: Field
    into: str
    label: str | Promise
    value: str
    page: int
    confidence: int


def offers_for(obj: DigitalObject, reader: Reader) -> list[Offer]:
    """What the first and last pages say, as far as the form has fields for it."""
    labels: dict[str, str | Promise] = dict(DC_FIELDS)
    said = suggestions_for(open_object(obj.public_id, reader))
    return [
        Offer(number, s.field, into, _LABELS.get(s.field, labels[into]), s.value, s.page, s.confidence)
        for number, s in enumerate(said)
        if (into := _INTO.get(s.field)) is not None
    ]


def filled(obj: DigitalObject, offers: Sequence[Offer], ticked: Sequence[str]) -> dict[str, str]:
    """What the form begins with when these offers are taken: the title is replaced, other fields gain a line.

    Place and publisher become one line, as cataloguers write it: "Hà Nội : Văn học".
    """
    chosen = [offer for offer in offers if str(offer.number) in ticked]
    titles = [_plain(offer) for offer in chosen if offer.field is Field.TITLE]
    places = [_plain(offer) for offer in chosen if offer.field is Field.PLACE]
    houses = [_plain(offer) for offer in chosen if offer.field is Field.PUBLISHER]
    gained: dict[str, list[str]] = {"publisher": houses or places}
    if places and houses:
        gained["publisher"] = [f"{places[0]} : {houses[0]}", *houses[1:]]
    for offer in chosen:
        if offer.field not in (Field.TITLE, Field.PLACE, Field.PUBLISHER):
            gained.setdefault(offer.into, []).append(_SAYING.get(offer.field, "{}").format(_plain(offer)))
    own = own_values(obj)
    initial = {name: "\n".join(dict.fromkeys([*own[name], *new])) for name, new in gained.items() if new}
    return initial | ({"title": titles[-1]} if titles else {})


def _plain(offer: Offer) -> str:
    return " ".join(offer.value.split())
