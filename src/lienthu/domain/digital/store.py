"""Where the bytes of digitised objects are: masters in the preservation store, derivatives beside it."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from lienthu.domain.digital.models import DigitalObject, MasterFile, Page
from lienthu.foundation.pagetext.tessdata import prepare_tessdata
from lienthu.foundation.preservation.ocfl import Store

STORE_PREFIX: Final = "urn:lienthu:digital:"


def preservation_store() -> Store:
    """The OCFL store of this installation."""
    return _store(Path(settings.DIGITAL_DIR) / "ocfl")


@lru_cache(maxsize=8)
def _store(root: Path) -> Store:
    return Store(root)  # kept: it remembers the inventories that it read


def store_id(obj: DigitalObject) -> str:
    """The name of an object in the preservation store."""
    return store_id_of(obj.public_id)


def store_id_of(public_id: str) -> str:
    """The name that an object of this public id has, or would have, in the preservation store."""
    return f"{STORE_PREFIX}{public_id}"


def master_path(file: MasterFile, obj: DigitalObject) -> Path:
    """Where the bytes of a master are. To be opened in the sandbox only."""
    return preservation_store().path_of(store_id(obj), file.path)


def derived_folder(public_id: str) -> Path:
    """The folder of what was made of an object's masters; it can be deleted and made again."""
    return Path(settings.DIGITAL_DIR) / "derived" / public_id[:2] / public_id


def picture_path(public_id: str, seq: int, version: int) -> Path:
    """The pyramid of a page. Another version of the picture is another file: nothing is ever half new."""
    return derived_folder(public_id) / f"{seq}-{version}.tif"


def picture_of(page: Page, public_id: str) -> Path:
    """The pyramid of this page as it is now."""
    return picture_path(public_id, page.seq, page.version)


def tessdata_folder() -> Path:
    """The data by which Tesseract reads, unpacked from the packages when first needed."""
    return prepare_tessdata(Path(settings.DIGITAL_DIR) / "tessdata", Path(settings.BASE_DIR) / "node_modules")


def scratch_folder() -> Path:
    """For files on their way in or out; emptied by whoever filled it, or by ``sweep_scratch`` when he was killed."""
    folder = Path(settings.DIGITAL_DIR) / "scratch"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def sweep_scratch(older_than: timedelta = timedelta(days=1)) -> int:
    """Remove what killed processes left on its way, once nothing can be at work on it any more; how many (PRS-13)."""
    before, gone = time.time() - older_than.total_seconds(), 0
    for entry in scratch_folder().iterdir():
        with suppress(FileNotFoundError):
            if entry.lstat().st_mtime < before:
                shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
                gone += 1
    return gone
