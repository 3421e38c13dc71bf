"""PREMIS 3.0: what was done to an object, and on what ground it may be shown. Written into METS and read back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, get_args

from lxml import etree

from lienthu.foundation.preservation.xml import Element, child, text_of, words

NAMESPACE: Final = "http://www.loc.gov/premis/v3"
Basis = Literal["copyright", "license", "statute", "other"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done: ``kind`` in the words of the PREMIS vocabulary (ingestion, fixity check, …)."""

    identifier: str
    kind: str
    at: str
    agent: str
    detail: str = ""
    outcome: str = "success"


@dataclass(frozen=True, slots=True)
class Rights:
    """A statement of rights: the ground, the status, the terms; dates as YYYY-MM-DD, "" where there is none."""

    identifier: str
    basis: Basis
    status: str
    note: str = ""
    act: str = "disseminate"
    restriction: str = ""
    begins: str = ""
    ends: str = ""


def write_event(event: Event, object_id: str) -> Element:
    """As a premis:event."""
    root = _root("event")
    _identifier(root, "event", event.identifier)
    _add(root, "eventType", event.kind)
    _add(root, "eventDateTime", event.at)
    if event.detail:
        _add(_add(root, "eventDetailInformation"), "eventDetail", event.detail)
    _add(_add(root, "eventOutcomeInformation"), "eventOutcome", event.outcome)
    _identifier(root, "linkingAgent", event.agent)
    _identifier(root, "linkingObject", object_id)
    return root


def read_event(root: Element) -> Event:
    """What ``write_event`` wrote."""
    return Event(
        identifier=_value(root, "event"),
        kind=text_of(root, _tag("eventType")),
        at=text_of(root, _tag("eventDateTime")),
        agent=_value(root, "linkingAgent"),
        detail=text_of(root, _tag("eventDetailInformation"), _tag("eventDetail")),
        outcome=text_of(root, _tag("eventOutcomeInformation"), _tag("eventOutcome")),
    )


def write_rights(rights: Rights, object_id: str) -> Element:
    """As a premis:rights with one statement."""
    root = _root("rights")
    statement = _add(root, "rightsStatement")
    _identifier(statement, "rightsStatement", rights.identifier)
    _add(statement, "rightsBasis", rights.basis)
    _write_ground(statement, rights)
    granted = _add(statement, "rightsGranted")
    _add(granted, "act", rights.act)
    if rights.restriction:
        _add(granted, "restriction", rights.restriction)
    if rights.begins:
        term = _add(granted, "termOfGrant")
        _add(term, "startDate", rights.begins)
        if rights.ends:
            _add(term, "endDate", rights.ends)
    _identifier(statement, "linkingObject", object_id)
    return root


def read_rights(root: Element) -> Rights:
    """What ``write_rights`` wrote. Raises ValueError for another ground than PREMIS knows."""
    statement = child(root, _tag("rightsStatement"))
    basis = _known(text_of(statement, _tag("rightsBasis")))
    ground = _GROUNDS[basis]
    granted = child(statement, _tag("rightsGranted"))
    return Rights(
        identifier=_value(statement, "rightsStatement"),
        basis=basis,
        status=text_of(statement, _tag(ground.element), _tag(ground.status)),
        note=text_of(statement, _tag(ground.element), _tag(ground.note)),
        act=text_of(granted, _tag("act")),
        restriction=text_of(granted, _tag("restriction")),
        begins=text_of(granted, _tag("termOfGrant"), _tag("startDate")),
        ends=text_of(granted, _tag("termOfGrant"), _tag("endDate")),
    )


# ---------------------------------------------------------------------------------------------------------- inside


class _Ground(NamedTuple):
    """How PREMIS calls the parts of a ground; the jurisdiction stands before or after the status."""

    element: str
    status: str
    note: str
    before: str = ""
    after: str = ""


_GROUNDS: Final[dict[Basis, _Ground]] = {
    "copyright": _Ground("copyrightInformation", "copyrightStatus", "copyrightNote", after="copyrightJurisdiction"),
    "license": _Ground("licenseInformation", "licenseTerms", "licenseNote"),
    "statute": _Ground("statuteInformation", "statuteCitation", "statuteNote", before="statuteJurisdiction"),
    "other": _Ground("otherRightsInformation", "otherRightsBasis", "otherRightsNote"),
}
_JURISDICTION: Final = "vn"


def _write_ground(statement: Element, rights: Rights) -> None:
    ground = _GROUNDS[rights.basis]
    body = _add(statement, ground.element)
    for name, value in (
        (ground.before, _JURISDICTION),
        (ground.status, rights.status),
        (ground.after, _JURISDICTION),
        (ground.note, rights.note),
    ):
        if name and value:
            _add(body, name, value)


def _known(basis: str) -> Basis:
    for known in get_args(Basis):
        if basis == known:
            return basis  # type: ignore[return-value]  # just compared with every one of them
    raise ValueError(f"PREMIS knows no rights basis {basis[:40]!r}")


def _root(name: str) -> Element:
    return etree.Element(_tag(name), nsmap={"premis": NAMESPACE}, version="3.0")


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: Element, name: str, text: str | None = None) -> Element:
    element = etree.SubElement(parent, _tag(name))
    element.text = words(text) if text is not None else None
    return element


def _identifier(parent: Element, what: str, value: str) -> None:
    element = _add(parent, f"{what}Identifier")
    _add(element, f"{what}IdentifierType", "local")
    _add(element, f"{what}IdentifierValue", value)


def _value(parent: Element, what: str) -> str:
    return text_of(parent, _tag(f"{what}Identifier"), _tag(f"{what}IdentifierValue"))
