"""What cataloguers are told about a record."""

from __future__ import annotations

import pytest

from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.problems import PROBLEMS, Problem
from lienthu.foundation.marc.validate import is_isbn, is_issn, validate

LEADER = "00000nam a2200000 a 4500"
GOOD = (
    Field("001", data="b1"),
    Field("008", data="250101s2020    vm |||||||||||||||||vie||"),
    Field("020", " ", " ", (("a", "978-604-1-16537-3"),)),
    Field("100", "1", " ", (("a", "Nguyễn, Du"),)),
    Field("245", "1", "0", (("a", "Truyện Kiều"),)),
)


def codes(*fields: Field, leader: str = LEADER) -> list[str]:
    problems = validate(Record(leader, fields))
    assert all(p.code in PROBLEMS for p in problems)
    return [p.code for p in problems]


def but(tag: str, *replacement: Field) -> list[str]:
    """The good record with ``tag`` replaced."""
    return codes(*(f for f in GOOD if f.tag != tag), *replacement)


def test_a_good_record_has_no_problems() -> None:
    assert codes(*GOOD) == []


@pytest.mark.parametrize(
    ("tag", "fields", "code"),
    [
        ("001", [], "no-control-number"),
        ("001", [GOOD[0], GOOD[0]], "repeated-control-field"),
        ("008", [], "no-008"),
        ("008", [Field("008", data="250101s2020    vm")], "008-length"),
        ("008", [Field("008", data="250101s20x0    vm |||||||||||||||||vie||")], "008-date"),
        ("008", [Field("008", data="250101s2020    vm |||||||||||||||||Vi ||")], "008-language"),
        ("020", [Field("020", " ", " ", (("a", "978-604-1-16537-5"),))], "isbn"),
        ("020", [Field("020", "1", " ", (("a", "9786041165373"),))], "indicator-value"),
        ("020", [Field("022", " ", " ", (("a", "1234-5678"),))], "issn"),
        ("100", [GOOD[3], GOOD[3]], "repeated-main-entry"),
        ("100", [GOOD[3], Field("110", "2", " ", (("a", "Sở"),))], "repeated-main-entry"),
        ("245", [], "no-title"),
        ("245", [GOOD[4], GOOD[4]], "repeated-title"),
        ("245", [Field("245", "1", "0", (("c", "Nguyễn Du"),))], "empty-title"),
        ("245", [Field("245", "1", "9", (("a", "Kiều"),))], "nonfiling"),
        ("245", [Field("245", "1", " ", (("a", "Kiều"),))], "indicator-value"),
        ("880", [Field("880", "1", " ", (("a", "金雲翹"),))], "linkage"),
        ("XXX", [Field("XXX", " ", " ", (("a", "?"),))], "unknown-tag"),
        ("500", [Field("500", " ", " ", (("a", "Nh\ufffdt ký"),))], "lost-characters"),
    ],
)
def test_each_problem_is_named(tag: str, fields: list[Field], code: str) -> None:
    assert but(tag, *fields) == [code]


@pytest.mark.parametrize(
    ("leader", "code"),
    [("00000nzm a2200000 a 4500", None),
     ("00000nbm a2200000 a 4500", "record-type"),
     ("00000naq a2200000 a 4500", "bibliographic-level")],
)  # fmt: skip
def test_leader(leader: str, code: str | None) -> None:
    assert codes(*GOOD, leader=leader) == ([code] if code else [])


def test_an_authority_record_needs_no_title() -> None:
    assert codes(GOOD[0], GOOD[3], leader="00000nz  a2200000n  4500") == []


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("9786041165373", True),
        ("978-604-1-16537-3", True),
        ("978 604 1 16537 3 (bìa cứng)", True),
        ("0-306-40615-2", True),
        ("080442957X (pbk.) :", True),
        ("080442957x", True),
        ("ISBN 0306406152", True),
        ("0306406153", False),
        ("97860411653", False),
        ("X306406152", False),
        ("", False),
        ("không có", False),
    ],
)
def test_isbn(text: str, valid: bool) -> None:
    assert is_isbn(text) is valid


@pytest.mark.parametrize(
    ("text", "valid"),
    [("0317-8471", True), ("1050-124X", True), ("03178471", True), ("0317-8472", False), ("0317", False)],
)  # fmt: skip
def test_issn(text: str, valid: bool) -> None:
    assert is_issn(text) is valid


def test_the_detail_says_what_was_seen() -> None:
    wrong = Field("020", " ", " ", (("a", "123"),))
    assert validate(Record(LEADER, (*GOOD, wrong))) == (Problem("isbn", "123"),)
