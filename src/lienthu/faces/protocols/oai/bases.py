"""What a repository must be able to do for the verbs, and what it tells of one item."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from lienthu.foundation.marc.model import Record


class Set(NamedTuple):
    """A set by its setSpec, with a name for people."""

    spec: str
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as it is told. ``id``: its place among those of one second. ``about``: finished XML, or ""."""

    id: int
    identifier: str
    datestamp: datetime
    deleted: bool
    sets: tuple[str, ...]
    record: Record | None
    link: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which items a list is of; ``before`` is exclusive and never later than the horizon."""

    set_spec: str
    since: datetime | None
    before: datetime


class Base(Protocol):
    """A repository: something with a base URL, items and sets. Every method is a fixed number of statements."""

    key: str
    path: str

    def sample(self) -> str:
        """An identifier such as those of the items."""

    def sets(self) -> Iterable[Set]:
        """The sets there are."""

    def earliest(self) -> datetime | None:
        """The lowest datestamp, None where there are no items."""

    def page(
        self, wanted: Selection, after: tuple[datetime, int] | None, limit: int, *, content: bool, links: bool
    ) -> list[Entry]:
        """Items in the order of (datestamp, id) behind ``after``; none for a set nobody has."""

    def how_many(self, wanted: Selection) -> int | None:
        """How long the list is, None where counting takes long."""

    def one(self, identifier: str, *, links: bool) -> Entry | None:
        """The item with this identifier."""
