"""Harvesting a real repository over HTTP: lists, changes, deletions, places in a list (HAR-3 to 8, 13 to 15)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthu.domain.catalog.authority_models import Authority
from lienthu.domain.catalog.models import BibRecord, ImportBatch, Item, RecordOrigin
from lienthu.domain.catalog.services.authorities import amend_authority
from lienthu.domain.catalog.services.origins import settle_name
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.harvesting.models import HarvestSource
from lienthu.domain.union.harvesting.services import listing, runs
from lienthu.domain.union.harvesting.tests.cast import HARVESTER, counts, harvested, kept, log, source_for, titles
from lienthu.domain.union.harvesting.tests.repository import Repository, dublin_core, marcxml, on_page, once, served
from lienthu.domain.union.services import conduct
from lienthu.domain.union.tests.cast import assert_union_is_sound
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db
OLD = datetime(2026, 1, 5, 8, 0, 0, tzinfo=UTC)


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def repository() -> Iterator[Repository]:
    with served(Repository()) as r:
        for n in range(1, 9):
            r.put(f"oai:thu.vn:{n}", marcxml(str(n), f"Đất mỏ tập {n}", shelf=f"K{n}", barcode=f"B{n}"), at=OLD)
        yield r


def lists(repository: Repository) -> list[dict[str, str]]:
    return [q for q in repository.asked if q["verb"] == "ListRecords"]


# ------------------------------------------------------------------------------------------------------- everything


def test_a_list_of_several_pages_is_in_the_catalogue_afterwards(tinh: Library, repository: Repository) -> None:
    harvest = source_for(tinh, repository)
    run = harvested(harvest)
    assert (run.status, run.pages, run.listed, run.stop_code) == ("done", 3, 8, "")
    assert counts(run) == {"read": 8, "created": 8}
    assert titles(tinh) == {f"oai:thu.vn:{n}": f"Đất mỏ tập {n}" for n in range(1, 9)}
    assert Item.objects.get(barcode="B3").call_number == "K3"
    assert lists(repository)[0] == {"verb": "ListRecords", "metadataPrefix": "marcxml"}
    assert_union_is_sound()


def test_records_keep_their_bytes_their_number_and_where_they_came_from(tinh: Library, repository: Repository) -> None:
    harvested(source_for(tinh, repository))
    record = BibRecord.objects.get(identity="oai:oai:thu.vn:2")
    assert record.control_number == "2"
    revision = record.revisions.get()
    assert bytes(revision.raw).startswith(b"<record><header><identifier>oai:thu.vn:2</identifier>")
    assert bytes(revision.raw).endswith(b"</record>")
    assert (revision.raw_format, revision.batch.format) == ("oai", "oai")
    origin = RecordOrigin.objects.get(record=record)
    assert (origin.identifier, origin.base_url) == ("oai:thu.vn:2", repository.address)
    assert origin.datestamp == "2026-01-05T08:00:00Z"


def test_a_long_list_becomes_several_batches(
    tinh: Library, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PART_RECORDS", 4)
    run = harvested(source_for(tinh, repository))
    assert [b.batch.read for b in run.batches.order_by("id")] == [6, 2]
    assert counts(run) == {"read": 8, "created": 8}


def test_an_empty_answer_is_a_whole_harvest(tinh: Library) -> None:
    with served(Repository()) as empty:
        run = harvested(source_for(tinh, empty))
    assert (run.status, run.listed, counts(run)) == ("done", 0, {})
    assert run.harvest.last_done_at is not None


def test_a_set_and_a_format_are_asked_for(tinh: Library, repository: Repository) -> None:
    repository.put("oai:thu.vn:dc", dublin_core(title="Vịnh Hạ Long", creator="Nguyễn Du"), at=OLD, sets=("dia-chi",))
    run = harvested(source_for(tinh, repository, set_spec="dia-chi", prefix="oai_dc"))
    assert lists(repository)[0] == {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "dia-chi"}
    assert counts(run) == {"read": 1, "created": 1}
    record = kept(tinh)["oai:thu.vn:dc"]
    assert [f.first("a") for f in record.of("042", "245", "883")] == [
        "dc",
        "Vịnh Hạ Long",
        record.first("883").first("a"),
    ]


# ---------------------------------------------------------------------------------------------------------- changes


def test_the_next_harvest_asks_only_for_what_changed(tinh: Library, repository: Repository) -> None:
    harvest = source_for(tinh, repository, overlap_minutes=10)
    now = datetime.now(UTC).replace(microsecond=0)
    repository.clock = lambda: now - timedelta(hours=2)  # a clock that is slow
    harvested(harvest)
    repository.put("oai:thu.vn:3", marcxml("3", "Đất mỏ tập ba"), at=now - timedelta(hours=1, minutes=59))
    run = harvested(harvest)
    expected = (now - timedelta(hours=2, minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert lists(repository)[-1]["from"] == expected == run.list_from
    assert counts(run) == {"read": 1, "updated": 1}
    assert titles(tinh)["oai:thu.vn:3"] == "Đất mỏ tập ba"


def test_a_clock_that_is_fast_loses_nothing(tinh: Library, repository: Repository) -> None:
    harvest = source_for(tinh, repository, overlap_minutes=0)
    repository.clock = lambda: datetime.now(UTC) + timedelta(days=400)
    harvested(harvest)
    repository.put("oai:thu.vn:9", marcxml("9", "Mới"), at=datetime.now(UTC) + timedelta(seconds=5))  # set right since
    repository.clock = lambda: datetime.now(UTC)
    assert counts(harvested(harvest))["created"] == 1


def test_a_repository_that_counts_days_is_asked_in_days(tinh: Library, repository: Repository) -> None:
    repository.granularity = "YYYY-MM-DD"
    harvest = source_for(tinh, repository, overlap_minutes=60 * 24)
    harvested(harvest)
    run = harvested(harvest)
    harvest.refresh_from_db()
    assert harvest.since is not None
    assert run.list_from == (harvest.since - timedelta(days=1)).strftime("%Y-%m-%d") or len(run.list_from) == 10
    assert len(lists(repository)[-1]["from"]) == 10


def test_what_is_listed_again_unchanged_makes_no_revision(tinh: Library, repository: Repository) -> None:
    harvest = source_for(tinh, repository)
    harvested(harvest)
    run = harvested(harvest, full=True)
    assert counts(run) == {"read": 8, "unchanged": 8}
    assert BibRecord.objects.get(identity="oai:oai:thu.vn:1").revision == 1


def test_a_record_that_moved_to_a_later_page_is_counted_each_time(tinh: Library, repository: Repository) -> None:
    twice = repository.records["oai:thu.vn:1"]
    repository.records["again"] = twice
    run = harvested(source_for(tinh, repository))
    assert counts(run) == {"read": 9, "created": 8, "unchanged": 1}


# -------------------------------------------------------------------------------------------------------- deletions


def test_a_deleted_record_leaves_the_catalogue_and_its_publication(tinh: Library, repository: Repository) -> None:
    harvest = source_for(tinh, repository)
    harvested(harvest)
    repository.delete("oai:thu.vn:4")
    repository.delete("oai:thu.vn:never-here")
    run = harvested(harvest)
    assert counts(run) == {"read": 2, "withdrawn": 1, "unchanged": 1}
    gone = BibRecord.objects.get(identity="oai:oai:thu.vn:4")
    assert gone.deleted
    assert b'status="deleted"' in bytes(gone.revisions.get(number=2).raw)
    assert "oai:thu.vn:4" not in titles(tinh)
    assert not Item.objects.filter(barcode="B4").exists()
    assert_union_is_sound()


def test_a_harvest_is_undone_with_its_deletions(tinh: Library, repository: Repository) -> None:
    harvest = source_for(tinh, repository)
    harvested(harvest)
    before = titles(tinh)
    repository.delete("oai:thu.vn:4")
    repository.put("oai:thu.vn:5", marcxml("5", "Khác hẳn"))
    repository.put("oai:thu.vn:99", marcxml("99", "Thêm"))
    run = harvested(harvest)
    assert counts(run) == {"read": 3, "created": 1, "updated": 1, "withdrawn": 1}
    conduct.undo_batch(run.batches.get().batch_id, actor=HARVESTER)
    assert titles(tinh) == before
    assert Item.objects.get(barcode="B4").record.identity == "oai:oai:thu.vn:4"
    assert_union_is_sound()


@pytest.mark.parametrize("last", ["deleted", "kept"])
def test_of_two_words_in_one_list_the_last_counts(tinh: Library, repository: Repository, last: str) -> None:
    harvest = source_for(tinh, repository)
    harvested(harvest)
    repository.page = 50
    word = [repository.records["oai:thu.vn:1"]]
    repository.delete("oai:thu.vn:1")
    word.append(repository.records.pop("oai:thu.vn:1"))
    order = word if last == "deleted" else word[::-1]
    for n, state in enumerate([*order, order[0], order[1]]):
        state = type(state)(state.identifier, datetime.now(UTC), state.metadata)
        repository.records[f"word {n}"] = state
    run = harvested(harvest)
    assert ("oai:thu.vn:1" in titles(tinh)) == (last == "kept")
    assert counts(run)["read"] == 4
    assert_union_is_sound()


def test_a_record_that_comes_back_is_created_again(tinh: Library, repository: Repository) -> None:
    harvest = source_for(tinh, repository)
    harvested(harvest)
    repository.delete("oai:thu.vn:4")
    harvested(harvest)
    repository.put("oai:thu.vn:4", marcxml("4", "Đất mỏ tập 4"))
    assert counts(harvested(harvest)) == {"read": 1, "created": 1}
    assert BibRecord.objects.filter(identity="oai:oai:thu.vn:4").count() == 1


def authority(number: str, name: str) -> str:
    return (
        '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nz  a2200000n  4500</leader>'
        f'<controlfield tag="001">{number}</controlfield>'
        f'<datafield tag="100" ind1="1" ind2=" "><subfield code="a">{name}</subfield></datafield></record>'
    )


def test_a_deleted_authority_is_withdrawn_and_comes_back_with_the_undoing(tinh: Library) -> None:
    with served(Repository()) as r:
        for n, name in (("1", "Tô Hoài"), ("2", "Nam Cao"), ("3", "Nguyên Hồng")):
            r.put(f"oai:thu.vn:{n}", authority(n, name), at=OLD)
        harvest = source_for(tinh, r)
        assert counts(harvested(harvest)) == {"read": 3, "created": 3}
        amend_authority(
            Authority.objects.get(heading="Nguyên Hồng").pk, heading="Nguyên Hồng", dates="1918-1982", variants=[],
            note="", actor=HARVESTER,
        )  # fmt: skip
        for n in ("1", "3", "never-here"):
            r.delete(f"oai:thu.vn:{n}")
        run = harvested(harvest)
        # what people edited waits: for them the word is a revision like any other (AUT-12)
        assert counts(run) == {"read": 3, "withdrawn": 1, "updated": 1, "unchanged": 1}
        assert list(Authority.objects.filter(deleted=True).values_list("heading", flat=True)) == ["Tô Hoài"]
        word = Authority.objects.get(heading="Tô Hoài").revisions.get(number=2)
        assert b'status="deleted"' in bytes(word.raw)
        assert counts(harvested(harvest, full=True))["read"] == 4
        assert Authority.objects.get(heading="Tô Hoài").revisions.count() == 2
        conduct.undo_batch(run.batches.get().batch_id, actor=HARVESTER)
        assert not Authority.objects.filter(deleted=True).exists()


@pytest.mark.parametrize("last", ["deleted", "kept"])
def test_of_two_words_on_an_authority_the_last_counts(tinh: Library, last: str) -> None:
    with served(Repository()) as r:
        r.put("oai:thu.vn:1", authority("1", "Tô Hoài"), at=OLD)
        harvest = source_for(tinh, r)
        harvested(harvest)
        r.put("oai:thu.vn:1", authority("1", "Tô Hoài, nhà văn"))
        words = [r.records["oai:thu.vn:1"]]
        r.delete("oai:thu.vn:1")
        words.append(r.records.pop("oai:thu.vn:1"))
        for n, state in enumerate(words if last == "deleted" else words[::-1]):
            r.records[f"word {n}"] = type(state)(state.identifier, datetime.now(UTC), state.metadata)
        assert counts(harvested(harvest))["read"] == 2
    assert Authority.objects.get().deleted == (last == "deleted")


# --------------------------------------------------------------------------------------------- identity, hosts, echo


def test_equal_control_numbers_of_two_systems_behind_one_repository_stay_two_records(tinh: Library) -> None:
    with served(Repository()) as r:
        r.put("oai:tinh.vn:VN-A/1", marcxml("1", "Đất mỏ"))
        r.put("oai:tinh.vn:VN-B/1", marcxml("1", "Người thợ lò"))
        part = '<datafield tag="773" ind1="0" ind2=" "><subfield code="w">1</subfield></datafield>'
        r.put("oai:tinh.vn:VN-B/2", marcxml("2", "Một chương", more=part))
        run = harvested(source_for(tinh, r))
    assert counts(run) == {"read": 3, "created": 3}
    chapter = BibRecord.objects.get(identity="oai:oai:tinh.vn:VN-B/2")
    assert chapter.host == BibRecord.objects.get(identity="oai:oai:tinh.vn:VN-B/1")


def test_a_part_that_comes_before_its_host_finds_it(tinh: Library) -> None:
    with served(Repository()) as r:
        part = '<datafield tag="773" ind1="0" ind2=" "><subfield code="w">77</subfield></datafield>'
        r.put("oai:tinh.vn:2", marcxml("2", "Một chương", more=part))
        harvest = source_for(tinh, r)
        harvested(harvest)
        r.put("oai:tinh.vn:1", marcxml("77", "Cả cuốn"))
        harvested(harvest)
    assert BibRecord.objects.get(identity="oai:oai:tinh.vn:2").host is not None


def test_an_identifier_of_any_length_names_one_record(tinh: Library) -> None:
    name = "oai:thu.vn:" + "x" * 300
    with served(Repository()) as r:
        r.put(name, marcxml("", "Không số"))
        harvest = source_for(tinh, r)
        harvested(harvest)
        r.delete(name)
        assert counts(harvested(harvest)) == {"read": 1, "withdrawn": 1}


def provenance(*identifiers: str) -> str:
    inner = ""
    for identifier in reversed(identifiers):
        inner = (
            '<originDescription harvestDate="2026-01-01T00:00:00Z" altered="true"><baseURL>http://a.vn/oai</baseURL>'
            f"<identifier>{identifier}</identifier><datestamp>2026-01-01</datestamp>"
            f"<metadataNamespace>x</metadataNamespace>{inner}</originDescription>"
        )
    return f'<about><provenance xmlns="http://www.openarchives.org/OAI/2.0/provenance">{inner}</provenance></about>'


def test_what_we_gave_is_not_taken_back(tinh: Library, repository: Repository) -> None:
    own = settle_name(actor=HARVESTER)
    repository.put("oai:b.vn:A/1", marcxml("1", "Của ta"), about=provenance(f"oai:{own.upper()}:VN-QNTV/1"))
    repository.put("oai:b.vn:A/2", marcxml("2", "Qua hai nơi"), about=provenance("oai:c.vn:9", f"oai:{own}:VN-QNTV/2"))
    repository.put("oai:b.vn:A/3", marcxml("3", "Của người"), about=provenance("oai:c.vn:10"))
    repository.put("oai:b.vn:A/4", marcxml("4", f"Nói về oai:{own}:, nhưng không phải"))
    run = harvested(source_for(tinh, repository))
    assert (run.listed, run.echoed) == (12, 2)
    assert counts(run) == {"read": 10, "created": 10}
    assert not {"oai:b.vn:A/1", "oai:b.vn:A/2"} & set(titles(tinh))
    origin = RecordOrigin.objects.get(identifier="oai:b.vn:A/3")
    assert [o["identifier"] for o in origin.earlier] == ["oai:c.vn:10"]


# ------------------------------------------------------------------------------------------- inside the list, killed


def killed(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def test_a_run_that_is_killed_at_any_step_goes_on_and_ends_the_same(
    tinh: Library, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the process died before or after each thing it does to the world, again and again (HAR-15)."""
    monkeypatch.setattr(listing, "PART_RECORDS", 3)
    harvest = source_for(tinh, repository)
    places = [
        (listing.spool, "append"), (listing, "save_place"), (listing.batches, "receive"), (runs, "run_batch"),
        (runs, "save_place"),
    ]  # fmt: skip
    deaths = 0
    for turn in range(60):
        run = runs.open_run(harvest.pk, reason="command", actor=HARVESTER)
        module, name = places[turn % len(places)]
        really = getattr(module, name)

        def dies(*a: Any, _really: Any = really, _after: bool = turn // len(places) % 2 == 0, **k: Any) -> Any:
            if _after:
                _really(*a, **k)
            raise KeyboardInterrupt

        with monkeypatch.context() as m:
            m.setattr(module, name, dies)
            try:
                run = runs.work(run.pk, actor=HARVESTER)
            except KeyboardInterrupt:
                deaths += 1
        if run.status == "done":
            break
    assert deaths >= 5
    run = harvested(harvest) if run.status != "done" else run
    assert titles(tinh) == {f"oai:thu.vn:{n}": f"Đất mỏ tập {n}" for n in range(1, 9)}
    everything = ImportBatch.objects.filter(dry_run=False)
    assert sum(b.created for b in everything) == 8
    assert_union_is_sound()


def test_a_list_that_breaks_off_leaves_its_whole_pages_and_goes_on_there(tinh: Library, repository: Repository) -> None:
    repository.faults.append(on_page(2, 500))
    harvest = source_for(tinh, repository)
    run = harvested(harvest)
    assert (run.status, run.stop_code, run.pages) == ("stopped", "unreachable", 1)
    assert counts(run) == {"read": 3, "created": 3}
    stop = run.events.get(code="stopped")
    assert (stop.detail["page"], stop.detail["token"]) == (1, run.token)
    harvest.refresh_from_db()
    assert harvest.since is None
    assert harvest.last_done_at is None
    repository.faults.clear()
    again = harvested(harvest)
    assert (again.continues, again.status, again.pages) == (run, "done", 2)
    assert counts(again) == {"read": 5, "created": 5}
    harvest.refresh_from_db()
    assert harvest.since == run.server_time


def test_a_token_that_died_begins_the_list_again(tinh: Library, repository: Repository) -> None:
    def forget(query: dict[str, str]) -> None:
        repository.epoch += 1 if query.get("resumptionToken", "").endswith("|3") and repository.epoch == 1 else 0

    repository.faults.append(forget)
    run = harvested(source_for(tinh, repository))
    assert (run.status, run.restarts, run.pages) == ("done", 1, 4)
    assert counts(run) == {"read": 11, "created": 8, "unchanged": 3}
    assert "token-died" in log(run)


def test_a_repository_that_forgets_every_token_stops_the_run(tinh: Library, repository: Repository) -> None:
    def forget(query: dict[str, str]) -> None:
        repository.epoch += 1 if "resumptionToken" in query else 0

    repository.faults.append(forget)
    run = harvested(source_for(tinh, repository))
    assert (run.status, run.stop_code) == ("stopped", "token-died")
    assert titles(tinh).keys() == {f"oai:thu.vn:{n}" for n in (1, 2, 3)}
    assert runs.open_run(run.harvest_id, reason="command", actor=HARVESTER).continues is None


def test_the_same_page_again_and_again_is_noticed(tinh: Library, repository: Repository) -> None:
    repository.faults.append(
        lambda q: (
            repository.answer_to({"verb": "ListRecords", "metadataPrefix": "marcxml"})
            if q.get("verb") == "ListRecords"
            else None
        )
    )
    repository.answer_to = lambda q: (200, {}, repository.document(repository._list(q)))
    run = harvested(source_for(tinh, repository))
    assert (run.status, run.stop_code) == ("stopped", "token-loop")
    assert counts(run)["created"] == 3


def test_a_lost_spool_begins_the_list_again(tinh: Library, repository: Repository) -> None:
    harvest = source_for(tinh, repository)
    run = runs.open_run(harvest.pk, reason="command", actor=HARVESTER)
    for _ in range(2):
        run = runs.work(run.pk, actor=HARVESTER, seconds=0)
    assert run.spool_records == 3
    listing.spool.spool_of(run).unlink()
    run = harvested(harvest)
    assert (run.status, run.restarts) == ("done", 1)
    assert len(titles(tinh)) == 8


def test_a_person_may_stop_a_run(tinh: Library, repository: Repository) -> None:
    harvest = source_for(tinh, repository)
    run = runs.open_run(harvest.pk, reason="person", actor=HARVESTER)
    for _ in range(2):
        runs.work(run.pk, actor=HARVESTER, seconds=0)
    runs.ask_to_stop(run.pk, actor=HARVESTER)
    run = runs.work(run.pk, actor=HARVESTER)
    assert (run.status, run.stop_code, counts(run)["created"]) == ("stopped", "cancelled", 3)


def test_one_run_at_a_time(tinh: Library, repository: Repository) -> None:
    harvest = source_for(tinh, repository)
    first = runs.open_run(harvest.pk, reason="person", actor=HARVESTER)
    assert runs.open_run(harvest.pk, reason="schedule", actor=HARVESTER) == first


def test_what_a_run_does_is_in_the_audit_trail(tinh: Library, repository: Repository) -> None:
    harvest = source_for(tinh, repository)
    harvested(harvest)
    rows = AuditEntry.objects.filter(action__startswith="harvest.").order_by("id")
    assert [r.action for r in rows] == ["harvest.source_created", "harvest.run_opened", "harvest.run_done"]
    assert {r.library_id for r in rows} == {tinh.pk}
    assert rows[2].detail == {"source": harvest.code, "reason": "", "pages": 3, "listed": 8, "echoed": 0}


def test_the_work_of_a_page_does_not_grow_with_its_records(tinh: Library, repository: Repository) -> None:
    def statements(page: int) -> int:
        repository.page = page
        harvest = source_for(tinh, repository)
        run = runs.open_run(harvest.pk, reason="command", actor=HARVESTER)
        runs.work(run.pk, actor=HARVESTER, seconds=0)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            runs.work(run.pk, actor=HARVESTER, seconds=0)
        HarvestSource.objects.filter(pk=harvest.pk).delete()
        return len(seen)

    assert statements(2) == statements(7) < 15


def test_a_failure_once_is_not_a_failure(tinh: Library, repository: Repository) -> None:
    repository.faults.append(once(on_page(2, 502)))
    run = harvested(source_for(tinh, repository))
    assert (run.status, counts(run)["created"], log(run)) == ("done", 8, ["began", "waits"])
