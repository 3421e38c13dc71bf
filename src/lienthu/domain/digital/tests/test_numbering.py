"""Numbers of pages by scheme, and the plain arithmetic of order, turning and cutting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthu.domain.digital.paging.arranging import Crop, Entry, flaw_in, halves, moved, turned
from lienthu.domain.digital.paging.numbering import Numbering, Scheme, roman


@pytest.mark.parametrize(("numbering", "labels"), [
    (Numbering(Scheme.FRONT), ["i", "ii", "iii", "iv"]),
    (Numbering(Scheme.PAGES, 7), ["7", "8", "9", "10"]),
    (Numbering(Scheme.FOLIOS), ["1a", "1b", "2a", "2b"]),
    (Numbering(Scheme.FOLIOS, 3, sides="rv", second_side=True), ["3v", "4r", "4v", "5r"]),
    (Numbering(Scheme.PLATES, prefix="Ảnh "), ["Ảnh 1", "Ảnh 2", "Ảnh 3", "Ảnh 4"]),
    (Numbering(Scheme.NONE), ["", "", "", ""]),
])  # fmt: skip
def test_each_scheme_counts_in_its_own_way(numbering: Numbering, labels: list[str]) -> None:
    """WFL-6."""
    assert numbering.labels(4) == labels


def test_what_cannot_be_counted_is_refused() -> None:
    """WFL-6."""
    for wrong in (
        lambda: Numbering(Scheme.PAGES, 0),
        lambda: Numbering(Scheme.FOLIOS, sides="xy"),
        lambda: Numbering(Scheme.PLATES, prefix="x" * 21),
        lambda: Numbering(Scheme.FRONT, 3999).labels(2),
    ):
        with pytest.raises(ValueError):
            wrong()
    assert [roman(n) for n in (4, 9, 40, 90, 400, 1994, 3999)] == ["iv", "ix", "xl", "xc", "cd", "mcmxciv", "mmmcmxcix"]


@given(st.permutations(range(8)), st.sets(st.integers(0, 7)), st.one_of(st.none(), st.integers(0, 7)))
def test_moving_loses_nobody_and_keeps_the_order_of_both_parts(
    order: list[int], chosen: set[int], before: int | None
) -> None:
    """WFL-1."""
    after = moved(order, chosen, before)
    assert sorted(after) == sorted(order)
    assert [n for n in after if n in chosen] == [n for n in order if n in chosen]
    assert [n for n in after if n not in chosen] == [n for n in order if n not in chosen]
    if before is not None and before not in chosen and chosen:
        block = [after.index(n) for n in chosen]
        assert max(block) + 1 == after.index(before)
        assert max(block) - min(block) + 1 == len(chosen)


def test_a_cut_turns_with_its_page_and_four_turns_are_none() -> None:
    """WFL-4."""
    left, right = halves(None, 0.4)
    assert (left, right) == (Crop(0, 0, 0.4, 1), Crop(0.4, 0, 0.6, 1))
    assert turned(left, 90) == Crop(0, 0, 1, 0.4)  # what was left is now above
    assert turned(left, 180) == Crop(0.6, 0, 0.4, 1)
    assert turned(turned(left, 90), 270) == left
    assert halves(right, 0.5) == (Crop(0.4, 0, 0.3, 1), Crop(0.7, 0, 0.3, 1))
    assert turned(None, 90) is None
    with pytest.raises(ValueError):
        halves(None, 0.05)


def test_contents_go_down_one_level_at_a_time() -> None:
    """WFL-7."""
    assert flaw_in([Entry("Phần I"), Entry("Chương 1", 2), Entry("Mục a", 3), Entry("Phần II")]) == ""
    assert flaw_in([Entry("Chương 1", 2)]) == "level"
    assert flaw_in([Entry("Phần I"), Entry("Mục a", 3)]) == "level"
    assert flaw_in([Entry("  ")]) == "untitled"
