"""Lists of small libraries, CSV and XLSX, as MARC records: read the table, guess the columns, build the
records.
"""

from lienthu.foundation.marc.tabular.columns import FIELDS, Guess, chosen, guess_mapping
from lienthu.foundation.marc.tabular.csv_files import read_csv
from lienthu.foundation.marc.tabular.rows import ROW_HOLDING_RULES, RowPiece, read_rows, row_to_record
from lienthu.foundation.marc.tabular.table import Row, Table, TabularRefused
from lienthu.foundation.marc.tabular.xlsx_files import read_xlsx

__all__ = [
    "FIELDS",
    "ROW_HOLDING_RULES",
    "Guess",
    "Row",
    "RowPiece",
    "Table",
    "TabularRefused",
    "chosen",
    "guess_mapping",
    "read_csv",
    "read_rows",
    "read_xlsx",
    "row_to_record",
]
