"""Installs in folders of their own, driven from outside: commands, HTTP, SQL, and kill -9."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg

from lienthu.platform.postgres import EmbeddedPostgres, Lease

LIENTHU = [sys.executable, "-m", "lienthu.faces.cli.main"]
PREPARE = "from lienthu.faces.cli.ground import prepare; prepare()\nimport json\n"

# What the index holds against what the database says it should: rule "found exactly once, and nothing else".
_AGREEMENT = """
from collections import Counter
import tantivy
from django.db import connection
from lienthu.domain.discovery import selectors
from lienthu.domain.discovery.services.indexing import store

index = tantivy.Index.open(str(store().current()))
index.reload()
searcher = index.searcher()
hits = searcher.search(tantivy.Query.all_query(), limit=max(1, searcher.num_docs)).hits
found = Counter(searcher.fast_field_values("id", [address for _, address in hits])) if hits else Counter()
with connection.cursor() as cursor:
    cursor.execute('''
        SELECT l.code, m.cluster_id FROM union_membership m
        JOIN catalog_bibrecord r ON r.id = m.record_id AND NOT r.deleted
        JOIN network_library l ON l.id = r.library_id AND NOT l.closed GROUP BY 1, 2''')
    rows = cursor.fetchall()
    cursor.execute("SELECT count(*) FROM platform_change WHERE consumer = 'discovery'")
    waiting = cursor.fetchone()[0]
result = selectors.search(selectors.request_from({"size": ["1"]}))
print(json.dumps({
    "missing": sorted({c for _, c in rows} - set(found))[:5], "extra": sorted(set(found) - {c for _, c in rows})[:5],
    "twice": [i for i, n in found.items() if n > 1][:5], "waiting": waiting,
    "publications": len(found), "total": result.total,
    "by_library": {v.value: v.count for v in result.facets["library"]},
    "held": Counter(code for code, _ in rows),
}))
"""


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The last line on standard output."""
        lines = self.out.splitlines()
        assert lines, self.err
        return json.loads(lines[-1])

    def refused(self) -> str:
        """The sentence of a refusal: exit code 2, one clear line, no traceback, nothing that looks like success."""
        assert "Traceback" not in self.err, self.err[-1500:]
        assert self.code == 2, (self.code, self.out, self.err)
        sentences = [line for line in self.err.splitlines() if line.startswith("lienthu: ")]
        assert len(sentences) == 1, self.err
        sentence = sentences[0].removeprefix("lienthu: ").strip()
        assert len(sentence.split()) >= 4, f"not a sentence: {sentence!r}"
        assert not self.out.strip().startswith("{"), self.out
        return sentence


