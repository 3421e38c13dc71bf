"""Which picture a reader gets, asked for every request, answered from memory where everybody gets the same (IMG-7).

What may be seen by everyone is remembered for at most a second, and not beyond the next act of anybody on this machine
(``platform/services/epoch.py``): a take-down hides tiles in every process at once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, TypeVar

from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import DatabaseError

from lienthu.domain.digital import policy, store
from lienthu.domain.digital.access import Opened, open_object
from lienthu.domain.digital.errors import AccessDenied, NoSuchObject
from lienthu.domain.digital.models import Page
from lienthu.domain.digital.policy import Access, Act, Reader
from lienthu.domain.digital.selectors.objects import page_by_seq
from lienthu.domain.digital.services.remaking import make_again
from lienthu.platform.actor import Actor
from lienthu.platform.services.epoch import epoch

_SECONDS: Final = 0.5  # for the object, and for the page found in it: together a second
_REMEMBERED: Final = 20_000
_TOLD_AGAIN: Final = 60.0  # seconds: a page of many tiles is one loss, not a hundred
_log = logging.getLogger(__name__)
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


def watermark_fonts() -> Path:
    """The folder of the font that watermarks are written in."""
    return Path(settings.BASE_DIR) / "node_modules" / "@fontsource" / "be-vietnam-pro"


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


class Losses:
    """Pictures that turned out to be damaged or gone: told once in the log, and to the pipeline (IMG-9)."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._told: OrderedDict[tuple[str, int, int], float] = OrderedDict()

    def tell(self, public_id: str, seq: int, version: int, why: str) -> None:
        """Say it; nothing where it was said a moment ago. Never raises: whoever asked gets an answer all the same."""
        now, key = self._clock(), (public_id, seq, version)
        with self._lock:
            if now - self._told.get(key, float("-inf")) < _TOLD_AGAIN:
                return
            self._told[key] = now
            self._told.move_to_end(key)
            while len(self._told) > _REMEMBERED:
                self._told.popitem(last=False)
        try:
            again = make_again(public_id, seq, version, actor=Actor.system("pictures"))
        except (DatabaseError, NoSuchObject) as fault:
            _log.warning("picture %s.%s cannot be read (%s), nor be asked for: %s", public_id, seq, why, fault)
            return
        what = "it is made again" if again else "nothing is done: it waits already, or was made just now"
        _log.warning("picture %s.%s cannot be read (%s): %s", public_id, seq, why, what)


LOSSES: Final = Losses()


def size_in(opened: Opened, seq: int) -> tuple[int, int]:
    """Width and height of a page, for whoever may read it or could after showing who they are.

    Raises NoSuchObject, AccessDenied.
    """
    page = page_by_seq(opened.object, seq)
    decision = opened.decide(Act.READ, page)
    shut = page is not None and page.closed  # also where signing in would come first: it would not help
    if not decision.allowed and (opened.audiences.access not in _WAYS_IN or shut):
        opened.require(Act.READ, page)
    if page is None or page.state != Page.State.READY:
        raise NoSuchObject(f"{opened.object.public_id}.{seq}")
    return page.width, page.height


Value = TypeVar("Value")


class _Memory(Generic[Value]):
    """What was found, each for half a second and for one epoch; the longest unused forgotten first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, tuple[Value, int, float]] = OrderedDict()

    def get(self, key: Hashable, find: Callable[[], Value]) -> Value:
        """What is remembered under the key, found now where it is not."""
        now, number = self._clock(), epoch().read()  # the number before the facts
        known = self._found.get(key)
        if known is not None and known[1] == number and now < known[2]:
            return known[0]
        value = find()
        with self._lock:
            self._found[key] = (value, number, now + _SECONDS)
            self._found.move_to_end(key)
            while len(self._found) > _REMEMBERED:
                self._found.popitem(last=False)
        return value


class PublicPictures:
    """What everyone may see, remembered. One for each process; safe for threads."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._objects: _Memory[Opened | None] = _Memory(clock)
        self._pages: _Memory[Picture | None] = _Memory(clock)

    def get(self, public_id: str, seq: int) -> Picture | None:
        """The picture, if everyone may see it; None says nothing about readers who can show who they are."""
        return self._pages.get((public_id, seq), lambda: self._look(public_id, seq))

    def _look(self, public_id: str, seq: int) -> Picture | None:
        # no request of Django's begins and ends here: said all the same, for connections that are old or broken
        request_started.send(sender=type(self))
        try:
            opened = self._objects.get(public_id, lambda: _opened(public_id))
            return picture_in(opened, seq) if opened is not None else None
        except (NoSuchObject, AccessDenied):
            return None
        finally:
            request_finished.send(sender=type(self))


def _opened(public_id: str) -> Opened | None:
    try:
        return open_object(public_id, EVERYONE)
    except (NoSuchObject, AccessDenied):
        return None
