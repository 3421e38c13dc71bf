"""The MARC record as plain immutable values. Everything that reads or writes MARC in the project speaks these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Field(NamedTuple):
    """One variable field.

    A control field (00X) carries ``data`` and no subfields; a data field carries ``subfields`` as
    ``(code, value)`` pairs in their order and an empty ``data``. Indicators are one character each, blank = space.
    """

    tag: str
    ind1: str = " "
    ind2: str = " "
    subfields: tuple[tuple[str, str], ...] = ()
    data: str = ""

    @property
    def is_control(self) -> bool:
        """Whether the tag is a control field's (MARC 21: 001 to 009)."""
        return self.tag < "010" and self.tag.startswith("00")

    def first(self, code: str) -> str:
        """The first value of subfield ``code``, or the empty string."""
        for c, value in self.subfields:
            if c == code:
                return value
        return ""

    def all(self, codes: str) -> list[str]:
        """The values of every subfield whose code is in ``codes``, in their order."""
        return [value for c, value in self.subfields if c in codes]


class Record(NamedTuple):
    """A leader of 24 characters and the fields in their order."""

    leader: str
    fields: tuple[Field, ...]

    def of(self, *tags: str) -> Iterator[Field]:
        """The fields with one of ``tags``, in their order."""
        return (f for f in self.fields if f.tag in tags)

    def first(self, tag: str) -> Field | None:
        """The first field with ``tag``."""
        for f in self.fields:
            if f.tag == tag:
                return f
        return None

    def control(self, tag: str) -> str:
        """The data of control field ``tag``, or the empty string."""
        f = self.first(tag)
        return f.data if f else ""

    @property
    def control_number(self) -> str:
        """The data of 001, trimmed."""
        return self.control("001").strip()

    def with_fields(self, fields: Iterable[Field]) -> Record:
        """A copy of the record with other fields."""
        return Record(self.leader, tuple(fields))
