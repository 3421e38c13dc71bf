"""Fixtures of the staff pages: two libraries and their people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

if TYPE_CHECKING:  # pytest reads this file before Django is ready
    from lienthu.domain.network.models import Library


@pytest.fixture(autouse=True)
def _in_english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def home() -> Library:
    from lienthu.domain.network.tests.factories import make_library

    return make_library("VN-QNTV", "Thư viện tỉnh Quảng Ninh")


@pytest.fixture
def other() -> Library:
    from lienthu.domain.network.tests.factories import make_library

    return make_library("VN-HL", "Thư viện Hạ Long")


@pytest.fixture
def librarian(home: Library) -> Client:
    return _signed_in("hoa", "LIBRARIAN", home)


@pytest.fixture
def manager(home: Library) -> Client:
    return _signed_in("minh", "LIBRARY_MANAGER", home)


@pytest.fixture
def stranger(other: Library) -> Client:
    """A manager, but of the other library."""
    return _signed_in("binh", "LIBRARY_MANAGER", other)


@pytest.fixture
def editor() -> Client:
    return _signed_in("ngoc", "UNION_EDITOR", None)


@pytest.fixture
def admin() -> Client:
    from lienthu.domain.network.tests.factories import make_admin
    from lienthu.faces.web.staff.tests.cast import of

    return of(make_admin())


def _signed_in(name: str, role: str, library: Library | None) -> Client:
    from lienthu.domain.network.policy import Role
    from lienthu.domain.network.tests.factories import make_person
    from lienthu.faces.web.staff.tests.cast import of

    return of(make_person(name, (Role[role], library)))
