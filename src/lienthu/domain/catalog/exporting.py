"""Records out again, in the formats they came in (rule IMP-29). Memory does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from lienthu.foundation.marc import iso2709, marcjson, marcxml
from lienthu.foundation.marc.model import Record

EXPORT_FORMATS: Final = ("iso2709", "marcxml", "json")
MEDIA_TYPES: Final = {
    "iso2709": "application/marc",
    "marcxml": "application/marcxml+xml",
    "json": "application/json",
}
EXTENSIONS: Final = {"iso2709": "mrc", "marcxml": "xml", "json": "json"}


@dataclass(slots=True)
class ExportReport:
    """How many were written; control numbers (or titles) of those that ISO 2709 cannot hold."""

    written: int = 0
    too_long: list[str] = field(default_factory=list)


def write_export(records: Iterable[Record], fmt: str, out: BinaryIO) -> ExportReport:
    """Write the records as one file of ``EXPORT_FORMATS``."""
    report = ExportReport()
    for block in export_blocks(records, fmt, report):
        out.write(block)
    return report


def export_blocks(records: Iterable[Record], fmt: str, report: ExportReport) -> Iterable[bytes]:
    """The bytes of an export, block by block, for files and for streamed answers alike."""
    if fmt == "marcxml":
        yield b'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="http://www.loc.gov/MARC21/slim">\n'
    elif fmt == "json":
        yield b"["
    for record in records:
        if fmt == "iso2709":
            try:
                block = iso2709.write(record)
            except iso2709.TooLong:
                report.too_long.append(record.control_number or "–")
                continue
        elif fmt == "marcxml":
            block = marcxml.write(record) + b"\n"
        else:
            block = (b",\n" if report.written else b"\n") + marcjson.write(record)
        report.written += 1
        yield block
    if fmt == "marcxml":
        yield b"</collection>\n"
    elif fmt == "json":
        yield b"\n]\n"
