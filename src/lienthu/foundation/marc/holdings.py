"""Items and textual holdings inside bibliographic records: 852 (MARC 21), 952 (Koha), local mappings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Final, NamedTuple

from lienthu.foundation.marc.model import Field, Record

STATUSES: Final = ("available", "on_loan", "reference_only", "lost", "withdrawn", "in_process", "unknown")


class HoldingRuleInvalid(ValueError):
    """A stored rule cannot be used. ``key`` names the faulty member, ``detail`` what is wrong with it."""

    def __init__(self, key: str, detail: str) -> None:
        super().__init__(f"{key}: {detail}")
        self.key = key
        self.detail = detail


class ItemData(NamedTuple):
    """One copy as the source describes it. ``copies`` is 1 for a barcoded item, more for a lot."""

    branch: str = ""
    location: str = ""
    call_number: str = ""
    barcode: str = ""
    copy_number: str = ""
    copies: int = 1
    status: str = "unknown"
    note: str = ""
    acquired: str = ""
    source_tag: str = ""
    price: str = ""


@dataclass(frozen=True, slots=True)
class HoldingRule:
    """Where a library keeps what in one holdings field.

    Each member is a subfield code, "" for absent. Of several codes, ``branch`` takes the first that is not
    empty; ``call_number``, ``location`` and ``note`` take all in the rule's order, joined by one space;
    ``status`` is read by `read_status`. ``split`` holds the characters that part barcodes in one subfield.
    """

    tag: str
    branch: str = ""
    location: str = ""
    call_number: str = ""
    barcode: str = ""
    copy_number: str = ""
    status: str = ""
    copies: str = ""
    note: str = ""
    acquired_date: str = ""
    price: str = ""
    split: str = ""

    def __post_init__(self) -> None:
        if not (len(self.tag) == 3 and self.tag.isascii() and self.tag.isalnum()) or self.tag < "010":
            raise HoldingRuleInvalid("tag", f"{self.tag!r} is no data field tag")
        for name in _CODE_MEMBERS:
            codes = getattr(self, name)
            if any(not (c.isascii() and (c.isdigit() or c.islower())) for c in codes):
                raise HoldingRuleInvalid(name, f"{codes!r} holds something that is no subfield code")
            if len(set(codes)) != len(codes):
                raise HoldingRuleInvalid(name, f"{codes!r} names a subfield twice")
            if len(codes) > 1 and name in _SINGLE_MEMBERS:
                raise HoldingRuleInvalid(name, f"{codes!r}: only one subfield can hold this")
        if any(c.isalnum() or c in "-./" for c in self.split):
            raise HoldingRuleInvalid("split", "letters, digits, '-', '.' and '/' occur inside barcodes")

    @property
    def finds_copies(self) -> bool:
        """Whether the rule names anything that makes a copy; one that does not reads nothing whatever the record."""
        return bool(self.barcode or self.call_number or self.location or self.branch or self.copies)

    def to_dict(self) -> dict[str, str]:
        """The rule as a plain dict of strings, empty members left out."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name))}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> HoldingRule:
        """The rule that `to_dict` wrote. Raises HoldingRuleInvalid for unknown members and wrong values."""
        if not isinstance(data, Mapping):
            raise HoldingRuleInvalid("rule", "expected an object")
        names = {f.name for f in fields(cls)}
        for key, value in data.items():
            if key not in names:
                raise HoldingRuleInvalid(str(key), "unknown member")
            if not isinstance(value, str):
                raise HoldingRuleInvalid(str(key), "expected a string")
        if "tag" not in data:
            raise HoldingRuleInvalid("tag", "missing")
        return cls(**data)


_CODE_MEMBERS: Final = (
    "branch",
    "location",
    "call_number",
    "barcode",
    "copy_number",
    "status",
    "copies",
    "note",
    "acquired_date",
    "price",
)
MEMBERS: Final = ("tag", *_CODE_MEMBERS, "split")
_SINGLE_MEMBERS: Final = frozenset({"barcode", "copy_number", "copies", "acquired_date", "price"})

MARC_852: Final = HoldingRule(
    tag="852",
    branch="ba",
    location="c",
    call_number="khijm",
    barcode="p",
    copy_number="t",
    note="z",
    split="",
)
KOHA_952: Final = HoldingRule(
    tag="952",
    branch="ab",
    location="c",
    call_number="o",
    barcode="p",
    copy_number="t",
    status="01457q",
    note="z",
    acquired_date="d",
    price="g",
)

