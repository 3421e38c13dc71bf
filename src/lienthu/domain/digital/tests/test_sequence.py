"""Rule WFL-21: where the numbers of pages do not run on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lienthu.domain.digital.models import DigitalObject, Page
from lienthu.domain.digital.paging.numbering import Numbering, Scheme
from lienthu.domain.digital.paging.sequence import Leaf, Number, breaks_in, number_of
from lienthu.domain.digital.selectors.profiles import profile_of
from lienthu.domain.digital.selectors.quality import quality_of
from lienthu.domain.digital.services import paging
from lienthu.domain.digital.services.texts import set_text
from lienthu.domain.digital.tests.cast import CLERK, make_object
from lienthu.domain.network.tests.factories import make_library
from lienthu.foundation.pagetext.model import Block, Box, Line, PageText, words_in


def labelled(*labels: str) -> dict[int, list[tuple[str, str]]]:
    return told([Leaf(n, label) for n, label in enumerate(labels, 1)])


def printed(*lines: str) -> dict[int, list[tuple[str, str]]]:
    return told([Leaf(n, "", False, (line, "và những người cùng thời.")) for n, line in enumerate(lines, 1)])


def told(leaves: list[Leaf]) -> dict[int, list[tuple[str, str]]]:
    return {seq: [(b.code, b.told) for b in breaks] for seq, breaks in breaks_in(leaves).items()}


@pytest.mark.parametrize(("label", "number"), [
    ("12", Number("page ", 12)), ("xiv", Number("roman", 14)), ("XIV", Number("roman", 14)),
    ("12a", Number("leaf ", 24)), ("12v", Number("leaf ", 25)), ("Hình 3", Number("page hình", 3)),
    ("bìa", None), ("", None), ("iiii", None), ("C", None), ("123456", None),
])  # fmt: skip
def test_labels_are_read_as_numbers(label: str, number: Number | None) -> None:
    """WFL-21."""
    assert number_of(label) == number


def test_labels_that_run_on_are_no_finding() -> None:
    """WFL-21: front matter, pages, a plate between, a page without a number, the next issue."""
    assert labelled("bìa", "", "i", "ii", "iii", "1", "2", "Hình 1", "3", "", "5", "1", "2") == {}
    assert labelled("1a", "1b", "2a", "2b", "1a", "1b") == {}


def test_gaps_doubles_and_steps_back_are_found_in_labels() -> None:
    """WFL-21: in each scheme."""
    assert labelled("1", "2", "5", "6") == {3: [("gap", "2 → 5")]}
    assert labelled("1", "2", "2", "3") == {3: [("double", "2 → 2")]}
    assert labelled("7", "8", "5", "6") == {3: [("order", "8 → 5")]}
    assert labelled("ii", "iii", "v") == {3: [("gap", "iii → v")]}
    assert labelled("1a", "2a", "2b") == {2: [("gap", "1a → 2a")]}, "the back of the first leaf"
    assert labelled("Hình 1", "1", "Hình 3", "2") == {3: [("gap", "Hình 1 → Hình 3")]}


def test_a_missing_page_that_stands_there_fills_the_gap() -> None:
    """WFL-21."""
    leaves = [Leaf(1, "1"), Leaf(2, "", True), Leaf(3, "3")]
    assert breaks_in(leaves) == {}
    assert list(breaks_in([*leaves, Leaf(4, "", True), Leaf(5, "6")])) == [5]


def test_printed_numbers_tell_what_was_not_scanned() -> None:
    """WFL-21: alone, in dashes, beside a running title."""
    assert printed("12", "- 13 -", "TRUYỆN KIỀU 14", "15 Hồi thứ nhất", "16") == {}
    assert printed("12", "13", "16", "17") == {3: [("gap", "13 → 16")]}
    assert printed("12", "13", "13", "14") == {3: [("double", "13 → 13")]}
    assert printed("iv", "v", "viii", "ix") == {3: [("gap", "v → viii")]}
    assert printed("5", "6", "nhòe", "8", "9") == {}


def test_numbers_that_nothing_bears_out_are_none() -> None:
    """WFL-21: a year, a number misread, a long line."""
    assert printed("12", "13", "Năm 1945", "15", "16") == {}
    assert printed("12", "13", "74", "15", "16") == {}
    assert printed(f"12 {'chữ ' * 30}", f"40 {'chữ ' * 30}", f"41 {'chữ ' * 30}") == {}


def test_another_number_than_the_label_is_told_once_for_a_stretch() -> None:
    """WFL-21."""
    leaves = [Leaf(n, str(n), False, (str(n + (n > 3)),)) for n in range(1, 9)]
    assert told(leaves) == {4: [("gap", "3 → 5"), ("label", "4 ≠ 5")]}


@given(some.integers(1, 300), some.sampled_from(list(Scheme)), some.integers(1, 60), some.booleans())
def test_a_run_that_was_numbered_by_a_scheme_never_breaks(start: int, scheme: Scheme, count: int, back: bool) -> None:
    """WFL-21."""
    labels = Numbering(scheme, start, second_side=back).labels(count)
    assert labelled(*labels) == {}


@given(some.lists(some.text(max_size=12), max_size=12), some.lists(some.text(max_size=30), max_size=12))
def test_any_labels_and_any_lines_are_looked_at(labels: list[str], lines: list[str]) -> None:
    """WFL-21."""
    size = max(len(labels), len(lines))
    leaves = [
        Leaf(n, labels[n] if n < len(labels) else "", n % 5 == 4, tuple(lines[n : n + 2])) for n in range(size)
    ]  # fmt: skip
    assert set(breaks_in(leaves)) <= set(range(size))


def written(page: Page, number: str) -> None:
    lines = [Line(tuple(words_in(words, Box(10, y, 300, 20)))) for y, words in ((10, number), (50, "Chương mở đầu"))]
    set_text(page, PageText(1000, 1400, tuple(Block((line,)) for line in lines)), actor=CLERK)


@pytest.mark.django_db
def test_the_quality_of_an_object_says_where_pages_are_missing(django_assert_num_queries: Any) -> None:
    """WFL-21: by what was read; once a missing page stands there, it is no finding."""
    obj: DigitalObject = make_object(make_library(), pages=6)
    for page, number in zip(obj.pages.order_by("position"), ("7", "8", "11", "12", "12", "13"), strict=True):
        written(page, number)
    profile = profile_of(obj)
    with django_assert_num_queries(2):
        rows, counted = quality_of(obj, profile)
    assert [(row.seq, row.findings, row.told) for row in rows if row.findings] == [
        (3, ("gap",), "8 → 11"),
        (5, ("double",), "12 → 12"),
    ]
    assert (counted["gap"], counted["double"]) == (1, 1)
    paging.add_missing(obj.public_id, after=2, count=2, seen=None, actor=CLERK)
    assert quality_of(obj, profile)[1]["gap"] == 0
