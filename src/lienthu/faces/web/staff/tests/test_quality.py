"""The quality of a catalogue at the desk (QUA-5, QUA-6)."""

from __future__ import annotations

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from lienthu.domain.network.models import Library
from lienthu.domain.union.services.assess import assess_library
from lienthu.faces.web.staff.tests.cast import WORKER, handed_over, iso_file, page, record, run_waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def _counted(librarian: Client, home: Library) -> None:
    records = [record("1", "=SUM(1)"), *[record(f"n{n}", f"Sách {n}") for n in range(55)]]
    librarian.post(page("import_start", handed_over(librarian, home, iso_file(records)).pk))
    run_waiting()
    assess_library(home.pk, actor=WORKER)


def test_before_the_first_counting(librarian: Client, home: Library) -> None:
    assert "Not counted yet" in librarian.get(page("quality")).content.decode()
    assert librarian.get(page("quality_file", "pdf")).status_code == 404
    assert librarian.post(page("quality")).status_code == 302
    assert librarian.post(page("quality")).status_code == 302
    assert ProcrastinateJob.objects.filter(task_name="union.assess", status="todo").count() == 1


@pytest.mark.usefixtures("_counted")
def test_numbers_lead_to_the_records_behind_them(librarian: Client, home: Library) -> None:
    said = librarian.get(page("quality")).content.decode()
    assert page("quality_list", "missing-creator") in said
    assert page("quality_list", "missing-title") not in said
    first = librarian.get(page("quality_list", "missing-creator")).content.decode()
    assert "=SUM(1)" in first
    assert "Sách 54" not in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Sách 54" in librarian.get(following).content.decode()
    assert librarian.get(page("quality_list", "no-such")).status_code == 404


@pytest.mark.usefixtures("_counted")
def test_a_list_is_taken_along_whole_and_harmless(librarian: Client) -> None:
    response = librarian.get(page("quality_csv", "missing-creator"))
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]  # typed as a plain answer
    assert len(lines) == 57
    assert lines[1].startswith("1,'=SUM(1),")


@pytest.mark.usefixtures("_counted")
@pytest.mark.parametrize(("kind", "begins"), [("pdf", b"%PDF-"), ("xlsx", b"PK"), ("json", b"{")])
def test_the_counts_are_taken_along(librarian: Client, kind: str, begins: bytes) -> None:
    assert librarian.get(page("quality_file", kind)).content.startswith(begins)


@pytest.mark.usefixtures("_counted")
def test_another_library_is_refused(stranger: Client, home: Library) -> None:
    asked = {"library": home.pk}
    addresses = [page("quality"), page("quality_list", "alone"), page("quality_csv", "alone")]
    for url in [*addresses, page("quality_file", "pdf")]:
        assert stranger.get(url, asked).status_code == 403, url
    assert stranger.post(f"{page('quality')}?library={home.pk}").status_code == 403
