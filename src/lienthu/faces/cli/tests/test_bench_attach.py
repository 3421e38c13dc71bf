"""``lienthu bench attach``: what it measures happened, and the catalogue shows what it showed before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.union.models import Cluster, Membership
from lienthu.domain.union.tests.cast import assert_union_is_sound, imported
from lienthu.faces.cli.bench_attach import measure
from lienthu.faces.cli.sample.generator import generate
from lienthu.faces.cli.seeding import bench_library
from lienthu.platform.models import AuditEntry

HELD = 120


@pytest.mark.django_db
def test_records_are_attached_one_by_one_and_the_catalogue_is_left_as_it_was() -> None:
    library = bench_library("VN-BENCH")
    imported(library, *generate(HELD, 1))
    before = dict(Membership.objects.values_list("record_id", "cluster_id"))
    shown = set(Cluster.objects.filter(size__gt=0).values_list("id", "size", "preferred_id"))
    for _run in range(2):
        audited = AuditEntry.objects.filter(action="import.finished").count()
        result = measure(library, HELD, 20, 1)
        assert result["records"] == HELD
        assert result["attached"] == 20
        assert result["by_kind"]["joined"]["n"] + result["by_kind"]["new"]["n"] == 20
        assert 3 <= result["duplicates"] <= 17
        assert result["by_kind"]["joined"]["n"] > 0
        assert result["by_kind"]["changed"]["n"] == 2
        assert 0 < result["p50_ms"] <= result["p95_ms"] <= result["p99_ms"]
        assert result["import_p50_ms"] > result["p50_ms"]
        assert AuditEntry.objects.filter(action="import.finished").count() == audited + 24, "each is an import"
        assert dict(Membership.objects.values_list("record_id", "cluster_id")) == before
        assert set(Cluster.objects.filter(size__gt=0).values_list("id", "size", "preferred_id")) == shown
        assert_union_is_sound()
    assert BibRecord.objects.filter(library=library, deleted=True).count() == 44, "the second run took others"


@pytest.mark.slow
def test_the_last_line(prepared_install: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from installs import copied
    from lienthu.faces.cli.main import main

    copied(prepared_install, tmp_path / "data")

    assert main(["bench", "attach", "--records", "300", "--queries", "10", "--json", "--keep", str(tmp_path)]) == 0
    result = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert result["attached"] == 10
    assert set(result["by_kind"]) == {"joined", "new", "changed"}
