"""What was measured, against a profile. Rule WFL-14."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from lienthu.domain.digital.models import DigitalObject, Page
from lienthu.domain.digital.quality import Measured, findings_of, twins_among
from lienthu.domain.digital.shipped.reading import Profile


@dataclass(frozen=True, slots=True)
class Row:
    """A page with its facts and what is wrong with it."""

    seq: int
    position: int
    label: str
    state: str
    version: int
    problem: str
    facts: dict[str, Any]
    findings: tuple[str, ...]


def _of_file(facts: dict[str, Any] | None) -> dict[str, Any]:
    """What only the master tells: the bits of a whole pixel, all its colours together."""
    bits = (facts or {}).get("bits")
    return {"bits": bits} if isinstance(bits, int) else {}


def quality_of(obj: DigitalObject, profile: Profile) -> tuple[list[Row], Counter[str]]:
    """Every page with its findings, in order, and how often each occurs: one query."""
    fields = ("seq", "position", "label", "state", "version", "problem", "quality", "file__facts")
    pages = list(Page.objects.filter(object=obj).order_by("position").values(*fields))
    twins = twins_among({p["seq"]: p["quality"].get("dhash") for p in pages if p["quality"]})
    rows, counted = [], Counter[str]()
    for page in pages:
        page["quality"] = {**_of_file(page["file__facts"]), **page["quality"]}
        found = findings_of(
            Measured(page["state"], page["quality"], page["problem"], page["seq"] in twins), profile.limits
        )
        counted.update(found)
        rows.append(
            Row(
                page["seq"], page["position"], page["label"], page["state"], page["version"], page["problem"],
                page["quality"], found,
            )
        )  # fmt: skip
    return rows, counted
