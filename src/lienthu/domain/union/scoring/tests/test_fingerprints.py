"""What is compared of a record, and the keys it is found by (MAT-1, MAT-2)."""

from __future__ import annotations

import pytest

from lienthu.domain.catalog.tests.cast import book
from lienthu.domain.union.fingerprint import Fingerprint, MatchKeys, match_keys
from lienthu.domain.union.scoring.tests.cast import (
    GOOD_ISBN,
    OTHER_ISBN,
    PHUNG,
    print_of,
    same,
    so_do,
)
from lienthu.foundation.marc.model import Record


def test_fingerprints_survive_being_stored() -> None:
    f = print_of(so_do(isbn=[GOOD_ISBN, OTHER_ISBN], part="Tập 2", edition="Tái bản lần 3"))
    assert Fingerprint.loads(f.dumps()) == f


def test_leading_articles_of_other_languages_are_left_aside() -> None:
    assert same(
        book("The quiet American", by="Greene, Graham", year=1955, language="eng"),
        book("Quiet American", by="Greene, Graham", year=1955, language="eng"),
    )
    assert print_of(book("La cà", language="vie")).title_folded == "la ca"


def test_keys_are_signed_64_bits_and_few() -> None:
    """MAT-2."""
    many = so_do(by=[PHUNG, "Tô Hoài", "Ma Văn Kháng"], isbn=[GOOD_ISBN, OTHER_ISBN])
    assert len(match_keys(print_of(many)).every) == 2 + 1 + 2 + 1
    assert all(-(2**63) <= key < 2**63 for key in match_keys(print_of(many)).every)


def test_a_damaged_title_is_found_by_its_other_end() -> None:
    """MAT-2."""
    mine = set(match_keys(print_of(book("Lịch sử Đảng bộ tỉnh Quảng Ninh", year=2010))).every)
    assert mine & set(match_keys(print_of(book("Lịcb sứ Đẳng bộ tỉnh Quảng Ninh", year=2010))).every)
    assert mine & set(match_keys(print_of(book("Lịch sử Đảng bộ tinb Quang Nỉnb", year=2010))).every)


@pytest.mark.parametrize(
    "other",
    [
        so_do(title="So do", publisher="", by=""),  # year
        so_do(year=None, by="Phụng, Vũ Trọng"),  # person
        book("Khác hẳn", isbn=GOOD_ISBN),  # ISBN
        so_do(title="Số đỏ", part="", year=1998, by=""),
    ],
    ids=["title and year", "title and person", "ISBN", "title and year, no person"],
)
def test_records_that_may_be_the_same_share_a_key(other: Record) -> None:
    mine = set(match_keys(print_of(so_do(isbn=GOOD_ISBN))).every)
    assert mine & set(match_keys(print_of(other)).every)


def test_volumes_share_no_key_of_their_title() -> None:
    assert not set(match_keys(print_of(so_do(part="Tập 1"))).every) & set(
        match_keys(print_of(so_do(part="Tập 2"))).every
    )


def test_records_without_title_have_no_keys_but_their_numbers() -> None:
    assert (
        match_keys(print_of(book("", isbn=GOOD_ISBN))).every
        == match_keys(print_of(book("Khác", isbn=GOOD_ISBN))).sure[:1]
    )
    assert not match_keys(print_of(book(""))).every


def test_a_crowd_behind_a_vague_key_offers_its_oldest_three() -> None:
    """MAT-2: for the book that many libraries hold; a sure key offers all it has, thirty at most."""
    keys = MatchKeys(sure=(1,), vague=(2, 3))
    by_key = {1: list(range(100, 140)), 2: list(range(200, 208)), 3: list(range(300, 309))}
    assert keys.candidates(by_key) == [*range(100, 130), *range(200, 208), 300, 301, 302]
    assert keys.candidates({}) == []
    everything = MatchKeys(sure=tuple(range(10)))
    assert len(everything.candidates({key: range(key * 30, key * 30 + 30) for key in range(10)})) == 60
