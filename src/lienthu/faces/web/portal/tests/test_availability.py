"""What a result list knows of the copies: on the shelf, all out, or not recorded (SEA-23)."""

from __future__ import annotations

import pytest

from lienthu.domain.catalog.models import Item
from lienthu.domain.catalog.tests.cast import book, held
from lienthu.domain.discovery.answers import search_answer
from lienthu.domain.discovery.hits import hits_of
from lienthu.domain.discovery.query import SearchRequest
from lienthu.domain.discovery.selectors import SearchResult, Understanding
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.tests.cast import cluster_of, imported
from lienthu.faces.web.portal.works import work_of_hit

pytestmark = pytest.mark.django_db


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.mark.parametrize(
    ("statuses", "counts", "shown"),
    [
        (["available", "on_loan"], (2, 1, 1), True),
        (["on_loan", "in_process"], (2, 0, 2), False),
        (["on_loan", "unknown"], (2, 0, 1), None),
        (["unknown", "unknown"], (2, 0, 0), None),
        (["reference_only", "on_loan"], (2, 0, 1), None),
        ([], (0, 0, 0), None),
    ],
)
def test_on_loan_is_told_from_not_recorded(
    tinh: Library, statuses: list[str], counts: tuple[int, int, int], shown: bool | None
) -> None:
    imported(tinh, book("Đất mỏ", number="1", barcodes=[f"B{n}" for n in range(len(statuses))]))
    for item, status in zip(Item.objects.filter(record=held(tinh, "1")).order_by("pk"), statuses, strict=True):
        Item.objects.filter(pk=item.pk).update(status=status)
    [hit] = hits_of([(cluster_of(tinh, "1"), 1.0)])
    assert (hit.copies, hit.available, hit.on_loan) == counts
    assert work_of_hit(hit).available is shown
    result = SearchResult(SearchRequest(), 1, (hit,), {}, (), Understanding("", "", False), 0.0)
    assert search_answer(result)["hits"][0]["on_loan"] == counts[2]
