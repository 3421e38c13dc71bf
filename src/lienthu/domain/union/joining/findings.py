"""What a joining report says, as plain values that are kept as JSON. Pure. Counts are complete, examples bounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

import orjson

VERSION: Final = 1
PAIRS: Final = 24  # examples of a kind that are shown side by side
EXAMPLES: Final = 8  # examples of a missing field or a conflict
LONGEST: Final = 300  # characters of a value that is kept


@dataclass(slots=True)
class Side:
    """A record as it stood when the report was made. ``record_id`` is None for one that is in the file only."""

    title: str = ""
    responsibility: str = ""
    imprint: str = ""
    number: str = ""
    library_id: int = 0
    record_id: int | None = None


@dataclass(slots=True)
class Compared:
    """Two records side by side: the one of the file left. ``reasons`` as the scoring explains them."""

    score: float
    verdict: str
    left: Side
    right: Side
    reasons: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Kind:
    """Records of one kind of material by what becomes of them."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(slots=True)
class Lack:
    """A field that should be there: of how many records, in how many it is missing, and some of them."""

    asked: int = 0
    missing: int = 0
    examples: list[list[Any]] = field(default_factory=list)  # [place in the file from 1, label]


@dataclass(slots=True)
class Conflict:
    """Something that two records claim: what, who claims it in the file, who has it."""

    what: str
    place: int
    label: str
    other: str = ""
    other_in_file: bool = False
    record_id: int | None = None


@dataclass(slots=True)
class Findings:
    """The report of a rehearsal, beside the numbers, problems and unread pieces of its batch."""

    rule: int = 0
    kinds: dict[str, Kind] = field(default_factory=dict)
    quality: dict[str, Lack] = field(default_factory=dict)
    changed_fields: dict[str, int] = field(default_factory=dict)
    changed_records: int = 0
    changed_examples: list[list[Any]] = field(default_factory=list)  # [place, label, tags]
    # what would come of the records that are new or changed
    placed: int = 0
    matched: int = 0
    matched_publications: int = 0
    matched_by_library: dict[str, int] = field(default_factory=dict)
    beside_own: int = 0
    new: int = 0
    new_publications: int = 0
    doubtful: int = 0
    matched_examples: list[Compared] = field(default_factory=list)
    doubtful_examples: list[Compared] = field(default_factory=list)
    # the file in itself
    repeated_publications: int = 0
    repeated_records: int = 0
    repeated_examples: list[Compared] = field(default_factory=list)
    # conflicts
    barcodes_taken: int = 0
    barcode_examples: list[Conflict] = field(default_factory=list)
    numbers_repeated: int = 0
    number_examples: list[Conflict] = field(default_factory=list)
    numbers_reused: int = 0
    reused_examples: list[Conflict] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For keeping; nothing in it that PostgreSQL's text does not hold."""
        text = orjson.dumps(_storable(asdict(self)))
        value: dict[str, Any] = orjson.loads(text)
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Findings:
        """What ``as_json`` wrote; what a later version added is left out, what it lacks is empty."""
        return _read(cls, value)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "␀").encode("utf-8", "replace").decode()[:LONGEST]
    if isinstance(value, dict):
        return {_storable(k): _storable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(v) for v in value]
    return value


_T = TypeVar("_T")


def _read(kind: type[_T], value: Mapping[str, Any]) -> _T:
    hints = get_type_hints(kind)
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]  # always a dataclass
    return kind(**{name: _value(hints[name], v) for name, v in value.items() if name in known})


def _value(kind: Any, value: Any) -> Any:
    if isinstance(kind, type) and is_dataclass(kind):
        return _read(kind, value)
    if get_origin(kind) is list:
        return [_value(get_args(kind)[0], v) for v in value]
    if get_origin(kind) is dict:
        return {k: _value(get_args(kind)[1], v) for k, v in value.items()}
    return value
