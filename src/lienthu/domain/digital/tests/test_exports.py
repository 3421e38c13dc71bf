"""Objects taken away as files: through the one door, whole, and no more than the reader may have (DIG-8)."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
import pyvips
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lienthu.domain.digital import access, store
from lienthu.domain.digital.errors import AccessDenied
from lienthu.domain.digital.models import DigitalObject, Layer, MasterFile, Page, Section
from lienthu.domain.digital.policy import PUBLIC, Block
from lienthu.domain.digital.selectors import exports
from lienthu.domain.digital.selectors.exports import Form, export_of
from lienthu.domain.digital.services import publishing
from lienthu.domain.digital.services.texts import set_text
from lienthu.domain.digital.tests.cast import CLERK, give_rights, make_object
from lienthu.domain.network.tests.factories import make_library
from lienthu.foundation.imaging.plain import stripped
from lienthu.foundation.imaging.work import pyramid
from lienthu.foundation.pagetext.alto import read_alto
from lienthu.foundation.pagetext.model import Block as TextBlock
from lienthu.foundation.pagetext.model import Box, Line, PageText, words_in
from lienthu.foundation.pagetext.tests.specimens import PASSAGE, saved, scan

pytestmark = pytest.mark.django_db

VISITOR = access.Reader(frozenset({PUBLIC}))
WORDS = ("Than đá Hòn Gai", "Bí mật gia phả", "Cẩm Phả")


def text(words: str) -> PageText:
    return PageText(1000, 1400, (TextBlock((Line(tuple(words_in(words, Box(100, 200, 600, 40), 93))),)),))


def open_object(title: str, pages: int, **rights: Any) -> DigitalObject:
    obj = make_object(make_library(), title, pages=pages, published_at=timezone.now())
    give_rights(obj, **rights)
    return obj


def volume(**rights: object) -> DigitalObject:
    """Three pages with text, the second closed, a fourth without text and picture."""
    obj = open_object("Vùng mỏ: than & biển", 4, **({"download": True} | rights))
    for page, words in zip(Page.objects.filter(object=obj).order_by("position"), WORDS, strict=False):
        set_text(page, text(words), actor=CLERK)
    Page.objects.filter(object=obj, seq=2).update(closed=True)
    Page.objects.filter(object=obj, seq=4).update(state=Page.State.MISSING, width=0, height=0)
    return obj


def taken(obj: DigitalObject, form: Form, reader: access.Reader = VISITOR, layer: Layer = Layer.ORIGINAL) -> bytes:
    return b"".join(export_of(access.open_object(obj.public_id, reader), form, layer=layer).pieces)


def test_plain_text_holds_what_the_reader_may_have() -> None:
    obj = volume()
    assert taken(obj, Form.TXT).decode().split("\f") == [WORDS[0] + "\n", WORDS[2] + "\n", ""]
    assert taken(obj, Form.TXT, access.SYSTEM).decode().split("\f")[1] == WORDS[1] + "\n"


@pytest.mark.parametrize("form", [Form.TXT, Form.HOCR, Form.ALTO, Form.PDF])
def test_a_file_that_is_being_sent_ends_with_a_take_down(
    form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """RGT-15: at the next page; where it was done on another machine, in two seconds."""
    obj = open_object("Vùng mỏ", 40, download=True)
    source = tmp_path / "made.tif"
    pyramid(saved(scan("", dpi=50), tmp_path / "white.jpg"), str(source))
    for page in Page.objects.filter(object=obj):
        set_text(page, text(f"trang {page.seq}"), actor=CLERK)
        target = store.picture_of(page, obj.public_id)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())

    def cut(take_down: Any) -> int:
        """How many pieces came before it broke off."""
        pieces = export_of(access.open_object(obj.public_id, VISITOR), form).pieces
        got = [next(pieces) for _ in range(3)]
        take_down()
        with pytest.raises(AccessDenied) as denied:
            got.extend(pieces)
        assert denied.value.block is Block.TAKEN_DOWN
        return len(got)

    def here() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            publishing.take_down(obj.public_id, reason="gia đình yêu cầu", actor=CLERK)

    whole = len(list(export_of(access.open_object(obj.public_id, VISITOR), form).pieces))
    assert cut(here) < whole / 2
    publishing.lift_takedown(obj.public_id, reason="thống nhất", actor=CLERK)
    now = time.monotonic()
    monkeypatch.setattr(exports.time, "monotonic", lambda: now)

    def far_away() -> None:
        DigitalObject.objects.filter(pk=obj.pk).update(taken_down=True)
        monkeypatch.setattr(exports.time, "monotonic", lambda: now + 2.1)

    assert cut(far_away) < whole / 2


def test_a_page_that_is_closed_meanwhile_ends_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """RGT-15."""
    monkeypatch.setattr(exports, "_ASKED_EVERY", 0.0)
    obj = open_object("Gia phả", 30, download=True)
    pieces = export_of(access.open_object(obj.public_id, VISITOR), Form.TXT).pieces
    next(pieces)
    Page.objects.filter(object=obj, seq__gt=5).update(closed=True)
    with pytest.raises(AccessDenied) as denied:
        list(pieces)
    assert denied.value.block is Block.PAGE_CLOSED


@pytest.mark.parametrize("form", list(Form))
def test_nothing_is_given_that_may_only_be_read_here(form: Form) -> None:
    obj = volume(download=False)
    with pytest.raises(AccessDenied) as denied:
        export_of(access.open_object(obj.public_id, VISITOR), form)
    assert denied.value.block is Block.NO_DOWNLOAD


def test_alto_is_a_zip_with_a_file_for_each_page_that_reads_back() -> None:
    with zipfile.ZipFile(io.BytesIO(taken(volume(), Form.ALTO))) as archive:
        assert archive.namelist() == ["00001-1.xml", "00003-3.xml", "00004-4.xml"]
        assert read_alto(archive.read("00003-3.xml")) == text(WORDS[2])
        assert archive.testzip() is None


def test_hocr_names_the_object_and_leaves_closed_words_out() -> None:
    document = taken(volume(), Form.HOCR).decode()
    assert "<title>Vùng mỏ: than &amp; biển</title>" in document
    assert ">Hòn</span>" in document
    assert "gia" not in document


def test_another_layer_is_taken_where_it_is_asked_for() -> None:
    obj = volume()
    page = Page.objects.get(object=obj, seq=1)
    set_text(
        page, PageText(1000, 1400, text("Bản dịch").blocks, ("vie",), "typed"), layer=Layer.TRANSLATION, actor=CLERK
    )
    assert taken(obj, Form.TXT, layer=Layer.TRANSLATION).decode().split("\f") == ["Bản dịch\n", "", ""]


def test_the_pdf_has_the_pictures_the_words_and_the_contents(tmp_path: Path) -> None:
    obj = volume()
    picture = saved(scan(PASSAGE, dpi=200), tmp_path / "page.jpg")
    for page in Page.objects.filter(object=obj, seq__in=[1, 2, 3]):
        target = store.picture_of(page, obj.public_id)
        target.parent.mkdir(parents=True, exist_ok=True)
        facts = pyramid(picture, str(target))
        page.width, page.height, page.quality, page.label = (
            facts["width"],
            facts["height"],
            {"dpi": 200},
            f"tr. {page.seq}",
        )
        page.save()
    Section.objects.create(object=obj, position=1, title="Chương 2", page=Page.objects.get(object=obj, seq=3))
    data = taken(obj, Form.PDF)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert [page.label for page in pdf.pages] == ["tr. 1", "tr. 3"]
        assert [str(entry.title) for entry in pdf.open_outline().root] == ["Chương 2"]
        assert str(pdf.docinfo.Title) == "Vùng mỏ: than & biển"
        assert float(pdf.pages[0].mediabox[2]) == pytest.approx(420, abs=1)  # A5, as it was typeset
    document = pypdfium2.PdfDocument(data)
    assert [document[n].get_textpage().get_text_range() for n in (0, 1)] == [WORDS[0], WORDS[2]]
    assert (document[0].render(scale=1, grayscale=True).to_numpy() < 128).sum() > 1000


def test_a_watermark_that_is_set_is_in_the_pdf(tmp_path: Path) -> None:
    obj = volume(watermark=True)
    page = Page.objects.get(object=obj, seq=1)
    Page.objects.filter(object=obj).exclude(pk=page.pk).update(state=Page.State.MISSING)
    target = store.picture_of(page, obj.public_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    facts = pyramid(saved(scan("", dpi=100), tmp_path / "white.jpg"), str(target))
    Page.objects.filter(pk=page.pk).update(width=facts["width"], height=facts["height"])
    drawn = pypdfium2.PdfDocument(taken(obj, Form.PDF))[0].render(scale=1, grayscale=True).to_numpy()
    assert (drawn < 250).sum() > 500


def kept_scan(obj: DigitalObject, scan_file: Path) -> Page:
    """The first page made of a master in the store; the others are missing."""
    Page.objects.filter(object=obj).exclude(seq=1).update(state=Page.State.MISSING)
    page = Page.objects.get(object=obj, seq=1)
    master = "masters/0001.jpg"
    store.preservation_store().create(
        store.store_id(obj), {master: scan_file}, message="x", user="tests", at=timezone.now()
    )
    page.file = MasterFile.objects.create(
        object=obj, sha256="a" * 64, path=master, name="0001.jpg", size=1, media_type="image/jpeg"
    )
    target = store.picture_of(page, obj.public_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    facts = pyramid(str(scan_file), str(target))
    page.width, page.height, page.quality = facts["width"], facts["height"], {"dpi": 200}
    page.save()
    return page


def picture_in(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert pdf.check_pdf_syntax() == []
        return bytes(pdf.pages[0].Resources.XObject["/I"].read_raw_bytes())


def test_a_scan_goes_into_the_pdf_as_it_is_and_nothing_beside_it(tmp_path: Path) -> None:
    """DIG-8: not encoded a second time, where it is what is shown and no finer than was asked."""
    source = tmp_path / "scan.jpg"
    pyvips.Image.new_from_file(saved(scan(PASSAGE, dpi=200), tmp_path / "page.png")).jpegsave(str(source), Q=80)
    plain = source.read_bytes()
    source.write_bytes(plain[:2] + b"\xff\xfe\x00\x08secret" + plain[2:])
    obj = volume()
    page = kept_scan(obj, source)
    found = picture_in(taken(obj, Form.PDF))
    assert found == stripped(plain)
    assert not list(store.scratch_folder().iterdir()), "what was written on the way is gone"
    Page.objects.filter(pk=page.pk).update(rotation=180)
    assert picture_in(taken(obj, Form.PDF)) != found, "a page that was turned is drawn from its picture"
    Page.objects.filter(pk=page.pk).update(rotation=0)


def test_a_scan_gets_the_watermark_all_the_same(tmp_path: Path) -> None:
    source = tmp_path / "scan.jpg"
    pyvips.Image.new_from_file(saved(scan(PASSAGE, dpi=200), tmp_path / "page.png")).jpegsave(str(source), Q=80)
    obj = volume(watermark=True)
    kept_scan(obj, source)
    assert picture_in(taken(obj, Form.PDF)) != stripped(source.read_bytes())


def test_how_many_questions_are_asked_does_not_grow_with_the_pages_in_a_batch() -> None:
    def questions(obj: DigitalObject) -> int:
        opened = access.open_object(obj.public_id, VISITOR)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            b"".join(export_of(opened, Form.TXT).pieces)
        return len(asked)

    small, large = open_object("Nhỏ", 2, download=True), open_object("Lớn", 24, download=True)
    assert questions(small) == questions(large) == 2
