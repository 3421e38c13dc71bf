"""From files to pages that are read: real pictures, real OCR, real failures."""

from __future__ import annotations

import threading
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pyvips
from django.db import connections
from django.utils import timezone

from lienthu.domain.digital import store
from lienthu.domain.digital.errors import AlreadyHere, ArchiveRefused, NothingToTakeIn
from lienthu.domain.digital.models import DigitalObject, Layer, MasterFile, Page, PageText, PageWork
from lienthu.domain.digital.problems import SENTENCES, sentence_of
from lienthu.domain.digital.selectors.objects import progress_of
from lienthu.domain.digital.services import intake, paging, pipeline, stages
from lienthu.domain.digital.services.gathering import files_in, gathered
from lienthu.domain.digital.services.intake import Description
from lienthu.domain.digital.services.texts import content_of, set_text
from lienthu.domain.digital.tests.cast import CLERK
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.foundation.pagetext import model
from lienthu.foundation.preservation import bag
from lienthu.foundation.vietnamese.fold import fold

pytestmark = pytest.mark.django_db(transaction=True)

SENTENCE = "Thư viện tỉnh Quảng Ninh số hóa tài liệu địa chí"


def typeset(path: Path, text: str = SENTENCE, *, pages: int = 1) -> Path:
    """A page, or a PDF of pages, with this text."""
    import typst

    lines = "\n#pagebreak()\n".join(f"{text} {n}" for n in range(1, pages + 1))
    source = f'#set page(width: 150mm, height: 60mm, margin: 12mm)\n#set text(size: 15pt, lang: "vi")\n{lines}'
    path.write_bytes(typst.compile(source.encode(), format="pdf" if path.suffix == ".pdf" else "png", ppi=200))
    if path.suffix in (".jpg", ".tif"):
        picture = pyvips.Image.new_from_buffer(path.read_bytes(), "").flatten(background=255)
        picture.write_to_file(str(path))
    return path


@pytest.fixture
def library() -> Library:
    return make_library()


def taken_in(library: Library, *paths: Path, **facts: Any) -> DigitalObject:
    return intake.take_in(list(paths), Description("Kế hoạch", **facts), library=library, actor=CLERK)


def test_a_folder_of_scans_becomes_pages_with_pictures_and_words(library: Library, tmp_path: Path) -> None:
    """ING-1, ING-5: page10 after page2, masters kept to the byte, words where they stand."""
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in ("trang 2.jpg", "trang 10.jpg"):
        typeset(folder / name, f"{SENTENCE} {name[6:-4]}")
    (folder / "Thumbs.db").write_bytes(b"x")
    obj = taken_in(library, *files_in(folder).files)
    assert [f.name for f in MasterFile.objects.filter(object=obj).order_by("path")] == ["trang 2.jpg", "trang 10.jpg"]
    assert (
        store.master_path(MasterFile.objects.get(name="trang 2.jpg"), obj).read_bytes()
        == (folder / "trang 2.jpg").read_bytes()
    )
    tally = pipeline.run(workers=2)
    assert (tally.done, tally.failed, tally.left) == (4, 0, False)
    pages = list(Page.objects.filter(object=obj).order_by("position"))
    assert [(p.seq, p.state) for p in pages] == [(1, "ready"), (2, "ready")]
    assert all(store.picture_of(p, obj.public_id).exists() and p.width > 1000 for p in pages)
    text = PageText.objects.get(page=pages[0], current=True)
    assert fold(SENTENCE) in fold(text.text)
    word = next(w for w in content_of(text).words() if fold(w.text) == "quang")
    assert 0 < word.x < pages[0].width
    assert 0 < word.y < pages[0].height
    assert progress_of(obj.pk).done


