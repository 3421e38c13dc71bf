"""A library, and an index of pages with small buffers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # conftest files are loaded before Django is set up
    from lienthu.domain.discovery.fulltext.indexing import PageIndexer
    from lienthu.domain.network.models import Library


@pytest.fixture(autouse=True)
def _small_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    from lienthu.domain.discovery.fulltext import engine

    monkeypatch.setattr(engine.PageWriter.__init__, "__kwdefaults__", {"heap_bytes": 15_000_000})


@pytest.fixture
def indexer() -> Iterator[PageIndexer]:
    from lienthu.domain.discovery.fulltext.indexing import PageIndexer

    with PageIndexer() as one:
        assert one.acquire()
        yield one


@pytest.fixture
def tinh() -> Library:
    from lienthu.domain.network.tests.factories import make_library

    return make_library("VN-QNTV", "Thư viện tỉnh")
