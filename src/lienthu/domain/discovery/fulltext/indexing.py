"""Keep the page index in step with the digital room: the ways of the catalogue's index (FTS-8; SEA-10 to SEA-13).

One process writes at a time. News leaves the feed only after the index has committed it; a process killed at any moment
leaves rows in the feed, and they are done again.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils import timezone

from lienthu.domain.digital.access import every_rule
from lienthu.domain.digital.selectors.objects import object_ids_after, objects_by_id, records_of_erased
from lienthu.domain.digital.selectors.texts import page_ids_with_text
from lienthu.domain.digital.services.touch import touch_all_objects, touch_objects_of
from lienthu.domain.discovery.backends.base import IndexMissing
from lienthu.domain.discovery.backends.tantivy.store import Watch, WriterLock
from lienthu.domain.discovery.fulltext.documents import documents_of, shelves_of
from lienthu.domain.discovery.fulltext.engine import PageWriter, store
from lienthu.domain.discovery.fulltext.reader import PageReader
from lienthu.domain.union.services.touch import touch_records
from lienthu.platform.services import changes

PAGES: Final = "discovery.pages"
VOLUMES: Final = "discovery.volumes"
HOUSES: Final = "discovery.houses"
NEWS: Final = (PAGES, VOLUMES)
"""Of these consumers what people made one by one does not wait for an import."""
_SLICE: Final = 250
_VOLUMES_AT_ONCE: Final = 50
_MOST_TOLD: Final = 1_000_000
_IDLE: Final = 60.0  # seconds without news after which the writer's memory is given back
Progress = Callable[[int], None]

log = logging.getLogger(__name__)


class _Damaged(Exception):
    """The live index cannot be opened any more."""


def ask_for_rebuild() -> None:
    """Ask the process that holds the writer's lock to build the page index anew."""
    store().rebuild_request.touch()


def anything_waits() -> bool:
    """Whether the page index is behind what has been committed."""
    return any(map(changes.waiting, (PAGES, VOLUMES, HOUSES)))


def ready() -> bool:
    """Whether there is a page index to search."""
    try:
        store().current()
    except IndexMissing:
        return False
    return True


