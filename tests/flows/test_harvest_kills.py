"""Harvesting by command and by worker, killed with kill -9 in the middle: it goes on and ends the same (HAR-15)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lienthu.domain.union.harvesting.tests.repository import Query, Repository, marcxml, served

pytestmark = pytest.mark.slow
RECORDS = 60
ADD = """
from lienthu.domain.network.selectors import library_by_code
from lienthu.domain.union.harvesting import jobs
from lienthu.domain.union.harvesting.services import sources
from lienthu.platform.actor import Actor
facts = sources.SourceFacts(name="Thử", kind="oai", address={address!r}, private_allowed=True)
made = sources.create_source(code="thu", library=library_by_code("VN-A"), facts=facts, actor=Actor.system("test"))
jobs.request_run(made.pk, actor=Actor.system("test"))
"""


@pytest.fixture
def repository() -> Iterator[Repository]:
    """Slow enough to be killed in the middle."""

    def slowly(query: Query) -> None:
        time.sleep(0.15)

    with served(Repository(page=3)) as r:
        r.faults.append(slowly)
        for n in range(RECORDS):
            r.put(f"oai:thu.vn:{n}", marcxml(str(n), f"Đất mỏ tập {n}", shelf=f"K{n}", barcode=f"B{n}"))
        yield r


def pages(install: Any) -> int:
    return int(install.sql("SELECT coalesce(sum(pages), 0) FROM union_harvestrun")[0][0])


def assert_whole(install: Any) -> None:
    install.assert_counts_reconcile()
    assert install.sql("SELECT count(*) FROM catalog_bibrecord WHERE NOT deleted") == [(RECORDS,)]
    assert install.sql("SELECT sum(created), sum(read) FROM catalog_importbatch") == [(RECORDS, RECORDS)]
    assert install.sql("SELECT status, stop_code, listed FROM union_harvestrun") == [("done", "", RECORDS)]
    install.assert_index_agrees()


def test_the_command_is_killed_and_given_again(install: Any, repository: Repository, wait_until: Any) -> None:
    asked = ("harvest", "thu", "--address", repository.address, "--library", "VN-A", "--private", "--json")
    for deaths in range(1, 4):
        process = install.start(*asked)
        wait_until(lambda: process.poll() is not None or pages(install) >= 4 * deaths)  # noqa: B023 -- called at once
        process.kill()
        process.communicate()
    assert 4 <= pages(install) < RECORDS / 3
    done = install.lienthu("harvest", "thu", "--json")
    assert done.code == 0, done.err
    assert done.json["listed"] == RECORDS
    assert_whole(install)
    firsts = [q for q in repository.asked if q["verb"] == "ListRecords" and "resumptionToken" not in q]
    assert len(firsts) == 1, "it went on in the list, it did not begin again"


def test_the_worker_harvests_by_itself_and_survives_its_death(
    install: Any, repository: Repository, wait_until: Callable[..., float], tmp_path: Path
) -> None:
    install.probe(ADD.format(address=repository.address))
    with install.serving() as running:
        wait_until(lambda: pages(install) >= 3, 120)
        assert running.kill("worker")
        wait_until(lambda: install.sql("SELECT 1 FROM union_harvestrun WHERE status = 'done'"), 150, 0.5)
        wait_until(lambda: running.search("đất mỏ").get("total") == RECORDS, 60, 0.5)
    assert_whole(install)
