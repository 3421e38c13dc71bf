"""Fixtures of the staff pages: two libraries and their people."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Role
from lienthu.domain.network.tests.factories import make_admin, make_library, make_person
from lienthu.faces.web.staff.tests.cast import of


@pytest.fixture(autouse=True)
def _in_english(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def home() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh Quảng Ninh")


@pytest.fixture
def other() -> Library:
    return make_library("VN-HL", "Thư viện Hạ Long")


@pytest.fixture
def librarian(home: Library) -> Client:
    return of(make_person("hoa", (Role.LIBRARIAN, home)))


@pytest.fixture
def manager(home: Library) -> Client:
    return of(make_person("minh", (Role.LIBRARY_MANAGER, home)))


@pytest.fixture
def stranger(other: Library) -> Client:
    """A manager, but of the other library."""
    return of(make_person("binh", (Role.LIBRARY_MANAGER, other)))


@pytest.fixture
def editor() -> Client:
    return of(make_person("ngoc", (Role.UNION_EDITOR, None)))


@pytest.fixture
def admin() -> Client:
    return of(make_admin())
