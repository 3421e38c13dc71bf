"""Authorities from the file to the search: imports, links, decisions, other headings (AUT-1 to AUT-13, SEA-24)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lienthu.domain.catalog.authority_models import Authority, AuthorityName, HeadingLink, HeadingSweep
from lienthu.domain.catalog.authority_selectors import (
    authority_by_id,
    authority_list,
    names_of,
    records_under,
    suggestions,
)
from lienthu.domain.catalog.errors import AuthorityRefused
from lienthu.domain.catalog.services import authorities as acts
from lienthu.domain.catalog.services import linking
from lienthu.domain.catalog.services.heading_decisions import decide_heading, withdraw_decision
from lienthu.domain.catalog.services.linking import sweep
from lienthu.domain.catalog.tests.cast import CLERK, book, held, iso_file
from lienthu.domain.discovery import selectors
from lienthu.domain.discovery.backends.tantivy import writer as writers
from lienthu.domain.discovery.publications import publication
from lienthu.domain.discovery.services.indexing import Indexer
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.services.conduct import run_batch, undo_batch
from lienthu.domain.union.tests.cast import imported, received
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.normalise import normalise

pytestmark = pytest.mark.django_db
ZLEADER = "00000nz  a2200000n  4500"


def authority(
    number: str,
    name: str,
    years: str = "",
    *,
    also: Sequence[str] = (),
    tag: str = "100",
    more: Sequence[Field] = (),
    leader: str = ZLEADER,
) -> Record:
    dates = (("d", years),) if years else ()
    variants = [Field(f"4{tag[1:]}", "1", " ", (("a", text),)) for text in also]
    fields = (Field("001", data=number), Field("003", data="VN-T"), Field(tag, "1", " ", (("a", name), *dates)))
    return normalise(Record(leader, (*fields, *variants, *more)))


TO_HOAI = authority("a1", "Tô Hoài", "1920-2014", also=["Nguyễn Sen"])
DE_MEN = book("Dế mèn phiêu lưu ký", number="1", by="Tô Hoài", year=1941)


@pytest.fixture(autouse=True)
def _small_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers.TantivyWriter.__init__, "__kwdefaults__", {"heap_bytes": 15_000_000})


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def indexer() -> Iterator[Indexer]:
    with Indexer() as one:
        assert one.acquire()
        yield one


def found(q: str) -> list[str]:
    return [h.description.title for h in selectors.search(selectors.request_from({"q": [q]})).hits]


def links() -> list[tuple[str, str, str, str]]:
    rows = HeadingLink.objects.order_by("record_id", "ordinal", "authority_id")
    return [(r.heading, r.authority.heading, r.state, r.decided_by) for r in rows.select_related("authority")]


def the(name: str) -> Authority:
    return Authority.objects.get(heading__startswith=name)


# ------------------------------------------------------------------------------------------------------ import


def test_a_file_of_authorities_is_imported_and_again_changes_nothing(tinh: Library) -> None:
    none = normalise(Record(ZLEADER, (Field("001", data="x"), Field("400", subfields=(("a", "Ai"),)))))
    file = [TO_HOAI, authority("a2", "Nam Cao", "1915-1951", also=["Trần Hữu Tri"]), none]
    batch = imported(tinh, *file)
    assert (batch.read, batch.created, batch.quarantined) == (3, 2, 1)
    assert batch.problem_counts == {"no-heading": 1}
    again = imported(tinh, *file)
    assert (again.read, again.unchanged, again.quarantined) == (3, 2, 1)
    assert the("Tô").revisions.count() == 1
    revision = the("Tô").revisions.get()
    assert bytes(revision.raw) == iso_file([TO_HOAI])
    assert revision.batch_id == batch.pk


def test_authorities_among_publications_and_changes(tinh: Library) -> None:
    batch = imported(tinh, DE_MEN, TO_HOAI, authority("a1", "Tô Hoài", "1920-2014", also=["Mắt Biển"]))
    assert (batch.created, batch.updated, batch.repeated) == (2, 1, 1)
    assert dict(names_of(the("Tô"))) == {"variant": "Mắt Biển"}
    assert links() == [("Tô Hoài", "Tô Hoài, 1920-2014", "linked", "rule")]


def test_an_undone_import_takes_its_authorities_with_it(tinh: Library) -> None:
    first = imported(tinh, TO_HOAI)
    second = imported(tinh, authority("a1", "Tô Hoài", "1920-2014", also=["Mắt Biển"]))
    undo_batch(second.pk, actor=CLERK)
    assert dict(names_of(the("Tô"))) == {"variant": "Nguyễn Sen"}
    undo_batch(first.pk, actor=CLERK)
    imported(tinh, DE_MEN)
    sweep()
    # what the second import brought and its undoing restored is not the first one's any more, as with records
    assert the("Tô").revisions.count() == 3
    assert len(links()) == 1


def test_an_undone_import_gives_back_the_authorities_it_deleted(tinh: Library) -> None:
    """Rule AUT-2."""
    imported(tinh, TO_HOAI, DE_MEN)
    gone = authority("a1", "Tô Hoài", "1920-2014", also=["Nguyễn Sen"], leader=ZLEADER[:5] + "d" + ZLEADER[6:])
    batch = imported(tinh, gone)
    sweep()
    assert the("Tô").deleted
    assert imported(tinh, gone).unchanged == 1
    undo_batch(batch.pk, actor=CLERK)
    sweep()
    assert not the("Tô").deleted
    assert len(links()) == 1
    assert imported(tinh, TO_HOAI).unchanged == 1
    assert imported(tinh, gone).updated == 1
    assert the("Tô").deleted


def test_an_undone_file_can_be_imported_again(tinh: Library) -> None:
    """Rule AUT-2: what the library sent last is what is in force again."""
    imported(tinh, TO_HOAI)
    newer = authority("a1", "Tô Hoài", "1920-2014", also=["Mắt Biển"])
    undo_batch(imported(tinh, newer).pk, actor=CLERK)
    assert imported(tinh, TO_HOAI).unchanged == 1
    assert imported(tinh, newer).updated == 1
    assert dict(names_of(the("Tô"))) == {"variant": "Mắt Biển"}


def test_a_dry_run_writes_no_authority(tinh: Library) -> None:
    batch = run_batch(received(tinh, iso_file([TO_HOAI]), dry_run=True).pk, actor=CLERK)
    assert batch.created == 1
    assert not Authority.objects.exists()


# ------------------------------------------------------------------------------------------------------ linking


def test_records_link_when_they_come_and_authorities_find_those_that_are_there(tinh: Library) -> None:
    imported(tinh, DE_MEN)
    imported(tinh, TO_HOAI)
    assert links() == []
    assert sweep() == 1
    imported(tinh, book("O chuột", number="2", by="Tô Hoài", year=1942))
    assert [link[2] for link in links()] == ["linked", "linked"]
    assert sweep() == 0
    assert records_under(the("Tô").pk) == [held(tinh, "1").pk, held(tinh, "2").pk]


def test_the_links_do_not_depend_on_what_came_first(tinh: Library) -> None:
    people = [TO_HOAI, authority("a2", "Tô Hoài", "1955-"), authority("a3", "Nam Cao", "1915-1951")]
    books = [
        DE_MEN,
        book("Chí Phèo", number="2", by=["Nam Cao", "Tô Hoài"], year=1941),
        book("X", number="3", by="Cao, Nam"),
    ]
    imported(tinh, *people, *books)
    sweep()
    first = links()
    linking.ask_for_sweep()
    assert sweep() == 0
    assert links() == first
    other = make_library("VN-HL", "Thư viện Hạ Long")
    imported(other, *reversed(books))
    Authority.objects.update(deleted=True)
    imported(tinh, *[authority(f"n{n}", *said) for n, said in enumerate(
        [("Nam Cao", "1915-1951"), ("Tô Hoài", "1955-"), ("Tô Hoài", "1920-2014")])])  # fmt: skip
    sweep()
    mine = HeadingLink.objects.filter(record__library=tinh).select_related("authority")
    assert sorted((r.heading, r.authority.heading, r.state, r.decided_by) for r in mine) == sorted(first)


def test_a_sweep_that_was_killed_goes_on(tinh: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "CHUNK", 2)
    imported(tinh, *[book(f"Sách {n}", number=str(n), by="Tô Hoài", year=1990) for n in range(5)])
    imported(tinh, TO_HOAI)
    assert sweep(chunks=1) == 2
    assert HeadingSweep.objects.get().after
    # an authority that comes meanwhile is not missed by those done already
    imported(tinh, authority("a9", "Tô Hoài", "1955-"))
    sweep()
    assert HeadingLink.objects.filter(state="suggested").count() == 10
    state = HeadingSweep.objects.get()
    assert (state.done, state.after) == (state.wanted, 0)


def test_statements_do_not_grow_with_the_records(tinh: Library) -> None:
    imported(tinh, TO_HOAI)

    def statements(count: int, first: int) -> int:
        books = [(n, book(f"Sách {n}", by=["Tô Hoài", "Nguyễn Sen"], year=1990)) for n in range(first, first + count)]
        ids = []
        for n, one in books:
            imported(tinh, normalise(one.with_fields((Field("001", data=str(n)), *one.fields))))
            ids.append(held(tinh, str(n)).pk)
        with CaptureQueriesContext(connection) as seen:
            linking.relink(ids)
        return len(seen)

    assert statements(1, 100) == statements(8, 200)


def test_without_authorities_a_chunk_asks_twice(tinh: Library) -> None:
    with CaptureQueriesContext(connection) as seen:
        linking.link_written([(1, "[]"), (2, "[]")], fresh=frozenset({1, 2}))
    assert len(seen) == 2


# ------------------------------------------------------------------------------------------------------ decisions


def test_suggestions_are_explained_and_a_person_decides_for_all_and_for_later(tinh: Library) -> None:
    imported(tinh, authority("a1", "Nguyễn Văn Hùng", "1960-"))
    imported(tinh, *[book(f"Sách {n}", number=str(n), by="Nguyễn Văn Hùng", year=2001) for n in range(3)])
    (group,) = suggestions()
    assert (group.heading, group.records, group.authority.heading) == ("Nguyễn Văn Hùng", 3, "Nguyễn Văn Hùng, 1960-")
    assert {r["feature"] for r in group.reasons} == {"name", "dates", "rivals", "rarity"}
    decide_heading(digest=bytes.fromhex(group.digest), authority_id=group.authority.pk, same=True, actor=CLERK)
    assert {link[2:] for link in links()} == {("linked", "person")}
    assert suggestions() == []
    imported(tinh, book("Sách sau", number="9", by="Hùng, Nguyễn Văn", year=2002))
    assert len(links()) == 4
    assert {link[2:] for link in links()} == {("linked", "person")}


def test_a_refusal_is_never_overruled_and_can_be_taken_back(tinh: Library) -> None:
    imported(tinh, TO_HOAI, DE_MEN)
    digest = bytes(HeadingLink.objects.get().heading_digest)
    said = decide_heading(
        digest=digest, authority_id=the("Tô").pk, same=False, actor=CLERK, record_id=held(tinh, "1").pk
    )
    linking.ask_for_sweep()
    sweep()
    assert links() == []
    imported(tinh, book("Dế mèn phiêu lưu ký", number="1", by="Tô Hoài", year=1941, publisher="Kim Đồng"))
    assert links() == []
    imported(tinh, book("O chuột", number="2", by="Tô Hoài", year=1942))  # elsewhere it is him
    assert len(links()) == 1
    withdraw_decision(said.pk, actor=CLERK)
    assert len(links()) == 2


# ------------------------------------------------------------------------------------------------------ the public


def test_a_pen_name_finds_the_publications_and_suggests_the_heading(tinh: Library, indexer: Indexer) -> None:
    imported(tinh, DE_MEN)
    indexer.drain()
    assert found("Nguyễn Sen") == []
    imported(tinh, TO_HOAI)
    sweep()
    indexer.drain()
    assert found("Nguyễn Sen") == found("nguyen sen") == ["Dế mèn phiêu lưu ký"]
    assert "Tô Hoài" in [s.text for s in selectors.suggest("nguyen se")]


def test_a_new_heading_reaches_every_publication_and_goes_back(tinh: Library, indexer: Indexer) -> None:
    imported(tinh, TO_HOAI, DE_MEN)
    indexer.drain()
    acts.amend_authority(
        the("Tô").pk, heading="Tô Hoài (Nguyễn Sen)", dates="1920-2014", variants=["Mắt Biển"], note="", actor=CLERK
    )
    indexer.drain()
    result = selectors.search(selectors.request_from({"q": ["dế mèn"]}))
    assert result.hits[0].description.authors[0].name == "Tô Hoài (Nguyễn Sen)"
    assert [v.value for v in result.facets["person"]] == ["Tô Hoài"]  # brackets are no part of a direct form
    assert found("Mắt Biển") == ["Dế mèn phiêu lưu ký"]
    assert found("Tô Hoài") == ["Dế mèn phiêu lưu ký"]
    view = publication(result.hits[0].id)
    assert view is not None
    assert view.record.first("100").first("a") == "Tô Hoài"
    linking.ask_for_sweep()
    sweep()
    assert len(links()) == 1
    acts.restore_authority(the("Tô").pk, 1, actor=CLERK)
    indexer.drain()
    assert found("Mắt Biển") == []
    assert dict(names_of(the("Tô"))) == {"variant": "Nguyễn Sen"}
    assert AuthorityName.objects.filter(form="former").count() == 0


def test_what_people_edited_is_not_written_over(tinh: Library) -> None:
    imported(tinh, TO_HOAI)
    acts.amend_authority(
        the("Tô").pk, heading="Tô Hoài", dates="1920-2014", variants=["Mai Trang"], note="", actor=CLERK
    )
    batch = imported(tinh, authority("a1", "Tô Hoài", "1920-2014", also=["Mắt Biển"]))
    assert batch.updated == 1
    assert dict(names_of(the("Tô"))) == {"variant": "Mai Trang"}
    acts.restore_authority(the("Tô").pk, 3, actor=CLERK)
    assert dict(names_of(the("Tô"))) == {"variant": "Mắt Biển"}
    assert not the("Tô").edited


def test_merged_authorities_lead_to_one_and_can_be_parted(tinh: Library, indexer: Indexer) -> None:
    imported(tinh, TO_HOAI, authority("a2", "Nguyễn Sen Tô Hoài", "1920-2014"), DE_MEN)
    imported(tinh, book("O chuột", number="2", by="Nguyễn Sen Tô Hoài", year=1942))
    one, other = the("Tô"), the("Nguyễn Sen")
    acts.merge_authorities(other.pk, one.pk, actor=CLERK)
    indexer.drain()
    assert authority_by_id(other.pk) == one
    assert len(records_under(one.pk)) == 2
    hits = selectors.search(selectors.request_from({"q": ["o chuột"]})).hits
    assert hits[0].description.authors[0].name == "Tô Hoài"
    sweep()
    assert len(records_under(one.pk)) == 2
    with pytest.raises(AuthorityRefused):
        acts.merge_authorities(one.pk, other.pk, actor=CLERK)
    acts.part_authority(other.pk, actor=CLERK)
    sweep()
    assert len(records_under(one.pk)) == len(records_under(other.pk)) == 1


def test_lists_of_authorities(tinh: Library) -> None:
    imported(tinh, TO_HOAI, authority("a2", "Nam Cao", also=["Trần Hữu Tri"]), authority("a3", "Than", tag="150"))
    assert [a.heading for a in authority_list()] == ["Nam Cao", "Than", "Tô Hoài, 1920-2014"]
    assert [a.heading for a in authority_list("huu tri")] == ["Nam Cao"]
    assert [a.heading for a in authority_list(kind="topic")] == ["Than"]
    nam_cao = the("Nam")
    assert [a.heading for a in authority_list(after=(nam_cao.sort_key, nam_cao.pk))] == ["Than", "Tô Hoài, 1920-2014"]
