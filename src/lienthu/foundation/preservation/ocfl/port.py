"""The store as the rest of the house sees it: what a folder does today and an S3-compatible service can do tomorrow.

Nothing here needs a folder to be renamed, or a file to be changed in place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol

from lienthu.foundation.preservation.ocfl.inventory import Inventory

Source = Path | bytes | Iterable[bytes]
"""What a file is made from: a plain file on disk, its bytes, or its bytes in pieces."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with an object; ``repairable`` is what a killed writer left and the next write takes away."""

    code: str
    path: str
    detail: str
    repairable: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """One kept file: its path in the object's folder, size in bytes, and both digests in hex."""

    path: str
    size: int
    sha512: str
    sha256: str | None


class ObjectStore(Protocol):
    """Objects with versions. One writer at a time for an object; readers need no lock."""

    def create(
        self, object_id: str, files: Mapping[str, Source], *, message: str, user: str, at: datetime
    ) -> Inventory: ...

    def update(
        self,
        object_id: str,
        *,
        add: Mapping[str, Source],
        remove: Iterable[str],
        message: str,
        user: str,
        at: datetime,
    ) -> Inventory: ...

    def discard(self, object_id: str) -> None: ...

    def exists(self, object_id: str) -> bool: ...

    def inventory(self, object_id: str) -> Inventory: ...

    def open(self, object_id: str, logical: str, version: int | None = None) -> AbstractContextManager[IO[bytes]]: ...

    def read(self, object_id: str, logical: str, version: int | None = None) -> bytes: ...

    def pieces(self, object_id: str, logical: str, version: int | None = None) -> Iterator[bytes]: ...

    def objects(self) -> Iterator[str]: ...

    def content(self, object_id: str) -> Iterator[Content]: ...

    def check(self, object_id: str, content: Content) -> Problem | None: ...

    def validate(self, object_id: str, *, deep: bool) -> list[Problem]: ...
