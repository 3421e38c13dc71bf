"""From a file to records in the catalogue, through the pages, with the files libraries really have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from lienthu.domain.catalog.models import BibRecord, ImportBatch, Item
from lienthu.domain.network.models import Library
from lienthu.faces.web.staff.tests.cast import (
    handed_over,
    iso_file,
    page,
    record,
    run_waiting,
    tcvn3_file,
)
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db

VIETNAMESE = [
    record("qn1", "Truyện Kiều", "Nguyễn Du", barcode="QN0001"),
    record("qn2", "Những người khốn khổ của vùng mỏ", "Võ Huy Tâm", barcode="QN0002"),
    record("qn3", "Đất nước đứng lên", "Nguyên Ngọc", barcode="QN0003"),
]


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def test_a_marc_file_goes_from_upload_to_the_catalogue(manager: Client, home: Library) -> None:
    batch = handed_over(manager, home, iso_file(VIETNAMESE) + b"garbage that is no record\x1d")
    check = text_of(manager, page("import_check", batch.pk))
    assert "Truyện Kiều" in check
    assert "QN0001" in check
    assert "Cannot be read" in check

    started = manager.post(page("import_check", batch.pk), {"encoding": "auto", "rules": "", "go": "1"})
    assert started.headers["Location"] == page("import_trial", batch.pk)
    waiting = text_of(manager, page("import_trial", batch.pk))
    assert 'http-equiv="refresh"' in waiting
    assert 'hx-trigger="every 2s"' in waiting

    run_waiting()
    assert not BibRecord.objects.exists(), "a dry run writes nothing"
    report = text_of(manager, page("import_trial", batch.pk))
    assert "would be created" in report
    assert "4 read = 3 created + 0 updated + 0 unchanged + 1 not read" in report
    assert "Import now" in report

    assert manager.post(page("import_start", batch.pk)).headers["Location"] == page("batch", batch.pk)
    batch.refresh_from_db()
    assert batch.status == ImportBatch.Status.QUEUED
    run_waiting()
    done = text_of(manager, page("batch", batch.pk))
    assert "4 read = 3 created + 0 updated + 0 unchanged + 1 not read" in done
    assert "hx-trigger" not in done
    assert "Who did what" in done
    assert Item.objects.filter(barcode="QN0002", call_number="895.922").exists()

    quarantine = text_of(manager, page("import_quarantine", batch.pk))
    assert "Record 4" in quarantine
    piece = text_of(manager, page("import_piece", batch.pk, 3))
    assert "67 61 72 62" in piece
    raw = manager.get(page("import_piece_bytes", batch.pk, 3))
    assert b"garbage" in raw.content
    assert "attachment" in raw.headers["Content-Disposition"]

    again = handed_over(manager, home, iso_file(VIETNAMESE))
    manager.post(page("import_start", again.pk))
    run_waiting()
    assert "3 read = 0 created + 0 updated + 3 unchanged + 0 not read" in text_of(manager, page("batch", again.pk))


def test_tcvn3_is_detected_shown_and_can_be_overruled(manager: Client, home: Library) -> None:
    batch = handed_over(manager, home, tcvn3_file(VIETNAMESE))
    check = text_of(manager, page("import_check", batch.pk))
    assert batch.encoding == "tcvn3"
    assert "Truyện Kiều" in check
    assert re.search(r'id="encoding-auto" value="auto" checked', check)
    assert check.count('name="encoding"') >= 12
    assert 'id="encoding-latin-1-text"' in check, "other readings are shown side by side"

    wrong = manager.post(page("import_check", batch.pk), {"encoding": "latin-1", "rules": "", "again": "1"})
    assert wrong.headers["Location"] == f"{page('import_check', batch.pk)}#preview"
    assert "Truyện Kiều" not in text_of(manager, page("import_check", batch.pk)).split('id="encoding-auto"')[0]
    right = {"encoding": "tcvn3", "remember": "on", "rules": "", "go": "1"}
    manager.post(page("import_check", batch.pk), right)
    batch.refresh_from_db()
    assert batch.options["plan"]["forced"] is True
    assert batch.source.encoding == "tcvn3"
    run_waiting()
    manager.post(page("import_start", batch.pk))
    run_waiting()
    html = text_of(manager, page("batch", batch.pk))
    assert "TCVN3 (ABC fonts)" in html
    found = BibRecord.objects.get(control_number="qn3")
    assert "Đất nước đứng lên" in text_of(manager, page("record", found.pk))


CSV = """Nhan đề;Tác giả;Năm XB;Số ĐKCB;Cột lạ
Truyện Kiều;Nguyễn Du;1999;VV.001;x1
Số đỏ;Vũ Trọng Phụng;2001;VV.002;x2
Dế mèn phiêu lưu ký;Tô Hoài;2010;VV.003;x3
"""


def test_a_table_is_mapped_by_people_and_the_choice_is_kept(manager: Client, home: Library) -> None:
    batch = handed_over(manager, home, CSV.encode(), "so-dang-ky.csv")
    check = text_of(manager, page("import_check", batch.pk))
    assert "Columns of the table" in check
    assert "Cột lạ" in check
    form = manager.get(page("import_check", batch.pk)).context["form"]
    guessed = {c.heading: form.initial[f"column{i}"] for i, c in enumerate(form.columns)}
    assert guessed["Nhan đề"] == "title"
    assert guessed["Số ĐKCB"] == "barcode"
    assert guessed["Cột lạ"] == ""

    chosen = {f"column{i}": form.initial[f"column{i}"] for i in range(5)} | {"column4": "notes", "encoding": "auto"}
    nothing = manager.post(page("import_check", batch.pk), {**chosen, "column0": "", "go": "1"})
    assert nothing.status_code == 422
    assert re.search(r'<select[^>]*name="column0"[^>]*aria-invalid="true"', nothing.content.decode())
    manager.post(page("import_check", batch.pk), {**chosen, "go": "1"})
    batch.refresh_from_db()
    assert batch.options["mapping"]["Cột lạ"] == "notes"
    batch.source.refresh_from_db()
    assert batch.source.column_mapping["Cột lạ"] == "notes"
    manager.post(page("import_start", batch.pk))
    run_waiting()
    batch.refresh_from_db()
    assert (batch.read, batch.created, batch.items) == (3, 3, 3)

    left_out = handed_over(manager, home, CSV.replace("Kiều", "Kiều khác").encode(), "so-2.csv")
    assert manager.get(page("import_check", left_out.pk)).context["form"].initial["column4"] == "notes"
    manager.post(page("import_check", left_out.pk), {**chosen, "column4": "", "again": "1"})
    batch.source.refresh_from_db()
    assert "Cột lạ" not in batch.source.column_mapping


def test_where_copies_stand_is_chosen_with_a_preview(manager: Client, home: Library) -> None:
    batch = handed_over(manager, home, iso_file(VIETNAMESE))
    context = manager.get(page("import_check", batch.pk)).context
    counts = {option.value: option.copies for option in context["rules"]}
    assert counts[""] == 3
    assert counts["local-949"] == 0
    manager.post(page("import_check", batch.pk), {"encoding": "auto", "rules": "koha-952", "again": "1"})
    batch.source.refresh_from_db()
    assert [rule["tag"] for rule in batch.source.holding_rules] == ["952"]
    manager.post(page("import_start", batch.pk))
    run_waiting()
    assert not Item.objects.exists()
    assert AuditEntry.objects.filter(action="source.holding_rules_set").count() == 1


def test_a_dry_run_is_outdated_by_a_new_choice(manager: Client, home: Library) -> None:
    batch = handed_over(manager, home, iso_file(VIETNAMESE))
    manager.post(page("import_trial", batch.pk))
    manager.post(page("import_trial", batch.pk))
    assert ImportBatch.objects.filter(trial_of=batch).count() == 1, "one that waits is enough"
    run_waiting()
    assert "since this dry run" not in text_of(manager, page("import_trial", batch.pk))
    manager.post(page("import_check", batch.pk), {"encoding": "marc-8", "rules": "", "again": "1"})
    assert "since this dry run" in text_of(manager, page("import_trial", batch.pk))


def test_once_asked_for_an_import_is_not_planned_anew(manager: Client, home: Library) -> None:
    batch = handed_over(manager, home, iso_file(VIETNAMESE))
    manager.post(page("import_start", batch.pk))
    for name in ("import_check", "import_trial"):
        assert manager.get(page(name, batch.pk)).headers["Location"] == page("batch", batch.pk)
    posted = manager.post(page("import_trial", batch.pk), follow=True)
    assert "not possible" in posted.content.decode()
    twice = manager.post(page("import_start", batch.pk), follow=True)
    assert "not possible" in twice.content.decode()
    run_waiting()
    assert ImportBatch.objects.get(pk=batch.pk).read == 3


def test_an_import_is_undone_after_saying_what_that_means(manager: Client, home: Library) -> None:
    first = handed_over(manager, home, iso_file(VIETNAMESE))
    manager.post(page("import_start", first.pk))
    run_waiting()
    changed = [record("qn1", "Truyện Kiều : bản mới", "Nguyễn Du"), record("qn9", "Sách mới")]
    second = handed_over(manager, home, iso_file(changed))
    manager.post(page("import_start", second.pk))
    run_waiting()

    asked = manager.get(page("import_undo", first.pk))
    assert (asked.context["preview"].withdrawn, asked.context["preview"].kept) == (2, 1)
    preview = manager.get(page("import_undo", second.pk)).context["preview"]
    assert (preview.withdrawn, preview.restored, preview.kept) == (1, 1, 0)
    assert manager.post(page("import_undo", second.pk)).status_code == 302
    second.refresh_from_db()
    assert second.status == ImportBatch.Status.UNDOING
    assert "Being undone" in text_of(manager, page("batch", second.pk))

    from lienthu.domain.union.jobs import undo_import

    undo_import(second.pk)
    assert BibRecord.objects.get(control_number="qn9").deleted
    html = text_of(manager, page("record", BibRecord.objects.get(control_number="qn1").pk))
    assert "bản mới" not in html.split("Revisions")[0]
    assert "This import has been undone" in text_of(manager, page("batch", second.pk))


def test_a_failed_import_goes_on(manager: Client, home: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = handed_over(manager, home, iso_file(VIETNAMESE))
    ImportBatch.objects.filter(pk=batch.pk).update(status="failed", error="OSError: disk full")
    html = text_of(manager, page("batch", batch.pk))
    assert "Go on from where it stopped" in html
    assert "disk full" in html
    assert "disk" not in text_of(manager, page("home")) or "stopped with an error" in text_of(manager, page("home"))
    manager.post(page("import_start", batch.pk))
    run_waiting()
    assert "3 read = 3 created" in text_of(manager, page("batch", batch.pk))
    actions = set(AuditEntry.objects.filter(object_id=str(batch.pk)).values_list("action", flat=True))
    assert {"import.received", "import.queued_again", "import.started", "import.finished"} <= actions


def test_progress_is_a_fragment_for_htmx_and_a_page_for_everyone_else(manager: Client, home: Library) -> None:
    batch = handed_over(manager, home, iso_file(VIETNAMESE))
    manager.post(page("import_start", batch.pk))
    fragment = manager.get(page("batch", batch.pk), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert 'id="live"' in fragment
    assert "<progress" in fragment
    run_waiting()
    done = manager.get(page("batch", batch.pk), headers={"HX-Request": "true"})
    finished = done.content.decode()
    assert "hx-get" not in finished
    assert done.headers["HX-Reswap"] == "outerHTML", "replaced, or the page would go on asking"
    assert 'data-announce="The import is finished."' in finished


def test_the_original_file_comes_back_to_the_byte(manager: Client, home: Library) -> None:
    data = iso_file(VIETNAMESE)
    batch = handed_over(manager, home, data, "Sách “cũ”.mrc")
    response = manager.get(page("import_file", batch.pk))
    assert b"".join(response.streaming_content) == data
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert "attachment" in response.headers["Content-Disposition"]


def test_going_on_while_the_old_job_still_waits_for_its_retry(manager: Client, home: Library) -> None:
    batch = handed_over(manager, home, iso_file(VIETNAMESE))
    manager.post(page("import_start", batch.pk))
    ImportBatch.objects.filter(pk=batch.pk).update(status="failed")
    assert manager.post(page("import_start", batch.pk)).status_code == 302
    waiting = ProcrastinateJob.objects.filter(queueing_lock=f"import.run:{batch.pk}", status="todo")
    assert waiting.count() == 1
    run_waiting()
    assert ImportBatch.objects.get(pk=batch.pk).read == 3


def test_the_overview_says_what_needs_a_person(manager: Client, home: Library) -> None:
    assert "Nothing imported yet" in text_of(manager, page("home"))
    batch = handed_over(manager, home, iso_file(VIETNAMESE) + b"not a record\x1d", "hong.mrc")
    manager.post(page("import_start", batch.pk))
    run_waiting()
    html = text_of(manager, page("home"))
    assert "Needs attention" in html
    assert "1 record could not be read" in html
    assert page("import_quarantine", batch.pk) in html


def test_imports_are_filtered_and_paged(manager: Client, home: Library) -> None:
    data = iso_file(VIETNAMESE)
    for n in range(32):
        handed_over(manager, home, data, f"tep-{n:02}.mrc")
    first = manager.get(page("import_list"))
    assert [b.filename for b in first.context["rows"]][:2] == ["tep-31.mrc", "tep-30.mrc"]
    older = manager.get(page("import_list") + first.context["next_url"])
    assert [b.filename for b in older.context["rows"]] == ["tep-01.mrc", "tep-00.mrc"]
    assert "No import fits" in manager.get(page("import_list"), {"status": "failed"}).content.decode()
    assert len(manager.get(page("import_list"), {"status": "uploaded", "library": home.pk}).context["rows"]) == 30


@pytest.mark.parametrize(
    ("name", "encoding"), [("lul_fre_500.mrc", "marc-8"), ("hebrew.marc", "marc-8"), ("nepali.marc", "utf-8")]
)
def test_real_files_of_elsewhere_are_shown_as_they_read(
    manager: Client, home: Library, shared_data: Path, name: str, encoding: str
) -> None:
    batch = handed_over(manager, home, (shared_data / "marc" / name).read_bytes(), name)
    response = manager.get(page("import_check", batch.pk))
    assert batch.encoding == encoding
    assert len(response.context["records"]) == 8
    assert all(r.description is not None for r in response.context["records"])
    assert "\ufffd" not in "".join(r.description.title for r in response.context["records"])


def test_a_file_that_was_not_imported_is_discarded_after_asking(
    manager: Client, stranger: Client, home: Library
) -> None:
    batch = handed_over(manager, home, iso_file(VIETNAMESE), "nham.mrc")
    assert page("import_discard", batch.pk) in text_of(manager, page("batch", batch.pk))
    assert "Discard this file?" in text_of(manager, page("import_discard", batch.pk))
    assert stranger.post(page("import_discard", batch.pk)).status_code == 403
    response = manager.post(page("import_discard", batch.pk), follow=True)
    assert "The file “nham.mrc” has been discarded." in response.content.decode()
    shown = text_of(manager, page("batch", batch.pk))
    assert "This file has been discarded" in shown
    assert "file discarded" in shown
    assert page("import_file", batch.pk) not in shown
    assert manager.get(page("import_file", batch.pk)).status_code == 404
    assert manager.get(page("import_discard", batch.pk)).headers["Location"] == page("batch", batch.pk)
    assert manager.get(page("import_check", batch.pk)).status_code == 302
    assert manager.post(page("import_start", batch.pk)).status_code == 302
    batch.refresh_from_db()
    assert batch.status == ImportBatch.Status.DISCARDED


def test_a_row_that_is_no_record_says_where_it_stands(manager: Client, home: Library) -> None:
    """A CSV row by its byte and row; one that an earlier release kept, by its row (IMP-11)."""
    data = "Nhan đề;Tác giả\nSố đỏ;Vũ Trọng Phụng\n;Không tên\n".encode()
    batch = handed_over(manager, home, data, "so.csv")
    manager.post(page("import_start", batch.pk))
    run_waiting()
    piece = text_of(manager, page("import_piece", batch.pk, 1))
    assert "Begins at byte" in piece
    assert f'<dd class="num">{data.index(b";Kh")}</dd>' in piece
    assert "row 3" in piece
    assert "row 3" in text_of(manager, page("import_quarantine", batch.pk))
    batch.quarantine.update(detail="row 3", offset=3)
    for name, args in (("import_piece", (batch.pk, 1)), ("import_quarantine", (batch.pk,))):
        said = text_of(manager, page(name, *args))
        assert "Row or record" in said
        assert "Begins at byte" not in said
