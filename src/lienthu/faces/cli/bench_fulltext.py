"""``lienthu bench fulltext``: search in N generated pages over HTTP, ten volumes with their snippets an answer.

The pages are rows of the database like any others: text for the snippets, taken from there at every answer. Only the
boxes of words are left out (every page has the same empty ones): a search of the province does not read them.
"""

from __future__ import annotations

import argparse
import http.client
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from lienthu.faces.cli import benchmarks
from lienthu.foundation.vietnamese.fold import fold

_PAGES_A_VOLUME: Final = 200
_SENTENCES: Final = 40_000
_SENTENCES_A_PAGE: Final = 14  # some 190 words: a page of a small book
_MIX: Final = {"accented": 30, "unaccented": 25, "phrase": 20, "rare": 10, "word": 10, "filtered": 5}


def bench_fulltext(options: argparse.Namespace) -> int:
    """Fill, index, ask. Prints how long filling and indexing took, the disk they took, and the times of answers."""
    with benchmarks.scratch(options) as folder:
        environment = benchmarks.environment_of(folder)
        made = _fill(folder, environment, options)
        with benchmarks.running(environment) as port:
            benchmarks.wait_for_jobs(environment)
            times = _measure(port, options)
            woven = [t for values in _measure(port, options, together=True).values() for t in values]
        every = [t for values in times.values() for t in values]
        data = folder / "data"
        result = {
            **made,
            "index_mb": _megabytes(data / "index-pages"),
            "database_mb": _megabytes(data / "postgres"),
            "by_kind": {
                kind: {
                    "n": len(v),
                    "p50_ms": benchmarks.percentile(v, 50),
                    "p95_ms": benchmarks.percentile(v, 95),
                }
                for kind, v in times.items()
            },
            "one_list_p50_ms": benchmarks.percentile(woven, 50),
            "one_list_p95_ms": benchmarks.percentile(woven, 95),
            "pages": options.records,
            "p50_ms": benchmarks.percentile(every, 50),
            "p95_ms": benchmarks.percentile(every, 95),
        }
        benchmarks.print_result(result, options)
    return 0


def _fill(folder: Path, environment: dict[str, str], options: argparse.Namespace) -> dict[str, Any]:
    marker = folder / f"pages-{options.records}-{options.seed}"
    if marker.exists():
        return {}
    began = time.monotonic()
    code = f"from lienthu.faces.cli.bench_fulltext import fill; fill({options.records}, {options.seed})"
    ground = {**environment, "DJANGO_SETTINGS_MODULE": "lienthu.config.settings"}
    subprocess.run([sys.executable, "-c", code], env=ground, check=True)
    filled = time.monotonic()
    lienthu = [sys.executable, "-m", "lienthu.faces.cli.main"]
    subprocess.run([*lienthu, "reindex"], env=environment, check=True, stdout=subprocess.DEVNULL)
    indexed = time.monotonic()
    marker.touch()
    return {
        "fill_seconds": round(filled - began, 1),
        "index_seconds": round(indexed - filled, 1),
        "indexed_per_second": round(options.records / (indexed - filled)),
    }


def _megabytes(folder: Path) -> int:
    return round(sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6)


# ------------------------------------------------------------------------------------------------------- the pages


def sentences(seed: int) -> list[str]:
    """Sentences of Vietnamese words: common ones often, rare ones and names seldom."""
    chance = random.Random(seed)  # noqa: S311  # a benchmark repeats itself
    words = vocabulary()
    chance.shuffle(words)
    weights = [1 / (rank + 3) for rank in range(len(words))]
    drawn = iter(chance.choices(words, weights, k=_SENTENCES * 14))
    out = []
    for _ in range(_SENTENCES):
        text = " ".join(next(drawn) for _ in range(chance.randint(8, 14)))
        out.append(f"{text[:1].upper()}{text[1:]}.")
    return out


def vocabulary() -> list[str]:
    """Every well-formed syllable of the sample's vocabulary, and some thousand made-up names and numbers."""
    from lienthu.foundation.vietnamese.tokens import exact_tokens

    sample = (Path(__file__).parent / "sample" / "vocabulary.txt").read_text()
    known = list(dict.fromkeys(w for w in exact_tokens(sample) if not w.isdigit()))
    onsets = "b c ch d đ g h kh l m n ng nh ph qu s t th tr v x".split()
    rimes = "an ang anh ao âm ân âu ay êm ênh iên iêu inh oan oang ôi ông ơi ui um ung uông ương uyên".split()
    tones = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    import unicodedata

    made = [
        unicodedata.normalize("NFC", onset + rime[:1] + tone + rime[1:])
        for onset in onsets
        for rime in rimes
        for tone in tones
    ]
    numbers = [str(n) for n in range(1, 2026, 3)]
    return list(dict.fromkeys([*known, *made, *numbers]))


