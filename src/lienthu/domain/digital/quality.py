"""What is wrong with a scan, by what was measured and what a profile asks. Pure. Rule WFL-14."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lienthu.foundation.imaging.likeness import ALIKE

_REACH: Final = 12  # a page scanned twice lies near its twin


@dataclass(frozen=True, slots=True)
class Limit:
    """What a limit of a profile is about: the finding, the measured fact, which side is wrong, what can be asked."""

    finding: str
    fact: str
    worse: str
    least: float
    most: float


LIMITS: Final[Mapping[str, Limit]] = {
    "min_dpi": Limit("resolution", "dpi", "below", 50, 4800),
    "min_bits": Limit("depth", "bits", "below", 1, 64),
    "min_sharpness": Limit("blur", "sharpness", "below", 0, 100_000),
    "max_skew_degrees": Limit("skew", "skew_degrees", "above", 0, 45),
}
"""Everything a profile can ask."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A page as it was measured."""

    state: str
    facts: Mapping[str, Any]
    problem: str = ""
    twin: bool = False


def findings_of(page: Measured, limits: Mapping[str, float]) -> tuple[str, ...]:
    """Codes of what is wrong, the worst first. What was not measured, or has no limit, is no finding."""
    if page.state == "failed":
        return ("unreadable",)
    if page.state == "missing":
        return ("missing",)
    found = []
    for limit, about in LIMITS.items():
        code, fact, worse = about.finding, about.fact, about.worse
        value, bound = page.facts.get(fact), limits.get(limit)
        if bound is not None and fact == "dpi" and "dpi" in page.facts and value is None:
            found.append("unstated")  # measured, and the file does not say: nobody knows whether it is enough
        if not isinstance(value, int | float) or bound is None:
            continue
        if value < bound if worse == "below" else abs(value) > bound:
            found.append(code)
    if page.facts.get("blank") is True:
        found = [code for code in found if code not in ("blur", "skew")] + ["blank"]
    elif page.twin:
        found.append("duplicate")
    return tuple(found)


def twins_among(hashes: Mapping[int, Any]) -> frozenset[int]:
    """Pages whose picture is nearly that of a page shortly before. ``hashes``: seq → 256 bits in hex, in order."""
    read = [(seq, _bits(value)) for seq, value in hashes.items()]
    twins = set()
    for n, (seq, bits) in enumerate(read):
        if bits is None:
            continue
        for _other, before in read[max(0, n - _REACH) : n]:
            if before is not None and (bits ^ before).bit_count() < ALIKE:
                twins.add(seq)
                break
    return frozenset(twins)


def _bits(value: Any) -> int | None:
    try:
        return int(str(value), 16) if value else None
    except ValueError:
        return None
