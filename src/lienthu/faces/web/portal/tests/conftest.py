from __future__ import annotations

from collections.abc import Iterator

import pytest

from lienthu.platform.cost_limit import LIMITER


@pytest.fixture(autouse=True)
def _full_buckets() -> Iterator[None]:
    """No test pays for the searches of another."""
    LIMITER.clear()
    yield
    LIMITER.clear()