def test_what_is_done_is_not_done_again_and_a_dead_workers_page_is_free_again(library: Library, tmp_path: Path) -> None:
    """ING-4."""
    obj = taken_in(library, typeset(tmp_path / "a.png"))
    row = PageWork.objects.get()
    row.leased_until = timezone.now() + timedelta(minutes=9)
    row.save()
    assert pipeline.run().done == 0, "another worker has it"
    row.leased_until = timezone.now() - timedelta(seconds=1)
    row.save()
    assert pipeline.run().done == 2
    assert pipeline.run().done == 0
    assert PageText.objects.filter(page__object=obj).count() == 1


def test_one_bad_page_does_not_stop_a_volume(library: Library, tmp_path: Path) -> None:
    """ING-3: it says why, and its master is kept."""
    good = typeset(tmp_path / "1.jpg")
    bad, empty = tmp_path / "2.jpg", tmp_path / "3.jpg"
    bad.write_bytes(good.read_bytes()[:3000])
    empty.write_bytes(b"")
    obj = taken_in(library, good, bad, empty)
    pipeline.run()
    progress = progress_of(obj.pk)
    assert (progress.ready, progress.failed, progress.done) == (1, 2, True)
    problems = dict(Page.objects.filter(object=obj).values_list("seq", "problem"))
    assert problems == {1: "", 2: "truncated", 3: "empty"}
    assert all(sentence_of(code) != code for code in SENTENCES)
    assert MasterFile.objects.filter(object=obj).count() == 3


def test_a_born_digital_pdf_keeps_its_own_words(library: Library, tmp_path: Path) -> None:
    """ING-6."""
    obj = taken_in(library, typeset(tmp_path / "kehoach.pdf", pages=3))
    assert pipeline.run(workers=2).failed == 0
    texts = list(PageText.objects.filter(page__object=obj, current=True).order_by("page__position"))
    assert [t.source for t in texts] == ["pdf", "pdf", "pdf"]
    assert texts[2].text.strip() == f"{SENTENCE} 3"


def test_the_same_files_are_taken_in_once(library: Library, tmp_path: Path) -> None:
    """ING-2 and the door: nothing to take in is refused."""
    page = typeset(tmp_path / "a.png")
    first = taken_in(library, page)
    with pytest.raises(AlreadyHere) as refused:
        taken_in(library, page)
    assert refused.value.public_id == first.public_id
    assert intake.take_in([page], Description("lần nữa"), library=library, actor=CLERK, allow_again=True).pk != first.pk
    empty = tmp_path / "empty.png"
    empty.write_bytes(b"")
    with pytest.raises(NothingToTakeIn):
        taken_in(library, empty)
    assert taken_in(make_library(), page).pk


