"""Fixtures of the screens of the register and of accounts: a library and the administrator, in English."""

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

    return make_library("VN-QNTV", "Thư viện tỉnh Quảng Ninh", parent_body="Sở Văn hóa")


@pytest.fixture
def admin() -> Client:
    from lienthu.domain.network.tests.factories import make_admin
    from lienthu.faces.web.staff.tests.cast import of

    return of(make_admin())
