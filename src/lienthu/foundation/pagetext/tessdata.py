"""The languages Tesseract reads, unpacked from their packages into a folder of ours.

The packages bring two kinds: combined data of 2018, which hold the old recogniser beside the new, and the new
recogniser alone in whole numbers. The new recogniser in both is the same, so the small kind is taken; ADR
0020 has what was measured. Data of one's own (Debian's, a language of its own training) may be laid into the
folder: what is there already is left alone.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("vie", "eng", "fra", "chi_tra_vert")
"""What the packages bring: Vietnamese, English, French, traditional Chinese in columns (Hán-Nôm prints)."""

_KIND: Final = "4.0.0_best_int"
_SUFFIX: Final = ".traineddata"
_LARGEST: Final = 64 << 20


class DataMissing(LookupError):
    """A language has neither data in the folder nor a package; ``languages`` names those that lack."""

    def __init__(self, languages: Iterable[str]) -> None:
        self.languages = tuple(languages)
        super().__init__(f"no OCR data for {', '.join(self.languages)}")


def prepare_tessdata(target: Path, packages: Path, languages: Iterable[str] = LANGUAGES) -> Path:
    """Make sure that the folder ``target`` holds the data of the languages; ``packages`` is ``node_modules``.

    May run in many processes at once and costs nothing when all is there. Raises DataMissing.
    """
    missing = []
    for language in languages:
        made = target / f"{language}{_SUFFIX}"
        if made.exists():
            continue
        packed = packages / "@tesseract.js-data" / language / _KIND / f"{language}{_SUFFIX}.gz"
        if not packed.is_file():
            missing.append(language)
            continue
        target.mkdir(parents=True, exist_ok=True)
        _unpack(packed, made)
    if missing:
        raise DataMissing(missing)
    return target


def languages_in(folder: Path) -> frozenset[str]:
    """The languages whose data lie in the folder."""
    return frozenset(path.name.removesuffix(_SUFFIX) for path in folder.glob(f"*{_SUFFIX}"))


def _unpack(packed: Path, made: Path) -> None:
    """Whole or not at all: others may look meanwhile."""
    handle, name = tempfile.mkstemp(dir=made.parent, prefix=".unpacking-")
    try:
        with os.fdopen(handle, "wb") as out, gzip.open(packed) as data:
            shutil.copyfileobj(data, out)
            if out.tell() > _LARGEST:
                raise ValueError(f"{packed} is larger than any language")
        os.chmod(name, 0o644)
        os.replace(name, made)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
        raise
