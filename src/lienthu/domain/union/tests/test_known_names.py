"""One person under several names: what authorities know, the matching uses."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lienthu.domain.catalog.services.linking import sweep
from lienthu.domain.catalog.tests.cast import book
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.fingerprint import fingerprint
from lienthu.domain.union.known_names import KnownNames
from lienthu.domain.union.services.renewal import follow_names
from lienthu.domain.union.tests.cast import assert_union_is_sound, cluster_of, imported
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.normalise import normalise

BY_PEN_NAME = book("Dế mèn phiêu lưu ký", number="1", by="Tô Hoài", year=1996, publisher="Nxb. Kim Đồng")
BY_NAME = book("Dế mèn phiêu lưu ký", number="2", by="Nguyễn Sen", year=1996, publisher="Nxb. Kim Đồng")


def authority(number: str, name: str, also: Sequence[str]) -> Record:
    variants = [Field("400", "1", " ", (("a", text),)) for text in also]
    head = (Field("001", data=number), Field("003", data="VN-T"), Field("100", "1", " ", (("a", name),)))
    return normalise(Record("00000nz  a2200000n  4500", (*head, *variants)))


def names_of(record: Record, known: KnownNames) -> tuple[str, ...]:
    return known.settled(fingerprint(describe(record))).names


def test_a_form_that_two_have_settles_nothing() -> None:
    """MAT-26."""
    known = KnownNames.of([("Nguyễn Sen", "Tô Hoài")])
    assert names_of(BY_NAME, known) == names_of(BY_PEN_NAME, known)
    unmarked = fingerprint(describe(book("Dế mèn", by="Nguyen Sen")))
    assert known.settled(unmarked) is unmarked, "to the letter only"
    for unsure in (
        [("Nguyễn Sen", "Tô Hoài"), ("Nguyễn Sen", "Nguyễn Văn Sen")],
        [("Nguyễn Sen", "Tô Hoài"), ("N. Sen", "Nguyễn Sen")],
    ):
        untouched = fingerprint(describe(BY_NAME))
        assert KnownNames.of(unsure).settled(untouched) is untouched


@pytest.fixture
def libraries() -> tuple[Library, Library]:
    return make_library("VN-QNTV", "Thư viện tỉnh"), make_library("VN-HL", "Thư viện Hạ Long")


@pytest.mark.django_db
def test_a_pen_name_and_the_name_are_one_person(libraries: tuple[Library, Library]) -> None:
    """MAT-26: the authority came first."""
    tinh, ha_long = libraries
    imported(tinh, authority("a1", "Tô Hoài", ["Nguyễn Sen"]), BY_PEN_NAME)
    imported(ha_long, BY_NAME)
    assert cluster_of(tinh, "1") == cluster_of(ha_long, "2")


@pytest.mark.django_db
def test_what_stands_under_a_changed_authority_is_compared_anew(libraries: tuple[Library, Library]) -> None:
    """MAT-26: the authority came last."""
    tinh, ha_long = libraries
    imported(tinh, BY_PEN_NAME)
    imported(ha_long, BY_NAME)
    assert cluster_of(tinh, "1") != cluster_of(ha_long, "2")
    imported(tinh, authority("a1", "Tô Hoài", ["Nguyễn Sen"]))
    sweep()
    while follow_names():
        pass
    assert cluster_of(tinh, "1") == cluster_of(ha_long, "2")
    assert_union_is_sound()


@pytest.mark.django_db
def test_two_that_both_stand_under_it_are_compared_once(libraries: tuple[Library, Library]) -> None:
    """MAT-26: both records carry the other name, and find each other."""
    tinh, ha_long = libraries
    again = book("Dế mèn phiêu lưu ký", number="3", by="Nguyễn Sen", year=1996, publisher="Kim Đồng")
    imported(tinh, BY_PEN_NAME, again)
    imported(ha_long, BY_NAME)
    imported(tinh, authority("a1", "Tô Hoài", ["Nguyễn Sen"]))
    sweep()
    while follow_names():
        pass
    assert cluster_of(tinh, "1") == cluster_of(ha_long, "2") == cluster_of(tinh, "3")
    assert_union_is_sound()
