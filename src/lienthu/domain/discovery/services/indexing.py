"""Keep the index in step with the union: drain the change feed, rebuild aside and switch (rules SEA-10 to SEA-13).

One process writes at a time: whoever holds the writer's lock. A process killed at any moment leaves rows in the feed,
and they are done again: putting a document twice is putting it once.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from lienthu.domain.catalog import selectors as catalog
from lienthu.domain.catalog.authority_selectors import RecordHeadings, headings_of
from lienthu.domain.digital.access import records_online
from lienthu.domain.discovery.backends.base import IndexMissing
from lienthu.domain.discovery.backends.tantivy.store import IndexStore, Watch, WriterLock
from lienthu.domain.discovery.backends.tantivy.writer import TantivyWriter
from lienthu.domain.discovery.documents import Contribution, SearchDocument, build
from lienthu.domain.discovery.fulltext import indexing as pages
from lienthu.domain.discovery.fulltext.indexing import PageIndexer
from lienthu.domain.network.selectors import facts as network
from lienthu.domain.union import selectors as union
from lienthu.domain.union.election import elected_of
from lienthu.domain.union.services import touch as union_touch
from lienthu.foundation.marc.describe import Description, describe, describe_canonical
from lienthu.foundation.marc.normalise import from_canonical
from lienthu.platform.services import changes

CONSUMER = "discovery"
LIBRARIES = "discovery.libraries"
HEADINGS = "discovery.headings"
AUTHORITIES = "discovery.authorities"
_BATCH = 4000
_BULK_BATCH = 20_000
_SLICE = 500
# How long without news means that an import is over; how long its news waits for a commit at most. Seconds.
_LULL = 0.7
_LONGEST = 15.0
_NO_COPIES = catalog.ShelfMarks()
Progress = Callable[[int], None]

log = logging.getLogger(__name__)


def store() -> IndexStore:
    """The index folder of this install."""
    return IndexStore(Path(settings.INDEX_DIR))


def ask_for_rebuild() -> None:
    """Ask the process that holds the writer's lock to build the index anew."""
    store().rebuild_request.touch()


def anything_waits() -> bool:
    """Whether the index is behind what has been committed."""
    return any(map(changes.waiting, (CONSUMER, LIBRARIES, HEADINGS, AUTHORITIES)))


def _as_indexed() -> dict[str, list[Any]]:
    """What documents say of each library: when it changes they are made anew."""
    return {
        str(f.id): [f.code, f.area, f.closed, sorted((code, area) for code, (area, _) in f.branches.items())]
        for f in network.library_facts().values()
    }


