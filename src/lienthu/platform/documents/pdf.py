"""A report as PDF: typeset by Typst, with the fonts of the pages, tagged for screen readers (PDF/A-2a).

What a report says goes in as JSON and is set as text: nothing in it can be a command of the typesetter.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
import typst
from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime

from lienthu.platform.documents.model import Block, Cell, Column, Comparisons, Document, Table, Text, Tiles
from lienthu.platform.documents.numbers import shown_number, shown_share

_TEMPLATE: Final = Path(__file__).with_name("report.typ")
_ROWS: Final = 2000  # a table longer than this belongs into a workbook


def to_pdf(document: Document) -> bytes:
    """The report as one PDF file. Numbers and dates as the language in force writes them."""
    made: bytes = typst.compile(  # type: ignore[call-overload]  # the stubs forget that font folders are a list of paths
        _template(),
        format="pdf",
        font_paths=list[Path | str | bytes](font_folders()),
        ignore_system_fonts=True,
        pdf_standards=["a-2a"],
        sys_inputs={"report": orjson.dumps(_shown(document)).decode()},
    )
    return made


def font_folders() -> list[Path]:
    """Where the font files are that a typesetter reads; browsers have theirs, which are cut into pieces."""
    family = settings.BASE_DIR / "node_modules" / "@expo-google-fonts" / "be-vietnam-pro"
    return [family / cut for cut in ("400Regular", "400Regular_Italic", "600SemiBold", "700Bold")]


@cache
def _template() -> bytes:
    return _TEMPLATE.read_bytes()


def _shown(document: Document) -> dict[str, Any]:
    made = localtime(document.made_at)
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "facts": document.facts,
        "language": document.language,
        "footer": document.footer,
        "made": date_format(made, "SHORT_DATETIME_FORMAT"),
        "date": [made.year, made.month, made.day],
        "sections": [{"title": s.title, "blocks": [_block(b) for b in s.blocks]} for s in document.sections],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Text():
            return {"is": "text", **asdict(block)}
        case Tiles():
            return {"is": "tiles", "tiles": [{**asdict(t), "value": shown_number(t.value)} for t in block.tiles]}
        case Table():
            return {
                "is": "table", "title": block.title, "note": block.note,
                "columns": [asdict(c) for c in block.columns],
                "rows": [
                    [_cell(c, v) for c, v in zip(block.columns, row, strict=True)] for row in block.rows[:_ROWS]
                ],
            }  # fmt: skip
        case Comparisons():
            return {"is": "pairs", **asdict(block)}


def _cell(column: Column, value: Cell) -> dict[str, Any]:
    if column.kind == "share" and not isinstance(value, str):
        return {"text": shown_share(value), "share": max(0.0, min(1.0, float(value)))}
    return {"text": value if isinstance(value, str) else shown_number(value)}
