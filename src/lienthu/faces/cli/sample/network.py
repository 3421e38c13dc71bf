"""The sample network: bodies, libraries and what became of them (``network.json``).

The administrative units are no sample: every install has them. Library codes are ISIL-shaped but provisional (no
agency assigns them yet); opening hours, services and addresses under ``.example`` are samples; what
carries ``assumed`` is a plausible guess that an administrator is expected to replace.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

NETWORK_FILE = Path(__file__).with_name("network.json")

# Luật Thư viện 46/2019/QH14, article 9; education below university level is one type there.
LIBRARY_TYPES = (
    "national",
    "public",
    "special",
    "armed_forces",
    "higher_education",
    "education_other",
    "community",
    "private",
    "foreign",
)
EVENT_KINDS = ("founded", "merged", "split", "renamed", "moved", "dissolved")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class BodySample:
    """An organisation that may contain libraries and need not be one."""

    code: str
    name_vi: str
    name_en: str
    valid_from: date | None
    valid_to: date | None
    note: str


@dataclass(frozen=True, slots=True)
class AffiliationSample:
    """Which body a library belonged to, and when."""

    body: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class BranchSample:
    """A place of a library, its code unique there. ``kind``: main, branch, campus, department or mobile."""

    code: str
    name_vi: str
    name_en: str
    kind: str
    administrative_unit: str | None
    valid_from: date | None
    assumed: bool


@dataclass(frozen=True, slots=True)
class ServiceSample:
    """A service of a library; an online one may have an address under ``.example``."""

    kind: str
    name_vi: str
    name_en: str
    online: bool
    url: str


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """One opening of one weekday, ``HH:MM`` local time."""

    weekday: str
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class OnlineAddress:
    """An online address of a library, always under ``.example``."""

    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class LibrarySample:
    """A library. ``closed`` ones never appear in public search; ``valid_to`` is the last day it exists."""

    code: str
    code_provisional: bool
    name_vi: str
    name_en: str
    type: str
    parent_body: str
    affiliations: tuple[AffiliationSample, ...]
    administrative_unit: str | None
    address: str
    valid_from: date | None
    valid_to: date | None
    closed: bool
    assumed: bool
    branches: tuple[BranchSample, ...]
    services: tuple[ServiceSample, ...]
    opening_hours: tuple[OpeningHours, ...]
    online: tuple[OnlineAddress, ...]
    note: str
    sample: bool


@dataclass(frozen=True, slots=True)
class LineageEvent:
    """Something that happened to libraries or bodies; ``sources`` and ``targets`` are codes of either.

    ``outcome`` says where the stock went (``stock_to_commune``, ``branch_of_province``,
    ``continues_inside_body`` or empty); ``to_branch`` names the branch it became; ``library`` the library
    that moved when the codes are those of bodies.
    """

    kind: str
    date: date
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    note: str
    assumed: bool
    outcome: str
    to_branch: str
    library: str


@dataclass(frozen=True, slots=True)
class NetworkSample:
    """The whole sample network."""

    note: str
    bodies: tuple[BodySample, ...]
    libraries: tuple[LibrarySample, ...]
    events: tuple[LineageEvent, ...]

    def libraries_on(self, day: date) -> tuple[LibrarySample, ...]:
        """The libraries that exist on ``day``."""
        return tuple(lib for lib in self.libraries if _exists(lib.valid_from, lib.valid_to, day))

    def library(self, code: str) -> LibrarySample:
        """The library with ``code``; KeyError when there is none."""
        for lib in self.libraries:
            if lib.code == code:
                return lib
        raise KeyError(code)

    def heirs(self, code: str) -> tuple[str, ...]:
        """Codes of the libraries that carry on ``code`` today: itself, or its successors where it ended."""
        if self.library(code).valid_to is None:
            return (code,)
        found: list[str] = []
        for event in self.events:
            if code in event.sources and event.kind in ("merged", "split", "renamed"):
                for target in event.targets:
                    found.extend(heir for heir in self.heirs(target) if heir not in found)
        return tuple(found)


def _exists(first: date | None, last: date | None, day: date) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _body(row: Mapping[str, Any]) -> BodySample:
    return BodySample(
        code=row["code"],
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        note=row.get("note") or "",
    )


def _branch(row: Mapping[str, Any]) -> BranchSample:
    return BranchSample(
        code=row["code"],
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        kind=row["kind"],
        administrative_unit=row["administrative_unit"],
        valid_from=_day(row["valid_from"]),
        assumed=row["assumed"],
    )


def _library(row: Mapping[str, Any]) -> LibrarySample:
    return LibrarySample(
        code=row["code"],
        code_provisional=row["code_provisional"],
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        type=row["type"],
        parent_body=row["parent_body"],
        affiliations=tuple(
            AffiliationSample(a["body"], _day(a["valid_from"]), _day(a["valid_to"])) for a in row["affiliations"]
        ),
        administrative_unit=row["administrative_unit"],
        address=row["address"] or "",
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        closed=row["closed"],
        assumed=row["assumed"],
        branches=tuple(_branch(b) for b in row["branches"]),
        services=tuple(
            ServiceSample(s["kind"], s["name_vi"], s["name_en"], s["online"], s.get("url") or "")
            for s in row["services"]
        ),
        opening_hours=tuple(
            OpeningHours(weekday, opens, closes)
            for weekday in WEEKDAYS
            for opens, closes in row["opening_hours"].get(weekday, ())
        ),
        online=tuple(OnlineAddress(o["kind"], o["url"]) for o in row["online"]),
        note=row["note"] or "",
        sample=row["sample"],
    )


def _event(row: Mapping[str, Any]) -> LineageEvent:
    return LineageEvent(
        kind=row["kind"],
        date=date.fromisoformat(row["date"]),
        sources=tuple(row["from"]),
        targets=tuple(row["to"]),
        note=row["note"],
        assumed=row["assumed"],
        outcome=row.get("outcome") or "",
        to_branch=row.get("to_branch") or "",
        library=row.get("library") or "",
    )


@cache
def load_network() -> NetworkSample:
    """The sample network as frozen dataclasses, read once."""
    raw = json.loads(NETWORK_FILE.read_text(encoding="utf-8"))
    return NetworkSample(
        note=raw["note"],
        bodies=tuple(_body(row) for row in raw["bodies"]),
        libraries=tuple(_library(row) for row in raw["libraries"]),
        events=tuple(_event(row) for row in raw["events"]),
    )
