"""Numbers that pages show are counted when it matters."""

from __future__ import annotations

import pytest

from lienthu.domain.catalog.long_work_models import Figure
from lienthu.domain.catalog.selectors import copies_held
from lienthu.domain.catalog.services.figures import recount_copies
from lienthu.domain.catalog.tests.cast import book, bring
from lienthu.domain.network.tests.factories import make_library

pytestmark = pytest.mark.django_db


def test_a_small_change_of_a_large_catalogue_waits_for_the_next_count() -> None:
    bring(make_library("VN-QNTV"), book("Đất mỏ", number="1", barcodes=["B1", "B2"]))
    recount_copies(1)
    assert copies_held() == 2, "nothing was counted before"
    for known, records, counted in ((1000, 1, 2), (1001, 1, 1001), (50_000, 49, 50_000), (50_000, 50, 2)):
        Figure.objects.update(value=known)
        recount_copies(records)
        assert copies_held() == counted
