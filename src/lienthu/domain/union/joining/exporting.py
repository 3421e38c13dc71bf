"""A joining report as a file: PDF, XLSX or JSON."""

from __future__ import annotations

from typing import Final

import orjson

from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.union.joining.document import document_of
from lienthu.platform.documents.json import to_json
from lienthu.platform.documents.pdf import to_pdf
from lienthu.platform.documents.xlsx import to_xlsx

FORMATS: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
"""Endings of files → media types."""


def file_of(trial: ImportBatch, kind: str) -> bytes | None:
    """The report of a rehearsal in one of ``FORMATS``, in the language in force; None where none is kept."""
    document = document_of(trial)
    if document is None:
        return None
    if kind == "pdf":
        return to_pdf(document)
    if kind == "xlsx":
        return to_xlsx(document)
    return orjson.dumps(to_json(document), option=orjson.OPT_INDENT_2)
