"""Which publications the public may know of, and what was once there (SEA-2, SEA-22)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthu.domain.catalog.selectors import copies_held
from lienthu.domain.catalog.tests.cast import CLERK, book
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union import selectors
from lienthu.domain.union.services.conduct import undo_batch
from lienthu.domain.union.tests.cast import cluster_of, imported
from lienthu.faces.web.portal import sitemap

pytestmark = pytest.mark.django_db


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def barracks() -> Library:
    return make_library("VN-QD", "Thư viện đơn vị", type="armed_forces", particulars=Particulars(closed=True))


def test_what_only_closed_libraries_hold_is_passed_over(tinh: Library, barracks: Library) -> None:
    imported(barracks, book("Điều lệnh", number="1"), book("Vùng mỏ", number="2", by="Võ Huy Tâm", year=1951))
    imported(tinh, book("Vùng mỏ", number="7", by="Võ Huy Tâm", year=1951), book("Đất mỏ", number="8"))
    secret, shared, own = cluster_of(barracks, "1"), cluster_of(barracks, "2"), cluster_of(tinh, "8")
    assert shared == cluster_of(tinh, "7")
    assert sorted(selectors.public_cluster_ids_after(0, 10)) == sorted({shared, own})
    assert secret in selectors.cluster_ids_after(0, 10)
    assert selectors.public_cluster_ids_after(max(shared, own), 10) == []


def test_a_sitemap_file_of_nothing_public_is_not_named(barracks: Library) -> None:
    imported(barracks, book("Điều lệnh", number="1"))
    assert sitemap.file_numbers() == []
    assert "records" not in sitemap.index_xml("https://x")


def test_gone_is_what_was_there_for_all_to_see_and_is_no_more(tinh: Library, barracks: Library) -> None:
    batch = imported(tinh, book("Đất mỏ", number="1"))
    secret = imported(barracks, book("Điều lệnh", number="1"))
    was, hidden = cluster_of(tinh, "1"), cluster_of(barracks, "1")
    assert not selectors.is_gone(was)
    undo_batch(batch.pk, actor=CLERK)
    undo_batch(secret.pk, actor=CLERK)
    assert selectors.is_gone(was)
    assert not selectors.is_gone(hidden), "of a closed library not even that is told"
    assert not selectors.is_gone(10**9)
    imported(tinh, book("Đất mỏ", number="1"))
    assert cluster_of(tinh, "1") == was or not selectors.is_gone(cluster_of(tinh, "1"))


def test_copies_are_counted_after_each_import_and_read_in_one_statement(tinh: Library, barracks: Library) -> None:
    assert copies_held() is None
    batch = imported(tinh, book("Đất mỏ", number="1", barcodes=["B1", "B2"]), book("Vùng mỏ", number="2", shelf="K1"))
    imported(barracks, book("Điều lệnh", number="1", barcodes=["C1"]))
    with CaptureQueriesContext(connection) as queries:
        assert copies_held() == 3
    assert len(queries) == 1
    assert "sum" not in queries[0]["sql"].lower()
    undo_batch(batch.pk, actor=CLERK)
    assert copies_held() == 0
