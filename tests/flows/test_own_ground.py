"""The suite has ground of its own: it never touches the data folder that somebody works with."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings


def test_the_suite_runs_in_its_own_folder() -> None:
    assert Path(settings.DATA_DIR) == Path(os.environ["LIENTHU_TEST_DATA"])
    assert Path(settings.FILE_UPLOAD_TEMP_DIR).is_relative_to(os.environ["LIENTHU_TEST_DATA"])
