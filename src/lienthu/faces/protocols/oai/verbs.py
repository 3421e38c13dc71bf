"""The six verbs: from a request that makes sense to the body of its answer (rules OAI-1 to OAI-13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lienthu.domain.catalog.services.datestamps import horizon
from lienthu.faces.protocols.oai import xml
from lienthu.faces.protocols.oai.arguments import LISTS, Asked
from lienthu.faces.protocols.oai.bases import Base, Entry, Selection
from lienthu.faces.protocols.oai.errors import OaiRefused
from lienthu.faces.protocols.oai.formats import FORMATS, rendered
from lienthu.faces.protocols.oai.tokens import Token

RECORDS_A_PAGE: Final = 250
IDENTIFIERS_A_PAGE: Final = 1000
_SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are: for Identify."""

    name: str
    repository: str
    base_url: str
    admin_email: str
    about: str


def answer(asked: Asked, base: Base, identity: Identity, now: datetime) -> Iterator[str]:
    """The body of the answer, piece by piece. ``now``: the horizon of this request. Raises OaiRefused."""
    return _VERBS[asked.verb](asked, base, identity, now)


def response_date() -> datetime:
    """The date of an answer: the horizon, so that who asks from it on misses nothing (rule OAI-6)."""
    return horizon()


def _identify(asked: Asked, base: Base, identity: Identity, now: datetime) -> Iterator[str]:
    yield "<Identify>"
    yield xml.element("repositoryName", identity.name)
    yield xml.element("baseURL", identity.base_url)
    yield xml.element("protocolVersion", "2.0")
    yield xml.element("adminEmail", identity.admin_email)
    yield xml.element("earliestDatestamp", xml.utc(base.earliest() or now))
    yield xml.element("deletedRecord", "persistent")
    yield xml.element("granularity", "YYYY-MM-DDThh:mm:ssZ")
    yield xml.element("compression", "gzip")
    yield (
        f'<description><oai-identifier xmlns="{_SCHEMA}oai-identifier"'
        f' xsi:schemaLocation="{_SCHEMA}oai-identifier {_SCHEMA}oai-identifier.xsd">'
    )
    yield xml.element("scheme", "oai")
    yield xml.element("repositoryIdentifier", identity.repository)
    yield xml.element("delimiter", ":")
    yield xml.element("sampleIdentifier", base.sample())
    yield "</oai-identifier></description>"
    yield (
        f'<description><oai_dc:dc xmlns:oai_dc="{_SCHEMA}oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        f' xsi:schemaLocation="{_SCHEMA}oai_dc/ {_SCHEMA}oai_dc.xsd">'
    )
    yield xml.element("dc:title", identity.name) + xml.element("dc:description", identity.about)
    yield "</oai_dc:dc></description></Identify>"


def _formats(asked: Asked, base: Base, identity: Identity, now: datetime) -> Iterator[str]:
    if "identifier" in asked.told and base.one(asked.identifier, links=False) is None:
        raise _unknown()
    yield "<ListMetadataFormats>"
    for f in FORMATS.values():
        yield "<metadataFormat>" + xml.element("metadataPrefix", f.prefix) + xml.element("schema", f.schema)
        yield xml.element("metadataNamespace", f.namespace) + "</metadataFormat>"
    yield "</ListMetadataFormats>"


def _sets(asked: Asked, base: Base, identity: Identity, now: datetime) -> Iterator[str]:
    found = list(base.sets())
    if not found:
        raise _no_sets()
    yield "<ListSets>"
    for s in found:
        yield "<set>" + xml.element("setSpec", s.spec) + xml.element("setName", s.name) + "</set>"
    yield "</ListSets>"


def _record(asked: Asked, base: Base, identity: Identity, now: datetime) -> Iterator[str]:
    entry = base.one(asked.identifier, links=asked.prefix == "oai_dc")
    if entry is None:
        raise _unknown()
    _check_prefix(asked.prefix)
    yield "<GetRecord>"
    yield _told(entry, asked.prefix)
    yield "</GetRecord>"


