"""Acts on pages: what they change, what they leave alone, and how they are undone."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from lienthu.domain.digital.errors import Conflict, NothingToUndo, PagesRefused
from lienthu.domain.digital.models import (
    DigitalObject,
    MasterFile,
    Page,
    PageAct,
    PageText,
    PageWork,
    Section,
    ShelvedPage,
)
from lienthu.domain.digital.paging.arranging import Entry
from lienthu.domain.digital.paging.numbering import Numbering, Scheme
from lienthu.domain.digital.services import paging
from lienthu.domain.digital.services.texts import set_text
from lienthu.domain.digital.services.undoing import acts_of, undo
from lienthu.domain.digital.tests.cast import CLERK, make_object
from lienthu.domain.network.tests.factories import make_library
from lienthu.foundation.pagetext.model import Block, Box, Line, words_in
from lienthu.foundation.pagetext.model import PageText as Written
from lienthu.platform.models import AuditEntry, Change

pytestmark = pytest.mark.django_db
FIELDS = ("seq", "position", "rotation", "crop", "label", "numbering", "state", "closed", "version", "file_id", "frame",
          "width")  # fmt: skip


def volume(pages: int = 6, **fields: Any) -> DigitalObject:
    """A volume whose pages have a file each."""
    obj = make_object(make_library(), pages=pages, **fields)
    files = MasterFile.objects.bulk_create(
        MasterFile(object=obj, sha256=f"{n:064}", path=f"masters/{n}.tif", name=f"{n}.tif", size=1)
        for n in range(1, pages + 1)
    )
    for page, file in zip(obj.pages.order_by("position"), files, strict=True):
        page.file = file
        page.save()
    return obj


def order(obj: DigitalObject) -> list[int]:
    rows = list(obj.pages.order_by("position").values_list("seq", "position"))
    assert [place for _, place in rows] == list(range(1, len(rows) + 1)), "the places have no gaps"
    return [seq for seq, _ in rows]


def state(obj: DigitalObject) -> dict[str, Any]:
    """Everything that an act can change."""
    return {
        "pages": list(obj.pages.order_by("seq").values("id", *FIELDS)),
        "sections": list(obj.sections.order_by("position").values("id", "title", "level", "page_id", "issued")),
        "texts": sorted(
            PageText.objects.filter(page__object=obj).values_list("page_id", "layer", "number", "current", "text")
        ),
    }


def written(page: Page, words: str = "trang giấy cũ", source: Any = "corrected") -> None:
    lines = (Line(tuple(words_in(words, Box(10, 10, 300, 20)))),)
    set_text(page, Written(1000, 1400, (Block(lines),), ("vie",), source, ""), actor=CLERK)


def test_pages_are_moved_and_keep_their_own_order() -> None:
    """WFL-1."""
    obj = volume()
    done = paging.move(obj.public_id, [5, 2], before=1, seen=1, actor=CLERK)
    assert order(obj) == done.order == [2, 5, 1, 3, 4, 6]
    paging.move(obj.public_id, [1], before=None, seen=done.version, actor=CLERK)
    assert order(obj) == [2, 5, 3, 4, 6, 1]
    assert AuditEntry.objects.filter(action="digital.pages_moved").count() == 2


def test_an_act_on_what_changed_meanwhile_is_refused() -> None:
    """WFL-3: the work of the pipeline is no change, the act of a person is."""
    obj = volume()
    DigitalObject.objects.filter(pk=obj.pk).update(version=77)
    paging.move(obj.public_id, [2], before=1, seen=1, actor=CLERK)
    with pytest.raises(Conflict):
        paging.rotate(obj.public_id, [2], degrees=90, seen=1, actor=CLERK)
    assert order(obj) == [2, 1, 3, 4, 5, 6]


def test_a_turned_page_waits_for_its_picture_under_a_new_version() -> None:
    """WFL-4."""
    obj = volume()
    paging.rotate(obj.public_id, [3], degrees=90, seen=None, actor=CLERK)
    page = obj.pages.get(seq=3)
    assert (page.rotation, page.state) == (90, Page.State.WAITING)
    obj.refresh_from_db()
    assert page.version == obj.version > 1
    assert list(PageWork.objects.values_list("page__seq", "stage", "state")) == [(3, "picture", "waiting")]
    first = page.version
    undo(obj.public_id, seen=None, actor=CLERK)
    page.refresh_from_db()
    assert (page.rotation, page.state, page.version) == (0, Page.State.READY, 1)
    assert not PageWork.objects.filter(stage="picture", state="waiting").exists()
    paging.rotate(obj.public_id, [3], degrees=180, seen=None, actor=CLERK)
    page.refresh_from_db()
    assert page.version > first, "never again the number of another picture"


def test_a_double_page_becomes_two_of_one_file_and_undoing_joins_them() -> None:
    """WFL-2, WFL-4."""
    obj = volume(3)
    written(obj.pages.get(seq=2))
    before = state(obj)
    done = paging.split(obj.public_id, [2], at=0.5, seen=None, actor=CLERK)
    assert done.order == order(obj) == [1, 2, 4, 3]
    assert done.changed == [2, 4]
    left, right = obj.pages.get(seq=2), obj.pages.get(seq=4)
    assert (left.crop, right.crop) == ([0, 0, 0.5, 1], [0.5, 0, 0.5, 1])
    assert left.file_id == right.file_id
    assert not PageText.objects.filter(current=True).exists(), "what was written of the spread belongs to no half"
    undo(obj.public_id, seen=done.version, actor=CLERK)
    assert state(obj) == before
    assert order(obj) == [1, 2, 3]
    assert not PageWork.objects.filter(state="waiting").exists(), "its text is there: nothing is read again"


def test_pages_cut_otherwise_before_are_cut_together_and_all_of_it_is_undone() -> None:
    """WFL-2, WFL-4: halves of halves, whole ones and missing ones at one go; each keeps its own part of the scan."""
    obj = volume(5)
    paging.add_missing(obj.public_id, after=3, seen=None, actor=CLERK)
    paging.move(obj.public_id, [5], before=1, seen=None, actor=CLERK)
    paging.split(obj.public_id, [2], at=0.4, seen=None, actor=CLERK)
    before = state(obj)
    assert order(obj) == [5, 1, 2, 7, 3, 6, 4]
    done = paging.split(obj.public_id, [1, 2, 7, 6, 4], at=0.5, seen=None, actor=CLERK)
    assert done.order == order(obj) == [5, 1, 8, 2, 9, 7, 10, 3, 6, 4, 11]
    crops = dict(obj.pages.values_list("seq", "crop"))
    assert [crops[n] for n in (1, 8)] == [[0, 0, 0.5, 1], [0.5, 0, 0.5, 1]]
    assert [crops[n] for n in (2, 9)] == [[0, 0, 0.2, 1], [0.2, 0, 0.2, 1]]
    assert [crops[n] for n in (7, 10)] == [[0.4, 0, 0.3, 1], [0.7, 0, 0.3, 1]]
    assert crops[3] is crops[5] is crops[6] is None
    undo(obj.public_id, seen=done.version, actor=CLERK)
    assert state(obj) == before
    assert order(obj) == [5, 1, 2, 7, 3, 6, 4]


def test_the_right_half_comes_first_where_pages_turn_from_right_to_left() -> None:
    """WFL-4."""
    obj = volume(1, right_to_left=True)
    paging.split(obj.public_id, [1], at=0.4, seen=None, actor=CLERK)
    assert [p.crop[0] for p in obj.pages.order_by("position")] == [0.4, 0]


def test_a_removed_page_leaves_its_master_and_comes_back_with_texts_and_contents() -> None:
    """WFL-2, WFL-5."""
    obj = volume(4)
    page = obj.pages.get(seq=2)
    written(page)
    written(page, "sửa lần hai")
    paging.set_contents(obj.public_id, [Entry("Chương 1", page=2)], seen=None, actor=CLERK)
    before = state(obj)
    done = paging.remove(obj.public_id, [2, 3], seen=None, actor=CLERK)
    assert done.order == order(obj) == [1, 4]
    assert MasterFile.objects.filter(object=obj).count() == 4
    assert obj.sections.get().page_id is None
    assert not state(obj)["texts"]
    assert Change.objects.filter(topic="digital.page", key=page.pk).exists()
    undo(obj.public_id, seen=None, actor=CLERK)
    assert state(obj) == before
    added = paging.add_missing(obj.public_id, after=4, seen=None, actor=CLERK)
    assert added.changed == [5], "a number is never given twice"


def test_a_page_removed_before_it_was_read_is_read_when_it_is_back() -> None:
    """WFL-2: the work of a page goes with it, and what was not done yet waits again."""
    obj = volume(3)
    read, unread = obj.pages.get(seq=1), obj.pages.get(seq=2)
    written(read)
    PageWork.objects.create(page=unread, object=obj, stage=PageWork.Stage.TEXT)
    paging.remove(obj.public_id, [1, 2], seen=None, actor=CLERK)
    assert not obj.work.exists()
    undo(obj.public_id, seen=None, actor=CLERK)
    waiting = obj.work.filter(state=PageWork.State.WAITING).values_list("page_id", "stage")
    assert list(waiting) == [(unread.pk, PageWork.Stage.TEXT)]


def test_missing_pages_stand_where_they_are_missed_and_take_a_file_later() -> None:
    """WFL-1, WFL-4: the master that was there before is kept."""
    obj = volume(3)
    done = paging.add_missing(obj.public_id, after=None, count=2, seen=None, actor=CLERK)
    assert done.order == [4, 5, 1, 2, 3]
    assert obj.pages.get(seq=4).state == Page.State.MISSING
    with pytest.raises(PagesRefused):
        paging.rotate(obj.public_id, [4], degrees=90, seen=None, actor=CLERK)
    file = MasterFile.objects.create(object=obj, sha256="a" * 64, path="masters/x.tif", name="x.tif", size=1)
    paging.replace(obj.public_id, 4, file_id=file.pk, frame=0, seen=None, actor=CLERK)
    assert obj.pages.get(seq=4).file_id == file.pk
    paging.replace(obj.public_id, 1, file_id=file.pk, frame=0, seen=None, actor=CLERK)
    assert MasterFile.objects.filter(object=obj).count() == 4
    foreign = volume(1).files.get()
    with pytest.raises(PagesRefused):
        paging.replace(obj.public_id, 2, file_id=foreign.pk, frame=0, seen=None, actor=CLERK)


def test_pages_are_numbered_closed_and_given_contents() -> None:
    """WFL-6, WFL-7, RGT-6."""
    obj = volume()
    paging.number_pages(obj.public_id, [1, 2], Numbering(Scheme.FRONT), seen=None, actor=CLERK)
    paging.number_pages(obj.public_id, [3, 4, 5, 6], Numbering(Scheme.FOLIOS, 1), seen=None, actor=CLERK)
    assert [p.label for p in obj.pages.order_by("position")] == ["i", "ii", "1a", "1b", "2a", "2b"]
    paging.set_label(obj.public_id, 6, "bìa sau", seen=None, actor=CLERK)
    assert obj.pages.get(seq=6).label == "bìa sau"
    Change.objects.all().delete()
    paging.close_pages(obj.public_id, [2, 3], closed=True, seen=None, actor=CLERK)
    assert list(obj.pages.filter(closed=True).values_list("seq", flat=True).order_by("seq")) == [2, 3]
    assert Change.objects.filter(consumer="discovery.pages").count() == 2
    unchanged = paging.close_pages(obj.public_id, [2], closed=True, seen=None, actor=CLERK)
    assert unchanged.changed == []
    issues = [Entry("Số 1", page=1, issued=date(1936, 3, 1)), Entry("Bài đầu", 2, page=2)]
    paging.set_contents(obj.public_id, issues, seen=None, actor=CLERK)
    assert list(Section.objects.values_list("title", "level", "page__seq", "issued")) == [
        ("Số 1", 1, 1, date(1936, 3, 1)),
        ("Bài đầu", 2, 2, None),
    ]
    with pytest.raises(PagesRefused):
        paging.set_contents(obj.public_id, [Entry("x", 2)], seen=None, actor=CLERK)


ACTS: dict[str, Callable[[str], Any]] = {
    "move": lambda o: paging.move(o, [1, 3], before=None, seen=None, actor=CLERK),
    "rotate": lambda o: paging.rotate(o, [1, 2, 3], degrees=270, seen=None, actor=CLERK),
    "split": lambda o: paging.split(o, [2, 3], at=0.45, seen=None, actor=CLERK),
    "missing": lambda o: paging.add_missing(o, after=2, count=3, seen=None, actor=CLERK),
    "close": lambda o: paging.close_pages(o, [1, 2], closed=True, seen=None, actor=CLERK),
    "number": lambda o: paging.number_pages(o, [1, 2, 3], Numbering(Scheme.PAGES, 5), seen=None, actor=CLERK),
    "contents": lambda o: paging.set_contents(o, [Entry("Phần II", page=3)], seen=None, actor=CLERK),
    "remove": lambda o: paging.remove(o, [1, 3], seen=None, actor=CLERK),
}  # fmt: skip


def test_the_last_acts_are_undone_one_after_the_other() -> None:
    """WFL-2: each leaves exactly what was there before it."""
    obj = volume(5)
    written(obj.pages.get(seq=3))
    paging.set_contents(obj.public_id, [Entry("Phần I", page=1)], seen=None, actor=CLERK)
    states = [state(obj)]
    for act in ACTS.values():
        act(obj.public_id)
        states.append(state(obj))
    assert [a.kind for a in acts_of(obj.pk)][:3] == ["removed", "contents", "numbered"]
    for before in reversed(states[:-1]):
        undo(obj.public_id, seen=None, actor=CLERK)
        assert state(obj) == before
    undo(obj.public_id, seen=None, actor=CLERK)
    with pytest.raises(NothingToUndo):
        undo(obj.public_id, seen=None, actor=CLERK)


def test_so_many_acts_are_remembered_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """WFL-2."""
    monkeypatch.setattr(paging, "REMEMBERED", 3)
    obj = volume(2)
    for _ in range(5):
        paging.move(obj.public_id, [1], before=None, seen=None, actor=CLERK)
        paging.move(obj.public_id, [2], before=None, seen=None, actor=CLERK)
    assert PageAct.objects.filter(object=obj).count() == 3


def test_texts_of_removed_pages_go_when_the_removal_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """WFL-5."""
    monkeypatch.setattr(paging, "REMEMBERED", 2)
    obj = volume(3)
    for page in obj.pages.all():
        written(page)
    stays = obj.pages.get(seq=1).pk
    paging.rotate(obj.public_id, [1], degrees=90, seen=None, actor=CLERK)
    paging.remove(obj.public_id, [2], seen=None, actor=CLERK)
    paging.remove(obj.public_id, [3], seen=None, actor=CLERK)
    undo(obj.public_id, seen=None, actor=CLERK)
    kept = set(obj.pages.values_list("pk", flat=True))
    assert set(PageText.objects.values_list("page_id", flat=True)) > kept == {p.pk for p in obj.pages.all()} >= {stays}
    for degrees in (90, 180, 270):
        paging.rotate(obj.public_id, [1], degrees=degrees, seen=None, actor=CLERK)
    assert set(PageText.objects.values_list("page_id", flat=True)) == kept, "nothing is left of page 2, all of page 3"
    assert not ShelvedPage.objects.exclude(act__in=PageAct.objects.all()).exists()


def test_pages_of_others_and_no_pages_are_refused() -> None:
    obj = volume(2)
    for seqs in ([], [9], [1, 9]):
        with pytest.raises(PagesRefused):
            paging.remove(obj.public_id, seqs, seen=None, actor=CLERK)
    with pytest.raises(PagesRefused):
        paging.rotate(obj.public_id, [1], degrees=45, seen=None, actor=CLERK)
    assert order(obj) == [1, 2]


def large(pages: int) -> DigitalObject:
    """A volume of one file, every page with its work done, every tenth with a text."""
    obj = make_object(make_library(), pages=pages)
    file = MasterFile.objects.create(object=obj, sha256="b" * 64, path="masters/b.pdf", name="b.pdf", size=1)
    obj.pages.update(file=file)
    keys = list(obj.pages.values_list("pk", flat=True))
    PageWork.objects.bulk_create(
        PageWork(page_id=key, object=obj, stage=stage, state="done") for key in keys for stage in ("picture", "text")
    )
    PageText.objects.bulk_create(
        PageText(page_id=key, number=1, source="ocr", text="chữ", content=b"x" * 5000, words=1) for key in keys[::10]
    )
    return obj


WHOLE: dict[str, Callable[[str, list[int]], Any]] = {
    "move a third": lambda o, s: paging.move(o, s[1::3], before=s[0], seen=None, actor=CLERK),
    "turn all": lambda o, s: paging.rotate(o, s, degrees=90, seen=None, actor=CLERK),
    "split one": lambda o, s: paging.split(o, s[:1], at=0.5, seen=None, actor=CLERK),
    "number all": lambda o, s: paging.number_pages(o, s, Numbering(Scheme.PAGES), seen=None, actor=CLERK),
    "close all": lambda o, s: paging.close_pages(o, s, closed=True, seen=None, actor=CLERK),
    "remove one": lambda o, s: paging.remove(o, s[:1], seen=None, actor=CLERK),
    "undo": lambda o, s: undo(o, seen=None, actor=CLERK),
    "split half": lambda o, s: paging.split(o, s[::2], at=0.5, seen=None, actor=CLERK),
    "undo the split": lambda o, s: undo(o, seen=None, actor=CLERK),
    "remove half": lambda o, s: paging.remove(o, s[::2], seen=None, actor=CLERK),
    "undo the removal": lambda o, s: undo(o, seen=None, actor=CLERK),
}


def test_an_act_takes_no_more_statements_for_many_pages_than_for_few() -> None:
    """WFL-8: statements are counted; times are printed (pytest -s), never asserted."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts: dict[int, dict[str, int]] = {}
    for pages in (12, 1500):
        obj = large(pages)
        counts[pages] = {}
        for name, act in WHOLE.items():
            seqs = list(obj.pages.order_by("position").values_list("seq", flat=True))
            begun = time.perf_counter()
            with CaptureQueriesContext(connection) as asked:
                act(obj.public_id, seqs)
            counts[pages][name] = len(asked)
            print(f"{pages:5} pages, {name:17} {1000 * (time.perf_counter() - begun):6.1f} ms, {len(asked)} statements")
    assert counts[12] == counts[1500]
    assert max(counts[1500].values()) <= 30
