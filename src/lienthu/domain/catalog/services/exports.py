"""Hand a library's records out again, streamed, with a trace in the audit trail."""

from __future__ import annotations

from collections.abc import Iterator

from lienthu.domain.catalog.exporting import EXPORT_FORMATS, ExportReport, export_blocks
from lienthu.domain.catalog.selectors import export_records
from lienthu.domain.network.models import Library
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit

_NAMED = 50


def export_library(library: Library, fmt: str, *, actor: Actor) -> Iterator[bytes]:
    """The bytes of all current records of a library in one of EXPORT_FORMATS, block by block.

    Two audit rows: when it begins, and, when the last byte has been asked for, how many records went out and which ones
    ISO 2709 could not hold. Raises ValueError for an unknown format.
    """
    if fmt not in EXPORT_FORMATS:
        raise ValueError(fmt)
    audit.record("records.export_started", library, actor=actor, library_id=library.pk, format=fmt)
    return _blocks(library, fmt, actor)


def _blocks(library: Library, fmt: str, actor: Actor) -> Iterator[bytes]:
    report = ExportReport()
    waiting: list[bytes] = []
    size = 0
    for block in export_blocks(export_records(library.pk), fmt, report):
        waiting.append(block)
        size += len(block)
        if size >= 65_536:  # a record is too small a piece for a socket
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)
    audit.record(
        "records.exported", library, actor=actor, library_id=library.pk, format=fmt, records=report.written,
        too_long=len(report.too_long), too_long_numbers=report.too_long[:_NAMED],
    )  # fmt: skip
