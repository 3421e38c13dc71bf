"""The benchmarks behind ``lienthu bench``: real commands on a scratch install, measured from outside."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from lienthu.faces.cli.sample.generator import generate, generate_iso2709
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.vietnamese.fold import fold, has_diacritics
from lienthu.foundation.vietnamese.tokens import exact_tokens
from lienthu.platform.postgres import EmbeddedPostgres

LIBRARY = "VN-BENCH"
_LIENTHU = [sys.executable, "-m", "lienthu.faces.cli.main"]


def bench_import(options: argparse.Namespace) -> int:
    """Import N synthetic records end to end: file, database, joining, index drained. Prints the rate and the memory."""
    from lienthu.faces.cli.bench_memory import MemoryWatch

    with scratch(options) as folder:
        environment = environment_of(folder)
        source = folder / "records.mrc"
        _generate(source, options)
        subprocess.run([*_LIENTHU, "prepare"], env=environment, check=True, stdout=subprocess.DEVNULL)
        _add_library(environment)
        indexer = subprocess.Popen([*_LIENTHU, "indexer"], env=environment)
        watch = MemoryWatch(folder)
        try:
            began = time.monotonic()
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(
                [*_LIENTHU, "import", str(source), "--library", LIBRARY, "--json"],
                env=environment, check=True, stdout=subprocess.PIPE,
            )  # fmt: skip
            seconds = time.monotonic() - began
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = {
                "import": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
                "indexer": _cpu_seconds(indexer.pid),
                "database": _database_cpu_seconds(folder),
            }
        finally:
            indexer.terminate()
            indexer.wait(60)
            peak = watch.stop()
        report = json.loads(done.stdout.splitlines()[-1])
        _marker(folder, options).touch()
        result = {
            "records": report["read"],
            "seconds": round(seconds, 2),
            "records_per_second": round(report["read"] / seconds),
            "peak_memory_mb": peak,
            "cpu_seconds": cpu,
        }
        print_result(result, options)
    return 0


def bench_search(options: argparse.Namespace) -> int:
    """Search N synthetic records over HTTP with all facets, and complete prefixes, in the fixed mix of kinds."""
    with scratch(options) as folder:
        environment = environment_of(folder)
        fill(folder, environment, options)
        with running(environment) as port:
            wait_for_jobs(environment)
            times = _measure(port, options)
        suggest = times.pop("suggest")
        every = [t for values in times.values() for t in values]
        result = {
            "records": options.records,
            "p50_ms": percentile(every, 50),
            "p95_ms": percentile(every, 95),
            "suggest_p95_ms": percentile(suggest, 95),
            "by_kind": {
                kind: {"n": len(v), "p50_ms": percentile(v, 50), "p95_ms": percentile(v, 95)}
                for kind, v in times.items()
            },
        }
        print_result(result, options)
    return 0


# ---------------------------------------------------------------------------------------------- the query mix

# 70 % two or more words, 15 % one word, 10 % with filters, 5 % browse (architecture.md); shares within the 70 % ours
_MIX = {
    "accented": 25, "unaccented": 25, "telex": 8, "phrase": 12, "word": 10, "prefix": 5, "filtered": 10, "browse": 5,
}  # fmt: skip


def queries(seed: int, count: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Kind and parameters of ``count`` searches, from titles and names that the collection holds."""
    chance = random.Random(seed + 7)  # noqa: S311  # a benchmark repeats itself
    titles = []
    for record in generate(4000, seed):
        d = describe(record)
        words = exact_tokens(d.title_proper or d.title)
        if len(words) >= 2 and any(has_diacritics(w) for w in words):
            titles.append((words, d))
    kinds = [kind for kind, share in _MIX.items() for _ in range(share)]
    for _ in range(count):
        kind = chance.choice(kinds)
        words, d = chance.choice(titles)
        start = chance.randrange(max(1, len(words) - 2))
        some = words[start : start + chance.choice((2, 2, 3, 4))]
        text = " ".join(some)
        if kind == "accented":
            yield kind, {"q": text}
        elif kind == "unaccented":
            yield kind, {"q": fold(text)}
        elif kind == "telex":
            yield kind, {"q": " ".join(_telex(w) for w in some)}
        elif kind == "phrase":
            yield kind, {"q": f'"{text}"'}
        elif kind == "word":
            yield kind, {"q": chance.choice(words)}
        elif kind == "prefix":
            word = chance.choice(words)
            yield kind, {"q": f"{word[: max(2, len(word) - 1)]}*"}
        elif kind == "filtered":
            extra = chance.choice(
                [{"material_type": d.material_type}, {"language": "vie"}, {"year_from": "1990", "year_to": "2015"}]
            )
            yield kind, {"q": fold(text) if chance.random() < 0.5 else text, **extra}
        else:
            yield kind, chance.choice([{}, {"material_type": "book"}, {"sort": "title"}, {"page": "3"}])


