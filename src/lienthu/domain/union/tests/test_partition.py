"""Groups from links and people's words, without any database (CLU-3 to CLU-5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lienthu.domain.union.partition import SAMPLE, Link, Pair, Partition, partition


def against(*pairs: Pair) -> Callable[[int, int], bool]:
    """These pairs contradict each other, no others."""
    known = {(min(p), max(p)) for p in pairs}
    return lambda a, b: (a, b) in known


def formed(
    count: int, links: Iterable[Link], *, forced: Iterable[Pair] = (), forbidden: Iterable[Pair] = (),
    contradicting: Iterable[Pair] = (),
) -> Partition:  # fmt: skip
    return partition(range(1, count + 1), links, forced, forbidden, against(*contradicting))


def test_links_make_groups_and_everyone_is_in_one() -> None:
    found = formed(4, [(1, 2, 0.9), (2, 3, 0.8)])
    assert found.groups == ((1, 2, 3), (4,))
    assert not found.blocked


def test_a_poor_record_does_not_glue_two_editions() -> None:
    found = formed(3, [(1, 2, 0.9), (2, 3, 0.95)], contradicting=[(1, 3)])
    assert found.groups == ((1,), (2, 3))
    assert found.blocked == {(1, 2)}


def test_the_surest_link_counts_first_and_of_equals_the_oldest() -> None:
    assert formed(3, [(1, 2, 0.9), (2, 3, 0.9)], contradicting=[(1, 3)]).groups == ((1, 2), (3,))


def test_two_groups_with_one_contradiction_between_them_stay_apart() -> None:
    links = [(1, 2, 0.99), (3, 4, 0.98), (2, 3, 0.9)]
    assert formed(4, links, contradicting=[(1, 4)]).groups == ((1, 2), (3, 4))


def test_what_people_put_together_stays_together() -> None:
    assert formed(3, [(1, 2, 0.9)], forced=[(1, 3)], contradicting=[(1, 3), (2, 3)]).groups == ((1, 2, 3),)


def test_what_people_keep_apart_stays_apart_also_by_a_chain() -> None:
    links = [(1, 2, 0.9), (2, 3, 0.9), (1, 3, 0.99)]
    found = formed(3, links, forbidden=[(3, 1)])
    assert found.groups == ((1, 2), (3,))
    assert found.blocked == {(1, 3), (2, 3)}


def test_records_put_together_speak_with_one_voice() -> None:
    """3 was put to 1, though it looks like another book: 2, which agrees with 1, must not leave for it."""
    one_agrees = formed(3, [(1, 2, 0.9)], forced=[(1, 3)], contradicting=[(2, 3)])
    assert one_agrees.groups == ((1, 2, 3),)
    both_contradict = formed(4, [(3, 4, 0.9)], forced=[(1, 3)], contradicting=[(1, 2), (3, 2), (1, 4)])
    assert both_contradict.groups == ((1, 3, 4), (2,))


def test_words_on_records_that_are_not_there_count_nothing() -> None:
    assert formed(2, [(1, 2, 0.9)], forced=[(1, 9)], forbidden=[(2, 9)]).groups == ((1, 2),)


def test_of_a_large_group_only_so_many_are_asked() -> None:
    asked: set[Pair] = set()

    def contradicts(a: int, b: int) -> bool:
        asked.add((a, b))
        return False

    links = [(n, n + 1, 0.9) for n in range(1, 300)]
    found = partition(range(1, 302), [*links, (300, 301, 0.5)], [], [], contradicts)
    assert len(found.groups) == 1
    assert len([p for p in asked if 301 in p]) == SAMPLE


numbers = st.integers(1, 8)
pairs = st.tuples(numbers, numbers).filter(lambda p: p[0] < p[1])
scored = st.tuples(pairs, st.sampled_from([0.8, 0.9, 0.95])).map(lambda x: (*x[0], x[1]))


@given(
    st.lists(scored, max_size=15, unique_by=lambda x: x[:2]), st.lists(pairs, max_size=3), st.lists(pairs, max_size=3),
    st.frozensets(pairs, max_size=8), st.randoms(use_true_random=False),
)  # fmt: skip
def test_the_order_of_the_input_does_not_matter(
    links: list[Link], forced: list[Pair], forbidden: list[Pair], contradicting: frozenset[Pair], chance: Any
) -> None:
    def mixed(values: list[Any]) -> list[Any]:
        return chance.sample(values, len(values))

    one = partition(range(1, 9), links, forced, forbidden, against(*contradicting))
    other = partition(mixed(list(range(1, 9))), mixed(links), mixed(forced), mixed(forbidden), against(*contradicting))
    assert one == other
    at = {node: number for number, group in enumerate(one.groups) for node in group}
    assert sorted(at) == list(range(1, 9))
    assert all(at[a] != at[b] for a, b in forbidden)
    assert all(at[a] != at[b] for a, b in one.blocked)
