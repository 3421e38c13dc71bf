"""Commands and the running system share one data folder; two imports at once; news reaches the search in time."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
_CLUSTERS = (
    "SELECT array_agg(l.code || ' ' || r.control_number ORDER BY l.code, r.control_number) FROM union_membership m"
    " JOIN catalog_bibrecord r ON r.id = m.record_id JOIN network_library l ON l.id = r.library_id"
    " GROUP BY m.cluster_id ORDER BY 1"
)


def _at_once(install: Any, *commands: tuple[str | Path, ...]) -> list[tuple[int, dict[str, Any], str]]:
    started = [install.start(*command) for command in commands]
    out = []
    for process in started:
        stdout, stderr = process.communicate(timeout=120)
        assert "Traceback" not in stderr, stderr[-2000:]
        out.append((process.returncode, json.loads(stdout.splitlines()[-1]), stderr))
    return out


def test_the_same_file_twice_at_once(install: Any, synthetic: Callable[..., Path]) -> None:
    records = 1100
    command = ("import", synthetic(records, 41), "--library", "VN-A", "--json")
    with install.database():
        done = _at_once(install, command, command)
    assert [code for code, _, _ in done] == [0, 0]
    reports = [report for _, report, _ in done]
    assert [r["read"] for r in reports] == [records, records]
    assert sum(r["created"] for r in reports) == records
    assert sum(r["unchanged"] for r in reports) == records
    assert sum(r["updated"] + r["quarantined"] for r in reports) == 0
    assert install.sql("SELECT count(*) FROM catalog_bibrecord") == [(records,)]
    assert install.sql("SELECT count(*) FROM catalog_revision") == [(records,)]
    install.assert_counts_reconcile()
    install.assert_index_agrees()


def test_two_libraries_at_once_are_joined_as_one_after_the_other(
    folders: Callable[..., Any], synthetic: Callable[..., Path]
) -> None:
    """What both hold is one publication, also when neither import had seen the other's records when it began."""
    path = synthetic(500, 42)
    together, one_by_one = folders("plain"), folders("plain")
    with together.database():
        _at_once(
            together,
            ("import", path, "--library", "VN-A", "--json"),
            ("import", path, "--library", "VN-B", "--json"),
        )
    together.assert_counts_reconcile()
    together.assert_index_agrees()
    with one_by_one.database():
        one_by_one.load(path, library="VN-A")
        one_by_one.load(path, library="VN-B")
    apart = len(together.sql(_CLUSTERS)) - len(one_by_one.sql(_CLUSTERS))
    assert apart == 0, f"{apart} publications are in the search twice"


def test_everything_beside_the_running_system(install: Any, marc_record: Any, tmp_path: Path, wait_until: Any) -> None:
    """One system for several questions: commands beside it, how fast news arrives, libraries that close."""

    def load(number: str, title: str, library: str = "VN-A") -> float:
        path = tmp_path / f"{number}.mrc"
        path.write_bytes(marc_record(number, title))
        assert install.load(path, library=library)["read"] == 1
        return time.monotonic()

    with install.serving() as system:
        # a command's import is in the search of the running system when the command ends
        load("1", "Sổ tay thợ lò Mạo Khê")
        assert [h["title"] for h in system.search("thợ lò mạo khê")["hits"]] == ["Sổ tay thợ lò Mạo Khê"]
        assert install.lienthu("search", "tho lo mao khe", "--json").json["total"] == 1
        assert system.status("/records/999999/") == 404

        # news follows its record: measured from the commit, by a writer that waits for nobody
        lags = []
        for n in range(3):
            committed = install.probe(
                "import time\n"
                "from pathlib import Path\n"
                "from lienthu.domain.catalog.services import batches\n"
                "from lienthu.domain.network.selectors import library_by_code\n"
                "from lienthu.domain.union.services.conduct import run_batch\n"
                "from lienthu.platform.actor import Actor\n"
                f"path = Path({str(tmp_path / 'lag.mrc')!r})\n"
                f"path.write_bytes({marc_record(f'lag{n}', f'Chuyện đèo Bụt số {n}')!r})\n"
                "actor = Actor.system('test')\n"
                "batch = batches.receive(path, library=library_by_code('VN-B'), actor=actor)\n"
                "run_batch(batch.pk, actor=actor)\n"
                "print(json.dumps(time.monotonic()))"
            )
            wait_until(lambda n=n: system.search(f'"đèo bụt số {n}"')["total"] == 1, 10)
            lags.append(time.monotonic() - committed)
        print(f"index after commit: {', '.join(f'{lag:.2f}' for lag in lags)} s (median {statistics.median(lags):.2f})")
        assert max(lags) < 10

        # commands of every kind at once, beside the system
        with ThreadPoolExecutor(4) as pool:
            out = tmp_path / "out.xml"
            jobs = [
                pool.submit(install.lienthu, "search", "thợ", "--json"),
                pool.submit(install.lienthu, "export", "--library", "VN-A", "--format", "marcxml", out),
                pool.submit(install.lienthu, "reindex"),
                pool.submit(install.lienthu, "backup", tmp_path / "beside.tar"),
            ]
            answers = [system.status("/search/", q="thợ") for _ in range(20)]
            codes = [(job.result().code, job.result().err) for job in jobs]
        assert [code for code, _ in codes] == [0, 0, 0, 0], codes
        assert set(answers) == {200}
        assert out.read_text(encoding="utf-8").count("<record") == 1
        wait_until(lambda: not (install.folder / "index" / "REBUILD").exists(), 30)
        wait_until(lambda: system.search("đèo bụt")["total"] == 3, 30)

        # a library that closes is gone from the search, one that opens again is back
        close = (
            "from lienthu.domain.network.models import Library\n"
            "from lienthu.platform.services import changes\n"
            "from django.db import transaction\n"
            "with transaction.atomic():\n"
            "    Library.objects.filter(code='VN-B').update(closed={})\n"
            "    changes.publish('library.changed', Library.objects.filter(code='VN-B').values_list('id', flat=True))\n"
        )
        install.probe(close.format(True))
        wait_until(lambda: system.search("đèo bụt")["total"] == 0, 15)
        install.probe(close.format(False))
        wait_until(lambda: system.search("đèo bụt")["total"] == 3, 15)

        # what a closed library holds is never found
        load("kin1", "Bản đồ phòng thủ bờ biển", library="VN-KIN")
        load("9", "Lịch sử phố mỏ")
        assert system.search("phòng thủ bờ biển")["total"] == 0
        assert system.search("lịch sử phố mỏ")["total"] == 1
        install.assert_index_agrees()

        # a second system on the same port is refused in a sentence, and the first goes on
        second = type(install)(install.folder, {"PORT": str(system.port)})
        second.lienthu("run", "--no-sample").refused()
        assert system.status("/healthz") == 200
    # everything that was started is gone, and the next command finds nothing in its way
    assert install.lienthu("status").code == 0
    install.assert_counts_reconcile()


def test_a_query_that_is_no_text_on_the_command_line(shared_install: Any) -> None:
    for query in (b"\xff\xfe ha long", b"\x01'\"" + b"a " * 3000):
        done = shared_install.lienthu("search", query, "--json")
        assert "Traceback" not in done.err, done.err[-800:]
        assert done.code == 0
        assert done.json["query"]["page"] == 1
