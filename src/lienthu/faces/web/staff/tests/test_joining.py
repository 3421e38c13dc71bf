"""The joining report at the desk (REP-6 to REP-9)."""

from __future__ import annotations

import pytest
from django.test import Client

from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.network.models import Library
from lienthu.domain.union.models import JoiningReport
from lienthu.faces.web.staff.tests.cast import handed_over, iso_file, page, record, run_waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(librarian: Client, home: Library) -> ImportBatch:
    return rehearsed(librarian, home, iso_file([record("1", "Vùng mỏ", by="Võ Huy Tâm", barcode="B1")]))


def rehearsed(client: Client, library: Library, data: bytes) -> ImportBatch:
    batch = handed_over(client, library, data)
    client.post(page("import_trial", batch.pk))
    run_waiting()
    return ImportBatch.objects.get(trial_of=batch)


def test_the_dry_run_leads_to_its_report(librarian: Client, trial: ImportBatch) -> None:
    wizard = librarian.get(page("import_trial", trial.trial_of_id)).content.decode()
    assert page("joining_report", trial.pk) in wizard
    shown = librarian.get(page("joining_report", trial.pk))
    assert shown.status_code == 200
    said = shown.content.decode()
    for words in ("In the union catalogue", "Duplicates inside the file", "Conflicts", "Quality, field by field"):
        assert words in said
    assert page("joining_report", trial.pk) in librarian.get(page("batch", trial.pk)).content.decode()


@pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF-"), ("xlsx", b"PK\x03\x04"), ("json", b"{")])
def test_it_is_taken_along_as_a_file(librarian: Client, trial: ImportBatch, kind: str, begins: bytes) -> None:
    response = librarian.get(page("joining_file", trial.pk, kind))
    assert response.status_code == 200
    assert response.content.startswith(begins)
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Disposition"].endswith(f'.{kind}"')
    assert librarian.get(page("joining_file", trial.pk, "exe")).status_code == 404


def test_one_click_makes_the_dry_run_an_import(librarian: Client, trial: ImportBatch) -> None:
    said = librarian.get(page("joining_report", trial.pk)).content.decode()
    assert f'name="rehearsal" value="{trial.pk}"' in said
    librarian.post(page("import_start", trial.trial_of_id), {"rehearsal": trial.pk})
    run_waiting()
    done = ImportBatch.objects.get(pk=trial.trial_of_id)
    assert (done.status, done.created) == (ImportBatch.Status.DONE, trial.created) == ("done", 1)
    after = librarian.get(page("joining_report", trial.pk))
    assert after.status_code == 200
    assert 'name="rehearsal"' not in after.content.decode()
    assert page("batch", trial.pk) in librarian.get(page("batch", done.pk)).content.decode()


def test_another_way_of_reading_is_not_imported_by_that_click(librarian: Client, trial: ImportBatch) -> None:
    file = ImportBatch.objects.get(pk=trial.trial_of_id)
    file.options["plan"]["name"] = "tcvn3"
    file.save()
    said = librarian.get(page("joining_report", trial.pk)).content.decode()
    assert 'name="rehearsal"' not in said
    assert "You have changed how the file is read" in said
    librarian.post(page("import_start", file.pk), {"rehearsal": trial.pk})
    assert ImportBatch.objects.get(pk=file.pk).status == ImportBatch.Status.UPLOADED


def test_the_report_is_deleted_after_a_question(librarian: Client, trial: ImportBatch) -> None:
    assert librarian.get(page("joining_delete", trial.pk)).status_code == 200
    assert JoiningReport.objects.count() == 1
    response = librarian.post(page("joining_delete", trial.pk))
    assert response.status_code == 302
    assert not JoiningReport.objects.exists()
    assert librarian.get(page("joining_report", trial.pk)).status_code == 404
    assert ImportBatch.objects.get(pk=trial.trial_of_id).status == ImportBatch.Status.UPLOADED


def test_an_import_has_no_such_report(librarian: Client, trial: ImportBatch) -> None:
    assert librarian.get(page("joining_report", trial.trial_of_id)).status_code == 404
    assert librarian.get(page("joining_delete", trial.trial_of_id)).status_code == 404
    librarian.post(page("joining_delete", trial.trial_of_id))
    assert ImportBatch.objects.filter(pk=trial.trial_of_id).exists()


@pytest.mark.parametrize("name", ["joining_report", "joining_delete"])
def test_only_those_who_may_import_read_it(stranger: Client, trial: ImportBatch, name: str) -> None:
    assert stranger.get(page(name, trial.pk)).status_code == 403
    assert stranger.post(page("joining_delete", trial.pk)).status_code == 403
    assert stranger.get(page("joining_file", trial.pk, "pdf")).status_code == 403


def test_what_comes_from_the_file_is_text(librarian: Client, home: Library) -> None:
    evil = '<script>alert(1)</script>{{ 7|add:"7" }}'
    records = [record("1", evil, by="A"), record("2", evil, by="A")]
    found = rehearsed(librarian, home, iso_file(records))
    said = librarian.get(page("joining_report", found.pk)).content.decode()
    assert "<script>alert" not in said
    assert "&lt;script&gt;alert(1)" in said
