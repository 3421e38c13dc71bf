"""kill -9 at any moment of an import: afterwards the counts reconcile, nothing is there twice, the index agrees."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
_RECORDS = 2100

_IN_BACKGROUND = """
from pathlib import Path
from lienthu.domain.catalog.services.planning import hand_over, queue
from lienthu.domain.network.selectors import library_by_code
from lienthu.domain.union.jobs import enqueue_import
from lienthu.platform.actor import Actor
actor = Actor.system("test")
batch = hand_over(Path({path!r}), library=library_by_code({library!r}), actor=actor, filename="in-background.mrc")
queue(batch.pk, actor=actor)
enqueue_import(batch.pk, actor=actor)
print(json.dumps(batch.pk))
"""


@pytest.fixture(scope="module")
def expected(shared_install: Any, synthetic: Callable[..., Path]) -> dict[str, list[Any]]:
    """What the catalogue holds after an import that nobody disturbed."""
    report = shared_install.load(synthetic(_RECORDS, 21))
    assert report["created"] == report["read"] == _RECORDS
    content: dict[str, list[Any]] = shared_install.content()
    return content


def _same(found: dict[str, list[Any]], expected: dict[str, list[Any]]) -> None:
    for name in expected:
        assert len(found[name]) == len(expected[name]), name
        assert found[name] == expected[name], name


def readers_of(install: Any) -> list[int]:
    """Processes of this install that read a file ahead."""
    mine = f"LIENTHU_DATA={install.folder}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if b"reading_ahead" in (process / "cmdline").read_bytes() and mine in (process / "environ").read_bytes():
                found.append(int(process.name))
    return found


def test_a_killed_command_is_run_again(
    install: Any, synthetic: Callable[..., Path], expected: Any, wait_until: Any
) -> None:
    path, chance = synthetic(_RECORDS, 21), random.Random(1)
    read = "SELECT coalesce(sum(read), 0) FROM catalog_importbatch"
    with install.database() as c:

        def so_far() -> int:
            return int(c.execute(read).fetchone()[0])

        for round_ in range(2):
            command = install.start("import", path, "--library", "VN-A", "--json")
            before = so_far()
            wait_until(lambda start=before, p=command: so_far() > start or p.poll() is not None, 60)
            time.sleep(chance.uniform(0, 0.4))  # somewhere inside the next chunk
            command.send_signal(signal.SIGKILL)
            command.communicate()
            assert command.returncode == -signal.SIGKILL, "the command was faster than the test"
            wait_until(lambda: not readers_of(install), 10)
            wait_until(lambda: c.execute(
                "SELECT count(*) = 1 FROM pg_stat_activity"
                " WHERE datname = current_database() AND backend_type = 'client backend'"
            ).fetchone()[0])  # fmt: skip
            install.assert_counts_reconcile()
            partial = c.execute("SELECT count(*) FROM catalog_bibrecord").fetchone()[0]
            created = c.execute("SELECT sum(created) FROM catalog_importbatch").fetchone()[0]
            assert 0 < partial == created, round_
    report = install.load(path)
    assert report["read"] == _RECORDS
    assert report["created"] + report["unchanged"] == _RECORDS
    assert report["unchanged"] > 0, "what was imported before the kill is known"
    assert install.sql("SELECT sum(created) FROM catalog_importbatch") == [(_RECORDS,)]
    left = install.sql("SELECT id, status, read FROM catalog_importbatch WHERE status NOT IN ('done', 'failed')")
    assert left == [], "shown as running, though nobody runs it and nobody will"
    install.assert_counts_reconcile()
    install.assert_index_agrees()
    _same(install.content(), expected)


def test_every_part_of_the_running_system_is_killed(
    install: Any, synthetic: Callable[..., Path], expected: Any, wait_until: Any
) -> None:
    path, chance = synthetic(_RECORDS, 21), random.Random(5)
    victims = ["worker", "postgres", "indexer", "web", "worker", "postgres"]
    killed: list[str] = []
    with install.serving() as system:
        wait_until(lambda: system.pid("worker") and system.pid("indexer"))
        worker = system.pid("worker")
        os.kill(worker, signal.SIGSTOP)  # it shall not be ready before the first kill
        batch = install.probe(_IN_BACKGROUND.format(path=str(path), library="VN-A"))
        os.kill(worker, signal.SIGCONT)

        def state() -> tuple[str, int]:
            try:
                return install.sql("SELECT status, read FROM catalog_importbatch WHERE id = %s", batch)[0]
            except Exception:  # the database is one of the victims
                return "unknown", -1

        for part in victims:
            time.sleep(chance.uniform(0.1, 0.8))
            if state()[0] == "done":
                break
            if system.kill(part):
                killed.append(part)
        waited = wait_until(lambda: state()[0] in ("done", "failed"), 120, 0.2)
        print(f"killed {killed}; done {waited:.1f} s after the last kill")
        assert state() == ("done", _RECORDS), system.log.read_text()[-3000:]
        wait_until(
            lambda: install.sql("SELECT count(*) FROM platform_change WHERE consumer = 'discovery'") == [(0,)], 60
        )
        wait_until(lambda: system.status("/healthz") == 200, 60)
        total = system.search("")["total"]
        assert install.assert_index_agrees() == total
    assert {"worker", "postgres"} <= set(killed)
    install.assert_counts_reconcile()
    counts = install.sql(
        "SELECT created, updated, unchanged, quarantined FROM catalog_importbatch WHERE id = %s", batch
    )
    assert counts == [(_RECORDS, 0, 0, 0)]
    assert install.sql("SELECT sum(items) FROM catalog_importbatch") == install.sql(
        "SELECT count(*) FROM catalog_item WHERE statement = ''"
    )
    _same(install.content(), expected)


def test_a_killed_rebuild_leaves_the_live_index(install: Any, synthetic: Callable[..., Path], wait_until: Any) -> None:
    install.load(synthetic(700, 4))
    index = install.folder / "index"
    before = (index / "CURRENT").read_text()
    command = install.start("reindex")
    wait_until(lambda: len(list(index.glob("v*-*"))) > 1 or command.poll() is not None, 30, 0.005)
    command.send_signal(signal.SIGKILL)
    command.communicate()
    assert command.returncode == -signal.SIGKILL
    if (index / "CURRENT").read_text() == before:
        install.assert_index_agrees()
    assert install.lienthu("reindex").code == 0
    install.assert_index_agrees()
    assert len(list(index.glob("v*-*"))) == 1, "the build that was never finished is cleared away"


def test_the_whole_machine_goes_down(
    install: Any, synthetic: Callable[..., Path], expected: Any, wait_until: Any
) -> None:
    """Everything killed at once in the middle, as when the power fails; started again, the import goes on by itself."""
    path = synthetic(_RECORDS, 21)
    with install.serving() as system:
        batch = install.probe(_IN_BACKGROUND.format(path=str(path), library="VN-A"))
        with install.database() as c:
            wait_until(
                lambda: c.execute("SELECT read FROM catalog_importbatch WHERE id = %s", [batch]).fetchone()[0] > 0, 60
            )
        parts = [system.pid(part) for part in ("web", "worker", "indexer", "postgres")]
        system.process.kill()
        for pid in parts:
            with contextlib.suppress(ProcessLookupError):  # it may have died with its parent
                os.kill(pid, signal.SIGKILL)
        system.process.wait()
    with install.serving() as system:
        wait_until(
            lambda: install.sql("SELECT status FROM catalog_importbatch WHERE id = %s", batch) == [("done",)], 60, 0.2
        )
        wait_until(
            lambda: install.sql("SELECT count(*) FROM platform_change WHERE consumer = 'discovery'") == [(0,)], 60
        )
        assert install.assert_index_agrees() == system.search("")["total"]
    install.assert_counts_reconcile()
    _same(install.content(), expected)