DEFAULT_RULES: Final[tuple[HoldingRule, ...]] = (MARC_852, KOHA_952)

# Local systems are set up by each library: starting points, to be checked against a library's own file.
PRESETS: Final[dict[str, tuple[HoldingRule, ...]]] = {
    "marc-852": (MARC_852,),
    "koha-952": (KOHA_952,),
    "ilib-852": (
        HoldingRule(tag="852", branch="a", location="b", call_number="hi", barcode="j", note="z", split=";,"),
    ),
    "libol-852/900": (
        HoldingRule(tag="852", branch="a", location="b", call_number="hi", barcode="j", note="z", split=";,"),
        HoldingRule(tag="900", branch="a", location="b", call_number="c", barcode="d", copies="e", split=";,"),
    ),
    "local-949": (
        HoldingRule(
            tag="949",
            branch="m",
            location="l",
            call_number="a",
            barcode="i",
            copy_number="c",
            status="s",
            note="o",
            acquired_date="u",
            price="p",
            split=";",
        ),
    ),
}


def rules_to_list(rules: Sequence[HoldingRule]) -> list[dict[str, str]]:
    """Rules as a library stores them in JSON."""
    return [rule.to_dict() for rule in rules]


def rules_from_list(data: Any) -> tuple[HoldingRule, ...]:
    """The rules that `rules_to_list` wrote. Raises HoldingRuleInvalid, also for two rules of one tag."""
    if not isinstance(data, list):
        raise HoldingRuleInvalid("rules", "expected a list")
    rules = tuple(HoldingRule.from_dict(entry) for entry in data)
    tags = [rule.tag for rule in rules]
    for tag in tags:
        if tags.count(tag) > 1:
            raise HoldingRuleInvalid("tag", f"{tag!r} has two rules")
    return rules


def read_items(record: Record, rules: Sequence[HoldingRule] = DEFAULT_RULES) -> tuple[ItemData, ...]:
    """The items of ``record`` by ``rules``, in field order; () where it has none of the rules' fields.

    A barcode is an item; several barcodes in one field are several items that share the rest. A field without
    barcode is one entry with its count of copies, if it says anything about branch, location, call number or
    number of copies. Call numbers are taken verbatim. The same barcode twice in one record is one item.
    """
    by_tag = {rule.tag: rule for rule in rules}
    items: list[ItemData] = []
    seen: set[str] = set()
    for field in record.fields:
        rule = by_tag.get(field[0])  # by number: asked of every field of every record
        if rule is not None:
            for item in _items_of(field, rule):
                if item.barcode:
                    if item.barcode in seen:
                        continue
                    seen.add(item.barcode)
                items.append(item)
    return tuple(items)


def _items_of(field: Field, rule: HoldingRule) -> list[ItemData]:
    values: dict[str, list[str]] = {}
    for code, value in field.subfields:
        if value := value.strip():
            values.setdefault(code, []).append(value)
    if not values:
        return []
    shared = ItemData(
        branch=_first(values, rule.branch),
        location=_all(values, rule.location),
        call_number=_all(values, rule.call_number),
        copy_number=_first(values, rule.copy_number),
        copies=_count(_first(values, rule.copies)),
        status=read_status(rule, values),
        note=_all(values, rule.note),
        acquired=iso_date(_first(values, rule.acquired_date)),
        source_tag=field.tag,
        price=_first(values, rule.price),
    )
    barcodes = [b for value in values.get(rule.barcode, ()) for b in _split(value, rule.split)]
    if not barcodes:
        says_something = shared.branch or shared.location or shared.call_number or rule.copies in values
        return [shared] if says_something else []
    copy_numbers = values.get(rule.copy_number, [])
    own_numbers = len(copy_numbers) == len(barcodes)
    return [
        shared._replace(barcode=barcode, copies=1, copy_number=copy_numbers[i] if own_numbers else shared.copy_number)
        for i, barcode in enumerate(barcodes)
    ]


def _first(values: Mapping[str, list[str]], codes: str) -> str:
    for code in codes:
        if found := values.get(code):
            return found[0]
    return ""


def _all(values: Mapping[str, list[str]], codes: str) -> str:
    return " ".join([v for code in codes for v in values.get(code, ())])


def _split(value: str, marks: str) -> list[str]:
    for mark in marks:
        value = value.replace(mark, "\n")
    return [part for piece in value.split("\n") if (part := piece.strip())]


