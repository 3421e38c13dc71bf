"""Lists of numbers are written as psycopg writes them, and arrive."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from psycopg.adapt import PyFormat, Transformer
from psycopg.types.array import ListDumper

from lienthu.platform.number_lists import NumberListDumper

LISTS = st.one_of(
    st.lists(st.integers(-(2**63), 2**63 - 1)),
    st.lists(st.one_of(st.none(), st.integers(-9, 9))),
    st.lists(st.booleans()),
    st.lists(st.text(alphabet='a"\\,{} 1', max_size=4)),
    st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2)),
)


@given(LISTS)
def test_what_is_written_is_the_same_to_the_byte(values: list[Any]) -> None:
    written = []
    for dumper in (ListDumper, NumberListDumper):
        adapters = psycopg.adapt.AdaptersMap(psycopg.adapters)
        adapters.register_dumper(list, dumper)
        transformer = Transformer.from_context(type("Context", (), {"adapters": adapters, "connection": None})())
        made = transformer.get_dumper(values, PyFormat.TEXT)
        assert type(made) is dumper
        written.append((made.oid, bytes(made.dump(values) or b"")))
    assert written[0] == written[1]


@pytest.mark.django_db
def test_connections_use_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::bigint[], %s::bigint[], 7 = ANY(%s)", [[-1, 2**62], [], [6, 7]])
        assert cursor.fetchone() == ([-1, 2**62], [], True)
        dumper = connection.connection.adapters.get_dumper(list, PyFormat.TEXT)
    assert dumper is NumberListDumper
