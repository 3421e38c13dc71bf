"""Which picture a reader gets, asked for every request, answered from memory where everybody gets the same (IMG-7).

What may be seen by everyone is remembered for at most a second, and not beyond the next act of anybody on this machine
(``platform/services/epoch.py``): a take-down hides tiles in every process at once.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.core.signals import request_finished, request_started

from lienthu.domain.digital import policy, store
from lienthu.domain.digital.access import Opened, open_object
from lienthu.domain.digital.errors import AccessDenied, NoSuchObject
from lienthu.domain.digital.models import Page
from lienthu.domain.digital.policy import Access, Act, Block, Reader
from lienthu.domain.digital.selectors.objects import page_by_seq
from lienthu.platform.services.epoch import epoch

_SECONDS: Final = 1.0
_REMEMBERED: Final = 20_000
_WAYS_IN: Final = (Access.SIGNED, Access.PREMISES, Access.SEATS)
EVERYONE: Final = Reader(tokens=frozenset({policy.PUBLIC}))


@dataclass(frozen=True, slots=True)
class Picture:
    """A page that this reader may see; everyone may where it is ``public``. ``watermark`` is written across it."""

    public_id: str
    seq: int
    version: int
    width: int
    height: int
    path: Path
    watermark: str
    public: bool


def picture(public_id: str, seq: int, reader: Reader) -> Picture:
    """The picture of a page for this reader. Raises NoSuchObject, AccessDenied."""
    return picture_in(open_object(public_id, reader), seq)


def picture_in(opened: Opened, seq: int) -> Picture:
    """The picture of a page of an opened object. Raises NoSuchObject, AccessDenied."""
    page = page_by_seq(opened.object, seq)
    opened.require(Act.READ, page)  # before anything else: how many pages there are is not told to everybody
    if page is None or page.state != Page.State.READY:
        raise NoSuchObject(f"{opened.object.public_id}.{seq}")
    rights = opened.facts.rights
    for_all = policy.decide(opened.facts, EVERYONE, Act.READ, opened.rules, opened.on, policy.PageFacts(page.closed))
    return Picture(
        public_id=opened.object.public_id,
        seq=seq,
        version=page.version,
        width=page.width,
        height=page.height,
        path=store.picture_of(page, opened.object.public_id),
        watermark=opened.object.library.name if rights is not None and rights.watermark else "",
        public=for_all.allowed,
    )


def size_in(opened: Opened, seq: int) -> tuple[int, int]:
    """Width and height of a page, for whoever may read it or could after showing who they are.

    Raises NoSuchObject, AccessDenied.
    """
    page = page_by_seq(opened.object, seq)
    decision = opened.decide(Act.READ, page)
    if not decision.allowed and (opened.audiences.access not in _WAYS_IN or decision.block is Block.PAGE_CLOSED):
        opened.require(Act.READ, page)
    if page is None or page.state != Page.State.READY:
        raise NoSuchObject(f"{opened.object.public_id}.{seq}")
    return page.width, page.height


@dataclass(frozen=True, slots=True)
class _Remembered:
    found: Picture | None
    until: float
    epoch: int


class PublicPictures:
    """What everyone may see, remembered. One for each process; safe for threads."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._pages: OrderedDict[tuple[str, int], _Remembered] = OrderedDict()

    def get(self, public_id: str, seq: int) -> Picture | None:
        """The picture, if everyone may see it; None says nothing about readers who can show who they are."""
        key = (public_id, seq)
        now, number = self._clock(), epoch().read()  # the number before the facts
        known = self._pages.get(key)
        if known is not None and known.epoch == number and now < known.until:
            return known.found
        # no request of Django's begins and ends here: said all the same, for connections that are old or broken
        request_started.send(sender=type(self))
        try:
            found: Picture | None = picture(public_id, seq, EVERYONE)
        except (NoSuchObject, AccessDenied):
            found = None
        finally:
            request_finished.send(sender=type(self))
        with self._lock:
            self._pages[key] = _Remembered(found, now + _SECONDS, number)
            self._pages.move_to_end(key)
            while len(self._pages) > _REMEMBERED:
                self._pages.popitem(last=False)
        return found
