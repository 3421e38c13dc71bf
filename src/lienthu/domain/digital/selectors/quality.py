"""What was measured, against a profile, and whether the pages run on. Rules WFL-14, WFL-21."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, TextField, Value

from lienthu.domain.digital.models import DigitalObject, Layer, Page, PageText
from lienthu.domain.digital.paging.sequence import Break, Leaf, breaks_in
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
    told: str = ""  # the numbers between which the pages do not run on


def _of_file(facts: dict[str, Any] | None) -> dict[str, Any]:
    """What only the master tells: the bits of a whole pixel, all its colours together."""
    bits = (facts or {}).get("bits")
    return {"bits": bits} if isinstance(bits, int) else {}


def quality_of(obj: DigitalObject, profile: Profile) -> tuple[list[Row], Counter[str]]:
    """Every page with its findings, in order, and how often each occurs: two queries."""
    fields = ("seq", "position", "label", "state", "version", "problem", "quality", "file__facts")
    pages = list(Page.objects.filter(object=obj).order_by("position").values(*fields))
    twins = twins_among({p["seq"]: p["quality"].get("dhash") for p in pages if p["quality"]})
    broken = _breaks(obj, pages)
    rows, counted = [], Counter[str]()
    for page in pages:
        page["quality"] = {**_of_file(page["file__facts"]), **page["quality"]}
        found = findings_of(
            Measured(page["state"], page["quality"], page["problem"], page["seq"] in twins), profile.limits
        )
        breaks = broken.get(page["seq"], [])
        found += tuple(one.code for one in breaks)
        counted.update(found)
        rows.append(
            Row(
                page["seq"], page["position"], page["label"], page["state"], page["version"], page["problem"],
                page["quality"], found, " · ".join(one.told for one in breaks),
            )
        )  # fmt: skip
    return rows, counted


def _breaks(obj: DigitalObject, pages: Sequence[dict[str, Any]]) -> dict[int, list[Break]]:
    """Where the numbers of the pages do not run on, by the page at which it is seen: one query."""
    read = PageText.objects.filter(page__object=obj, layer=Layer.ORIGINAL, current=True)
    lines = {seq: (first, last) for seq, first, last in read.values_list("page__seq", _line(1), _line(-1)).order_by()}
    return breaks_in(
        [Leaf(p["seq"], p["label"], p["state"] == Page.State.MISSING, lines.get(p["seq"], ())) for p in pages]
    )


def _line(number: int) -> Func:
    """A line of the text, counted from the end below zero; the database cuts it, not we."""
    return Func(F("text"), Value("\n"), Value(number), function="split_part", output_field=TextField())