class PageIndexer:
    """The one writer of the page index. Use as a context manager; ``acquire`` tells whether the right was free."""

    def __init__(self) -> None:
        self._store = store()
        self._lock = WriterLock(self._store)
        self._watch = Watch()
        self._writer: PageWriter | None = None
        self._reader = PageReader(self._store)
        self._in_step_on: date | None = None
        self._busy = time.monotonic()
        self._moved_pages: set[int] = set()  # what the live index was told while a new one was being built
        self._moved_objects: set[int] = set()

    def acquire(self) -> bool:
        """Take the right to write, if it is free."""
        return self._lock.acquire()

    def release(self) -> None:
        """Give it back, merges finished."""
        self._rest()
        self._lock.release()

    def step(self, meanwhile: Callable[[], object] = lambda: None) -> int:
        """Deal with one batch of news; how many pages were written or taken out.

        Builds the index first when there is none, or none of this version; ``meanwhile`` is called between two slices
        of that. Raises OSError, ValueError from the engine (disk full): the news stays waiting.
        """
        if self._lock.lost():
            self._forget()
            self._lock.release()
            if not self.acquire():
                return 0
        try:
            folder = self._store.current()
        except IndexMissing:
            self._forget()
            return self.rebuild(meanwhile=meanwhile)
        if self._store.rebuild_request.exists():
            self._store.rebuild_request.unlink(missing_ok=True)
            return self.rebuild(meanwhile=meanwhile)
        if self._writer is not None and self._writer.folder != folder:
            self._forget()
        self._heed_rules()
        self._heed_houses()
        self._moved_pages.clear()
        self._moved_objects.clear()
        try:
            if self._watch.damaged(folder):
                raise _Damaged
            done = self._follow(folder)
        except (_Damaged, IndexMissing):
            log.exception("the page index cannot be opened; building it anew")
            self._forget()
            self._store.withdraw()
            return 0
        except Exception:  # whatever failed, the writer may be spoilt: the next step opens a fresh one
            self._forget()
            raise
        if done:
            self._busy = time.monotonic()
        elif time.monotonic() - self._busy > _IDLE:
            self._rest()
        return done

    def drain(self) -> int:
        """Steps until nothing waits. Returns how many pages were written or taken out."""
        total = 0
        while True:
            done = self.step()
            total += done
            if not done and not anything_waits() and ready():
                return total

    def _follow(self, folder: Path) -> int:
        """News of people before that of many pages at once; pages before volumes, which mostly bring nothing new."""
        for bulk in (False, True):
            with transaction.atomic():
                news = changes.look(PAGES, _SLICE, bulk=bulk)
                if news.rows:
                    ids = list(news.rows)
                    self._moved_pages.update(ids)
                    writer = self._open(folder)
                    self._put(writer, ids)
                    writer.commit()
                    changes.settle(news.of(ids))
                    return len(ids)
            with transaction.atomic():
                news = changes.look(VOLUMES, _VOLUMES_AT_ONCE, bulk=bulk)
                if news.rows:
                    ids = list(news.rows)
                    done = self._renew(folder, ids)
                    changes.settle(news.of(ids))
                    return len(ids) + done
        return self._heed_the_date(folder)

    def _heed_the_date(self, folder: Path) -> int:
        """Look again at objects whose audiences may have changed by date alone; till then nobody finds them (FTS-7)."""
        today = timezone.localdate()
        if self._in_step_on == today:
            return 0
        overdue = self._reader.overdue(today, 5000)[:_VOLUMES_AT_ONCE]
        if not overdue:
            self._in_step_on = today
            return 0
        done = self._renew(folder, overdue)
        if not done:
            log.error("objects %s stay overdue in the page index", overdue[:5])
            self._in_step_on = today
        return done

    def _heed_rules(self) -> None:
        """Look at every object again when the rules of access were changed since the index was made."""
        now = _rules()
        if _rules_kept() != now:
            touch_all_objects()  # before it is written down that they were heeded: till then nothing is told
            self._in_step_on = None
            _keep_rules(now)

    def _heed_houses(self) -> None:
        """Look again at the objects of libraries that were closed, opened or got another code."""
        with changes.drain(HOUSES, 1000) as ids:
            if ids:
                touch_objects_of(ids)

    def _renew(self, folder: Path, object_ids: Sequence[int]) -> int:
        """Write the pages anew of which the index says something else; how many. Commits."""
        self._moved_objects.update(object_ids)
        objects = objects_by_id(object_ids)
        shelves = shelves_of(objects.values())
        wanted = page_ids_with_text(list(objects))
        put: list[int] = []
        gone: list[int] = []
        for object_id in object_ids:
            indexed = self._reader.stamps(object_id)
            pages = wanted.get(object_id, {})
            gone += set(indexed) - set(pages)
            shelf = shelves.get(object_id)
            put += [p for p, closed in pages.items() if shelf and indexed.get(p) != shelf.stamp(closed=closed)]
        self._moved_pages.update(gone)
        if put or gone:
            writer = self._open(folder)
            writer.remove(gone)
            self._put(writer, put)
            writer.commit()
        # The catalogue says of a publication whether it can be read online (FTS-11). It is told also where nothing is
        # to be written any more: who was killed after the commit of the index has not told it.
        shown = list(objects.values())
        lost = [object_id for object_id in object_ids if object_id not in objects]
        erased = records_of_erased(lost) if lost else []
        touch_records([*(o.record_id for o in shown if o.record_id is not None), *erased])
        return len({*put, *gone})

    def rebuild(self, progress: Progress | None = None, meanwhile: Callable[[], object] = lambda: None) -> int:
        """Build a complete index beside the live one and switch to it; news is put into the live one meanwhile.

        What changes during the build is replayed into the new index before the switch. Returns the number of pages.
        """
        if not ready():
            self._tell_catalogue()
            for consumer in (PAGES, VOLUMES):
                changes.discard(consumer)  # the build reads everything; if it dies there is still no index
        kept = _rules()
        folder = self._store.new_folder()
        try:
            total = self._build(folder, progress, meanwhile)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)  # a full disk must not be filled with half-built indexes
            raise
        self._forget()
        self._store.switch_to(folder)
        _keep_rules(kept)  # where others were made meanwhile the next step looks at every object again
        self._in_step_on = None
        log.info("page index built: %s pages", total)
        return total

    @staticmethod
    def _tell_catalogue() -> None:
        """What waits is in the new index from its beginning; the catalogue would not hear of it (FTS-11)."""
        waiting = (changes.keys_waiting([VOLUMES], _MOST_TOLD) or {}).get(VOLUMES, [])
        for part in _slices(waiting):
            found = objects_by_id(list(part)).values()
            touch_records([obj.record_id for obj in found if obj.record_id is not None])

    def _build(self, folder: Path, progress: Progress | None, meanwhile: Callable[[], object]) -> int:
        fresh = PageWriter(folder)
        self._moved_pages.clear()
        self._moved_objects.clear()
        after = total = 0
        while ids := object_ids_after(after, _VOLUMES_AT_ONCE):
            after = ids[-1]
            pages = [page for found in page_ids_with_text(ids).values() for page in found]
            for part in _slices(pages):
                total += fresh.add_new(documents_of(part))
                self._serve_live()
                meanwhile()
                if progress:
                    progress(total)
        moved = page_ids_with_text(sorted(self._moved_objects))
        self._put(fresh, sorted(self._moved_pages.union(*moved.values())))
        fresh.finish()
        return total

    def _serve_live(self) -> None:
        if not ready():
            return
        try:
            self._heed_rules()
            self._heed_houses()
            self._follow(self._store.current())
        except (_Damaged, IndexMissing):
            log.exception("the live page index cannot be written any more")
            self._forget()
            self._store.withdraw()

    def _put(self, writer: PageWriter, ids: Sequence[int]) -> None:
        for part in _slices(ids):
            writer.remove(set(part) - writer.put(documents_of(part)))

    def _open(self, folder: Path) -> PageWriter:
        if self._writer is None or self._writer.folder != folder:
            self._forget()
            try:
                self._writer = PageWriter(folder)
            except ValueError as e:
                raise _Damaged from e
        return self._writer

    def _rest(self) -> None:
        """Let go of the writer and its memory, merges finished."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.finish()

    def _forget(self) -> None:
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None

    def __enter__(self) -> PageIndexer:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def rules_heeded() -> bool:
    """Whether the index has heard of the rules of access that are in force: one query and a short file (FTS-7)."""
    return _rules_kept() == _rules()


def _rules() -> str:
    return hashlib.sha256(repr(sorted(map(repr, every_rule()))).encode()).hexdigest()


def _rules_kept() -> str:
    try:
        return (store().root / "rules").read_text()
    except OSError:
        return ""


def _keep_rules(digest: str) -> None:
    """Whole or not at all: a reader must never meet half of it."""
    fresh = store().root / "rules.new"
    fresh.write_text(digest)
    fresh.replace(store().root / "rules")


def _slices(ids: Collection[int]) -> Iterator[Sequence[int]]:
    ids = list(ids)
    return (ids[start : start + _SLICE] for start in range(0, len(ids), _SLICE))
