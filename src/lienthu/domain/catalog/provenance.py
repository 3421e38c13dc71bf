"""What OAI identifiers and provenance say of a record's way over the net. Pure (rules OAI-3, OAI-14, OAI-15)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

# What the scheme of OAI identifiers allows as the name of a repository: a domain name whose labels begin with letters.
REPOSITORY_NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9\-]*(?:\.[a-zA-Z][a-zA-Z0-9\-]*)+")
UNKNOWN: Final = "unknown.invalid"  # harvested from someone whose identifiers name nobody


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a record was harvested, and what came with it about its way; see ``RecordOrigin``."""

    record_id: int
    base_url: str
    identifier: str
    datestamp: str
    metadata_namespace: str
    harvested_at: datetime
    altered: bool = True
    earlier: tuple[dict[str, str], ...] = ()

    @property
    def repository(self) -> str:
        """The name of the repository the record first came from, lower case."""
        first = self.earlier[-1].get("identifier", "") if self.earlier else ""
        return repository_in(first) or repository_in(self.identifier) or host_of(self.base_url) or UNKNOWN


def repository_in(identifier: str) -> str:
    """The repository an OAI identifier names, lower case, or "": "oai:thuvien.example.vn:VN-A/1"."""
    parts = identifier.split(":", 2)
    if len(parts) == 3 and parts[0].lower() == "oai" and REPOSITORY_NAME.fullmatch(parts[1]) and len(parts[1]) < 256:
        return parts[1].lower()
    return ""


def host_of(url: str) -> str:
    """The host of an address if it can name a repository, lower case, else ""."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    host = host.encode("idna").decode() if not host.isascii() and len(host) < 64 else host
    return host.lower() if REPOSITORY_NAME.fullmatch(host) and len(host) < 256 else ""


def is_echo(identifiers: Sequence[str], own: frozenset[str]) -> bool:
    """Whether one of these OAI identifiers, of a record and of its provenance, was given by one of ``own``."""
    return any(repository_in(identifier) in own for identifier in identifiers)
