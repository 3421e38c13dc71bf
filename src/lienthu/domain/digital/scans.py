"""Scans that are taken away as they were handed over, stripped of all but the picture. Rule DIG-8."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from lienthu.domain.digital import store
from lienthu.domain.digital.models import DigitalObject, MasterFile, Page
from lienthu.platform.sandbox import Failed, Limits, Sandbox

_AS_IT_IS: Final = 87  # a scan no finer than this is as small as one that would be encoded anew
_MAY_BE_JPEG: Final = frozenset({"image/jpeg", "application/pdf"})
_LIMITS: Final = Limits(memory_mb=600, seconds=30)


class Scans:
    """The masters of an object, opened in the sandbox, which is started for the first one that may do."""

    def __init__(self, obj: DigitalObject, *, longest: int) -> None:
        self._obj, self._longest = obj, longest
        self._stack = ExitStack()
        self._box: Sandbox | None = None
        self._scratch = Path()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def of(self, page: Page, file: MasterFile) -> bytes | None:
        """The JPEG of the page's master when it is one, is what is shown, and no finer than was asked; else None."""
        if file.media_type not in _MAY_BE_JPEG or page.rotation or page.crop:
            return None
        if max(page.width, page.height) > self._longest:
            return None
        if self._box is None:
            folder = tempfile.TemporaryDirectory(dir=store.scratch_folder(), prefix="pdf-")
            self._scratch = Path(self._stack.enter_context(folder))
            self._box = self._stack.enter_context(Sandbox(_LIMITS))
        target = self._scratch / "page.jpg"
        try:
            told = self._box.call(
                "lienthu.foundation.imaging.work:plain_jpeg",
                path=str(store.master_path(file, self._obj)),
                target=str(target),
                shown=str(store.picture_of(page, self._obj.public_id)),
                frame=page.frame,
                quality=_AS_IT_IS,
            )
        except (Failed, OSError):
            return None
        return target.read_bytes() if not told["why"] else None
