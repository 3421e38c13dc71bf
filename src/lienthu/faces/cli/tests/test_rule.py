"""``lienthu rule``: a rule is tried, switched on, switched back and dropped from the command line (CLU-15, CLU-16)."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lienthu.domain.catalog.tests.cast import book
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.rule_selectors import rule_in_force
from lienthu.domain.union.scoring.rules import shipped
from lienthu.domain.union.selectors import cluster_count
from lienthu.domain.union.tests.cast import imported
from lienthu.faces.cli.ground import Refusal
from lienthu.faces.cli.tests.test_commands import lienthu

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lienthu.platform.processes.tune_for_bulk", lambda: None)


def test_a_rule_from_its_file_to_force_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said: dict[str, Any] = {"by": "Vũ Trọng Phụng", "year": 1998, "publisher": "Văn học"}
    for code in ("VN-QNTV", "VN-HL"):
        imported(make_library(code), book("Số đỏ", number="1", **said))
    file = tmp_path / "strict.json"
    strict = replace(shipped(), version=90, same_from=0.9999999, review_from=0.0001)
    file.write_text(json.dumps(strict.as_json()))
    assert lienthu("rule", "try", file, "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["records"], report["would_split"], report["clusters_after"]) == (2, 1, 2)
    assert (cluster_count(), rule_in_force()) == (1, shipped())
    assert lienthu("rule", "try", 90) == 0
    assert "would split          1" in capsys.readouterr().out
    lienthu("rule", "on", 90)
    assert (cluster_count(), rule_in_force().version) == (2, 90)
    lienthu("rule", "on", shipped().version)
    assert cluster_count() == 1
    capsys.readouterr()
    assert lienthu("rule", "list") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.split()[:3] == ["90", "retired", "strict.json"]
    assert second.split()[:2] == [str(shipped().version), "active"]


@pytest.mark.parametrize(
    "arguments", [("try", "no-such-file.json"), ("try", "77"), ("on", "77"), ("on", ""), ("drop", "x"), ("on", "1.5")]
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, str]) -> None:
    with pytest.raises(Refusal):
        lienthu("rule", *arguments)


def test_a_rule_is_dropped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rule.json"
    file.write_text(json.dumps(replace(shipped(), version=90).as_json()))
    lienthu("rule", "try", file)
    lienthu("rule", "drop", 90)
    assert "is dropped" in capsys.readouterr().out
    with pytest.raises(Refusal):
        lienthu("rule", "on", 90)
