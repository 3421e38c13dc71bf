"""Bars of a year histogram as numbers ready for an SVG: no browser code draws them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HEIGHT = 60
BAR = 10  # units of the drawing, which is stretched to the width of its place
GAP = 1.5
LEAST = 2  # a year with one title is still to be seen


@dataclass(frozen=True, slots=True)
class Bar:
    year_from: int
    year_to: int
    count: int
    url: str
    x: float
    y: float
    height: float
    state: str  # "in" or "out" of the selection, "" when nothing is selected

    @property
    def years(self) -> str:
        return str(self.year_from) if self.year_from == self.year_to else f"{self.year_from}–{self.year_to}"


@dataclass(frozen=True, slots=True)
class Histogram:
    bars: Sequence[Bar]
    width: float
    first: int
    last: int
    total: int
    peak: Bar | None


def histogram(
    buckets: Sequence[Mapping[str, Any]], selected_from: int | None = None, selected_to: int | None = None
) -> Histogram:
    """Lay out buckets `{"from": int, "to": int, "count": int, "url": str}` (url may be absent) left to right.

    Heights follow the square root of the counts: a province's catalogue holds a hundred times more titles
    of the last decade than of the 1930s; drawn linearly, the old ones, which readers look for, would vanish.
    """
    most = max((int(bucket["count"]) for bucket in buckets), default=0)
    chosen = selected_from is not None or selected_to is not None
    low = selected_from if selected_from is not None else -10_000
    high = selected_to if selected_to is not None else 10_000
    bars = []
    for index, bucket in enumerate(buckets):
        count = int(bucket["count"])
        height = max(LEAST, round(HEIGHT * (count / most) ** 0.5, 1)) if count else 0
        inside = int(bucket["to"]) >= low and int(bucket["from"]) <= high
        bars.append(
            Bar(
                year_from=int(bucket["from"]),
                year_to=int(bucket["to"]),
                count=count,
                url=str(bucket.get("url", "")),
                x=round(index * BAR + GAP / 2, 2),
                y=HEIGHT - height,
                height=height,
                state=("in" if inside else "out") if chosen else "",
            )
        )
    return Histogram(
        bars=bars,
        width=max(1, len(bars)) * BAR,
        first=bars[0].year_from if bars else 0,
        last=bars[-1].year_to if bars else 0,
        total=sum(bar.count for bar in bars),
        peak=max(bars, key=lambda bar: bar.count, default=None),
    )