@dataclass
class Install:
    """A data folder and what can be done to it from outside."""

    folder: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        foreign = ("DATABASE_URL", "PORT", "LIENTHU_SUPERVISED", "LIENTHU_DATA", "PYTEST_CURRENT_TEST")
        kept = {k: v for k, v in os.environ.items() if k not in foreign}
        return {
            **kept,
            "LIENTHU_DATA": str(self.folder),
            "LIENTHU_NO_COST_LIMIT": "1",
            "DJANGO_SETTINGS_MODULE": "lienthu.config.settings",
            **self.extra,
        }

    def start(self, *args: str | Path) -> subprocess.Popen[str]:
        """Begin a command."""
        return subprocess.Popen(
            [*LIENTHU, *map(str, args)], env=self.environment, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def lienthu(self, *args: str | bytes | Path, timeout: float = 120) -> Done:
        """Run a command to its end."""
        done = subprocess.run(
            [*LIENTHU, *[a if isinstance(a, bytes) else str(a) for a in args]], env=self.environment,
            capture_output=True, stdin=subprocess.DEVNULL, timeout=timeout,
        )  # fmt: skip
        return Done(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))

    def load(self, *files: Path, library: str = "VN-A", **options: str) -> dict[str, Any]:
        """Import files; the object of the last line."""
        more = [part for name, value in options.items() for part in (f"--{name}", value)]
        done = self.lienthu("import", *files, "--library", library, *more, "--json")
        assert done.code in (0, 1), done.err
        assert "Traceback" not in done.err, done.err
        report: dict[str, Any] = done.json
        return report

    def probe(self, code: str) -> Any:
        """Run Python inside the install, as a command would; the JSON it prints."""
        done = subprocess.run(
            [sys.executable, "-c", PREPARE + code], env=self.environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else None

    def lease(self) -> Lease:
        """What keeps its database up as long as it is held: commands start faster."""
        return EmbeddedPostgres(self.folder / "postgres").ensure()

    @contextlib.contextmanager
    def database(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection of our own, with a lease on the server while it lasts."""
        with self.lease() as lease, psycopg.connect(lease.dsn, autocommit=True) as connection:
            yield connection

    def sql(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self.database() as connection:
            return connection.execute(query, parameters).fetchall()

    def stop(self) -> None:
        """Stop its database, whoever uses it."""
        EmbeddedPostgres(self.folder / "postgres").stop()

    # ------------------------------------------------------------------------------------------ what must hold

    def assert_index_agrees(self) -> int:
        """Every publication with an open member is in the index exactly once, and nothing else. How many there are."""
        seen = self.probe(_AGREEMENT)
        assert (seen["missing"], seen["extra"], seen["twice"]) == ([], [], [])
        assert seen["waiting"] == 0
        assert seen["total"] == seen["publications"]
        assert seen["by_library"] == seen["held"]
        return int(seen["publications"])

    def assert_counts_reconcile(self) -> None:
        """Counters of batches against the rows they speak of; records, revisions, copies and clusters in themselves."""
        with self.database() as c:

            def none(query: str) -> None:
                rows = c.execute(query).fetchmany(5)
                assert rows == [], query

            none(
                "SELECT id FROM catalog_importbatch"
                " WHERE read <> created + updated + unchanged + withdrawn + quarantined"
            )
            none("SELECT id FROM catalog_importbatch WHERE read <> next_ordinal")
            none(
                "SELECT b.id FROM catalog_importbatch b WHERE b.quarantined <>"
                " (SELECT count(*) FROM catalog_quarantined q WHERE q.batch_id = b.id)"
            )
            none(
                "SELECT b.id FROM catalog_importbatch b WHERE NOT b.dry_run AND b.created + b.updated + b.withdrawn <>"
                " (SELECT count(*) FROM catalog_revision v WHERE v.batch_id = b.id)"
                " + (SELECT count(*) FROM catalog_authorityrevision a WHERE a.batch_id = b.id)"
            )
            none(
                "SELECT r.id FROM catalog_bibrecord r LEFT JOIN catalog_revision v ON v.record_id = r.id"
                " GROUP BY r.id HAVING count(v.number) <> r.revision OR max(v.number) <> r.revision"
            )
            none("SELECT source_id, identity FROM catalog_bibrecord GROUP BY 1, 2 HAVING count(*) > 1")
            none(
                "SELECT r.id FROM catalog_bibrecord r LEFT JOIN union_membership m ON m.record_id = r.id"
                " WHERE r.deleted <> (m.record_id IS NULL)"
            )
            none(
                "SELECT c.id FROM union_cluster c LEFT JOIN union_membership m ON m.cluster_id = c.id"
                " GROUP BY c.id HAVING count(m.record_id) <> c.size"
            )
            none(
                "SELECT c.id FROM union_cluster c WHERE c.size > 0 AND NOT EXISTS (SELECT 1 FROM union_membership m"
                " WHERE m.cluster_id = c.id AND m.record_id = c.preferred_id)"
            )
            none(
                "SELECT i.id FROM catalog_item i JOIN catalog_bibrecord r ON r.id = i.record_id"
                " WHERE r.deleted OR r.library_id <> i.library_id"
            )

    def content(self) -> dict[str, list[Any]]:
        """What the catalogue and the union say, without any number that depends on when it was written."""
        with self.database() as c:
            return {
                "records": c.execute(
                    "SELECT l.code, r.identity, encode(r.content_digest, 'hex'), r.deleted, h.identity, v.marc,"
                    " md5(v.raw), v.raw_format, v.raw_encoding FROM catalog_bibrecord r"
                    " JOIN network_library l ON l.id = r.library_id"
                    " JOIN catalog_revision v ON v.record_id = r.id AND v.number = r.revision"
                    " LEFT JOIN catalog_bibrecord h ON h.id = r.host_id ORDER BY 1, 2"
                ).fetchall(),
                "items": c.execute(
                    "SELECT l.code, r.identity, i.branch_text, i.location, i.call_number, i.barcode, i.barcode_taken,"
                    " i.copy_number, i.copies, i.status, i.note, i.acquired, i.statement FROM catalog_item i"
                    " JOIN catalog_bibrecord r ON r.id = i.record_id JOIN network_library l ON l.id = r.library_id"
                    " ORDER BY 1, 2, i.id"
                ).fetchall(),
                "clusters": c.execute(
                    "SELECT array_agg(l.code || ' ' || r.identity ORDER BY l.code, r.identity) AS members"
                    " FROM union_membership m JOIN catalog_bibrecord r ON r.id = m.record_id"
                    " JOIN network_library l ON l.id = r.library_id GROUP BY m.cluster_id ORDER BY 1"
                ).fetchall(),
            }

    # ------------------------------------------------------------------------------------------ the running system

    @contextlib.contextmanager
    def serving(self) -> Iterator[Served]:
        """``lienthu run`` beside the test, until the block ends."""
        port = free_port()
        log = self.folder.parent / "run.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                [*LIENTHU, "run", "--no-sample", "--web-workers", "1"],
                env={**self.environment, "PORT": str(port)}, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip
        served = Served(self, port, process, log)
        try:
            until(lambda: served.status("/healthz") == 200 or process.poll() is not None, 60)
            assert process.poll() is None, log.read_text()
            yield served
        finally:
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


@dataclass
class Served:
    """The running system of an install."""

    install: Install
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def get(self, path: str, **params: Any) -> tuple[int, bytes]:
        """Status and body; -1 where nobody answers."""
        query = f"?{urlencode(params, doseq=True)}" if params else ""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path + query)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException):
            return -1, b""
        finally:
            connection.close()

    def status(self, path: str, **params: Any) -> int:
        """The status alone."""
        return self.get(path, **params)[0]

    def search(self, q: str = "", **params: Any) -> dict[str, Any]:
        """An answer of the API."""
        status, body = self.get("/api/v1/search", q=q, **params)
        assert status == 200, (status, body[:500], self.log.read_text()[-2000:])
        answer: dict[str, Any] = json.loads(body)
        return answer

    def pid(self, part: str) -> int:
        """Process id of "web", "worker" or "indexer" (a child of the supervisor), or of "postgres" (the postmaster)."""
        if part == "postgres":
            return EmbeddedPostgres(self.install.folder / "postgres").pid() or 0
        wanted = {"web": b"granian", "worker": b"\0worker", "indexer": b"\0indexer"}[part]
        for pid in children_of(self.process.pid):
            with contextlib.suppress(OSError):
                if wanted in Path(f"/proc/{pid}/cmdline").read_bytes():
                    return pid
        return 0

    def kill(self, part: str) -> bool:
        """kill -9; False when it was not there."""
        pid = self.pid(part)
        if pid:
            os.kill(pid, signal.SIGKILL)
        return bool(pid)


def children_of(parent: int) -> list[int]:
    """Process ids of the direct children."""
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(pid) for pid in text.split()]


def until(condition: Callable[[], object], seconds: float = 30.0, pause: float = 0.05) -> float:
    """Wait until it holds; how long that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"waited {seconds} s in vain"
        time.sleep(pause)
    return time.monotonic() - began


# ------------------------------------------------------------------------------------------- made once, then copied


def copied(source: Path, target: Path) -> Path:
    """A copy of a stopped install, with the same owners."""
    shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    if os.geteuid() == 0:
        for path in (source, *source.rglob("*")):
            info = path.lstat()
            os.chown(target / path.relative_to(source), info.st_uid, info.st_gid, follow_symlinks=False)
    return target


def prepared(folder: Path, *, sample: bool) -> None:
    """Make a folder ready as ``lienthu run`` does before it serves: schema, files of the web, the sample province."""
    install = Install(folder, {"PORT": str(free_port())})
    with install.database() as connection:
        # Processes are killed in tests, not the machine: waiting for the disk proves nothing.
        (folder / "postgres" / "data" / "local.conf").write_text("fsync = off\n")
        connection.execute("SELECT pg_reload_conf()")
        done = install.lienthu("prepare", "--for-run", "--no-volumes" if sample else "--no-sample", timeout=300)
        assert done.code == 0, done.err


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])
