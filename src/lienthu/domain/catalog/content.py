"""From a normalised record to what the catalogue keeps of it. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from lienthu.domain.catalog.collections import is_local_history
from lienthu.foundation.marc.describe import Description, describe
from lienthu.foundation.marc.holdings import HoldingRule, ItemData, read_holdings_statements, read_items
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.normalise import canonical_and_digest, digest
from lienthu.foundation.vietnamese.tokens import folded_tokens

MAX_CONTROL_NUMBER: Final = 110
_REMAINDER: Final = re.compile(r"\s[:/=;]\s")


class HostNames(NamedTuple):
    """What hosts are found by where no number leads to one (IMP-37): of a possible host its own, of a part its host's.

    Keys of 64 bits for titles, the digits for ISSN and ISBN; None: not said, or of the other kind.
    """

    title: int | None = None
    number: int | None = None
    host_title: int | None = None
    host_number: int | None = None


class Content(NamedTuple):
    """A record ready to be stored: identity, canonical text, digest, copies, and what the catalogue notes of it."""

    identity: str
    control_number: str
    marc: str
    digest: bytes
    title: str
    material_type: str
    children: bool
    items: tuple[ItemData, ...]
    statements: tuple[str, ...]
    host_control_number: str
    local_history: bool
    names: HostNames

    @property
    def label(self) -> str:
        """Control number and title, for people reading a report."""
        return f"{self.control_number or '–'} · {self.title}"[:200]


class Notes(NamedTuple):
    """What the catalogue notes beside a record, to find its host and its sets by. Raise READING when read otherwise.

    What stands before ``names`` changes what people and harvesters see of the record.
    """

    host_control_number: str
    material_type: str
    local_history: bool
    children: bool
    names: HostNames = HostNames()


def notes_of(description: Description) -> Notes:
    """The notes of a described record (`services/rereading.py` makes them anew after an upgrade)."""
    whole = description.belongs_to
    host = whole.control_number if whole else ""
    return Notes(
        host_control_number="" if len(host) > MAX_CONTROL_NUMBER else host,
        material_type=description.material_type,
        local_history=is_local_history(description),
        children=description.audience_children,
        names=host_names(description),
    )


def host_names(d: Description) -> HostNames:
    """The names of a described record; of a part also where it says the number of its host, which may not be here."""
    if d.host is None:
        return HostNames(title=title_key(d.title_proper or d.title), number=_first_number(d.issns[:1] or d.isbns[:1]))
    numbers = [n for n in (d.host.issn, d.host.isbn) if n]
    return HostNames(host_title=title_key(d.host.title), host_number=_first_number(numbers))


def title_key(title: str) -> int | None:
    """A title without its remainder, in folded words, as a signed number of 64 bits; None for one without words."""
    words = folded_tokens(_REMAINDER.split(title, 1)[0])
    if not words:
        return None
    return int.from_bytes(hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest(), signed=True)


def _first_number(numbers: Sequence[str]) -> int | None:
    digits = numbers[0].replace("-", "")[:-1] if numbers else ""  # without the check digit, which may be an X
    return int(digits) if digits.isascii() and digits.isdigit() else None


class Arrival(NamedTuple):
    """A record as it arrives: where it stood, its bytes as received, and its content."""

    ordinal: int
    raw: bytes
    raw_encoding: str
    content: Content


def content_of(
    record: Record, rules: Sequence[HoldingRule], identity: str = "", description: Description | None = None
) -> Content:
    """What a normalised record holds. Rule IMP-13: identity is 001, or without one the digest of the record.

    ``identity``: who the record is by the word of the repository it was harvested from (HAR-4). ``description``: what
    the record says, where that is known already.
    """
    number = record.control_number
    description = description or describe(record)
    marc, content_digest = canonical_and_digest(record)
    notes = notes_of(description)
    return Content(
        identity=identity or identity_of(number, record),
        control_number=number[:MAX_CONTROL_NUMBER],
        marc=marc,
        digest=content_digest,
        title=description.title,
        material_type=notes.material_type,
        children=notes.children,
        items=read_items(record, rules),
        statements=read_holdings_statements(record),
        host_control_number=notes.host_control_number,
        local_history=notes.local_history,
        names=notes.names,
    )


def identity_of(control_number: str, record: Record) -> str:
    """ "001:<number>" or "digest:<hex>". A number too long for the column is identified by its own digest."""
    if not control_number:
        return f"digest:{digest(record).hex()}"
    if len(control_number) > MAX_CONTROL_NUMBER:
        return f"001-digest:{hashlib.blake2b(control_number.encode(), digest_size=16).hexdigest()}"
    return f"001:{control_number}"


def harvested_identity(identifier: str) -> str:
    """ "oai:<identifier>": rule HAR-4. One too long for the column is identified by its digest."""
    if len(identifier) > MAX_CONTROL_NUMBER:
        return f"oai-digest:{hashlib.blake2b(identifier.encode(), digest_size=16).hexdigest()}"
    return f"oai:{identifier}"
