"""A provider with a name, a library, ten old records, short pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

if TYPE_CHECKING:  # pytest reads this file before Django is ready
    from lienthu.domain.catalog.models import BibRecord
    from lienthu.domain.network.models import Library


@pytest.fixture
def client(settings: Any) -> Client:
    from lienthu.faces.protocols.oai import views

    settings.PUBLIC_URL = "https://thuvien.example.vn"
    views.LIMITER.clear()
    return Client()


@pytest.fixture
def tinh() -> Library:
    from lienthu.domain.network.tests.factories import make_library

    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def ten(tinh: Library) -> list[BibRecord]:
    """Ten old records."""
    from lienthu.domain.catalog.models import BibRecord
    from lienthu.domain.catalog.tests.cast import book, bring
    from lienthu.faces.protocols.oai.tests.asking import age

    bring(tinh, *[book(f"Sách {i}", number=str(i)) for i in range(10)])
    age()
    return list(BibRecord.objects.order_by("id"))


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    from lienthu.faces.protocols.oai import verbs

    monkeypatch.setattr(verbs, "RECORDS_A_PAGE", 3)
    monkeypatch.setattr(verbs, "IDENTIFIERS_A_PAGE", 4)
