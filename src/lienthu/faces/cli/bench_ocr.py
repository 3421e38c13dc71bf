"""``lienthu bench ocr``: how fast and how well pages are read, as the pipeline has them read, in the sandbox.

The pages are the provincial plan, typeset as an office does (A4, 14 points, about 2,000 characters a page), drawn at
300 dpi: once clean, once as a bad scanner gives them back (crooked, soft, faded, shadowed, noisy, shining through,
pressed hard as JPEG). What stands on each is known to the letter. The first and last pages are left out: the order in
which the columns of letterhead and signatures are read is a matter of taste.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import threading
import time
from pathlib import Path
from typing import Final, NamedTuple

from rapidfuzz.distance import Levenshtein

from lienthu.faces.cli import benchmarks
from lienthu.faces.cli.sample.volumes import plan
from lienthu.faces.cli.sample.volumes.scanning import Wear, scan
from lienthu.faces.cli.sample.volumes.typesetting import page_images, page_texts, typeset
from lienthu.foundation.pagetext.model import PageText
from lienthu.foundation.pagetext.tessdata import prepare_tessdata
from lienthu.foundation.vietnamese.damage import DOUBTFUL, outlines_of, skeleton
from lienthu.foundation.vietnamese.tokens import token_pairs
from lienthu.platform.sandbox import Limits, Sandbox

_OCR: Final = "lienthu.foundation.pagetext.work:ocr"
_PACKAGES: Final = Path(__file__).resolve().parents[4] / "node_modules"
_DPI: Final = 300
_BAD: Final = Wear(
    paper=(226, 214, 188),
    ink=(62, 56, 52),
    skew=1.8,
    noise=14.0,
    shade=34.0,
    stain=5.0,
    show_through=0.16,
    blur=1.3,
    wear=0.35,
    quality=45,
)


class _Sheet(NamedTuple):
    path: Path
    said: str
    clean: bool


class _Read(NamedTuple):
    sheet: _Sheet
    page: PageText

    @property
    def text(self) -> str:
        return self.page.text


class _Race(NamedTuple):
    seconds: float
    processor_seconds: float  # of the workers: says what idle processors would do when these were shared
    worker_mb: int
    read: list[_Read]


def bench_ocr(options: argparse.Namespace) -> int:
    """Two workers read all pages; the last line says what came of it."""
    with benchmarks.scratch(options) as folder:
        sheets = _sheets(folder)
        tessdata = str(prepare_tessdata(folder / "tessdata", _PACKAGES, ["vie"]))
        race = _race(sheets, tessdata, workers=2)
    read = race.read
    result = {
        "pages_per_second": round(len(read) / race.seconds, 2),
        "worker_mb": race.worker_mb,
        "cer_clean": _error_rate([r for r in read if r.sheet.clean]),
        "cer_degraded": _error_rate([r for r in read if not r.sheet.clean]),
        "outlines": _outlines([r for r in read if not r.sheet.clean]),
        "pages": len(read),
        "characters_per_page": round(sum(len(r.sheet.said) for r in read) / len(read)),
        "processor_seconds_per_page": round(race.processor_seconds / len(read), 2),
        "workers": 2,
    }
    benchmarks.print_result(result, options)
    return 0


def _sheets(folder: Path) -> list[_Sheet]:
    """Every page twice: clean and bad, in turns."""
    pdf = typeset("administrative", plan.content(), packages=_PACKAGES)
    texts, images = page_texts(pdf), list(page_images(pdf, dpi=_DPI))
    sheets = []
    for number, (said, image) in enumerate(zip(texts, images, strict=True)):
        if number in (0, len(texts) - 1):
            continue
        clean, bad = folder / f"{number}-clean.jpg", folder / f"{number}-bad.jpg"
        image.jpegsave(str(clean), Q=92)
        behind = images[number - 1 if number % 2 else (number + 1) % len(images)]
        scan(image, path=bad, wear=_BAD, seed=f"bench/{number}", dpi=_DPI, back=behind)
        sheets += [_Sheet(clean, said, True), _Sheet(bad, said, False)]
    return sheets


def _race(sheets: list[_Sheet], tessdata: str, *, workers: int) -> _Race:
    """Read all pages once the programs have started; the peak memory is of the largest worker."""
    waiting: queue.SimpleQueue[_Sheet] = queue.SimpleQueue()
    for sheet in sheets:
        waiting.put(sheet)
    read: list[_Read] = []
    failures: list[BaseException] = []
    begun = threading.Barrier(workers + 1)
    done = threading.Barrier(workers + 1)

    def work() -> None:
        with Sandbox(Limits(memory_mb=600, seconds=300)) as box:

            def one(sheet: _Sheet) -> _Read:
                said = box.call(_OCR, path=str(sheet.path), tessdata=tessdata, languages=["vie"], dpi=_DPI)
                return _Read(sheet, PageText.from_json(said["page"]))

            try:
                one(sheets[0])  # programs and language data are loaded
                begun.wait()
                with contextlib.suppress(queue.Empty):
                    while True:
                        read.append(one(waiting.get_nowait()))
                done.wait()
                done.wait()  # the child is kept until it has been weighed
            except BaseException as error:
                failures.append(error)
                begun.abort()
                done.abort()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    seconds = processor = 0.0
    peak = 0
    with contextlib.suppress(threading.BrokenBarrierError):
        begun.wait()
        start, before = time.monotonic(), _children()
        done.wait()
        seconds, after = time.monotonic() - start, _children()
        processor = sum(after[pid].seconds - before[pid].seconds for pid in after)
        peak = max(child.peak_mb for child in after.values())
        done.wait()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return _Race(seconds, processor, peak, read)


class _Child(NamedTuple):
    seconds: float
    peak_mb: int


def _children() -> dict[int, _Child]:
    """Processor time and peak memory of each sandbox of this process."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            facts = dict(
                line.split(":\t", 1) for line in (process / "status").read_text().splitlines() if ":\t" in line
            )
            if int(facts["PPid"]) == os.getpid() and b"sandbox.child" in (process / "cmdline").read_bytes():
                ticks = (process / "stat").read_text().rpartition(")")[2].split()[11:13]
                seconds = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
                found[int(process.name)] = _Child(seconds, round(int(facts["VmHWM"].split()[0]) / 1024))
    return found


