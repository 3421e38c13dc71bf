"""Numbers counted now and then."""

from __future__ import annotations

import pytest
from django.db import connection

from lienthu.domain.catalog.models import Figure
from lienthu.domain.catalog.services import figures

pytestmark = pytest.mark.django_db


def known() -> int | None:
    return Figure.objects.filter(name=figures.COPIES).values_list("value", flat=True).first()


@pytest.mark.parametrize(("held", "changed", "counted"), [(-1, 1, True), (900_000, 1, False), (900_000, 1000, True)])
def test_where_counting_is_slow_a_handful_of_records_waits(held: int, changed: int, counted: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_class SET reltuples = %s WHERE oid = 'catalog_item'::regclass", [held])
    figures.count_copies_after(changed)
    assert (known() == 0) is counted
    figures.count_copies()
    assert known() == 0, "as the count of every ten minutes does"
