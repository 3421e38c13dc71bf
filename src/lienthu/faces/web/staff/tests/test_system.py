"""A system of a library: rules for its copies tried on its records, saved, and followed by them (IMP-38)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from lienthu.domain.catalog.models import Item, Source
from lienthu.domain.network.models import Library
from lienthu.domain.union import jobs
from lienthu.faces.web.staff.tests.cast import handed_over, iso_file, page, record, run_waiting
from lienthu.faces.web.staff.tests.test_copies import FILE, RULE, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(manager: Client, home: Library) -> Source:
    """A system whose two records are there, with their copies in a field that the standard rules do not know."""
    batch = handed_over(manager, home, FILE)
    manager.post(page("import_start", batch.pk))
    run_waiting()
    assert not Item.objects.exists()
    return batch.source


def worked() -> None:
    while job := ProcrastinateJob.objects.filter(task_name="union.copies", status="todo").first():
        ProcrastinateJob.objects.filter(pk=job.pk).update(status="succeeded")
        jobs.read_copies(**job.args)


def barcodes() -> set[str]:
    return set(Item.objects.values_list("barcode", flat=True))


def tiles(answer: Any) -> list[int]:
    return [tile["value"] for tile in answer.context["stats"]]


def test_rules_are_tried_on_the_records_saved_and_followed(manager: Client, source: Source) -> None:
    here = page("system", source.pk)
    shown = manager.get(here)
    assert [(f.tag, f.records) for f in shown.context["fields"]] == [("960", 2)]
    tried = manager.post(here, rows(RULE, **{"try": "1"}))
    assert tried.context["found"]["barcodes"] == 3
    assert not Item.objects.exists(), "trying writes nothing"

    assert manager.post(here, rows(RULE, save="1")).headers["Location"] == here
    going = manager.get(here)
    assert going.context["going"]
    assert 'hx-trigger="every 2s"' in going.content.decode()
    part = manager.get(here, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    worked()
    done = manager.get(here, headers={"HX-Request": "true"})
    assert done.headers["HX-Reswap"] == "outerHTML"
    assert (tiles(done), barcodes()) == ([2, 2, 3, 0, 0], {"A1", "A2", "B1"})
    again = manager.post(here, rows(RULE, save="1"), follow=True)
    assert "were read by them already" in again.content.decode()


def test_rules_saved_in_an_import_are_followed_by_it_or_at_once(manager: Client, home: Library, source: Source) -> None:
    batch = handed_over(manager, home, FILE)
    manager.post(page("import_copies", batch.pk), rows(RULE, save="1"))
    for name in ("import_check", "import_copies", "import_trial"):
        said = manager.get(page(name, batch.pk)).content.decode()
        assert "2 records of this system had their copies read by other rules" in said, name
    assert not ProcrastinateJob.objects.filter(task_name="union.copies").exists(), "nothing is written before it"
    manager.post(page("import_start", batch.pk))
    run_waiting()
    assert manager.get(page("batch", batch.pk)).context["copies_state"].running
    jobs.take_up_interrupted(all_are_dead=False)
    worked()
    assert barcodes() == {"A1", "A2", "B1"}

    other = handed_over(manager, home, FILE)
    manager.post(page("import_copies", other.pk), rows({**RULE, "split": "|"}, save="1"))
    assert manager.post(page("system_read", source.pk)).headers["Location"] == page("system", source.pk)
    worked()
    assert barcodes() == {"A1;A2", "B1"}


def test_barcodes_that_another_copy_has_are_named(manager: Client, home: Library, source: Source) -> None:
    batch = handed_over(
        manager, home, iso_file([record("9", "Vùng mỏ", barcode="A1")]), source="new", source_name="Sổ tay"
    )
    manager.post(page("import_start", batch.pk))
    run_waiting()
    manager.post(page("system", source.pk), rows(RULE, save="1"))
    worked()
    shown = manager.get(page("system", source.pk))
    assert [(row.barcode, row.title) for row in shown.context["taken"]] == [("A1", "Truyện Kiều")]
    assert tiles(shown)[-1] == 1
    assert page("system", source.pk) in manager.get(page("import_list")).content.decode()


def test_a_rule_that_cannot_be_is_refused_and_a_preset_is_a_beginning(manager: Client, source: Source) -> None:
    answer = manager.post(page("system", source.pk), rows({**RULE, "tag": "96"}, save="1"))
    assert answer.status_code == 422
    assert "tag" in answer.context["formset"].forms[0].errors
    begun = manager.get(page("system", source.pk), {"start": "local-949"})
    assert begun.context["formset"][0]["tag"].value() == "949"
    assert manager.get(page("system", source.pk), {"start": "<none>"}).context["formset"][0]["tag"].value() == "852"


def test_a_system_of_lists_has_no_rules(manager: Client, home: Library) -> None:
    table = handed_over(manager, home, "Nhan đề;Tác giả\nSố đỏ;Vũ Trọng Phụng\n".encode(), "so.csv")
    manager.post(page("import_start", table.pk))
    run_waiting()
    said = manager.get(page("system", table.source_id)).content.decode()
    assert "Lists say by their columns" in said
    assert manager.get(page("system", 10**17)).status_code == 404