class Indexer:
    """The one writer of the index. Use as a context manager; ``acquire`` tells whether the right was free."""

    def __init__(self) -> None:
        self._store = store()
        self._lock = WriterLock(self._store)
        self._watch = Watch()
        self._writer: TantivyWriter | None = None
        self._told: list[int] = []  # rows of the feed whose documents are in the writer and not committed yet
        self._after = 0  # the last row of bulk news among them
        self._since = self._heard = 0.0  # when the first of them was told, and when the latest bulk news was seen

    def acquire(self) -> bool:
        """Take the right to write, if it is free."""
        return self._lock.acquire()

    def release(self) -> None:
        """Give it back, merges finished."""
        if self._writer is not None:
            self._commit(self._writer)
            self._writer.finish()
            self._writer = None
        self._lock.release()

    def step(self, *, patient: bool = False) -> int:
        """Drain one batch of news into the index; how many publications were put into it.

        ``patient``: a running import's news may be found some seconds later.
        Builds the index first when there is none, or none of this version (SEA-17). Raises OSError, ValueError from the
        engine (disk full): the news stays waiting and the next step tries again with a fresh writer.
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
            self.rebuild()
            return 0
        if self._store.rebuild_request.exists():
            self._store.rebuild_request.unlink(missing_ok=True)
            self.rebuild()
            return 0
        writer = self._open(folder)
        if writer is None:
            log.error("the index cannot be opened; building it anew")
            self._forget()
            self._store.withdraw()
            self.rebuild()
            return 0
        self._heed_libraries()
        _heed_headings()
        try:
            return len(self._follow(writer, patient=patient))
        except Exception:  # whatever failed, the writer may be spoilt: the next step opens a fresh one
            self._forget()
            raise

    def _open(self, folder: Path) -> TantivyWriter | None:
        """The writer of the live index; None when it is damaged."""
        if self._watch.damaged(folder):
            return None
        if self._writer is None or self._writer.folder != folder:
            self._forget()
            try:
                self._writer = TantivyWriter(folder)
            except ValueError:
                return None
        return self._writer

    def _follow(self, writer: TantivyWriter, *, patient: bool = False) -> Collection[int]:
        """Put what waits into the index, commit it, and only then let go of the news (SEA-10).

        What people do one by one comes first, also in the midst of a batch of an import: that batch is closed at
        once (SEA-21). Who is ``patient`` puts the news of an import as it comes and commits it later: each commit
        makes a segment that has to be merged again and again.
        """
        news = changes.look(CONSUMER, _BATCH, bulk=False, alone=True)  # the writer's lock is ours
        if not news.rows:
            news = changes.look(CONSUMER, _BULK_BATCH - len(self._told), bulk=True, after=self._after, alone=True)
        done, closed = self._tell(writer, news)
        if closed or not (news.bulk and patient and self._may_wait(bool(done))):
            self._commit(writer)
        return done

    def _tell(self, writer: TantivyWriter, news: changes.News) -> tuple[list[int], bool]:
        """Put what news speaks of, slice by slice; what was put, and whether a person's change cut it short."""
        done: list[int] = []
        for part in _slices(list(news.rows)):
            self._put(writer, part)
            done += part
            if news.bulk and changes.anything(CONSUMER, LIBRARIES, *pages.NEWS):
                break
        now, rows = time.monotonic(), news.of(done)
        if rows and not self._told:
            self._since = now
        self._told += rows
        if rows and news.bulk:
            self._heard, self._after = now, max(self._after, *rows)
        return done, len(done) < len(news.rows)

    def _may_wait(self, more: bool) -> bool:
        """Whether a commit can wait: an import still brings more, and nobody has asked for long enough."""
        now = time.monotonic()
        over = not more and (now - self._heard >= _LULL or self._store.somebody_waits.exists())
        return not over and len(self._told) < _BULK_BATCH and now - self._since < _LONGEST

    def _commit(self, writer: TantivyWriter) -> None:
        if self._told:
            writer.commit()
            self._store.somebody_waits.unlink(missing_ok=True)
            with transaction.atomic():
                changes.settle(self._told)
        self._told, self._after = [], 0

    def _heed_libraries(self) -> None:
        """Renew the documents of libraries whose code, area or closedness changed since they were made (SEA-15)."""
        with changes.drain(LIBRARIES, _BATCH) as ids:
            if not ids:
                return
            now = _as_indexed()
            before = self._store.known_libraries()
            moved = [i for i in ids if before.get(str(i)) != now.get(str(i))]
            union_touch.touch_libraries(moved)
            self._store.remember_libraries(now)

    def drain(self) -> int:
        """Steps until nothing waits. Returns how many publications were written."""
        total = 0
        while True:
            done = self.step()
            total += done
            if not done and not anything_waits():
                return total

    def rebuild(self, progress: Progress | None = None) -> int:
        """Build a complete index beside the live one and switch to it. News keeps reaching the live one meanwhile.

        News that arrives during the build stays in the feed for the new index as well: it is replayed into it
        before the switch. Returns the number of publications.
        """
        self._heed_libraries()  # publications are dated anew for harvesters too, before it is written down as heeded
        if not self._has_live():
            changes.discard(CONSUMER)  # the build reads everything; if it dies there is still no index, and it is built
        built_with = _as_indexed()
        folder = self._store.new_folder()
        try:
            total = self._build(folder, progress)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)  # a full disk must not be filled with half-built indexes
            raise
        self._forget()  # the writer of the former index: its folder goes away now
        self._store.switch_to(folder)
        self._store.remember_libraries(built_with)
        log.info("index built: %s publications", total)
        return total

    def _build(self, folder: Path, progress: Progress | None) -> int:
        fresh = TantivyWriter(folder)
        replay: set[int] = set()
        after = total = 0
        while ids := union.cluster_ids_after(after, _SLICE):
            total += fresh.add_new(documents_of(ids))
            after = ids[-1]
            replay.update(self._serve_live())
            if progress:
                progress(total)
        self._put(fresh, sorted(replay))
        fresh.finish()
        return total

    def _has_live(self) -> bool:
        try:
            self._store.current()
        except IndexMissing:
            return False
        return True

    def _serve_live(self) -> Collection[int]:
        if not self._has_live():
            return ()  # what comes during the build waits for the step after the switch
        try:
            if (writer := self._open(self._store.current())) is not None:
                return self._follow(writer)
            log.error("the live index cannot be opened any more")
        except ValueError:
            log.exception("the live index cannot be written any more")
        self._forget()  # damaged: the news stays waiting for the one being built
        self._store.withdraw()
        return ()

    def _put(self, writer: TantivyWriter, ids: Sequence[int]) -> None:
        for part in _slices(ids):
            writer.remove(set(part) - writer.put(documents_of(part)))

    def _forget(self) -> None:
        self._told, self._after = [], 0  # what was not committed is lost with the writer, and told again
        if self._writer is not None:
            self._writer.abandon()
            self._writer = None

    def __enter__(self) -> Indexer:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _heed_headings() -> None:
    """Renew the documents of records that stand under other headings now, or whose headings changed (SEA-24)."""
    with changes.drain(HEADINGS, _BATCH) as record_ids:
        if record_ids:
            union_touch.touch_records(record_ids)
    with changes.drain(AUTHORITIES, _BATCH) as authority_ids:
        if authority_ids:
            union_touch.touch_authorities(authority_ids)


