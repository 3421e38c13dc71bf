"""``lienthu bench attach``: records that come one by one to a catalogue of N, beside the running system.

Every record is a file of its own and goes through what every import goes through. ``p50_ms`` to ``p99_ms`` are of
attaching it: its candidates, their scores, its place among the publications, all written. ``transaction_p50_ms`` and
``transaction_p95_ms`` are of the transaction around that: also the record and its copies, the news for the index, the
checkpoint, the commit. ``import_p50_ms`` and ``import_p95_ms`` are of the
whole hand-over around it: the file kept, the batch opened and closed with its rows in the audit trail. In the end
every one of these imports is undone.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lienthu.faces.cli import benchmarks
from lienthu.faces.cli.sample.generator import generate_after
from lienthu.foundation.marc import iso2709
from lienthu.foundation.marc.model import Record

if TYPE_CHECKING:
    from lienthu.domain.catalog.models import ImportBatch
    from lienthu.domain.network.models import Library

_AT_MOST: Final = 500


def bench_attach(options: argparse.Namespace) -> int:
    """Fill, start the system, attach new records and others of what is held, one at a time. Prints their times."""
    with benchmarks.scratch(options) as folder:
        environment = benchmarks.environment_of(folder)
        benchmarks.fill(folder, environment, options)
        count = min(options.queries, _AT_MOST)
        code = f"from lienthu.faces.cli.bench_attach import work; work({options.records}, {count}, {options.seed})"
        with benchmarks.running(environment):
            benchmarks.wait_for_jobs(environment)
            done = subprocess.run(
                [sys.executable, "-c", code],
                env={**environment, "DJANGO_SETTINGS_MODULE": "lienthu.config.settings"},
                check=True, stdout=subprocess.PIPE,
            )  # fmt: skip
        benchmarks.print_result(json.loads(done.stdout.splitlines()[-1]), options)
    return 0


def work(held: int, count: int, seed: int) -> None:
    """The process that attaches, and waits for the index; its last line is the result."""
    from lienthu.faces.cli.ground import prepare

    prepare()
    from lienthu.faces.cli.indexing import catch_up
    from lienthu.faces.cli.seeding import bench_library

    _wait_for_renewal()
    result = measure(bench_library(benchmarks.LIBRARY), held, count, seed)
    catch_up()
    print(json.dumps(result))


def _wait_for_renewal() -> None:
    """A folder kept from an earlier version is brought up to date by the worker first: nothing else may be measured."""
    from lienthu.domain.catalog.services.rereading import rereading_needed
    from lienthu.domain.union.rule_selectors import reruns
    from lienthu.domain.union.services.renewal import renewal_needed

    while reruns() or rereading_needed() or renewal_needed():
        for going in reruns():
            print(f"records of an earlier version: {going.done} of {going.total} renewed", file=sys.stderr, flush=True)
        time.sleep(2)


def measure(library: Library, held: int, count: int, seed: int) -> dict[str, Any]:
    """Attach ``count`` records to the library's ``held``, change a tenth of them, undo everything; what it took."""
    from lienthu.domain.catalog.models import BibRecord
    from lienthu.domain.union.services.conduct import undo_batch
    from lienthu.faces.cli.seeding import ACTOR

    # those of an earlier run are withdrawn and known by their numbers: this one takes others
    skip = max(0, BibRecord.objects.filter(library=library).count() - held)
    warming = max(1, count // 10)
    coming = generate_after(held, warming + count, seed, skip=skip)
    batches: list[int] = []
    times: dict[str, list[_Taken]] = defaultdict(list)
    duplicates = 0
    try:
        for number, (record, again) in enumerate(coming):
            taken = _hand_over(library, record)
            batches.append(taken.batch)
            if number >= warming:
                times["joined" if taken.joined else "new"].append(taken)
                duplicates += again
                if number % 10 == 0:
                    changed = _hand_over(library, _changed(record))
                    batches.append(changed.batch)
                    times["changed"].append(changed)
    finally:
        for batch_id in reversed(batches):
            undo_batch(batch_id, actor=ACTOR)
    every = [*times["new"], *times["joined"]]
    return {
        "records": held,
        "attached": len(every),
        **_figures(t.attach_ms for t in every),
        "transaction_p50_ms": benchmarks.percentile([t.transaction_ms for t in every], 50),
        "transaction_p95_ms": benchmarks.percentile([t.transaction_ms for t in every], 95),
        "import_p50_ms": benchmarks.percentile([t.import_ms for t in every], 50),
        "import_p95_ms": benchmarks.percentile([t.import_ms for t in every], 95),
        "duplicates": duplicates,
        "by_kind": {
            kind: {"n": len(times[kind]), **_figures(t.attach_ms for t in times[kind])}
            for kind in ("joined", "new", "changed")
        },
        "left": "every import undone: nothing of it is shown; tombstones and the rows of the audit trail stay",
    }


class _Taken(NamedTuple):
    batch: int
    joined: int
    attach_ms: float
    transaction_ms: float
    import_ms: float


def _hand_over(library: Library, record: Record) -> _Taken:
    """A file of one record, through the steps of ``run_batch``, with a look at the clock between them."""
    from lienthu.domain.catalog.services import batches
    from lienthu.domain.catalog.services.figures import recount_copies
    from lienthu.domain.union.services import chunks, conduct
    from lienthu.faces.cli.seeding import ACTOR

    with tempfile.NamedTemporaryFile(suffix=".mrc") as file:
        file.write(iso2709.write(record))
        file.flush()
        began = time.perf_counter()
        batch: ImportBatch = batches.receive(Path(file.name), library=library, actor=ACTOR)
    with batches.at_work(batch.pk):
        batch = batches.begin(batch.pk, actor=ACTOR)
        (chunk,) = chunks.chunks_of(batch)
        attaching: list[float] = []
        with _watched(chunks, "attach", attaching):
            start = time.perf_counter()
            batch = conduct.write_chunk(batch.pk, chunk, time.monotonic())
            end = time.perf_counter()
        batches.finish(batch.pk, actor=ACTOR)
        recount_copies(batch.read)
    if batch.created + batch.updated != 1:
        raise SystemExit(f"A record was not taken in: {batches.counts_of(batch)}")
    return _Taken(batch.pk, batch.joined, sum(attaching), (end - start) * 1000, (time.perf_counter() - began) * 1000)


@contextlib.contextmanager
def _watched(module: ModuleType, name: str, times: list[float]) -> Iterator[None]:
    """A clock around a function of a module: the milliseconds of each call."""
    really = getattr(module, name)

    def timed(*arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return really(*arguments)
        finally:
            times.append((time.perf_counter() - began) * 1000)

    setattr(module, name, timed)
    try:
        yield
    finally:
        setattr(module, name, really)


def _changed(record: Record) -> Record:
    """The record as its library might correct it: another word in the title, so that it is compared anew."""
    fields = tuple(
        f._replace(subfields=tuple((code, f"Mới {value}" if code == "a" else value) for code, value in f.subfields))
        if f.tag == "245"
        else f
        for f in record.fields
    )
    return record._replace(fields=fields)


def _figures(times: Iterable[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {f"p{percent}_ms": benchmarks.percentile(ordered, percent) for percent in (50, 95, 99)}
