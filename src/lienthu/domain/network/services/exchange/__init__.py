"""The register as files, in and out: one CSV a kind, or a ZIP of all. The headings are in docs/specs/register.md."""

from lienthu.domain.network.services.exchange.files import (
    TABLES,
    export_csv,
    export_zip,
    import_csv,
    import_upload,
    looks_zipped,
)
from lienthu.domain.network.services.exchange.table import MAX_BYTES, Report, RowDone, RowError

HEADINGS = TABLES["libraries"].headings

__all__ = [
    "HEADINGS",
    "MAX_BYTES",
    "TABLES",
    "Report",
    "RowDone",
    "RowError",
    "export_csv",
    "export_zip",
    "import_csv",
    "import_upload",
    "looks_zipped",
]
