"""Whose records are whose: names of repositories, provenance of harvested records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lienthu.domain.catalog.models import RecordOrigin, Repository


@dataclass(frozen=True, slots=True)
class OriginRow:
    """Where a record was harvested. ``earlier``: what was said there of its way, outermost first."""

    record_id: int
    base_url: str
    identifier: str
    datestamp: str
    metadata_namespace: str
    harvested_at: datetime
    altered: bool
    earlier: list[dict[str, str]]


def origin_of(record_ids: Sequence[int]) -> dict[int, OriginRow]:
    """Record id → where it was harvested, in one statement; records of one's own are absent."""
    rows = RecordOrigin.objects.filter(record_id__in=record_ids)
    return {
        r.record_id: OriginRow(
            r.record_id, r.base_url, r.identifier, r.datestamp, r.metadata_namespace, r.harvested_at, r.altered,
            r.earlier,
        )
        for r in rows
    }  # fmt: skip


def own_repositories() -> frozenset[str]:
    """Every name this install has or had, lower case: a record whose way begins there is an echo (rule OAI-15)."""
    return frozenset(Repository.objects.filter(own=True).values_list("name", flat=True))


def repositories() -> dict[int, str]:
    """Id → name of every repository that records were harvested from; our own names are not among them."""
    return dict(Repository.objects.filter(own=False).order_by("name").values_list("id", "name"))
