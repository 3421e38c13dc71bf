"""Volumes for benchmarks of serving, written straight into tables: how they would come in is not what is measured.

python -m lienthu.faces.cli.bench_volumes
"""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

from lienthu.faces.cli.ground import prepare

PAGES: Final = 24
MANIFESTS: Final = 5
MANIFEST_PAGES: Final = 2000
_DRAWN: Final = 3


def scan(seed: int) -> Image.Image:
    """A sheet of A4 at 300 dpi as a scanner gives it: paper with grain, lines of something dark on it."""
    dice = random.Random(seed)  # noqa: S311  # a benchmark repeats itself
    wide, high = 2480, 3508
    grain = Image.effect_noise((wide, high), 9).point(lambda value: value + 88)
    page = Image.merge("RGB", (grain.point(lambda v: v + 14), grain.point(lambda v: v + 8), grain))
    draw = ImageDraw.Draw(page)
    for y in range(300, high - 300, 66):
        x = 260
        while x < wide - 300:
            w = dice.randint(30, 190)
            for stem in range(x, x + w, 13):
                draw.line(
                    (stem, y + dice.randint(0, 12), stem + dice.randint(-4, 6), y + 34), fill=(52, 44, 40), width=5
                )
            x += w + 30
    return page


def make() -> dict[str, object]:
    """One volume with pictures, five of 2,000 pages without; their public ids, and where the first picture lies."""
    from django.utils import timezone

    from lienthu.domain.digital import store
    from lienthu.domain.digital.models import DigitalObject, Page
    from lienthu.domain.digital.policy import Status
    from lienthu.domain.digital.services.publishing import Rights, record_rights
    from lienthu.faces.cli.benchmarks import LIBRARY
    from lienthu.faces.cli.seeding import ACTOR, bench_library
    from lienthu.foundation.imaging import pyramid
    from lienthu.foundation.kernel.names import public_name

    library = bench_library(LIBRARY)

    def volume(pages: int) -> DigitalObject:
        obj = DigitalObject.objects.create(
            public_id=public_name(), library=library, title="Benchmark", last_seq=pages, created_by=ACTOR.name,
            published_at=timezone.now(),
        )  # fmt: skip
        Page.objects.bulk_create(
            Page(object=obj, seq=n, position=n, state=Page.State.READY, width=2480, height=3508, label=str(n))
            for n in range(1, pages + 1)
        )
        rights = Rights(Status.OFFICIAL, basis="benchmark", basis_date=date(2026, 1, 1))
        record_rights(obj.public_id, rights, actor=ACTOR)
        return obj

    shown = volume(PAGES)
    with tempfile.TemporaryDirectory() as folder:
        for n in range(_DRAWN):
            scan(n).save(f"{folder}/in.tif")
            target = store.picture_path(shown.public_id, n + 1, 1)
            target.parent.mkdir(parents=True, exist_ok=True)
            pyramid.build(Path(folder) / "in.tif", target)
    for seq in range(_DRAWN + 1, PAGES + 1):
        like = store.picture_path(shown.public_id, seq % _DRAWN + 1, 1)
        shutil.copyfile(like, store.picture_path(shown.public_id, seq, 1))
    return {
        "object": shown.public_id,
        "picture": str(store.picture_path(shown.public_id, 1, 1)),
        "manifests": [volume(MANIFEST_PAGES).public_id for _ in range(MANIFESTS)],
    }


if __name__ == "__main__":
    prepare()
    print(json.dumps(make()))
