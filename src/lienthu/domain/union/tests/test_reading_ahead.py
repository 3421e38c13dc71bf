"""A process of its own reads what this one would have read, one chunk ahead, and ends with it (ADR 0005)."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from pathlib import Path

import pytest

from lienthu.domain.catalog.encoding import EncodingPlan
from lienthu.domain.catalog.tests.cast import book, iso_file
from lienthu.domain.union import reading_ahead
from lienthu.domain.union.preparing import Task, prepared_chunks
from lienthu.domain.union.reading_ahead import chunks_ahead
from lienthu.foundation.marc.holdings import DEFAULT_RULES

BROKEN = b"00050nam a2200000   4500 this is no record at all.\x1d"


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Task:
    """Three chunks: sound records, one that cannot be read, one whose date cannot be."""
    monkeypatch.setattr(reading_ahead, "_WORTH_IT", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    path = tmp_path / "sach.mrc"
    first = iso_file([book(f"Vùng mỏ {n}", by="Võ Huy Tâm", year=1951, barcodes=[f"B{n}"]) for n in range(1300)])
    path.write_bytes(first + BROKEN + iso_file([book(f"Đất mỏ {n}", number=str(n), year=2951) for n in range(900)]))
    return Task(path, "iso2709", EncodingPlan("utf-8"), {}, DEFAULT_RULES, 2026)


def children() -> set[int]:
    """The processes that this one started and that still are there."""
    return {int(p) for p in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


def test_what_comes_through_the_pipe_is_what_would_have_been_read_here(task: Task) -> None:
    here = list(prepared_chunks(task))
    before = children()
    assert list(chunks_ahead(task)) == here
    assert [len(c.pieces) for c in here] == [1000, 1000, 201]
    assert [len(c.quarantine) for c in here] == [0, 1, 0]
    assert {code for c in here for _, _, _, code, _, _ in c.problems} >= {"impossible-date"}
    assert children() <= before


def test_it_begins_at_the_checkpoint(task: Task) -> None:
    last = next(iter(prepared_chunks(task))).pieces[-1]
    further = task._replace(offset=last.resume, ordinal=last.ordinal + 1)
    assert list(chunks_ahead(further)) == list(prepared_chunks(task))[1:]


def test_it_ends_when_nobody_wants_more(task: Task) -> None:
    before = children()
    with closing(chunks_ahead(task)) as coming:
        next(coming)
        assert len(children() - before) == 1
    assert children() <= before


def test_a_small_file_needs_no_process(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    before = children()
    with closing(chunks_ahead(task._replace(ordinal=2200, offset=task.path.stat().st_size - 200))) as coming:
        assert next(coming)
        assert children() <= before


def test_a_reader_that_is_killed_is_missed(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_ahead, "_PIPE", 4096)  # else it may have sent everything before it is killed
    before = children()
    with closing(chunks_ahead(task)) as coming:
        next(coming)
        (reader,) = children() - before
        os.kill(reader, signal.SIGKILL)
        with pytest.raises(RuntimeError, match="ended early"):
            list(coming)


def test_what_goes_wrong_there_is_raised_here(task: Task) -> None:
    with pytest.raises(IsADirectoryError):
        list(chunks_ahead(task._replace(path=task.path.parent)))
    with pytest.raises(RuntimeError, match="UnknownEncoding"):
        list(chunks_ahead(task._replace(plan=EncodingPlan("no such encoding", forced=True))))
