"""Schedules and the worker: who is due, one run a source, waiting without holding the worker (HAR-15, HAR-18)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.harvesting import jobs, selectors
from lienthu.domain.union.harvesting.models import HarvestRun, HarvestSource
from lienthu.domain.union.harvesting.services import runs, sources
from lienthu.domain.union.harvesting.tests.cast import HARVESTER, harvested, source_for, titles
from lienthu.domain.union.harvesting.tests.repository import Repository, marcxml, on_page, once, served
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def repository() -> Iterator[Repository]:
    with served(Repository()) as r:
        for n in range(1, 9):
            r.put(f"oai:thu.vn:{n}", marcxml(str(n), f"Đất mỏ tập {n}"))
        yield r


def waiting() -> list[ProcrastinateJob]:
    return list(ProcrastinateJob.objects.filter(task_name="harvest.work", status="todo").order_by("id"))


def worked() -> None:
    """What a worker does with the jobs that wait and may start now."""
    for job in waiting():
        if job.scheduled_at is None or job.scheduled_at <= timezone.now():
            ProcrastinateJob.objects.filter(pk=job.pk).update(status="succeeded")
            jobs.move_on(**job.args)


def test_a_source_whose_time_has_come_is_harvested_and_asked_again_next_time(
    tinh: Library, repository: Repository
) -> None:
    harvest = source_for(tinh, repository, schedule="24h")
    source_for(tinh, repository, schedule="")
    paused = source_for(tinh, repository, schedule="24h")
    sources.pause(paused.pk, actor=HARVESTER)
    jobs.start_due(0)
    assert [run.harvest_id for run in HarvestRun.objects.all()] == [harvest.pk]
    worked()
    run = HarvestRun.objects.get()
    assert (run.status, run.reason, len(titles(tinh))) == ("done", "schedule", 8)
    harvest.refresh_from_db()
    assert harvest.next_at is not None
    assert timedelta(hours=23) < harvest.next_at - timezone.now() < timedelta(hours=25)
    jobs.start_due(0)
    assert HarvestRun.objects.count() == 1
    assert waiting() == []


def test_every_minute_asks_once(tinh: Library, repository: Repository) -> None:
    source_for(tinh, repository)
    for _ in range(3):
        jobs.start_due(0)
    assert (HarvestRun.objects.count(), len(waiting())) == (1, 1)


def test_a_run_that_has_to_wait_leaves_the_worker_and_comes_again(tinh: Library, repository: Repository) -> None:
    repository.faults.append(once(on_page(2, 503, {"Retry-After": "300"})))
    source_for(tinh, repository)
    jobs.start_due(0)
    worked()
    run = HarvestRun.objects.get()
    assert (run.status, run.pages) == ("running", 1)
    (job,) = waiting()
    assert job.scheduled_at is not None
    assert job.scheduled_at == run.wait_until
    jobs.start_due(0)
    assert len(waiting()) == 1
    assert selectors.open_runs() == []
    HarvestRun.objects.update(wait_until=datetime.now(UTC))
    ProcrastinateJob.objects.filter(status="todo").update(scheduled_at=None)
    worked()
    assert HarvestRun.objects.get().status == "done"


def test_a_run_that_a_killed_worker_left_is_found_by_the_next_minute(tinh: Library, repository: Repository) -> None:
    harvest = source_for(tinh, repository)
    run = runs.open_run(harvest.pk, reason="schedule", actor=HARVESTER)
    runs.work(run.pk, actor=HARVESTER, seconds=0)  # and then it died, its job with it
    jobs.start_due(0)
    worked()
    assert HarvestRun.objects.get().status == "done"


def test_runs_that_found_nothing_are_no_acts_and_are_forgotten(tinh: Library, repository: Repository) -> None:
    harvest = source_for(tinh, repository, overlap_minutes=0)
    jobs.start_due(0)
    worked()
    repository.records.clear()
    for _ in range(2):
        HarvestSource.objects.update(next_at=timezone.now())
        jobs.start_due(0)
        worked()
    assert list(HarvestRun.objects.order_by("id").values_list("status", "listed")) == [("done", 8)] + [("done", 0)] * 2
    told = AuditEntry.objects.filter(action__startswith="harvest.run").values_list("action", "detail__listed")
    assert list(told) == [("harvest.run_done", 8)]
    harvested(harvest)  # a person asked for this one
    HarvestRun.objects.update(finished_at=timezone.now() - timedelta(days=13))
    jobs.tidy(0)
    assert HarvestRun.objects.count() == 4
    HarvestRun.objects.update(finished_at=timezone.now() - timedelta(days=15))
    jobs.tidy(0)
    assert list(HarvestRun.objects.order_by("id").values_list("reason", "listed")) == [("schedule", 8), ("command", 0)]


def test_people_start_and_stop(tinh: Library, repository: Repository) -> None:
    harvest = source_for(tinh, repository, schedule="")
    run = jobs.request_run(harvest.pk, actor=HARVESTER)
    assert jobs.request_run(harvest.pk, actor=HARVESTER) == run
    assert len(waiting()) == 1
    jobs.request_stop(run.pk, actor=HARVESTER)
    worked()
    run.refresh_from_db()
    assert (run.status, run.reason, run.stop_code) == ("stopped", "person", "cancelled")


def test_the_list_of_sources_takes_as_many_statements_for_one_as_for_many(
    tinh: Library, repository: Repository
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as seen:
            rows = selectors.sources_of([tinh.pk])
        assert all(row.run and row.counts["read"] == 8 for row in rows)
        return len(seen)

    harvested(source_for(tinh, repository))
    one = statements()
    for _ in range(3):
        harvested(source_for(tinh, repository))
    assert statements() == one
    assert HarvestSource.objects.count() == 4
