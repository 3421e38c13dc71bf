"""Versions of the rule on screens: drawn up, refused, tried, switched on, dropped."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lienthu.domain.catalog.tests.cast import book
from lienthu.domain.network.models import Library
from lienthu.domain.union.errors import RuleRefused
from lienthu.domain.union.models import Cluster
from lienthu.domain.union.rule_models import Rerun, RuleVersion
from lienthu.domain.union.rule_reading import LARGEST, read_rule
from lienthu.domain.union.rule_selectors import rule_in_force
from lienthu.domain.union.scoring.rules import shipped
from lienthu.domain.union.services.ruling import try_chunk
from lienthu.domain.union.tests.cast import imported

pytestmark = pytest.mark.django_db
LIST = "/staff/union/rules/"
NEXT = shipped().version + 1


def url(name: str, version: int = NEXT) -> str:
    return reverse(f"staff_union:{name}", args=[version])


def fields(**more: Any) -> dict[str, Any]:
    value = shipped().as_json()
    weights = {name: value[name] for name in ("weights", "bias") if name in value}
    return {
        "version": NEXT, "note": "chặt hơn", "same_from": 0.999, "review_from": 0.05,
        "weights": json.dumps(weights, default=dict), **more,
    }  # fmt: skip


@pytest.fixture
def drafted(editor: Client) -> None:
    answer = editor.post(f"{LIST}new/", fields())
    assert answer.headers["Location"] == url("rule"), answer.content.decode()[:3000]


def tried_out(editor: Client) -> None:
    """What the worker would do after the button."""
    editor.post(url("rule_try"))
    run = Rerun.objects.get(rule_version=NEXT)
    assert "every 2s" in editor.get(url("rule"), headers={"HX-Request": "true"}).content.decode()
    while try_chunk(run.pk):
        pass


def test_the_whole_way_of_a_version(editor: Client, drafted: None, tinh: Library, ha_long: Library) -> None:
    said: dict[str, Any] = {"title": "Số đỏ", "by": "Vũ Trọng Phụng", "year": 1998, "publisher": "Văn học"}
    imported(tinh, book(number="1", **said))
    imported(ha_long, book(number="a", **said))
    together = Cluster.objects.filter(size=2).count()
    assert together == 1
    page = editor.get(url("rule")).content.decode()
    assert url("rule_try") in page
    assert url("rule_switch") not in page
    assert editor.get(url("rule_switch")).status_code == 404
    tried_out(editor)
    assert Cluster.objects.filter(size=2).count() == together, "a trial changes nothing"
    last = editor.get(url("rule"), headers={"HX-Request": "true"})
    assert last.headers["HX-Reswap"] == "outerHTML"
    text = last.content.decode()
    assert "Samples that would be split" in text
    assert "Số đỏ" in text
    assert "publications would be split" in editor.get(url("rule_switch")).content.decode()
    editor.post(url("rule_switch"))
    assert rule_in_force().version == NEXT
    assert "in force" in editor.get(LIST).content.decode()
    editor.post(url("rule_drop"))
    assert rule_in_force().version == NEXT, "what is in force is not dropped"


def test_a_draft_is_dropped_after_asking(editor: Client, drafted: None) -> None:
    assert "btn--danger" in editor.get(url("rule_drop")).content.decode()
    assert RuleVersion.objects.get(version=NEXT).status == "draft"
    editor.post(url("rule_drop"))
    assert RuleVersion.objects.get(version=NEXT).status == "dropped"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"same_from": 0.2, "review_from": 0.6}, "review_from"),
        ({"same_from": "x"}, "same_from"),
        ({"weights": "{"}, "weights"),
        ({"weights": "[]"}, "weights"),
        ({"weights": '{"weights": {"title": {"whole": "heavy"}}, "bias": 0}'}, "weights"),
        ({"weights": '{"weights": {"title": {"whole": 1e999}}, "bias": 0}'}, "weights"),
        ({"weights": '{"weights": {}, "bias": NaN}'}, "weights"),
        ({"weights": "[" * 5000}, "weights"),
        ({"weights": '{"weights": {}, "bias": 0, "caps": {"part": {"differ": 2}}}'}, "weights"),
        ({"version": shipped().version}, "version"),
        ({"version": 40000}, "version"),
        ({"note": ""}, "note"),
    ],
)
def test_what_is_no_rule_is_refused_where_it_is_wrong(editor: Client, wrong: dict[str, Any], field: str) -> None:
    answer = editor.post(f"{LIST}new/", fields(**wrong))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not RuleVersion.objects.filter(version=NEXT).exists()


def test_a_file_goes_before_the_text(editor: Client) -> None:
    whole = {**shipped().as_json(), "version": 999, "bias": 0.25}
    file = SimpleUploadedFile("rule.json", json.dumps(whole, default=dict).encode())
    editor.post(f"{LIST}new/", fields(file=file))
    assert RuleVersion.objects.get(version=NEXT).rule["bias"] == 0.25
    binary = SimpleUploadedFile("rule.json", b"\xff\xfe\x00")
    assert editor.post(f"{LIST}new/", fields(version=NEXT + 1, file=binary)).status_code == 422


def test_refusals_name_what_is_wrong() -> None:
    with pytest.raises(RuleRefused) as refused:
        read_rule(
            '{"version": 7, "same_from": 0.9, "review_from": 0.5, "bias": 0, "weights": {"title": {"far": true}}}'
        )
    assert refused.value.about == "weights.title.far"
    with pytest.raises(RuleRefused) as refused:
        read_rule(" " * (LARGEST + 1))
    assert refused.value.code == "rule-refused"


def test_no_such_version(editor: Client) -> None:
    for name in ("rule", "rule_switch", "rule_drop"):
        assert editor.get(url(name, 777)).status_code == 404
    assert editor.post(url("rule_try", 777)).status_code == 404