def _count(text: str) -> int:
    """A number of copies ("3", "3 bản"), at least 1; a number over 9,999 is a misplaced barcode."""
    digits = text.split()[0] if text else ""
    if digits.isascii() and digits.isdigit() and len(digits) <= 4:
        return max(1, int(digits))
    return 1


@lru_cache(maxsize=20_000)
def iso_date(text: str) -> str:
    """A date as yyyy-mm-dd, from yyyy-mm-dd, dd/mm/yyyy (Vietnamese order) or yyyymmdd; otherwise ""."""
    head = text.strip().split(" ")[0].split("T")[0]
    parts = head.replace("/", "-").replace(".", "-").split("-")
    if len(parts) == 1 and len(head) == 8 and head.isascii() and head.isdigit():
        parts = [head[:4], head[4:6], head[6:]]
    if len(parts) != 3 or not all(p.isascii() and p.isdigit() for p in parts):
        return ""
    if len(parts[0]) == 4:
        year, month, day = (int(p) for p in parts)
    elif len(parts[2]) == 4:
        day, month, year = (int(p) for p in parts)
    else:
        return ""
    longest = (
        31,
        29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28,
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    )
    if not (year >= 1000 and 1 <= month <= 12 and 1 <= day <= longest[month - 1]):
        return ""
    return f"{year:04}-{month:02}-{day:02}"


# Koha's flags: 0 withdrawn, 1 lost, 4 damaged, 5 restricted, 7 not for loan (negative: in process), q due.
_KOHA_FLAGS: Final = (("0", "withdrawn"), ("1", "lost"))
_STATUS_WORDS: Final = (
    ("lost", ("lost", "missing", "mất", "mat sach", "thất lạc")),
    ("withdrawn", ("withdraw", "weed", "discard", "thanh lý", "thanh lí", "thanh ly", "huỷ", "hủy")),
    ("on_loan", ("on loan", "checked out", "đang mượn", "cho mượn", "dang muon", "đã mượn", "chưa trả")),
    ("in_process", ("process", "order", "xử lý", "xử lí", "xu ly", "biên mục", "sửa chữa", "repair", "bind")),
    ("reference_only", ("reference", "in-library", "tại chỗ", "tai cho")),
    ("available", ("available", "sẵn", "san sang", "trong kho", "rỗi", "on shelf")),
)  # fmt: skip

_DENIALS: Final = ("not available", "unavailable", "chưa", "không")


def read_status(rule: HoldingRule, values: Mapping[str, Sequence[str]]) -> str:
    """One of STATUSES from the rule's status subfields: Koha's numbered flags in 952, words elsewhere."""
    if not rule.status:
        return "unknown"
    if rule.tag == "952":
        return _koha_status(values)
    text = " ".join([v for code in rule.status for v in values.get(code, ())]).lower()
    if not text:
        return "unknown"
    # "không cho mượn" (not for loan) contains the words for lending.
    if "không cho mượn" in text or "khong cho muon" in text or "not for loan" in text:
        return "reference_only"
    for status, words in _STATUS_WORDS:
        if any(word in text for word in words):
            denied = status == "available" and any(word in text for word in _DENIALS)
            return "unknown" if denied else status
    return "unknown"


def _koha_status(values: Mapping[str, Sequence[str]]) -> str:
    for code, status in _KOHA_FLAGS:
        if _first_value(values, code) not in ("", "0"):
            return status
    if _first_value(values, "q"):
        return "on_loan"
    not_for_loan = _first_value(values, "7")
    if not_for_loan.startswith("-"):
        return "in_process"
    if not_for_loan not in ("", "0") or _first_value(values, "5") not in ("", "0"):
        return "reference_only"
    if _first_value(values, "4") not in ("", "0"):
        return "unknown"  # damaged: Koha's codes do not tell whether it may be lent
    return "available"


def _first_value(values: Mapping[str, Sequence[str]], code: str) -> str:
    found = values.get(code)
    return found[0] if found else ""


def read_holdings_statements(record: Record) -> tuple[str, ...]:
    """Textual holdings of serials (866 basic, 867 supplements, 868 indexes): $a and its note $z, verbatim."""
    found: list[str] = []
    for field in record.fields:
        if field.tag in ("866", "867", "868"):
            text = " ".join([v.strip() for c, v in field.subfields if c in "az" and v.strip()])
            if text:
                found.append(text)
    return tuple(found)
