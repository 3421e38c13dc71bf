"""The places of titles and volumes in one list (SEA-26)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lienthu.domain.discovery.weaving import Layout, Order


def told(layout: Layout, size: int = 20) -> str:
    """The whole list page by page, a letter for each place: a title or a volume."""
    places = range(0, layout.total, size)
    return "|".join("".join("v" if text else "t" for text, _ in layout.part(offset, size)) for offset in places)


def test_every_fifth_place_from_the_third_on_is_a_volumes() -> None:
    assert told(Layout(100, 5)).split("|")[:2] == ["ttvttttvttttvttttvtt", "ttvttttttttttttttttt"]


def test_where_one_of_the_two_ends_the_other_goes_on_alone() -> None:
    assert told(Layout(4, 3)) == "ttvttvv"
    assert told(Layout(1, 3)) == "tvvv"
    assert told(Layout(0, 3)) == "vvv"
    assert told(Layout(3, 0)) == "ttt"


def test_volumes_stand_before_titles_that_have_less_and_behind_titles_in_another_order() -> None:
    assert told(Layout(4, 3, Order.TEXTS_FIRST), 5) == "vvvtt|tt"
    assert told(Layout(4, 3, Order.TEXTS_LAST), 5) == "ttttv|vv"


@given(
    titles=st.integers(0, 300), texts=st.integers(0, 200), order=st.sampled_from(Order), size=st.integers(1, 50)
)  # fmt: skip
def test_each_stands_once_and_in_its_own_order_however_the_pages_are_cut(
    titles: int, texts: int, order: Order, size: int
) -> None:
    layout = Layout(titles, texts, order)
    pages = [list(layout.part(offset, size)) for offset in range(0, layout.total + size, size)]
    places = [place for page in pages for place in page]
    assert [n for is_text, n in places if not is_text] == list(range(titles))
    assert [n for is_text, n in places if is_text] == list(range(texts))
    assert all(len(page) == size for page in pages[:-2])
    assert all(n >= offset * size - texts for offset, page in enumerate(pages) for is_text, n in page if not is_text)
