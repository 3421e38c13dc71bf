"""Fixtures of the union's screens: two libraries, doubtful pairs between them, and an editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

if TYPE_CHECKING:  # pytest reads this file before Django is ready
    from lienthu.domain.network.models import Library

Pair = tuple[int, int]


@pytest.fixture(autouse=True)
def _in_english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def tinh() -> Library:
    from lienthu.domain.network.tests.factories import make_library

    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def ha_long() -> Library:
    from lienthu.domain.network.tests.factories import make_library

    return make_library("VN-HL", "Thư viện Hạ Long")


@pytest.fixture
def editor() -> Client:
    from lienthu.domain.network.policy import Role
    from lienthu.domain.network.tests.factories import make_person
    from lienthu.faces.web.staff.tests.cast import of

    return of(make_person("ngoc", (Role.UNION_EDITOR, None)))


def made_doubtful(left: int, right: int, score: float) -> Pair:
    """A pair that the rule in force is in doubt about."""
    from lienthu.domain.union.models import Edge

    left, right = min(left, right), max(left, right)
    Edge.objects.filter(left_id=left, right_id=right).delete()
    Edge.objects.create(left_id=left, right_id=right, score=score, verdict="review", levels="", rule_version=0)
    return left, right


@pytest.fixture
def doubtful(tinh: Library, ha_long: Library) -> list[Pair]:
    """Six pairs of falling score; titles with different words, so that the rule itself joins none."""
    from lienthu.domain.catalog.tests.cast import book, held
    from lienthu.domain.union.tests.cast import imported

    imported(tinh, *(book(f"Sách số {n * 7 + 1}", number=f"{n}", by="Nguyễn Du", year=1990) for n in range(6)))
    imported(ha_long, *(book(f"Truyện kể thứ {n * 5 + 3}", number=f"{n}") for n in range(6)))
    return [made_doubtful(held(tinh, str(n)).pk, held(ha_long, str(n)).pk, 0.6 - n * 0.05) for n in range(6)]


@pytest.fixture
def volumes(tinh: Library, ha_long: Library) -> list[Pair]:
    """Four pairs of volumes of one title, between two libraries."""
    from lienthu.domain.catalog.tests.cast import book, held
    from lienthu.domain.union.tests.cast import imported

    imported(tinh, *(book("Lịch sử Quảng Ninh", number=f"t{n}", part=f"T.{n}") for n in range(1, 5)))
    imported(ha_long, *(book("Lịch sử Quảng Ninh", number=f"h{n}", part=f"T.{n + 10}") for n in range(1, 5)))
    return [made_doubtful(held(tinh, f"t{n}").pk, held(ha_long, f"h{n}").pk, 0.7) for n in range(1, 5)]
