"""Own rules for reading copies, set up with a preview on the file at hand (IMP-36)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from lienthu.domain.catalog.models import ImportBatch, Item
from lienthu.domain.network.models import Library
from lienthu.faces.web.staff.tests.cast import LEADER, handed_over, iso_file, page, run_waiting
from lienthu.foundation.marc.model import Field, Record
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db


def own(number: str, title: str, *barcodes: str) -> Record:
    """As a system writes it that keeps its copies in 960."""
    holding = Field(
        "960", " ", " ", (("x", "Kho địa chí"), ("y", "959.7"), ("z", ";".join(barcodes)), ("s", "đang mượn"))
    )
    return Record(LEADER, (Field("001", data=number), Field("245", "1", "0", (("a", title),)), holding))


FILE = iso_file([own("1", "Truyện Kiều", "A1", "A2"), own("2", "Số đỏ", "B1")])


@pytest.fixture
def batch(manager: Client, home: Library) -> ImportBatch:
    return handed_over(manager, home, FILE)


def rows(*rules: dict[str, str], **more: str) -> dict[str, str]:
    said = {"form-TOTAL_FORMS": str(len(rules)), "form-INITIAL_FORMS": "0", **more}
    for n, rule in enumerate(rules):
        said |= {f"form-{n}-{name}": value for name, value in rule.items()}
    return said


RULE = {"tag": "960", "location": "$x", "call_number": "y", "barcode": "z", "split": ";", "status": "s"}


def test_rules_are_tried_saved_and_used(manager: Client, batch: ImportBatch) -> None:
    shown = manager.get(page("import_copies", batch.pk))
    assert [(f.tag, f.records) for f in shown.context["fields"]] == [("960", 2)], "it says where copies may be"
    assert shown.context["found"]["copies"] == 0

    tried = manager.post(page("import_copies", batch.pk), rows(RULE, {"tag": ""}, **{"try": "1"}))
    assert (tried.status_code, tried.context["found"]["copies"], tried.context["found"]["barcodes"]) == (200, 3, 3)
    assert "Kho địa chí" in tried.content.decode()
    batch.source.refresh_from_db()
    assert batch.source.holding_rules == [], "trying saves nothing"

    saved = manager.post(page("import_copies", batch.pk), rows(RULE, save="1"))
    assert saved.headers["Location"] == page("import_check", batch.pk) + "#copies"
    batch.source.refresh_from_db()
    assert batch.source.holding_rules == [{**RULE, "location": "x"}]
    manager.post(page("import_copies", batch.pk), rows(RULE, save="1"))
    assert AuditEntry.objects.filter(action="source.holding_rules_set").count() == 1, "the same again is no change"
    check = manager.get(page("import_check", batch.pk))
    assert [o.value for o in check.context["rules"] if o.current] == ["own"]

    manager.post(page("import_start", batch.pk))
    run_waiting()
    found = set(Item.objects.values_list("barcode", "call_number", "location", "status"))
    assert found == {(b, "959.7", "Kho địa chí", "on_loan") for b in ("A1", "A2", "B1")}


@pytest.mark.parametrize(
    ("rules", "faulty"),
    [
        ([{**RULE, "tag": "96"}], "tag"),
        ([{**RULE, "tag": "001"}], "tag"),
        ([{**RULE, "tag": ""}], "tag"),
        ([{**RULE, "barcode": "zy"}], "barcode"),
        ([{**RULE, "call_number": "Ŷ"}], "call_number"),
        ([{**RULE, "split": "-"}], "split"),
        ([{"tag": "960", "note": "x"}], "barcode"),
        ([RULE, {"tag": "960", "barcode": "z"}], "tag"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_at_its_field(
    manager: Client, batch: ImportBatch, rules: list[dict[str, str]], faulty: str
) -> None:
    answer = manager.post(page("import_copies", batch.pk), rows(*rules, save="1"))
    assert answer.status_code == 422
    assert faulty in answer.context["formset"].forms[-1].errors
    batch.source.refresh_from_db()
    assert batch.source.holding_rules == []


def test_the_way_there_keeps_the_other_choices(manager: Client, stranger: Client, batch: ImportBatch) -> None:
    asked: dict[str, Any] = {"encoding": "auto", "rules": "ilib-852", "copies": "1"}
    assert manager.post(page("import_check", batch.pk), asked).headers["Location"] == page("import_copies", batch.pk)
    formset = manager.get(page("import_copies", batch.pk)).context["formset"]
    assert [form["tag"].value() for form in formset] == ["852", None], "it begins from the choice made"
    taken_away = rows(RULE, save="1", **{"form-INITIAL_FORMS": "1", "form-0-DELETE": "on"})
    manager.post(page("import_copies", batch.pk), taken_away)
    batch.source.refresh_from_db()
    assert batch.source.holding_rules == [], "without any rule the standard ones count"
    assert stranger.get(page("import_copies", batch.pk)).status_code == 403


def test_tables_have_no_such_rules(manager: Client, home: Library) -> None:
    table = handed_over(manager, home, "Nhan đề;Tác giả\nSố đỏ;Vũ Trọng Phụng\n".encode(), "so.csv")
    assert manager.get(page("import_copies", table.pk)).status_code == 302
