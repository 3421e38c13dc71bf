"""The contract every search engine behind Liên Thư fulfils."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from lienthu.domain.discovery.documents import SearchDocument
from lienthu.domain.discovery.query import Found, Plan, SearchRequest, Suggestion


class IndexMissing(Exception):
    """There is no index (yet, or any more): it has to be built."""


class SearchReader(Protocol):
    """Reads an index. Safe to use from several threads; sees a commit at the latest a moment after it."""

    def generation(self) -> str:
        """A token that changes with every commit: the key for caches."""
        ...

    def exact_count(self, token: str) -> int:
        """Publications with this exact word."""
        ...

    def folded_count(self, token: str) -> int:
        """Publications with a word of this folded form."""
        ...

    def find(
        self, plan: Plan, request: SearchRequest, *, facet_sizes: Mapping[str, int], without: Collection[int] = ()
    ) -> Found:
        """Carry out a plan with the request's filters, order and page; count the facets named in ``facet_sizes``.

        Publications in ``without`` are neither among the hits nor in the total.
        """
        ...

    def among(self, ids: Collection[int], plan: Plan, request: SearchRequest) -> set[int]:
        """Which of these publications a plan with the request's filters finds, on whatever page."""
        ...

    def suggest(self, folded_prefix: str, limit: int) -> list[Suggestion]:
        """Completions of a folded prefix, most held first."""
        ...


class SearchWriter(Protocol):
    """Writes an index. One at a time for each index; whoever holds it drains the change feed."""

    def put(self, documents: Iterable[SearchDocument]) -> set[int]:
        """Add or replace documents; their ids."""
        ...

    def remove(self, ids: Iterable[int]) -> None:
        """Take documents out."""
        ...

    def commit(self) -> None:
        """Make everything put and removed so far durable and visible."""
        ...
