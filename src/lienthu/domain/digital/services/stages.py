"""What is done to one page: the picture, then the text. Masters are opened in the sandbox only."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lienthu.domain.digital import store
from lienthu.domain.digital.models import DigitalObject, Page
from lienthu.domain.digital.problems import problem_of
from lienthu.domain.digital.services.following import follow
from lienthu.domain.digital.services.texts import set_text
from lienthu.foundation.pagetext.model import PageText
from lienthu.platform.actor import Actor
from lienthu.platform.sandbox import Failed, Limits, Sandbox

_PICTURES = Limits(memory_mb=1500, seconds=120)
_TEXTS = Limits(memory_mb=600, seconds=300)
PDF = "application/pdf"
_IMAGING = "lienthu.foundation.imaging.work"
_TEXT = "lienthu.foundation.pagetext.work"
_log = logging.getLogger(__name__)
_PIPELINE = Actor.system("pipeline")


class CannotDo(Exception):
    """A stage of a page that cannot be done. ``again``: another try may help (memory, time, a crash)."""

    def __init__(self, problem: str, *, again: bool) -> None:
        super().__init__(problem)
        self.again = again


class Box:
    """The sandboxes of one worker, started when first needed."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._boxes: dict[Limits, Sandbox] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def call(self, limits: Limits, function: str, **arguments: Any) -> Any:
        """The function's answer. Raises CannotDo."""
        if limits not in self._boxes:
            self._boxes[limits] = self._stack.enter_context(Sandbox(limits))
        try:
            return self._boxes[limits].call(function, **arguments)
        except Failed as failure:
            _log.warning("%s %s: %s", function, arguments, failure)
            raise CannotDo(problem_of(failure), again=failure.kind != "refused") from failure


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a stage made: how to save it, and by which engine."""

    engine: str
    save: Callable[[Page], None]


def picture(obj: DigitalObject, page: Page, box: Box) -> Outcome:
    """Probe, measure, make the pyramid (ING-5)."""
    if page.file is None:
        raise CannotDo("no-file", again=False)
    source = store.master_path(page.file, obj)
    target = store.picture_of(page, obj.public_id)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=store.scratch_folder(), prefix="page-") as scratch:
        made = Path(scratch) / "pyramid.tif"
        facts = box.call(
            _PICTURES,
            f"{_IMAGING}:pyramid",
            path=str(source),
            target=str(made),
            frame=page.frame,
            rotation=page.rotation,
            crop=page.crop,
        )
        measured = box.call(_PICTURES, f"{_IMAGING}:measure", path=str(made), dpi=facts.get("dpi"))
        with made.open("rb") as f:
            os.fsync(f.fileno())
        os.replace(made, target)

    def save(fresh: Page) -> None:
        fresh.width, fresh.height, fresh.quality = facts["width"], facts["height"], measured
        fresh.state, fresh.problem = Page.State.READY, ""
        fresh.save(update_fields=["width", "height", "quality", "state", "problem"])
        follow(fresh)

    return Outcome(facts.get("engine", "libvips"), save)


def text(obj: DigitalObject, page: Page, box: Box) -> Outcome:
    """The words of a born-digital PDF as they are, otherwise recognised (ING-6)."""
    found = _own_words(obj, page, box) or box.call(
        _TEXTS,
        f"{_TEXT}:ocr",
        path=str(store.picture_of(page, obj.public_id)),
        languages=_languages(obj),
        dpi=page.quality.get("dpi"),
        tessdata=str(store.tessdata_folder()),
    )
    page_text = PageText.from_json(found["page"])

    def save(fresh: Page) -> None:
        set_text(fresh, page_text, actor=_PIPELINE)
        follow(fresh)

    return Outcome(page_text.engine, save)


def _own_words(obj: DigitalObject, page: Page, box: Box) -> dict[str, Any] | None:
    """The words that a PDF carries, unless it carries none or they are in doubt."""
    if page.file is None or page.file.media_type != PDF:
        return None
    found: dict[str, Any] = box.call(
        _TEXTS,
        f"{_TEXT}:pdf_text",
        path=str(store.master_path(page.file, obj)),
        frame=page.frame,
        width=page.width,
        height=page.height,
        rotation=page.rotation,
        crop=page.crop,
        languages=_languages(obj),
    )
    return None if found["doubt"] else found


def _languages(obj: DigitalObject) -> list[str]:
    return list(obj.languages) or ["vie"]
