"""The screens of harvesting: who gets in, what they show, what they never show (HAR-2, HAR-17 to HAR-19)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission, Role
from lienthu.domain.network.tests.factories import make_admin, make_library, make_person
from lienthu.domain.union.harvesting import jobs
from lienthu.domain.union.harvesting.models import HarvestRun, HarvestSource
from lienthu.domain.union.harvesting.services import runs, sources
from lienthu.domain.union.harvesting.tests.cast import HARVESTER, harvested, source_for
from lienthu.domain.union.harvesting.tests.repository import Repository, marcxml, on_page, served
from lienthu.faces.web.staff.harvesting import urls
from lienthu.faces.web.staff.tests.cast import of

pytestmark = pytest.mark.django_db
SECRET = "bí mật chỉ nói một lần"


@pytest.fixture(autouse=True)
def _in_english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def home() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh Quảng Ninh")


@pytest.fixture
def librarian(home: Library) -> Client:
    return of(make_person("hoa", (Role.LIBRARIAN, home)))


@pytest.fixture
def manager(home: Library) -> Client:
    return of(make_person("minh", (Role.LIBRARY_MANAGER, home)))


@pytest.fixture
def stranger() -> Client:
    return of(make_person("binh", (Role.LIBRARY_MANAGER, make_library("VN-HL", "Thư viện Hạ Long"))))


@pytest.fixture
def repository() -> Iterator[Repository]:
    with served(Repository()) as r:
        for n in range(1, 6):
            r.put(f"oai:thu.vn:{n}", marcxml(str(n), f"Đất mỏ tập {n}"))
        yield r


@pytest.fixture
def harvest(home: Library, repository: Repository) -> HarvestSource:
    return source_for(home, repository, username="lan", secret=SECRET)


def page(name: str, *args: Any) -> str:
    return reverse(f"staff_harvesting:{name}", args=args)


def given(home: Library, **changed: Any) -> dict[str, Any]:
    return {
        "code": "dai-hoc", "library": home.pk, "name": "Đại học", "kind": "oai", "address": "https://thu.vn/oai",
        "metadata_prefix": "marcxml", "schedule": "24h", "overlap_minutes": 15, "source_code": "main", **changed,
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------------ who gets in


def test_every_view_declares_the_permission_it_needs() -> None:
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        assert isinstance(getattr(pattern.callback, "staff_permission", None), Permission), pattern.name


def test_who_gets_in(
    client: Client, librarian: Client, manager: Client, stranger: Client, harvest: HarvestSource
) -> None:
    run = harvested(harvest)
    looks = [page("sources"), page("source", harvest.pk), page("run", run.pk)]
    changes = [page("new"), page("edit", harvest.pk)]
    posts = {page("start", harvest.pk): librarian, page("stop", run.pk): librarian,
             page("pause", harvest.pk): manager, page("forget_key", harvest.pk): manager}  # fmt: skip
    for url in [*looks, *changes]:
        assert client.get(url).status_code == 302
    assert [librarian.get(url).status_code for url in [*looks, *changes]] == [200] * 3 + [403] * 2
    assert [manager.get(url).status_code for url in [*looks, *changes]] == [200] * 5
    assert [stranger.get(url).status_code for url in [*looks[1:], changes[1]]] == [403] * 3
    for url, who in posts.items():
        assert stranger.post(url).status_code == 403
        assert who.get(url).status_code == 405
        assert who.post(url).status_code == 302
    for url in (page("pause", harvest.pk), page("forget_key", harvest.pk)):
        assert librarian.post(url).status_code == 403
    editor = of(make_person("ngoc", (Role.UNION_EDITOR, None)))
    assert editor.get(page("sources")).status_code == 403
    assert "Đại học" not in stranger.get(page("sources")).content.decode()


def test_a_number_that_is_none_is_not_found(manager: Client, harvest: HarvestSource) -> None:
    assert manager.get(page("source", 999_999)).status_code == 404
    assert manager.get(page("run", 2**62)).status_code == 404


# --------------------------------------------------------------------------------------------------------- the form


def test_a_manager_sets_up_a_source(manager: Client, home: Library) -> None:
    answer = manager.post(page("new"), given(home, secret=SECRET, username="lan"))
    made = HarvestSource.objects.get()
    assert answer.headers["Location"] == page("source", made.pk)
    assert (made.code, made.library, made.schedule, made.active) == ("dai-hoc", home, "24h", True)
    assert sources.password_of(made) == SECRET
    assert made.next_at is not None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"address": "thu.vn"}, "address"), ({"schedule": "* * * * *"}, "schedule"), ({"code": "Có dấu"}, "code"),
        ({"metadata_prefix": "a b"}, "metadata_prefix"), ({"name": ""}, "name"), ({"kind": "folder"}, "kind"),
        ({"overlap_minutes": "x"}, "overlap_minutes"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field(
    manager: Client, home: Library, changed: dict[str, str], field: str
) -> None:
    answer = manager.post(page("new"), given(home, **changed))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not HarvestSource.objects.exists()


def test_a_manager_sets_up_none_for_another_library(manager: Client, stranger: Client, home: Library) -> None:
    other = Library.objects.get(code="VN-HL")
    assert manager.post(page("new"), given(home, library=other.pk)).status_code == 403


def test_only_an_administrator_lets_the_server_reach_into_itself(manager: Client, home: Library) -> None:
    manager.post(page("new"), given(home, private_allowed="on"))
    made = HarvestSource.objects.get()
    assert not made.private_allowed
    admin = of(make_admin())
    admin.post(page("edit", made.pk), given(home, private_allowed="on"))
    made.refresh_from_db()
    assert made.private_allowed
    manager.post(page("edit", made.pk), given(home, name="Tên khác"))
    made.refresh_from_db()
    assert (made.name, made.private_allowed) == ("Tên khác", True)
    manager.post(page("edit", made.pk), given(home, address="http://10.0.0.1/oai"))
    made.refresh_from_db()
    assert (made.address, made.private_allowed) == ("http://10.0.0.1/oai", False), "the word was about one address"
    admin.post(page("new"), given(home, code="thu-muc", kind="folder", address="/srv/nhap", schedule="1h"))
    folder = HarvestSource.objects.get(code="thu-muc")
    assert manager.get(page("edit", folder.pk)).status_code == 403
    assert manager.post(page("edit", folder.pk), given(home)).status_code == 403


def test_a_password_is_never_shown(manager: Client, harvest: HarvestSource) -> None:
    run = harvested(harvest)
    for url in (page("sources"), page("source", harvest.pk), page("edit", harvest.pk), page("run", run.pk)):
        shown = manager.get(url).content.decode()
        assert SECRET not in shown
        assert harvest.secret not in shown
    manager.post(page("edit", harvest.pk), {**given(harvest.library), "address": harvest.address, "secret": ""})
    harvest.refresh_from_db()
    assert sources.password_of(harvest) == SECRET
    manager.post(
        page("edit", harvest.pk), {**given(harvest.library), "address": harvest.address, "forget_secret": "on"}
    )
    harvest.refresh_from_db()
    assert harvest.secret == ""


# -------------------------------------------------------------------------------------------------------- the pages


def test_a_librarian_harvests_now_and_reads_the_log(
    librarian: Client, harvest: HarvestSource, repository: Repository
) -> None:
    repository.faults.append(on_page(2, 200, {}, b"<html>"))
    answer = librarian.post(page("start", harvest.pk))
    run = HarvestRun.objects.get()
    assert answer.headers["Location"] == page("run", run.pk)
    going = librarian.get(page("run", run.pk)).content.decode()
    assert 'hx-trigger="every 2s"' in going
    run = harvested(harvest)
    shown = librarian.get(page("run", run.pk)).content.decode()
    assert "What answers at this address does not speak OAI-PMH" in shown
    assert "Stopped after page 1." in shown
    assert reverse("staff:batch", args=[run.batches.get().batch_id]) in shown
    assert "Go on from where it stopped" in shown
    assert "hx-trigger" not in librarian.get(page("run", run.pk), headers={"HX-Request": "true"}).content.decode()
    listed = librarian.get(page("source", harvest.pk)).content.decode()
    assert "The last harvest stopped" in listed


def test_everything_may_be_fetched_again(librarian: Client, harvest: HarvestSource) -> None:
    harvested(harvest)
    librarian.post(page("start", harvest.pk), {"full": "1"})
    assert HarvestRun.objects.order_by("-id")[0].full


def test_a_run_is_stopped_by_a_person(librarian: Client, harvest: HarvestSource) -> None:
    librarian.post(page("start", harvest.pk))
    run = HarvestRun.objects.get()
    librarian.post(page("stop", run.pk))
    jobs.move_on(run.pk)
    assert "A person stopped it." in librarian.get(page("run", run.pk)).content.decode()


def test_a_stale_source_is_told_on_its_pages_and_the_overview(librarian: Client, harvest: HarvestSource) -> None:
    assert "stale" not in librarian.get(page("sources")).content.decode()
    HarvestSource.objects.update(created_at=timezone.now() - timedelta(days=9))
    runs.note_stale(actor=HARVESTER)
    for url in (page("sources"), reverse("staff:home")):
        assert "Never harvested whole." in librarian.get(url).content.decode(), url
    assert "This source is stale" in librarian.get(page("source", harvest.pk)).content.decode()


def test_a_source_is_paused_and_taken_up(manager: Client, harvest: HarvestSource) -> None:
    manager.post(page("pause", harvest.pk))
    assert "paused" in manager.get(page("sources")).content.decode()
    manager.post(page("pause", harvest.pk))
    harvest.refresh_from_db()
    assert harvest.active


def test_the_pages_take_as_many_statements_for_one_as_for_many(
    manager: Client, home: Library, harvest: HarvestSource, repository: Repository
) -> None:
    def statements(url: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert manager.get(url).status_code == 200
        return len(seen)

    harvested(harvest)
    before = [statements(page("sources")), statements(page("source", harvest.pk))]
    for _ in range(3):
        harvested(harvest, full=True)
        harvested(source_for(home, repository))
    assert [statements(page("sources")), statements(page("source", harvest.pk))] == before


def test_runs_are_shown_by_pages(manager: Client, harvest: HarvestSource) -> None:
    HarvestRun.objects.bulk_create(
        HarvestRun(harvest=harvest, status="done", reason="schedule", asked_by="x") for _ in range(30)
    )
    first = manager.get(page("source", harvest.pk))
    assert len(first.context["rows"]) == 25
    older = manager.get(page("source", harvest.pk) + first.context["next_url"])
    assert len(older.context["rows"]) == 5


def test_a_harvested_list_that_waits_is_looked_at_like_any_file(
    manager: Client, harvest: HarvestSource, repository: Repository
) -> None:
    """Between fetching and importing it is a batch that nobody has begun: its pages must bear deletions."""
    repository.delete("oai:thu.vn:1")
    repository.put("oai:thu.vn:hong", "")
    run = runs.open_run(harvest.pk, reason="command", actor=HARVESTER)
    while run.batch is None:
        run = runs.work(run.pk, actor=HARVESTER, seconds=0)
    for name in ("batch", "import_check", "import_trial"):
        assert manager.get(reverse(f"staff:{name}", args=[run.batch.pk])).status_code == 200, name
    run = harvested(harvest)
    assert run.status == "done"
    batch = run.batches.get().batch
    assert (batch.created, batch.unchanged, batch.quarantined) == (4, 1, 1)
    for url in (
        reverse("staff:batch", args=[batch.pk]),
        reverse("staff:import_quarantine", args=[batch.pk]),
        reverse("staff:import_undo", args=[batch.pk]),
    ):
        assert manager.get(url).status_code == 200, url
    repository.delete("oai:thu.vn:2")
    withdrawn = harvested(harvest).batches.get().batch
    assert "withdrawn" in manager.get(reverse("staff:batch", args=[withdrawn.pk])).content.decode()
    record = BibRecord.objects.get(identity="oai:oai:thu.vn:2")
    for url in (reverse("staff:record", args=[record.pk]), reverse("staff:record_revision", args=[record.pk, 2])):
        assert manager.get(url).status_code == 200, url
