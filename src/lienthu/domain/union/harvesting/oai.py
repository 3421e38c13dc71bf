"""The requests of OAI-PMH 2.0, and what the answers mean for a harvest. Reading itself: foundation/marc/oaipmh.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from lienthu.domain.union.harvesting.errors import Failure, Transient
from lienthu.domain.union.harvesting.net import Client
from lienthu.foundation.marc.marcxml import local_name
from lienthu.foundation.marc.oaipmh import BadPage, Page, read_page

_PUBLICATIONS: Final = re.compile(r"oai:[^:]+:union/[0-9]+")  # docs/specs/exchange.md, OAI-16
_IDENTIFIED: Final = (
    "sampleIdentifier",
    "repositoryName",
    "granularity",
    "deletedRecord",
    "earliestDatestamp",
    "protocolVersion",
)
_FINAL_PAGES: Final = frozenset({"doctype"})


class TokenDied(Exception):
    """The repository does not know the resumption token (any more)."""


@dataclass(frozen=True, slots=True)
class Repository:
    """What Identify says, as far as it matters."""

    facts: dict[str, Any]

    @property
    def by_day(self) -> bool:
        """Whether datestamps are days; so is assumed of a repository that does not say it keeps seconds."""
        return "ss" not in str(self.facts.get("granularity", ""))

    @property
    def is_a_union(self) -> bool:
        """Whether it is the union catalogue of another Liên Thư, whose publications are made of others' records."""
        return _PUBLICATIONS.fullmatch(str(self.facts.get("sampleIdentifier", ""))) is not None


def identify(client: Client) -> Repository:
    """Ask who it is. Raises Failure or Transient."""
    page = _ask(client, {"verb": "Identify"})
    facts: dict[str, Any] = {}
    for element in page.envelope.iter():
        name = local_name(element.tag) if isinstance(element.tag, str) else ""
        if name in _IDENTIFIED and name not in facts:
            facts[name] = " ".join((element.text or "").split())[:200]
        elif name == "repositoryIdentifier":
            facts["repositoryIdentifier"] = (element.text or "").strip()[:200]
        elif name == "toolkit" or name == "title":
            facts.setdefault("toolkit", " ".join((element.text or "").split())[:100])
    if page.errors or "repositoryName" not in facts:
        raise Failure("not-oai", str(page.errors[:1] or "Identify without a name"))
    return Repository(facts)


def list_records(client: Client, *, token: str, prefix: str, set_spec: str, list_from: str) -> Page:
    """The next page of a list. A page without records and without token stands for "no records match".

    Raises TokenDied, Failure, Transient.
    """
    if token:
        query = {"verb": "ListRecords", "resumptionToken": token}
    else:
        query = {"verb": "ListRecords", "metadataPrefix": prefix, "set": set_spec, "from": list_from}
    page = _ask(client, {name: value for name, value in query.items() if value})
    codes = {code for code, _ in page.errors}
    if "badResumptionToken" in codes and token:
        raise TokenDied
    if codes - {"noRecordsMatch"}:
        raise Failure("oai-error", "; ".join(f"{code}: {said}" for code, said in page.errors)[:500])
    return page


def moment(text: str) -> datetime | None:
    """A UTCdatetime of the protocol, also where it lacks the Z or has fractions; None for anything else."""
    try:
        found = datetime.fromisoformat(text.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _ask(client: Client, query: dict[str, str]) -> Page:
    answer = client.get(urlencode(query))
    try:
        page = read_page(answer.body, answer.charset)
    except BadPage as e:
        if answer.status >= 400:
            raise Failure("not-found" if answer.status in (404, 410) else "http", f"HTTP {answer.status}") from e
        if e.code in _FINAL_PAGES:
            raise Failure(e.code, e.detail) from e
        raise Transient(e.code, e.detail) from e
    if answer.status >= 400 and not page.errors:  # some send their protocol errors with a status of HTTP
        raise Failure("http", f"HTTP {answer.status}")
    return page
