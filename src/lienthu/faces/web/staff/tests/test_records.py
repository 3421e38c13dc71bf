"""Records, their revisions, their place in the union, and the way out."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from lienthu.domain.catalog.models import BibRecord, ImportBatch
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Role
from lienthu.domain.network.tests.factories import make_person
from lienthu.domain.union.models import Membership
from lienthu.faces.web.staff.marc_lines import compare
from lienthu.faces.web.staff.tests.cast import handed_over, iso_file, of, page, record, run_waiting
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.split import split_iso2709
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db


def imported(client: Client, library: Library, records: list[Record]) -> ImportBatch:
    batch = handed_over(client, library, iso_file(records))
    client.post(page("import_start", batch.pk))
    run_waiting()
    return ImportBatch.objects.get(pk=batch.pk)


def test_records_are_listed_page_by_page_and_found_by_number_or_barcode(manager: Client, home: Library) -> None:
    imported(manager, home, [record(f"n{i}", f"Sách số {i}", barcode=f"B{i}") for i in range(35)])
    first = manager.get(page("records"))
    assert len(first.context["rows"]) == 30
    second = manager.get(page("records") + "?" + first.context["next_url"].split("?")[1])
    assert [row.listed.control_number for row in second.context["rows"]] == [f"n{i}" for i in range(30, 35)]
    for q in ("n7", "B7", " n7 "):
        found = manager.get(page("records"), {"library": home.pk, "q": q}).context["rows"]
        assert [row.title for row in found] == ["Sách số 7"], q
    nothing = manager.get(page("records"), {"library": home.pk, "q": "không có"})
    assert "No record with this number" in nothing.content.decode()


def test_a_revision_shows_what_changed_and_the_bytes(manager: Client, home: Library) -> None:
    imported(manager, home, [record("1", "Số đỏ", "Vũ Trọng Phụng")])
    imported(manager, home, [record("1", "Số đỏ : tiểu thuyết", "Vũ Trọng Phụng")])
    found = BibRecord.objects.get()
    html = manager.get(page("record_revision", found.pk, 2)).content.decode()
    assert "What changed since revision 1" in html
    assert html.count('class="diff diff--gone"') == 1
    assert html.count('class="diff diff--new"') == 1
    assert "taken out" in html, "a change is said in words, not by colour alone"
    raw = manager.get(page("record_bytes", found.pk, 1)).content
    assert [p.raw for p in split_iso2709(io.BytesIO(raw))] == [raw]
    assert "Số đỏ".encode() in raw
    assert "What changed" not in manager.get(page("record_revision", found.pk, 1)).content.decode()


def test_what_came_stands_below_what_it_replaced() -> None:
    before, after = record("1", "Cũ", "A", year="1999"), record("1", "Mới", "B", year="2001")
    lines = [(d.kind, d.line.tag) for d in compare(before, after) if d.kind != "same"]
    assert lines == [("gone", "008"), ("new", "008"), ("gone", "100"), ("new", "100"), ("gone", "245"), ("new", "245")]


@pytest.fixture
def joined(manager: Client, stranger: Client, home: Library, other: Library) -> BibRecord:
    """The same book of two libraries."""
    imported(manager, home, [record("1", "Truyện Kiều", "Nguyễn Du")])
    imported(stranger, other, [record("x9", "Truyện Kiều", "Nguyễn Du")])
    first, second = BibRecord.objects.order_by("pk")
    assert first.membership.cluster_id == second.membership.cluster_id
    return second


def test_a_record_says_with_whom_it_was_joined_and_why(manager: Client, joined: BibRecord, home: Library) -> None:
    own = BibRecord.objects.get(library=home)
    html = manager.get(page("record", own.pk)).content.decode()
    assert "Thư viện Hạ Long" in html
    assert page("record", joined.pk) not in html, "another library's record is named, not opened"
    assert "Why it is here" in html
    assert page("record_set_apart", own.pk) not in html


def test_the_editor_sets_a_record_apart_and_brings_it_back(editor: Client, joined: BibRecord) -> None:
    cluster = joined.membership.cluster_id
    asked = editor.get(page("record_set_apart", joined.pk)).content.decode()
    assert "no later import joins them again" in asked
    assert Membership.objects.get(record=joined).cluster_id == cluster, "asking changes nothing"
    editor.post(page("record_set_apart", joined.pk))
    alone = Membership.objects.get(record=joined).cluster_id
    assert alone != cluster
    again = editor.get(page("record_set_apart", joined.pk), follow=True)
    assert "stands alone already" in again.content.decode()

    url = page("record_bring_together", joined.pk)
    for wrong in ("999999", "abc", str(alone), "²", "9" * 40):
        assert editor.get(url, {"publication": wrong}).status_code == 422, wrong
    seen = editor.get(url, {"publication": f"https://thuvien.example/records/{cluster}"})
    assert "Thư viện tỉnh Quảng Ninh" in seen.content.decode()
    editor.post(url, {"publication": cluster})
    assert Membership.objects.get(record=joined).cluster_id == cluster
    assert {"union.set_apart", "union.bring_together"} <= set(AuditEntry.objects.values_list("action", flat=True))


@pytest.mark.parametrize("fmt", ["iso2709", "marcxml", "json"])
def test_an_export_comes_back_in_as_unchanged(manager: Client, home: Library, fmt: str) -> None:
    records = [record("1", "Truyện Kiều", "Nguyễn Du", barcode="B1"), record("2", "Số đỏ & <i>đen</i>")]
    imported(manager, home, records)
    response = manager.post(page("export"), {"library": home.pk, "format": fmt})
    assert "VN-QNTV" in response.headers["Content-Disposition"]
    data = b"".join(response.streaming_content)
    if fmt == "json":
        assert len(json.loads(data)) == 2
    again = handed_over(manager, home, data, f"lai.{fmt}")
    manager.post(page("import_start", again.pk))
    run_waiting()
    again.refresh_from_db()
    assert (again.read, again.unchanged) == (2, 2)
    done = AuditEntry.objects.get(action="records.exported")
    assert (done.detail["records"], done.actor_name, done.library_id) == (2, "minh", home.pk)
    assert "2 records" in manager.get(page("export")).content.decode()


def test_an_export_without_a_choice_is_422(editor: Client, home: Library, other: Library) -> None:
    for form in ({}, {"library": home.pk}, {"library": home.pk, "format": "pdf"}, {"format": "json"}):
        assert editor.post(page("export"), form).status_code == 422


def test_pages_need_no_more_queries_for_more_rows(
    home: Library,
    other: Library,
    manager: Client,
    stranger: Client,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    imported(stranger, other, [record(f"k{i}", f"Truyện {i}", "Nguyễn Du") for i in range(40)])
    for n in range(4):
        imported(manager, home, [record(f"n{i}", f"Truyện {i} {n}" if n else f"Truyện {i}", "Nguyễn Du")
                                 for i in range(40)])  # fmt: skip
    batch = ImportBatch.objects.filter(library=home).earliest("pk")
    found = BibRecord.objects.filter(library=home).earliest("pk")
    anyone = of(make_person("both", (Role.LIBRARY_MANAGER, home), (Role.LIBRARY_MANAGER, other)))
    bounds = {
        page("home"): 16, page("import_list"): 12, page("import_new"): 12, page("batch", batch.pk): 14,
        page("import_undo", batch.pk): 10, page("import_quarantine", batch.pk): 10, page("records"): 12,
        page("record", found.pk): 18, page("record_revision", found.pk, 2): 10, page("export"): 12,
    }  # fmt: skip
    for url, most in bounds.items():
        with django_assert_max_num_queries(most):
            assert anyone.get(url).status_code == 200, url
