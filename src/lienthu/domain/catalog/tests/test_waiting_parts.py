"""Thousands of articles that want one journal: what a chunk asks of them is bounded (IMP-39)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthu.domain.catalog import jobs
from lienthu.domain.catalog.content import title_key
from lienthu.domain.catalog.long_work_models import HostQuestion
from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.catalog.services import hosts
from lienthu.domain.catalog.services.batches import source_of
from lienthu.domain.catalog.services.hosts import AT_ONCE
from lienthu.domain.catalog.services.undo import take_back
from lienthu.domain.catalog.services.waiting_parts import NEXT, ask_piece, ask_waiting
from lienthu.domain.catalog.tests.cast import bring, held, open_batch, write
from lienthu.domain.catalog.tests.test_hosts import ISSN, journal, part
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library

pytestmark = pytest.mark.django_db
TITLE = "Báo Quảng Ninh"
MANY = 10_000


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


def articles(library: Library, count: int, title: str = TITLE, *, number: int | None = None) -> None:
    """So many articles that want the host of this title, and as many books of other titles around them."""
    key = title_key(title)
    assert key is not None
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalog_bibrecord (library_id, source_id, identity, control_number, revision, content_digest,"
            " deleted, host_control_number, title_key, host_title_key, host_number_key, created_at, updated_at,"
            " datestamp, exposed, material_type, local_history, children, origin)"
            " SELECT %s, %s, '001:' || said.no, said.no, 1, '', false, '', CASE WHEN n %% 2 = 1 THEN n END,"
            " CASE WHEN n %% 2 = 0 THEN %s END, CASE WHEN n %% 2 = 0 THEN %s::bigint END, now(), now(), now(), true,"
            " '', false, false, 0"
            " FROM generate_series(1, %s) n CROSS JOIN LATERAL (SELECT %s || n AS no) said",
            [library.pk, source_of(library).pk, key, number, 2 * count, f"{title[:5]}{number}-"],
        )


def linked(library: Library, number: str) -> int:
    return BibRecord.objects.filter(library=library, host=held(library, number)).count()


def test_a_chunk_asks_no_more_than_it_may_and_the_rest_is_asked_soon_after(tinh: Library) -> None:
    articles(tinh, AT_ONCE + 500)
    articles(tinh, 3, "Báo Hạ Long")
    bring(tinh, journal(TITLE, "T"), journal("Báo Hạ Long", "H"), part("neu", TITLE))
    assert (linked(tinh, "H"), linked(tinh, "T")) == (3, 1), "few are asked at once, and what comes in asks for itself"
    assert HostQuestion.objects.get().kind == "title"
    jobs.link_hosts(0)
    assert linked(tinh, "T") == AT_ONCE + 501
    assert not HostQuestion.objects.exists()
    assert not ask_waiting()

    batch = open_batch(tinh)
    write(batch, journal(TITLE, "T2"), journal(TITLE, "T3"))
    assert HostQuestion.objects.count() == 1, "one question, however many records have the name"
    ask_waiting()
    assert linked(tinh, "T") == 0, "between three nothing is guessed"
    take_back(batch, [held(tinh, "T2").pk, held(tinh, "T3").pk])
    ask_waiting()
    assert linked(tinh, "T") == AT_ONCE + 501


def test_what_hangs_on_a_host_that_changes_its_name_is_asked_too(tinh: Library) -> None:
    articles(tinh, AT_ONCE + 2)
    bring(tinh, journal(TITLE, "T"))
    ask_waiting()
    bring(tinh, journal("Báo Vùng mỏ", "T"))
    assert HostQuestion.objects.get().kind == "host"
    ask_waiting()
    assert linked(tinh, "T") == 0


def test_by_number_too(tinh: Library) -> None:
    articles(tinh, AT_ONCE + 2, "Di sản", number=int(ISSN.replace("-", "")[:-1]))
    bring(tinh, journal("Tạp chí Di sản", "D", ISSN))
    assert HostQuestion.objects.get().kind == "number"
    ask_waiting()
    assert linked(tinh, "D") == AT_ONCE + 2


def test_killed_it_goes_on_and_a_new_host_begins_anew(tinh: Library) -> None:
    articles(tinh, AT_ONCE + 500)
    bring(tinh, journal(TITLE, "T"))
    assert ask_piece(size=600)
    assert linked(tinh, "T") == 600
    bring(tinh, journal(TITLE, "T2"))
    assert HostQuestion.objects.get().after == 0
    while ask_piece(size=600):
        pass
    assert (linked(tinh, "T"), linked(tinh, "T2")) == (0, 0)


def test_a_chunk_takes_as_many_statements_whether_few_wait_or_thousands(
    tinh: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many records of the name it brings; and what it asks it asks by names, not by articles."""
    asked: list[int] = []
    monkeypatch.setattr(hosts, "AT_ONCE", 5)
    for name, waiting, bringing in (("A", 10, 1), ("B", 10, 40), ("C", 2000, 1), ("D", 2000, 40)):
        articles(tinh, waiting, f"Báo {name}")
        with CaptureQueriesContext(connection) as queries:
            bring(tinh, *(journal(f"Báo {name}", f"{name}{n}") for n in range(bringing)))
        assert not [q for q in queries if "WITH asked" in q["sql"]]
        asked.append(len(queries))
    assert len(set(asked)) == 1
    assert HostQuestion.objects.count() == 4


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", ()) for node in nodes(child))]


def plan_of(statement: str, said: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", said)
        answer = cursor.fetchone()[0]
    return nodes((json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"])


@pytest.mark.parametrize("statistics", [False, True], ids=["before statistics", "with statistics"])
def test_thousands_of_articles_are_read_by_index(tinh: Library, statistics: bool) -> None:
    articles(tinh, MANY)
    bring(tinh, *(journal(TITLE, f"T{n}") for n in range(30)))
    if statistics:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE catalog_bibrecord")
    key = title_key(TITLE)
    at_hand = [held(tinh, f"T{n}").pk for n in range(30)]
    counting = {"library": tinh.pk, "titles": [key], "numbers": [1, 2], "hosts": at_hand, "most": AT_ONCE + 1}
    asking = {"library": tinh.pk, "titles": [key], "numbers": [], "hosts": at_hand, "parts": []}
    plans = [
        plan_of(hosts.WAITING, counting),
        plan_of(hosts.BY_NAME, asking),
        *(plan_of(statement, [tinh.pk, key, 0, AT_ONCE]) for statement in NEXT.values()),
    ]
    for plan in plans:
        read = [node for node in plan if node.get("Relation Name") == "catalog_bibrecord"]
        assert read
        assert not [node for node in read if node["Node Type"] == "Seq Scan"], "the table is never read as a whole"
    counted = sum(n["Actual Rows"] * n["Actual Loops"] for n in plans[0] if n.get("Relation Name"))
    assert counted <= AT_ONCE + 1, "no further than it may ask"
    candidates = [n for n in plans[1] if n.get("Index Name") == "record_title_key"]
    assert candidates
    assert sum(n["Actual Loops"] for n in candidates) == 1, "articles that want the same are asked about once"