def test_of_two_who_bring_the_same_files_at_once_one_is_told(library: Library, tmp_path: Path) -> None:
    """ING-2: both have looked and found nothing before either has written."""
    page = typeset(tmp_path / "a.png")
    looked, told = threading.Barrier(2), list[DigitalObject | AlreadyHere]()

    def probed_together(*given: Any) -> Any:
        answer = probe(*given)
        looked.wait(timeout=60)
        return answer

    def bring() -> None:
        try:
            told.append(taken_in(library, page))
        except AlreadyHere as refused:
            told.append(refused)
        finally:
            connections.close_all()

    probe = intake.probe
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake, "probe", probed_together)
        threads = [threading.Thread(target=bring) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    obj = DigitalObject.objects.get()
    assert sorted(type(one).__name__ for one in told) == ["AlreadyHere", "DigitalObject"]
    assert next(one.public_id for one in told if isinstance(one, AlreadyHere)) == obj.public_id
    assert list(store.preservation_store().objects()) == [store.store_id(obj)], "nothing is kept of what was refused"


def test_a_constraint_stands_behind_the_lock(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ING-2: whoever comes past the lock is told all the same, and nothing of it is kept."""
    page = typeset(tmp_path / "a.png")
    first = taken_in(library, page)
    monkeypatch.setattr(intake, "refuse_twin", lambda *given: None)
    with pytest.raises(AlreadyHere) as refused:
        taken_in(library, page)
    assert refused.value.public_id == first.public_id
    assert list(store.preservation_store().objects()) == [store.store_id(first)]


def test_a_page_turned_meanwhile_is_done_again(library: Library, tmp_path: Path) -> None:
    """ING-4: the input's digest changes with it."""
    obj = taken_in(library, typeset(tmp_path / "a.png"))
    pipeline.run()
    page = Page.objects.get(object=obj)
    wide = (page.width, page.height)
    page.rotation, page.version, page.state = 90, page.version + 1, Page.State.WAITING
    page.save()
    PageWork.objects.filter(page=page, stage=PageWork.Stage.PICTURE).update(state=PageWork.State.WAITING)
    pipeline.run()
    page.refresh_from_db()
    assert (page.width, page.height) == wide[::-1]
    assert page.state == "ready"


def test_what_failed_on_the_old_picture_does_not_fail_the_new_one(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ING-4: a page that was turned while its picture could not be made waits for the picture of the turned one."""
    obj = taken_in(library, typeset(tmp_path / "a.png"))

    def turned_while_failing(obj: DigitalObject, page: Page, box: stages.Box) -> stages.Outcome:
        paging.rotate(obj.public_id, [page.seq], degrees=90, seen=None, actor=CLERK)
        raise stages.CannotDo("damaged", again=False)

    turns = iter([turned_while_failing, stages.picture])
    monkeypatch.setitem(pipeline._STAGES, PageWork.Stage.PICTURE, lambda *given: next(turns)(*given))
    assert pipeline.run().failed == 0
    page = Page.objects.get(object=obj)
    assert (page.rotation, page.state, page.problem) == (90, "ready", "")


def test_a_machine_never_overrules_a_person(library: Library, tmp_path: Path) -> None:
    """ING-7."""
    obj = taken_in(library, typeset(tmp_path / "a.png"))
    pipeline.run()
    page = Page.objects.get(object=obj)
    read = content_of(PageText.objects.get(page=page, current=True))
    line = model.Line((model.Word("Sửa", 10, 10, 40, 20),))
    corrected = model.PageText(page.width, page.height, (model.Block((line,)),), source="corrected")
    set_text(page, corrected, actor=CLERK)
    set_text(page, read, actor=CLERK)
    assert [(t.number, t.source, t.current) for t in PageText.objects.filter(page=page).order_by("number")] == [
        (1, "ocr", False),
        (2, "corrected", True),
        (3, "ocr", False),
    ]
    assert set_text(page, corrected, layer=Layer.TRANSLATION, actor=CLERK).current


def test_archives_and_bags_are_opened_with_care(tmp_path: Path) -> None:
    """ING-8: a ZIP's pictures in their order; nothing outside it, nothing that is wrong by its own lists."""
    page = typeset(tmp_path / "a.png")
    good, bad = tmp_path / "quyen.zip", tmp_path / "xau.zip"
    with zipfile.ZipFile(good, "w") as z:
        for name in ("p10.png", "p2.png", "__MACOSX/p2.png", "readme.txt"):
            z.write(page, name)
    with gathered(good) as found:
        assert [f.name for f in found.files] == ["p2.png", "p10.png", "readme.txt"], "a picture, whatever it is called"
    assert not found.files[0].exists()
    with zipfile.ZipFile(bad, "w") as z:
        z.write(page, "../../ngoai.png")
    with pytest.raises(ArchiveRefused) as refused, gathered(bad):
        pass
    assert refused.value.problem == "unsafe-name"
    folder = tmp_path / "scans"
    (folder / "s").mkdir(parents=True)
    (folder / "s" / "1.png").write_bytes(page.read_bytes())
    bag.write(tmp_path / "bag", {"s/1.png": folder / "s" / "1.png"}, info=[])
    with gathered(tmp_path / "bag") as found:
        assert [f.name for f in found.files] == ["1.png"]
    found.files[0].write_bytes(b"other")
    with pytest.raises(ArchiveRefused) as refused, gathered(tmp_path / "bag"):
        pass
    assert refused.value.problem == "bag-wrong-digest"
    assert "1.png" in str(refused.value)