def _slices(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + _SLICE] for start in range(0, len(ids), _SLICE))


def documents_of(cluster_ids: Sequence[int]) -> Iterator[SearchDocument]:
    """The documents of these clusters; none for one that has no record of an open library."""
    libraries = network.library_facts()
    clusters = union.contents_of(cluster_ids)
    record_ids = [m.record_id for members in clusters.values() for m in members]
    shelf_marks = catalog.shelf_marks_of(record_ids, spread=[f.id for f in libraries.values() if f.spread])
    headings = headings_of(record_ids, other_names=True)
    digitised = records_online(record_ids)
    # all of them at once: to do each step with many is quicker than to do all steps with each
    described_as = {
        m.record_id: _description(m.marc, headings.get(m.record_id)) for ms in clusters.values() for m in ms
    }
    for cluster_id, members in clusters.items():
        contributions = []
        for m in members:
            library = libraries[m.library_id]
            marks = shelf_marks.get(m.record_id, _NO_COPIES)
            under = headings.get(m.record_id)
            description = described_as[m.record_id]
            contributions.append(
                Contribution(
                    library.code, _areas(library, marks.branches), description, marks.call_numbers, marks.barcodes,
                    _acquired(description, m.came),
                    under.people if under else (), under.subjects if under else (),
                )
            )  # fmt: skip
        described = [c.description for c in contributions]
        preferred = described[0] if len(described) == 1 else elected_of(members, described).description
        document = build(cluster_id, preferred, contributions)
        if not digitised.isdisjoint(m.record_id for m in members):
            document.facets["online"] = ["online"]
        yield document


def _description(marc: str, under: RecordHeadings | None) -> Description:
    return describe(under.applied(from_canonical(marc))) if under else describe_canonical(marc)


def _areas(library: network.LibraryFacts, branches: Sequence[str]) -> Sequence[str]:
    """Where a library's copies are: in the areas of their branches, else, as without any copy, in that of its seat."""
    return [library.area_at(branch) for branch in branches] or (library.area,)


def _acquired(description: Description, came: date) -> date:
    """When the library entered the record, as it says itself (008), else when it came to us (rule SEA-14)."""
    if not description.acquired:
        return came
    try:
        return min(date.fromisoformat(description.acquired), came)
    except ValueError:
        return came


def run_forever(stop: Callable[[], bool], pause: float = 0.25) -> None:
    """The indexer process: write both indexes whenever there is news and the lock is ours, until ``stop``."""
    indexer, page_indexer = Indexer(), PageIndexer()

    def serve_catalogue() -> int:
        return indexer.step(patient=True) if indexer.acquire() else 0

    def serve_pages() -> int:
        return page_indexer.step(meanwhile=serve_catalogue) if page_indexer.acquire() else 0

    wait = pause
    while not stop():
        done, failed = 0, False
        for serve in (serve_catalogue, serve_pages):
            try:
                done += serve()
            except Exception:  # disk full, database away: the process lives on and the news waits
                log.exception("indexing failed; trying again")
                failed = True
        wait = min(wait * 2, 15.0) if failed else pause
        if failed or not done:
            time.sleep(wait)
    page_indexer.release()
    indexer.release()