_TELEX_VOWELS = {
    "ă": "aw", "â": "aa", "đ": "dd", "ê": "ee", "ô": "oo", "ơ": "ow", "ư": "uw",
}  # fmt: skip
_TELEX_TONES = {"\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}


def _telex(word: str) -> str:
    """The keystrokes of a word: vowels doubled or with w, the tone at the end."""
    import unicodedata

    out, tone = [], ""
    for letter in word:
        base = unicodedata.normalize("NFD", letter)
        marks = [c for c in base if c in _TELEX_TONES]
        tone = _TELEX_TONES[marks[0]] if marks else tone
        bare = unicodedata.normalize("NFC", "".join(c for c in base if c not in _TELEX_TONES))
        out.append(_TELEX_VOWELS.get(bare, bare))
    return "".join(out) + tone


def _measure(port: int, options: argparse.Namespace) -> dict[str, list[float]]:
    """Milliseconds of every request by kind. A first tenth of other queries warms the caches up, unmeasured."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for _kind, params in queries(options.seed + 1000, max(20, options.queries // 10)):
        _get(connection, "/api/v1/search?" + urlencode(params))
    times: dict[str, list[float]] = {kind: [] for kind in _MIX}
    times["suggest"] = []
    for kind, params in queries(options.seed, options.queries):
        times[kind].append(_get(connection, "/api/v1/search?" + urlencode(params)))
        typed = params.get("q", "").strip('"*')
        if typed:
            prefix = typed[: max(2, len(typed) * 2 // 3)]
            times["suggest"].append(_get(connection, "/api/v1/suggest?" + urlencode({"q": prefix})))
    connection.close()
    return {kind: values for kind, values in times.items() if values}


def _get(connection: http.client.HTTPConnection, path: str) -> float:
    began = time.perf_counter()
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise SystemExit(f"{path} answered {response.status}: {body[:200]!r}")
    return (time.perf_counter() - began) * 1000


# ---------------------------------------------------------------------------------------------- the scratch install


@contextlib.contextmanager
def scratch(options: argparse.Namespace) -> Iterator[Path]:
    """The folder of the scratch install: a new one that goes, or the one that is to be kept."""
    if options.keep:
        folder = Path(options.keep).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    folder = Path(tempfile.mkdtemp(prefix="lienthu-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _marker(folder: Path, options: argparse.Namespace) -> Path:
    """A kept folder remembers what it was filled with: an import measured there can be searched afterwards."""
    return folder / f"filled-{options.records}-{options.seed}"


def environment_of(folder: Path) -> dict[str, str]:
    """What the programs of the scratch install are started with."""
    clean = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "PORT")}
    return {**clean, "LIENTHU_DATA": str(folder / "data"), "LIENTHU_NO_COST_LIMIT": "1"}


def fill(folder: Path, environment: dict[str, str], options: argparse.Namespace) -> None:
    """Import N synthetic records, unless the folder holds just these already."""
    marker = _marker(folder, options)
    if marker.exists():
        return
    source = folder / "records.mrc"
    _generate(source, options)
    subprocess.run([*_LIENTHU, "prepare"], env=environment, check=True, stdout=subprocess.DEVNULL)
    _add_library(environment)
    subprocess.run(
        [*_LIENTHU, "import", str(source), "--library", LIBRARY, "--json"],
        env=environment, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    source.unlink()
    marker.touch()


@contextlib.contextmanager
def running(environment: dict[str, str], *arguments: str, sample: bool = False) -> Iterator[int]:
    """The whole system of the scratch install, empty where nothing else is asked for; its port."""
    port = free_port()
    command = [*_LIENTHU, "run", *(() if sample else ("--no-sample",)), *arguments]
    system = subprocess.Popen(command, env={**environment, "PORT": str(port)}, stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        yield port
    finally:
        system.terminate()
        system.wait(60)


def _generate(path: Path, options: argparse.Namespace) -> None:
    with path.open("wb") as out:
        out.writelines(generate_iso2709(options.records, options.seed))


def _add_library(environment: dict[str, str]) -> None:
    code = (
        "from lienthu.faces.cli.ground import prepare; prepare()\n"
        "from lienthu.faces.cli.seeding import bench_library\n"
        f"bench_library({LIBRARY!r})\n"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        env={**environment, "DJANGO_SETTINGS_MODULE": "lienthu.config.settings"},
    )


def _cpu_seconds(pid: int, *, with_ended_children: bool = False) -> float:
    """Processor time of a process so far, in seconds."""
    fields = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    ticks = sum(int(f) for f in fields[11 : 15 if with_ended_children else 13])
    return round(ticks / os.sysconf("SC_CLK_TCK"), 1)


def _database_cpu_seconds(folder: Path) -> float:
    """Processor time of the embedded server: the postmaster, its ended children, and those that live."""
    postmaster = EmbeddedPostgres(folder / "data" / "postgres").pid()
    if postmaster is None:
        return 0.0
    total = _cpu_seconds(postmaster, with_ended_children=True)
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "stat").read_text().rpartition(")")[2].split()[1] == str(postmaster):
                total += _cpu_seconds(int(process.name))
    return round(total, 1)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _wait(port: int, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The scratch system did not start.")


def wait_for_jobs(environment: dict[str, str]) -> None:
    """Until the worker has nothing left to do: after an import it assesses what came, for minutes at a million."""
    code = (
        "import time\n"
        "from lienthu.faces.cli.ground import prepare; prepare()\n"
        "from django.db import connection\n"
        "waiting = 'SELECT count(*) FROM procrastinate_jobs WHERE status = %s OR (status = %s AND'\\\n"
        "    ' coalesce(scheduled_at, now()) <= now())'\n"
        "calm = 0\n"
        "while calm < 3:\n"
        "    with connection.cursor() as cursor:\n"
        "        cursor.execute(waiting, ['doing', 'todo'])\n"
        "        calm = 0 if cursor.fetchone()[0] else calm + 1\n"
        "    time.sleep(1)\n"
    )
    ground = {**environment, "DJANGO_SETTINGS_MODULE": "lienthu.config.settings"}
    subprocess.run([sys.executable, "-c", code], check=True, env=ground)


def percentile(values: list[float], percent: int) -> float:
    if not values:
        return 0.0
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 1)


def print_result(result: dict[str, Any], options: argparse.Namespace) -> None:
    show: Callable[[str], None] = print
    if not options.json:
        for name, value in result.items():
            show(f"{name:<20} {value}")
    show(json.dumps(result))
