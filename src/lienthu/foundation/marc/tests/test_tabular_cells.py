"""What the cells of a workbook become as text."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from lienthu.foundation.marc.tabular.xlsx_files import as_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1998.0, "1998"),
        (12.5, "12.5"),
        (0.1 + 0.2, "0.3"),
        (True, "1"),
        (date(2021, 3, 4), "2021-03-04"),
        (datetime(2021, 3, 4, 5, 6), "2021-03-04 05:06:00"),
        ("  Thư \u200bviện\n\n Hạ Long ", "Thư viện\nHạ Long"),
        (float("nan"), ""),
    ],
)
def test_cell_values_as_text(value: object, text: str) -> None:
    assert as_text(value) == text
