"""Records that came before a release that notes more of them (IMP-33)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from lienthu.domain.catalog.long_work_models import Rereading
from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.catalog.services import rereading
from lienthu.domain.catalog.services.rereading import reread_piece, rereading_needed
from lienthu.domain.catalog.tests.cast import CLERK, book, held
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union import jobs
from lienthu.domain.union.services import renewal
from lienthu.domain.union.tests.cast import cluster_of, imported
from lienthu.foundation.marc.model import Field
from lienthu.platform.models import AuditEntry
from lienthu.platform.services import changes

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


def a_set(library: Library, volumes: int) -> None:
    """A set and its volumes, as an earlier release left them: it did not read 490 $w, and knew fewer kinds."""
    set_of = [
        book(
            f"Tập {n}", number=f"T{n}", more=[Field("490", "1", " ", (("a", "Tuyển tập"), ("v", str(n)), ("w", "BO")))]
        )
        for n in range(1, volumes + 1)
    ]
    imported(library, book("Tuyển tập Võ Huy Tâm", number="BO"), *set_of)
    BibRecord.objects.update(host=None, host_control_number="", datestamp=LONG_AGO)
    changes.discard("discovery")


def worked() -> None:
    """What a worker that starts queues, done to its end."""
    jobs.take_up_interrupted(all_are_dead=False)
    while job := ProcrastinateJob.objects.filter(task_name="union.reread", status="todo").first():
        ProcrastinateJob.objects.filter(pk=job.pk).update(status="succeeded")
        jobs.reread()


def test_volumes_that_came_before_find_their_set(tinh: Library) -> None:
    a_set(tinh, 2)
    worked()
    assert [held(tinh, n).host_id for n in ("T1", "T2", "BO")] == [held(tinh, "BO").pk, held(tinh, "BO").pk, None]
    told = changes.keys_waiting(["discovery"], 10)["discovery"]
    assert set(told) == {cluster_of(tinh, n) for n in ("T1", "T2", "BO")}, "the set shows its volumes, they their set"
    assert {r.datestamp for r in BibRecord.objects.all()} == {LONG_AGO}, "harvesters see nothing new in them"
    assert AuditEntry.objects.get(action="catalog.reread").detail == {"version": rereading.READING, "changed": 2}
    assert not rereading_needed()
    worked()
    assert AuditEntry.objects.filter(action="catalog.reread").count() == 1


def test_articles_that_came_before_find_their_journal_by_name(tinh: Library) -> None:
    wanted = Field("773", "0", " ", (("t", "Báo Quảng Ninh"),))
    imported(tinh, book("Báo Quảng Ninh", number="BAO"), book("Bài", number="B", more=[wanted]))
    BibRecord.objects.update(
        host=None, title_key=None, number_key=None, host_title_key=None, host_number_key=None, datestamp=LONG_AGO
    )
    changes.discard("discovery")
    worked()
    assert held(tinh, "B").host_id == held(tinh, "BAO").pk
    assert not changes.keys_waiting(["discovery"], 10)["discovery"], "nothing that the index says of them has changed"
    assert {r.datestamp for r in BibRecord.objects.all()} == {LONG_AGO}


def test_articles_whose_number_leads_nowhere_find_their_journal_by_name(tinh: Library) -> None:
    """Releases before noted no names where a number was said."""
    said = Field("773", "0", " ", (("t", "Báo Quảng Ninh"), ("w", "99")))
    imported(
        tinh, book("Báo Quảng Ninh", number="BAO"), book("Nhật báo", number="98"), book("Bài", number="B", more=[said])
    )
    said = Field("773", "0", " ", (("t", "Báo Quảng Ninh"), ("w", "98")))
    imported(tinh, book("Bài", number="C", more=[said]))
    BibRecord.objects.filter(control_number__in="BC").update(host_title_key=None, host_number_key=None)
    BibRecord.objects.filter(control_number="B").update(host=None)
    worked()
    assert held(tinh, "B").host_id == held(tinh, "BAO").pk
    assert held(tinh, "C").host_id == held(tinh, "98").pk, "its number leads somewhere"


def test_killed_it_goes_on_and_is_done_once(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    a_set(tinh, 5)
    assert reread_piece(actor=CLERK, size=3) is not None
    linked = BibRecord.objects.exclude(host=None).count()
    assert linked == 2

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as context:
        context.setattr(renewal, "touch_records", killed)
        with pytest.raises(KeyboardInterrupt):
            renewal.reread_notes()
    assert BibRecord.objects.exclude(host=None).count() == linked, "a piece and its news are one"
    worked()
    assert BibRecord.objects.exclude(host=None).count() == 5
    assert Rereading.objects.get().changed == 5


def test_a_record_that_changed_meanwhile_is_left(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    a_set(tinh, 1)
    really = rereading.notes_of

    def meanwhile(*args: object) -> object:
        BibRecord.objects.filter(identity="001:T1").update(revision=2)
        return really(*args)

    monkeypatch.setattr(rereading, "notes_of", meanwhile)
    assert reread_piece(actor=CLERK) == frozenset()
    assert held(tinh, "T1").host_control_number == ""


def test_harvesters_hear_of_a_record_in_other_sets(tinh: Library) -> None:
    a_set(tinh, 1)
    BibRecord.objects.filter(identity="001:BO").update(material_type="")
    worked()
    assert held(tinh, "BO").material_type == "book"
    assert held(tinh, "BO").datestamp > LONG_AGO
    assert held(tinh, "T1").datestamp == LONG_AGO


def test_a_host_that_was_found_before_stays(tinh: Library) -> None:
    a_set(tinh, 1)
    worked()
    Rereading.objects.all().delete()
    BibRecord.objects.filter(identity="001:T1").update(material_type="")
    worked()
    assert held(tinh, "T1").host_id == held(tinh, "BO").pk


def test_the_number_of_statements_does_not_depend_on_the_number_of_records(tinh: Library) -> None:
    counts = []
    for volumes in (2, 12):
        a_set(tinh, volumes)
        Rereading.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            renewal.reread_notes()
        counts.append(len(queries))
    assert counts[0] == counts[1]