def _list(asked: Asked, base: Base, identity: Identity, now: datetime) -> Iterator[str]:
    _check_prefix(asked.prefix)
    if asked.set_spec and not any(True for _ in base.sets()):
        raise _no_sets()
    token = asked.token
    if token is not None and token.base != base.key:
        raise OaiRefused("badResumptionToken", "This token belongs to another base URL.")
    whole = asked.verb == "ListRecords"
    size = RECORDS_A_PAGE if whole else IDENTIFIERS_A_PAGE
    # OAI-6: nothing that is still being written is passed over, so a list never goes beyond the horizon
    wanted = Selection(asked.set_spec, asked.since, min(now, asked.before) if asked.before else now)
    entries = base.page(
        wanted, token.after if token else None, size + 1, content=whole, links=asked.prefix == "oai_dc" and whole
    )
    if not entries and token is None:
        raise OaiRefused("noRecordsMatch", "Nothing in this repository is of this set and time.")
    yield f"<{asked.verb}>"
    for entry in entries[:size]:
        yield _told(entry, asked.prefix) if whole else _header(entry)
    yield _resumption(asked, base, wanted, entries, size)
    yield f"</{asked.verb}>"


def _resumption(asked: Asked, base: Base, wanted: Selection, entries: list[Entry], size: int) -> str:
    """The token element: one to go on with, an empty one at the end of a list in pieces, none for a list in one."""
    before = asked.token.told if asked.token else 0
    if len(entries) <= size:
        return f'<resumptionToken{_size(asked.token.total)} cursor="{before}"/>' if asked.token else ""
    last = entries[size - 1]
    total = asked.token.total if asked.token else base.how_many(wanted)
    token = Token(
        base=base.key, verb=asked.verb, prefix=asked.prefix, set_spec=asked.set_spec,
        since=_first("from", asked), until=_first("until", asked), second=int(last.datestamp.timestamp()), id=last.id,
        told=before + size, total=-1 if total is None else total,
    )  # fmt: skip
    return f'<resumptionToken{_size(token.total)} cursor="{before}">{token.text()}</resumptionToken>'


def _first(name: str, asked: Asked) -> str:
    """An argument of the list's first request."""
    return (asked.token.arguments() if asked.token else asked.told).get(name, "")


def _size(total: int) -> str:
    return f' completeListSize="{total}"' if total >= 0 else ""


def _check_prefix(prefix: str) -> None:
    if prefix not in FORMATS:
        raise OaiRefused("cannotDisseminateFormat", f"Formats are: {', '.join(FORMATS)}.")


def _unknown() -> OaiRefused:
    return OaiRefused("idDoesNotExist", "Nothing in this repository has this identifier.")


def _no_sets() -> OaiRefused:
    return OaiRefused("noSetHierarchy", "This repository has no sets; the one at /oai has.")


def _header(entry: Entry) -> str:
    status = ' status="deleted"' if entry.deleted else ""
    sets = "".join(f"<setSpec>{spec}</setSpec>" for spec in entry.sets)
    identifier = xml.element("identifier", entry.identifier)
    return f"<header{status}>{identifier}<datestamp>{xml.utc(entry.datestamp)}</datestamp>{sets}</header>"


def _told(entry: Entry, prefix: str) -> str:
    if entry.record is None:
        return f"<record>{_header(entry)}</record>\n"
    about = f"<about>{entry.about}</about>" if entry.about else ""
    metadata = rendered(entry.record, prefix, entry.link)
    return f"<record>{_header(entry)}<metadata>{metadata}</metadata>{about}</record>\n"


_VERBS: Final[Mapping[str, Callable[[Asked, Base, Identity, datetime], Iterator[str]]]] = {
    "Identify": _identify,
    "ListMetadataFormats": _formats,
    "ListSets": _sets,
    "GetRecord": _record,
    **dict.fromkeys(LISTS, _list),
}
