"""Short classics of the public domain in three layers: what is cut, how it is read, what it says.

The translations are plain prose of our own. Only texts whose characters the font has: `woodblock.MissingCharacter`
otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, Final

import numpy as np
import pyvips

from lienthu.faces.cli.sample.chance import seeded
from lienthu.faces.cli.sample.volumes.model import (
    AlignedLine,
    Creator,
    DublinCore,
    Entry,
    Rights,
    SampleVolume,
)
from lienthu.faces.cli.sample.volumes.press import PUBLIC_DOMAIN_MARK, Press, Wanted
from lienthu.faces.cli.sample.volumes.records import LIBRARY, main_number
from lienthu.faces.cli.sample.volumes.scanning import HANDED_DOWN
from lienthu.faces.cli.sample.volumes.woodblock import Column, Typeface, cover, leaf, place

_TEXTS: Final = Path(__file__).with_name("texts") / "classics.json"
_RIGHTS: Final = Rights(
    status="public_domain",
    basis="Luật Sở hữu trí tuệ, Điều 27: thời hạn bảo hộ đã hết; bản dịch xuôi do dự án Liên Thư soạn, cho dùng tự do",
    basis_date=date(2006, 7, 1),
    licence=PUBLIC_DOMAIN_MARK,
    term="Hết thời hạn bảo hộ",
)
_FOLIOS: Final = "一二三四五六七八九"
_NUMBERS: Final[Mapping[str, str]] = {
    "ngu-che-thien-nam-dong-chu-de": "mau-so-002",
    "tho-thien-ly-tran": "mau-so-003",
}


def volumes(press: Press, wanted: Wanted) -> list[SampleVolume]:
    """One volume a text: a cover and the sides of its leaves."""
    found = (said for said in json.loads(_TEXTS.read_text(encoding="utf-8")) if wanted(said["key"]))
    return [_volume(press, said) for said in found]


def _volume(press: Press, said: Mapping[str, Any]) -> SampleVolume:
    key = said["key"]
    typeface = Typeface(press.packages)
    title = said["original_title"]
    pages = [cover(title.replace(" ; ", "\u3000"), typeface=typeface, rng=seeded(key, "cover"))]
    labels, texts = ["[bìa]"], [title]
    lines: list[AlignedLine] = []
    contents = [Entry("Bìa", 1)]
    for n, (columns, verse, heading) in enumerate(_sides(said)):
        folio, side = _FOLIOS[n // 2], "ab"[n % 2]
        rng: Random = seeded(key, n)
        short = title.split(" ; ")[0][-4:]
        pages.append(leaf(columns, heading=short, folio=folio, side=side, typeface=typeface, rng=rng))
        labels.append(f"{n // 2 + 1}{side}")
        texts.append("\n".join(c.text.replace("\u3000", " ") for c in columns if c.text))
        if heading:
            contents.append(Entry(heading, n + 2))
        boxes = {c.text: place(i, c, side).box(c) for i, c in enumerate(columns)}
        for original, transcription, translation in verse:
            line = AlignedLine(n + 2, len(lines) + 1, original, transcription, translation, boxes[original])
            lines.append(line)
    images = [pyvips.Image.new_from_array(np.asarray(page)) for page in pages]
    return SampleVolume(
        key=key,
        path=press.photographed(key, images, wear=HANDED_DOWN),
        library=LIBRARY,
        record=_NUMBERS.get(key) or main_number(key),
        dc=DublinCore(
            title=said["title"],
            original_title=title,
            creators=tuple(Creator(**c) for c in said["creators"]),
            date=said["date"],
            languages=("chi", "vie"),
            subjects=tuple(said["subjects"]),
            description=said["description"],
        ),
        material="hannom",
        collection="Hán-Nôm",
        owner="public",
        rights=_RIGHTS,
        pages=len(pages),
        labels=tuple(labels),
        texts=tuple(texts),
        contents=tuple(contents),
        lines=tuple(lines),
        ocr_languages=("chi_tra_vert",),
        vertical=True,
        right_to_left=True,
    )


_Side = tuple[list[Column], list[list[str]], str]


def _sides(said: Mapping[str, Any]) -> Iterator[_Side]:
    """The columns of each side, the lines on it in their layers, and the title that begins on it."""
    for part in said.get("parts", (said,)):
        author = f"\u3000{part['author']}" if "author" in part else ""
        head = [Column(part["original_title"] + author, 0, 1.0)]
        verse = [*([said["year_line"]] if said["year_line"] else []), *part["lines"]]
        room = 7 - len(head)
        yield head + _columns(verse[:room], said), verse[:room], part["title"]
        if rest := verse[room:]:
            yield _columns(rest, said), rest, ""


def _columns(verse: list[list[str]], said: Mapping[str, Any]) -> list[Column]:
    return [Column(line[0], 4, 0.72) if line is said["year_line"] else Column(line[0], 2) for line in verse]