def _error_rate(read: list[_Read]) -> float:
    """Wrong, missing and added characters for each that stands there; line breaks count as spaces."""
    wrong = sum(Levenshtein.distance(_flat(r.sheet.said), _flat(r.text)) for r in read)
    return round(wrong / sum(len(_flat(r.sheet.said)) for r in read), 4)


def _outlines(read: list[_Read]) -> dict[str, float]:
    """What outlines of damaged words (FTS-2) gain and cost on bad scans.

    Every word that stands on a page is asked for, with its marks; and every word of the other pages that does not stand
    on it. ``found``, ``found_with``: of the former, percent; ``wrong``, ``wrong_with``: of the latter, percent.
    ``outlines``: how many there are for each hundred different words of a page in the index.
    """
    said = [frozenset(word for word in token_pairs(r.sheet.said)[0] if len(word) > 1) for r in read]
    every = frozenset[str]().union(*said)
    asked = found = found_with = absent = wrong = wrong_with = words = outlines = 0
    for there, one in zip(said, read, strict=True):
        exact = frozenset(token_pairs(one.page.text)[0])
        doubtful = (token for w in one.page.words() if w.confidence < DOUBTFUL for token in token_pairs(w.text)[0])
        damaged = outlines_of(exact, doubtful)
        alike = frozenset(word for word in every if skeleton(word) in damaged)
        words, outlines = words + len(exact), outlines + len(damaged)
        asked, found, found_with = (
            asked + len(there),
            found + len(there & exact),
            found_with + len(there & (exact | alike)),
        )
        away = every - there
        absent, wrong, wrong_with = (
            absent + len(away),
            wrong + len(away & exact),
            wrong_with + len(away & (exact | alike)),
        )
    return {
        "found": round(100 * found / asked, 2),
        "found_with": round(100 * found_with / asked, 2),
        "wrong": round(100 * wrong / absent, 2),
        "wrong_with": round(100 * wrong_with / absent, 2),
        "outlines": round(100 * outlines / words, 1),
    }


def _flat(text: str) -> str:
    return " ".join(text.split())
