"""Look at the content of a record and say what a cataloguer should see. Nothing here stops an import."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.problems import Problem, seen
from lienthu.foundation.marc.repair import UNKNOWN_TAG

_BIBLIOGRAPHIC: Final = frozenset("acdefgijkmoprt")
_OTHER_TYPES: Final = frozenset("uvxyzqw")  # holdings, authorities, classification, community information
_LEVELS: Final = frozenset("abcdims")
_ONCE: Final = frozenset({"001", "003", "005", "008"})
_MAIN_ENTRIES: Final = frozenset({"100", "110", "111", "130"})
_TITLE_CODES: Final = frozenset("aknpfgs")

# The values of the two indicators, for fields where a wrong one changes what readers see or find (MARC 21).
_INDICATORS: Final[dict[str, tuple[str, str]]] = {
    "020": (" ", " "),
    "022": (" 01", " "),
    "041": (" 01", " 7"),
    "082": ("017 ", " 04"),
    "100": ("013", " 01"),
    "110": ("012", " 01"),
    "111": ("012", " 01"),
    "130": ("0123456789", " "),
    "245": ("01", "0123456789"),
    "246": ("0123", " 012345678"),
    "490": ("01", " "),
    "600": ("013", "01234567"),
    "610": ("012", "01234567"),
    "611": ("012", "01234567"),
    "650": (" 012", "01234567"),
    "651": (" ", "01234567"),
    "700": ("013", " 2"),
    "710": ("012", " 2"),
    "711": ("012", " 2"),
}
_DATE: Final = re.compile(r"[0-9u|]{4}|[ ]{4}|[0-9]{1,3}[u ]{1,3}|uuuu|\|{4}")
_LANGUAGE: Final = re.compile(r"[a-z]{3}| {3}|\|{3}")
_ISBN_WEIGHTS: Final = range(10, 0, -1)


def validate(record: Record) -> tuple[Problem, ...]:
    """Rule IMP-25. The problems of a normalised record, in the order of its fields; codes as in ``PROBLEMS``.

    Bibliographic records are asked for title, type, 008 and control number; others only for what all
    records share.
    """
    problems: list[Problem] = []
    tags = [f.tag for f in record.fields]
    present = frozenset(tags)
    kind = record.leader[6:7]
    if kind not in _OTHER_TYPES:
        _check_leader(record.leader, problems)
        _check_once(tags, present, problems)
    if "001" not in present:
        problems.append(Problem("no-control-number"))
    lossy = _has_lost_characters(record)
    for field in record.fields:
        tag, ind1, ind2, subfields, data = field
        allowed = _INDICATORS.get(tag)
        if allowed is not None and (ind1 not in allowed[0] or ind2 not in allowed[1]):
            problems.append(Problem("indicator-value", f"{tag} {ind1}{ind2}"))
        if lossy:
            text = data if tag < "010" else "\n".join([value for _, value in subfields])
            if "\ufffd" in text:
                problems.append(Problem("lost-characters", f"{tag} {text[:60]}"))
        check = _CHECKS.get(tag)
        if check is not None:
            check(field, problems, kind)
    return tuple(problems)


def _has_lost_characters(record: Record) -> bool:
    """One look at all texts: hardly any record has such characters."""
    texts = [value for field in record.fields for _, value in field[3]]
    texts += [field[4] for field in record.fields]
    return "\ufffd" in "".join(texts)


def _check_leader(leader: str, problems: list[Problem]) -> None:
    if leader[6:7] not in _BIBLIOGRAPHIC:
        problems.append(Problem("record-type", repr(leader[6:7])))
    if leader[7:8] not in _LEVELS:
        problems.append(Problem("bibliographic-level", repr(leader[7:8])))


def _check_once(tags: list[str], present: frozenset[str], problems: list[Problem]) -> None:
    if "245" not in present:
        problems.append(Problem("no-title"))
    if "008" not in present:
        problems.append(Problem("no-008"))
    if len(present) == len(tags):
        entries = present & _MAIN_ENTRIES
        if len(entries) > 1:
            problems.append(Problem("repeated-main-entry", " ".join(sorted(entries))))
        return
    if tags.count("245") > 1:
        problems.append(Problem("repeated-title", str(tags.count("245"))))
    entry_tags = [tag for tag in tags if tag in _MAIN_ENTRIES]
    if len(entry_tags) > 1:
        problems.append(Problem("repeated-main-entry", " ".join(entry_tags)))
    problems.extend(Problem("repeated-control-field", tag) for tag in sorted(_ONCE) if tags.count(tag) > 1)


def _check_title(field: Field, problems: list[Problem], kind: str) -> None:
    for code, value in field.subfields:
        if code in _TITLE_CODES:
            skipped = int(field.ind2) if field.ind2.isdigit() else 0
            if code == "a" and skipped >= len(value):
                problems.append(Problem("nonfiling", seen("part-of", skipped, len(value))))
            return
    problems.append(Problem("empty-title"))


def _check_008(field: Field, problems: list[Problem], kind: str) -> None:
    data = field.data
    if len(data) != 40:
        problems.append(Problem("008-length", str(len(data))))
        return
    if kind in _OTHER_TYPES:
        return
    if not _DATE.fullmatch(data, 7, 11):
        problems.append(Problem("008-date", data[7:11]))
    if not _LANGUAGE.fullmatch(data, 35, 38):
        problems.append(Problem("008-language", data[35:38]))


def _check_isbn(field: Field, problems: list[Problem], kind: str) -> None:
    for code, value in field.subfields:
        if code == "a" and not is_isbn(value):
            problems.append(Problem("isbn", value[:40]))


def _check_issn(field: Field, problems: list[Problem], kind: str) -> None:
    for code, value in field.subfields:
        if code == "a" and not is_issn(value):
            problems.append(Problem("issn", value[:40]))


def _check_linkage(field: Field, problems: list[Problem], kind: str) -> None:
    if not any(code == "6" for code, _ in field.subfields):
        problems.append(Problem("linkage"))


def _check_tag(field: Field, problems: list[Problem], kind: str) -> None:
    problems.append(Problem("unknown-tag", " ".join(value for _, value in field.subfields)[:60]))


_CHECKS: Final[dict[str, Callable[[Field, list[Problem], str], None]]] = {
    "008": _check_008,
    "020": _check_isbn,
    "022": _check_issn,
    "245": _check_title,
    "880": _check_linkage,
    UNKNOWN_TAG: _check_tag,
}


def is_isbn(text: str) -> bool:
    """Whether ``text`` begins with an ISBN of 10 or 13 digits (hyphens allowed) with the right check digit
    (ISO 2108).
    """
    number = _standard_number(text)
    if len(number) == 13 and number.isdigit():
        return sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(number)) % 10 == 0
    if len(number) == 10 and number[:9].isdigit():
        return sum(_value(d) * w for d, w in zip(number, _ISBN_WEIGHTS, strict=True)) % 11 == 0
    return False


def is_issn(text: str) -> bool:
    """Whether ``text`` begins with an ISSN of eight digits with the right check digit (ISO 3297)."""
    number = _standard_number(text)
    if len(number) != 8 or not number[:7].isdigit():
        return False
    return sum(_value(d) * w for d, w in zip(number, range(8, 0, -1), strict=True)) % 11 == 0


_LABEL: Final = re.compile(r"(?:ISBN|ISSN)?(?:-1[03])?[:\s]*", re.I | re.A)
_NUMBER: Final = re.compile(r"[0-9][0-9Xx\u2010-\u2013-]*(?![0-9A-Za-z])", re.A)
_SPACED_NUMBER: Final = re.compile(r"(?:[0-9]+ )+[0-9]*[0-9Xx](?![0-9A-Za-z])", re.A)


def _standard_number(text: str) -> str:
    """The digits of the number that ``text`` begins with, hyphenated, spaced or neither; empty if there is none."""
    text = text.lstrip()
    label = _LABEL.match(text)
    start = label.end() if label else 0
    match = _NUMBER.match(text, start)
    if match and match.end() - match.start() < len("12345678"):
        match = _SPACED_NUMBER.match(text, start)
    if not match:
        return ""
    number = "".join(c for c in match[0].upper() if c in "0123456789X")
    return number if "X" not in number[:-1] else ""


def _value(digit: str) -> int:
    return 10 if digit == "X" else int(digit)
