"""Rule WFL-23: how far the taking in of files is, told as it goes; and ING-2 for the files of planned titles."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from lienthu.domain.digital import store
from lienthu.domain.digital.errors import AlreadyHere, NothingToTakeIn, PagesRefused
from lienthu.domain.digital.models import DigitalObject, Stage
from lienthu.domain.digital.selectors.objects import progress_of
from lienthu.domain.digital.services import adding, intake, paging, pipeline
from lienthu.domain.digital.services.pipeline import Tally
from lienthu.domain.digital.services.telling import Notes, Step, Told, told_in
from lienthu.domain.digital.tests.cast import CLERK, make_object
from lienthu.domain.digital.tests.test_pipeline import taken_in, typeset
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def library() -> Library:
    return make_library()


def test_every_step_is_told_with_bytes_files_and_pages(library: Library, tmp_path: Path) -> None:
    """WFL-23."""
    files = [typeset(tmp_path / "a.pdf", pages=3), typeset(tmp_path / "b.png")]
    size, told = sum(f.stat().st_size for f in files), list[Told]()
    obj = intake.take_in(files, intake.Description("Kế hoạch"), library=library, actor=CLERK, tell=told.append)
    assert [t.step for t in told][:1] == [Step.READING]
    assert max(t.done for t in told if t.step is Step.READING) == size
    assert {t.total for t in told if t.step is Step.READING} == {size}
    assert [t for t in told if t.step is Step.CHECKING] == [
        Told(Step.CHECKING, 0, 2, 0), Told(Step.CHECKING, 1, 2, 3), Told(Step.CHECKING, 2, 2, 4)
    ]  # fmt: skip
    assert told[-1] == Told(Step.KEEPING, pages=4)
    assert obj.pages.count() == 4


def test_the_pipeline_tells_pictures_and_texts_page_by_page(library: Library, tmp_path: Path) -> None:
    """WFL-23."""
    obj = taken_in(library, typeset(tmp_path / "a.pdf", pages=3))
    before = progress_of(obj.pk)
    assert (before.scans, before.pictures, before.texts, before.done) == (3, 0, 0, False)
    told = list[tuple[int, int]]()

    def tell(tally: Tally) -> None:
        told.append((tally.pictures, tally.texts))

    pipeline.run(object_id=obj.pk, tell=tell)
    assert told == [(1, 0), (2, 0), (3, 0), (3, 1), (3, 2), (3, 3)]
    after = progress_of(obj.pk)
    assert (after.pictures, after.texts, after.done) == (3, 3, True)


def test_of_a_page_that_cannot_be_shown_nothing_is_waited_for(library: Library, tmp_path: Path) -> None:
    bad = tmp_path / "2.jpg"
    bad.write_bytes(b"")
    obj = taken_in(library, typeset(tmp_path / "1.png"), bad)
    pipeline.run(object_id=obj.pk)
    after = progress_of(obj.pk)
    assert (after.scans, after.pictures, after.texts, after.done) == (2, 2, 2, True)


def test_notes_are_read_by_others_and_what_is_no_note_is_nothing(tmp_path: Path) -> None:
    notes = Notes(tmp_path / "progress.json")
    assert told_in(tmp_path / "progress.json") is None
    for n in range(1, 1000):
        notes(Told(Step.READING, n, 1000))
    assert told_in(tmp_path / "progress.json") == Told(Step.READING, 1, 1000), "a few times a second, not at each block"
    notes(Told(Step.READING, 1000, 1000))
    assert told_in(tmp_path / "progress.json") == Told(Step.READING, 1000, 1000), "the end is told"
    notes(Told(Step.CHECKING, 0, 3))
    assert told_in(tmp_path / "progress.json") == Told(Step.CHECKING, 0, 3), "and every step"
    for strange in ("", "{}", "[1,2,3,4]", '["reading",1]', "null"):
        (tmp_path / "progress.json").write_text(strange)
        assert told_in(tmp_path / "progress.json") is None
    Notes(tmp_path / "gone" / "progress.json")(Told(Step.READING, 1, 2))


def test_a_planned_title_takes_no_files_of_another_object(library: Library, tmp_path: Path) -> None:
    """ING-2: recognised as at the door, and nothing of them is kept."""
    files = [typeset(tmp_path / "a.png"), typeset(tmp_path / "b.png", "Trang hai")]
    first = taken_in(library, *files)
    planned = make_object(library, "Dự kiến", pages=0, stage=Stage.PLANNED)
    with pytest.raises(AlreadyHere) as refused:
        adding.add_files(planned.public_id, files[::-1], after=None, actor=CLERK)
    assert refused.value.public_id == first.public_id
    planned.refresh_from_db()
    assert (planned.stage, planned.files.count()) == (Stage.PLANNED, 0)
    assert list(store.preservation_store().objects()) == [store.store_id(first)]
    elsewhere = make_object(make_library(), "Dự kiến", pages=0, stage=Stage.PLANNED)
    adding.add_files(elsewhere.public_id, files, after=None, actor=CLERK)
    adding.add_files(planned.public_id, [*files, typeset(tmp_path / "c.png", "Trang ba")], after=None, actor=CLERK)
    planned.refresh_from_db()
    assert (planned.stage, planned.files.count()) == (Stage.SCANNED, 3)
    adding.add_files(planned.public_id, files[:1], after=1, actor=CLERK)  # a page of another volume, meant so
    assert planned.files.count() == 4


def test_the_files_of_a_planned_title_are_known_at_the_door(library: Library, tmp_path: Path) -> None:
    """ING-2: the other way round, and by the constraint too."""
    page = typeset(tmp_path / "a.png")
    planned = make_object(library, "Dự kiến", pages=0, stage=Stage.PLANNED)
    adding.add_files(planned.public_id, [page], after=None, actor=CLERK)
    planned.refresh_from_db()
    assert planned.received_digest
    with pytest.raises(AlreadyHere) as refused:
        taken_in(library, page)
    assert refused.value.public_id == planned.public_id


def test_of_two_planned_titles_that_get_the_same_files_at_once_one_is_told(library: Library, tmp_path: Path) -> None:
    """ING-2: both have looked and found nothing before either has written."""
    page = typeset(tmp_path / "a.png")
    titles = [make_object(library, f"Dự kiến {n}", pages=0, stage=Stage.PLANNED) for n in (1, 2)]
    looked, told = threading.Barrier(2), list[str]()
    probe = intake.probe

    def probed_together(*given: Any) -> Any:
        answer = probe(*given)
        looked.wait(timeout=60)
        return answer

    def bring(title: DigitalObject) -> None:
        try:
            adding.add_files(title.public_id, [page], after=None, actor=CLERK)
            told.append("taken")
        except AlreadyHere:
            told.append("told")
        finally:
            connections.close_all()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake, "probe", probed_together)
        threads = [threading.Thread(target=bring, args=(title,)) for title in titles]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(told) == ["taken", "told"]
    assert len(list(store.preservation_store().objects())) == 1


def test_more_pages_than_an_object_takes_are_told_before_anything_is_kept(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ING-11: too many files before they are read, too many pages before the store or a row knows of them."""
    monkeypatch.setattr(intake, "MAX_PAGES", 2)
    monkeypatch.setattr(paging, "MOST", 2)
    one, three = typeset(tmp_path / "one.pdf"), typeset(tmp_path / "three.pdf", pages=3)
    kept = store.preservation_store()
    monkeypatch.setattr(kept.__class__, "create", _must_not)
    told: list[Told] = []
    with pytest.raises(NothingToTakeIn, match="3"):
        intake.take_in([one] * 3, intake.Description("Nhiều tệp"), library=library, actor=CLERK, tell=told.append)
    assert told == []
    with pytest.raises(NothingToTakeIn, match="3"):
        intake.take_in([three], intake.Description("Nhiều trang"), library=library, actor=CLERK, tell=told.append)
    assert Step.KEEPING not in {one.step for one in told}
    assert not DigitalObject.objects.exists()


def test_pages_for_which_there_is_no_room_are_not_put_into_the_store(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ING-11: what is in the store and in no row would come up when the rows are made from the store."""
    obj = taken_in(library, typeset(tmp_path / "a.pdf", pages=2))
    kept, name = store.preservation_store(), store.store_id(obj)
    before = kept.inventory(name).head
    monkeypatch.setattr(paging, "MOST", 2)
    with pytest.raises(PagesRefused, match="2"):
        adding.add_files(obj.public_id, [typeset(tmp_path / "b.pdf")], after=None, actor=CLERK)
    assert kept.inventory(name).head == before
    assert obj.pages.count() == obj.files.count() + 1 == 2


def _must_not(*_: Any, **__: Any) -> None:
    raise AssertionError("nothing may be kept")
