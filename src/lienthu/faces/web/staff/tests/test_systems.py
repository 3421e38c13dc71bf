"""Two systems of a library whose numbers overlap: neither may replace anything of the other (IMP-34, IMP-35)."""

from __future__ import annotations

import pytest
from django.test import Client

from lienthu.domain.catalog.models import BibRecord, ImportBatch, Source
from lienthu.domain.network.models import Library
from lienthu.faces.web.staff.tests.cast import handed_over, iso_file, page, record, run_waiting, upload
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db

OLD = [record(str(n), title) for n, title in enumerate(("Truyện Kiều", "Số đỏ", "Đất rừng phương Nam"), 1)]
NEW = [record(str(n), title) for n, title in enumerate(("Vùng mỏ", "Dế mèn phiêu lưu ký", "Biển gọi"), 1)]


@pytest.fixture
def first(manager: Client, home: Library) -> ImportBatch:
    """What the old system had stands in the catalogue."""
    batch = handed_over(manager, home, iso_file(OLD), "cu.mrc", source="new", source_name="iLib 2008")
    imported(manager, batch)
    return batch


def imported(client: Client, batch: ImportBatch) -> None:
    client.post(page("import_start", batch.pk))
    run_waiting()


def test_a_new_system_is_named_and_the_one_used_last_is_proposed(
    manager: Client, home: Library, first: ImportBatch
) -> None:
    assert (first.source.code, first.source.name) == ("ilib-2008", "iLib 2008")
    assert AuditEntry.objects.filter(action="source.opened", library_id=home.pk).count() == 1
    shown = manager.get(page("import_new"))
    assert shown.context["form"].fields["source"].choices[0][0] == str(first.source_id)
    assert "iLib 2008 (last file: cu.mrc" in shown.content.decode()
    again = handed_over(manager, home, iso_file(OLD), "lai.mrc")
    assert again.source_id == first.source_id, "without a word it is the one used last"
    same = handed_over(manager, home, iso_file(OLD), source="new", source_name=" ILIB  2008 ")
    assert same.source_id == first.source_id, "the same name is the same system"
    other = handed_over(manager, home, iso_file(OLD), source="new", source_name="iLib-2008!")
    assert other.source.code == "ilib-2008-2"


def test_what_is_no_system_of_the_library_is_refused(
    manager: Client, home: Library, other: Library, first: ImportBatch
) -> None:
    foreign = Source.objects.create(library=other, code="main")
    for said in ({"source": foreign.pk}, {"source": "x"}, {"source": "new"}, {"source": "new", "source_name": "…"}):
        assert upload(manager, home, iso_file(OLD), **said).status_code == 422
    before = Source.objects.count()
    assert upload(manager, home, b"", source="new", source_name="Koha").status_code == 422
    assert Source.objects.count() == before, "a refused file opens none"


def test_overlapping_numbers_are_asked_about_and_answered_with_another_system(
    manager: Client, home: Library, first: ImportBatch
) -> None:
    batch = handed_over(manager, home, iso_file(NEW), "moi.mrc")
    shown = manager.get(page("import_check", batch.pk))
    assert (shown.context["overlap"].common, shown.context["overlap"].other) == (3, 3)
    html = shown.content.decode()
    assert "3 of these numbers stand for quite other titles here" in html
    assert "Vùng mỏ" in html
    assert "Truyện Kiều" in html
    unsaid = manager.post(page("import_check", batch.pk), {"encoding": "auto", "rules": "", "source": "", "go": "1"})
    assert unsaid.status_code == 422
    assert "Say which system the file is from" in unsaid.content.decode()
    for way in ("import_trial", "import_start"):
        assert manager.post(page(way, batch.pk)).headers["Location"] == page("import_check", batch.pk) + "#system"
    batch.refresh_from_db()
    assert batch.status == ImportBatch.Status.UPLOADED
    assert not batch.trials.exists()

    named = {"encoding": "auto", "rules": "", "source": "new", "source_name": "Koha", "go": "1"}
    assert manager.post(page("import_check", batch.pk), named).headers["Location"] == page("import_trial", batch.pk)
    batch.refresh_from_db()
    assert batch.source.code == "koha"
    assert AuditEntry.objects.filter(action="import.source_said", object_id=str(batch.pk)).count() == 1
    imported(manager, batch)
    assert BibRecord.objects.filter(library=home, deleted=False).count() == 6, "nothing was replaced"


def test_the_same_system_is_said_once_and_its_records_are_replaced(
    manager: Client, home: Library, first: ImportBatch
) -> None:
    batch = handed_over(manager, home, iso_file(NEW))
    same = {"encoding": "auto", "rules": "", "source": first.source_id, "go": "1"}
    assert manager.post(page("import_check", batch.pk), same).status_code == 302
    again = manager.post(page("import_check", batch.pk), {"encoding": "auto", "rules": "", "go": "1"})
    assert again.status_code == 302, "it is not asked twice"
    run_waiting()
    trial = manager.get(page("import_trial", batch.pk)).content.decode()
    assert page("import_check", batch.pk) + "#system" in trial, "the report leads back to the question"
    imported(manager, batch)
    assert BibRecord.objects.filter(library=home, deleted=False).count() == 3


def test_another_system_makes_a_dry_run_out_of_date(manager: Client, home: Library, first: ImportBatch) -> None:
    batch = handed_over(manager, home, iso_file(OLD))
    manager.post(page("import_trial", batch.pk))
    run_waiting()
    assert not manager.get(page("import_trial", batch.pk)).context["outdated"]
    manager.post(page("import_check", batch.pk), {"encoding": "auto", "rules": "", "source": "new",
                                                  "source_name": "Koha", "again": "1"})  # fmt: skip
    assert manager.get(page("import_trial", batch.pk)).context["outdated"]


def test_an_ordinary_correction_is_not_asked_about(manager: Client, home: Library, first: ImportBatch) -> None:
    changed = [record("1", "Truyện Kiều : thơ"), *OLD[1:]]
    batch = handed_over(manager, home, iso_file(changed))
    assert manager.get(page("import_check", batch.pk)).context["overlap"].other == 0
    asked = {"encoding": "auto", "rules": "", "source": first.source_id, "go": "1"}
    assert manager.post(page("import_check", batch.pk), asked).status_code == 302
    batch.refresh_from_db()
    assert "source_said" not in batch.options