def page_texts(count: int, seed: int) -> Iterator[str]:
    """Texts of pages, one line a sentence; one word in fifty damaged, as a machine would read it."""
    chance = random.Random(seed + 1)  # noqa: S311  # as above
    pool = sentences(seed)
    damaged = [_damaged(s, chance) for s in pool[: _SENTENCES // 4]]
    whole = [*pool, *damaged]
    for _ in range(count):
        yield "\n".join(chance.choices(whole, k=_SENTENCES_A_PAGE))


def _damaged(sentence: str, chance: random.Random) -> str:
    words = sentence.split(" ")
    at = chance.randrange(len(words))
    for good, bad in (("m", "rn"), ("l", "1"), ("o", "0"), ("d", "cl"), ("n", "u")):
        if good in words[at]:
            words[at] = words[at].replace(good, bad, 1)
            break
    return " ".join(words)


def fill(pages: int, seed: int) -> None:
    """Objects, pages and texts as rows, by COPY: what months of scanning would leave. Runs in a process of its own."""
    from lienthu.faces.cli.ground import prepare

    prepare()
    from django.db import connection
    from django.utils import timezone

    from lienthu.faces.cli.seeding import bench_library

    bench_library(benchmarks.LIBRARY)
    now = timezone.now()
    library = _library_id(connection)
    with connection.cursor() as cursor:
        volumes = _volumes(cursor, library, pages, now)
        cursor.execute("SELECT coalesce(max(id), 0) FROM digital_page")
        first = cursor.fetchone()[0] + 1
        columns = "(id, object_id, seq, position, frame, rotation, label, numbering, state, problem, closed, width,"
        with cursor.copy(f"COPY digital_page {columns} height, quality, version) FROM STDIN") as copy:
            for n in range(pages):
                volume, at = divmod(n, _PAGES_A_VOLUME)
                copy.write_row(
                    (first + n, volumes[volume], at + 1, at + 1, 0, 0, str(at + 1), "pages", "ready", "", False, 1000,
                     1400, "{}", 1)
                )  # fmt: skip
        content = _no_boxes()
        columns = "(page_id, layer, number, current, source, engine, text, content, words, by, at)"
        with cursor.copy(f"COPY digital_pagetext {columns} FROM STDIN") as copy:
            for n, text in enumerate(page_texts(pages, seed)):
                words = text.count(" ") + _SENTENCES_A_PAGE
                copy.write_row((first + n, "original", 1, True, "pdf", "bench", text, content, words, "bench", now))
        for table in ("digital_page", "digital_digitalobject"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"  # noqa: S608 -- named above
            )
        cursor.execute("ANALYZE")


def _library_id(connection: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM network_library WHERE code = %s", [benchmarks.LIBRARY])
        return int(cursor.fetchone()[0])


def _volumes(cursor: Any, library: int, pages: int, now: Any) -> Sequence[int]:
    """Published objects of four kinds and a hundred years; one in fifty may be read on the premises only."""
    from lienthu.domain.digital.models import DigitalObject, RightsRecord
    from lienthu.foundation.kernel.names import public_name

    kinds = ("book", "document", "newspaper", "thesis")
    count = -(-pages // _PAGES_A_VOLUME)
    objects = DigitalObject.objects.bulk_create(
        [
            DigitalObject(
                public_id=public_name(), library_id=library, title=f"Tập {n}", kind=kinds[n % 4], stage="published",
                published_at=now, last_seq=_PAGES_A_VOLUME, created_by="bench",
                description={"date": [str(1920 + n % 100)]},
            )
            for n in range(count)
        ],
        batch_size=2000,
    )  # fmt: skip
    RightsRecord.objects.bulk_create(
        [
            RightsRecord(
                object=o, number=1, status="unknown" if n % 50 == 49 else "official", basis="bench",
                basis_date=now.date(), decided_by="bench",
            )
            for n, o in enumerate(objects)
        ],
        batch_size=2000,
    )  # fmt: skip
    return [o.pk for o in objects]


def _no_boxes() -> bytes:
    import zlib

    import orjson

    from lienthu.foundation.pagetext.model import PageText

    return zlib.compress(orjson.dumps(PageText(1000, 1400, source="pdf").to_json()))


# ----------------------------------------------------------------------------------------------------- the questions


def queries(seed: int, count: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Kind and parameters of searches: words and phrases that stand on pages, as people would type them."""
    chance = random.Random(seed + 9)  # noqa: S311  # as above
    pool = sentences(seed)
    words = vocabulary()
    kinds = [kind for kind, share in _MIX.items() for _ in range(share)]
    for _ in range(count):
        kind = chance.choice(kinds)
        sentence = chance.choice(pool).lower().rstrip(".").split(" ")
        start = chance.randrange(len(sentence) - 4)
        some = sentence[start : start + chance.choice((2, 3, 3, 4))]
        text = " ".join(some)
        if kind == "unaccented":
            text = fold(text)
        elif kind == "phrase":
            text = f'"{text}"'
        elif kind == "word":
            text = some[0]
        elif kind == "rare":
            text = " ".join(chance.sample(words, 2))
        params = {"q": text, "size": "10"}
        if kind == "filtered":
            params |= chance.choice([{"kind": "newspaper"}, {"year_from": "1960", "year_to": "1980"}])
        yield kind, params


def _measure(port: int, options: argparse.Namespace, *, together: bool = False) -> dict[str, list[float]]:
    """Milliseconds by kind; ``together``: of the one list of titles and texts, whose filters are other ones."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    count = min(options.queries, 400)
    for _kind, params in queries(options.seed + 1000, max(20, count // 10)):
        _get(connection, params, together)
    times: dict[str, list[float]] = {kind: [] for kind in _MIX}
    for kind, params in queries(options.seed, count):
        if not (together and kind == "filtered"):
            times[kind].append(_get(connection, params, together))
    connection.close()
    return {kind: values for kind, values in times.items() if values}


def _get(connection: http.client.HTTPConnection, params: dict[str, str], together: bool) -> float:
    path, asked = (
        ("/api/v1/search?", {"q": params["q"], "size": "20", "texts": "1"})
        if together
        else ("/api/v1/fulltext?", params)
    )
    began = time.perf_counter()
    connection.request("GET", path + urlencode(asked))
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise SystemExit(f"{params} answered {response.status}: {body[:200]!r}")
    return (time.perf_counter() - began) * 1000
