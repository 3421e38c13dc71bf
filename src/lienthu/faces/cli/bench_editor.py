"""``lienthu bench editor``: what each act of the page editor takes on a volume of 1,500 pages, request to answer.

Every page has its picture, a text of some 2,000 characters and its work behind it. Each act is a request of a person
who is signed in, answered in this process: doors, act, commit, and the JSON that the screen draws from. Pictures are
not made meanwhile: they are the pipeline's.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lienthu.faces.cli import benchmarks

if TYPE_CHECKING:
    from django.test import Client

    from lienthu.domain.digital.models import DigitalObject

_PAGES: Final = 1500
_TIMES: Final = 5


def bench_editor(options: argparse.Namespace) -> int:
    """Each act five times, and its undoing. Prints the median of each, and the slowest of them."""
    with benchmarks.scratch(options) as folder:
        ground = {**benchmarks.environment_of(folder), "DJANGO_SETTINGS_MODULE": "lienthu.config.settings"}
        code = f"from lienthu.faces.cli.bench_editor import measure; measure({_PAGES}, {_TIMES})"
        done = subprocess.run([sys.executable, "-c", code], env=ground, check=True, stdout=subprocess.PIPE, text=True)
        told = json.loads(done.stdout.splitlines()[-1])
        acts = told["acts"]
        slowest = max(acts, key=lambda name: acts[name])
        result = {**told, "pages": _PAGES, "slowest": slowest, "slowest_ms": acts[slowest]}
        benchmarks.print_result(result, options)
    return 0


def measure(pages: int, times: int) -> None:
    """Make the volume, act on it, print the medians as one line of JSON. Runs in a process of its own."""
    from lienthu.faces.cli.ground import prepare
    from lienthu.platform.processes import keep_what_is_loaded

    prepare()
    client, obj = _signed_in(), _volume(pages)
    keep_what_is_loaded()  # as a web process does
    seqs = list(range(1, pages + 1))
    acts: dict[str, dict[str, Any]] = {
        "turn one": {"act": "rotate", "seqs": seqs[:1], "degrees": 90},
        "turn all": {"act": "rotate", "seqs": seqs, "degrees": 90},
        "split one": {"act": "split", "seqs": seqs[:1], "percent": 50},
        "split half": {"act": "split", "seqs": seqs[::2], "percent": 50},
        "move a third": {"act": "move", "seqs": seqs[1::3], "before": 1},
        "number all": {"act": "number", "seqs": seqs, "scheme": "pages", "start": 1},
        "close all": {"act": "close", "seqs": seqs},
        "add 50 missing": {"act": "missing", "after": 700, "count": 50},
        "remove one": {"act": "remove", "seqs": seqs[:1]},
        "remove half": {"act": "remove", "seqs": seqs[::2]},
    }
    taken: dict[str, list[float]] = {}
    busy: dict[str, list[float]] = {}
    for _ in range(times):
        for name, asked in acts.items():
            for what, body in ((name, asked), (f"undo: {name}", {"act": "undo"})):
                wall, processor = _act(client, obj, body)
                taken.setdefault(what, []).append(wall)
                busy.setdefault(what, []).append(processor)
    medians = [{name: benchmarks.percentile(each, 50) for name, each in found.items()} for found in (taken, busy)]
    print(json.dumps({"acts": medians[0], "processor_ms": medians[1]}))


def _act(client: Client, obj: DigitalObject, asked: dict[str, Any]) -> tuple[float, float]:
    """Milliseconds by the clock, and of processor time in this process and its backend: what a quiet machine takes."""
    obj.refresh_from_db(fields=["pages_version"])
    body = json.dumps({**asked, "seen": obj.pages_version})
    began, worked = time.perf_counter(), _processor()
    answer = client.post(f"/staff/digital/objects/{obj.public_id}/pages/act/", body, content_type="application/json")
    taken = (time.perf_counter() - began) * 1000, _processor() - worked
    if answer.status_code != 200:
        raise SystemExit(f"{asked['act']} answered {answer.status_code}: {answer.content[:300]!r}")
    return taken


def _processor() -> float:
    from django.db import connection

    backend = connection.connection.info.backend_pid if connection.connection else os.getpid()
    spent = sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in {os.getpid(), backend})
    return spent / 1e6


def _signed_in() -> Client:
    from django.conf import settings
    from django.test import Client

    from lienthu.domain.network.policy import Role
    from lienthu.domain.network.services.roles import grant_role
    from lienthu.faces.cli.seeding import ACTOR
    from lienthu.platform.models import User

    settings.ALLOWED_HOSTS = ["testserver"]
    user = User.objects.filter(username="bench").first()
    if user is None:
        user = User.objects.create_user("bench")
        grant_role(user_id=user.pk, role=Role.PROVINCIAL_ADMIN, library_id=None, actor=ACTOR)
    client = Client()
    client.force_login(user)
    return client


def _volume(pages: int) -> DigitalObject:
    import zlib

    import orjson
    from django.db import connection

    from lienthu.domain.digital.models import DigitalObject, MasterFile, Page, PageText, PageWork
    from lienthu.faces.cli.bench_fulltext import page_texts
    from lienthu.faces.cli.seeding import bench_library
    from lienthu.foundation.kernel.names import public_name
    from lienthu.foundation.pagetext.model import Block, Box, Line, words_in
    from lienthu.foundation.pagetext.model import PageText as Text

    library = bench_library(benchmarks.LIBRARY)
    obj = DigitalObject.objects.create(
        public_id=public_name(), library=library, title="Địa chí", last_seq=pages, created_by="bench", stage="scanned"
    )
    files = MasterFile.objects.bulk_create(
        MasterFile(object=obj, sha256=f"{n:064x}", path=f"masters/{n}.tif", name=f"{n}.tif", size=1,
                   media_type="image/tiff", facts={"bits": 8, "bands": 3, "dpi": 300.0})
        for n in range(pages)
    )  # fmt: skip
    quality = {
        "dpi": 300.0,
        "skew_degrees": 0.31,
        "sharpness": 812.4,
        "blank": False,
        "contrast": 0.71,
        "dhash": "5a" * 32,
    }
    made = Page.objects.bulk_create(
        Page(object=obj, seq=n, position=n, file=file, state="ready", width=2480, height=3508, quality=quality)
        for n, file in enumerate(files, 1)
    )
    PageWork.objects.bulk_create(
        PageWork(page=page, object=obj, stage=stage, state="done", input_digest="0" * 64, engine="libvips 8.16")
        for page in made
        for stage in ("picture", "text")
    )
    texts = []
    for page, said in zip(made, page_texts(pages, 1), strict=True):
        lines = (
            Line(tuple(words_in(line, Box(200, 150 * n, 2000, 80), 90))) for n, line in enumerate(said.split("\n"), 1)
        )
        content = zlib.compress(orjson.dumps(Text(2480, 3508, (Block(tuple(lines)),)).to_json()), 6)
        texts.append(
            PageText(page=page, number=1, source="ocr", text=said, content=content, words=190, confidence=90.0)
        )
    PageText.objects.bulk_create(texts, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return obj
