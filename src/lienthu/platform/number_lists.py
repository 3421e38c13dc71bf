"""Lists of whole numbers on their way into statements, five times quicker than psycopg writes them.

Bulk statements are given lists of thousands of ids (``unnest(%s::bigint[])``). psycopg looks at every member as if it
might need quotes, 0.9 µs each, a fiftieth of an import. What is written is the same to the byte. Where a dozen lists
make up one act that somebody waits for, ``array`` is twice as quick again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg.types.array import ListDumper


class NumberListDumper(ListDumper):
    """psycopg's own way with lists, short for those that hold nothing but whole numbers."""

    def dump(self, obj: list[Any]) -> bytes | bytearray | memoryview | None:
        """The text of an array."""
        if obj and set(map(type, obj)) == {int}:
            return ("{" + ",".join(map(str, obj)) + "}").encode()
        return super().dump(obj)


def array(values: Iterable[int]) -> str:
    """Whole numbers as PostgreSQL reads an array, for a parameter that names its type (``%s::bigint[]``).

    1,500 of them take 0.14 ms. A list takes 0.31: psycopg looks through it for the type that fits.
    """
    return "{" + ",".join(map(str, values)) + "}"


def register() -> None:
    """Use it for every connection that is made from now on."""
    psycopg.adapters.register_dumper(list, NumberListDumper)
