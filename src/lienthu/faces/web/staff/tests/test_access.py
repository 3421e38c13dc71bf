"""Who gets in where: every address, every kind of person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.urls.resolvers import URLPattern

from lienthu.domain.catalog.models import BibRecord, ImportBatch
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission, Role
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.tests.factories import make_library, make_person
from lienthu.faces.web.staff import urls
from lienthu.faces.web.staff.tests.cast import WORKER, handed_over, iso_file, of, page, record, run_waiting
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(manager: Client, home: Library) -> ImportBatch:
    """A finished import of the home library: one record, one piece that could not be read."""
    found = handed_over(manager, home, iso_file([record("1", "Vịnh Hạ Long", barcode="B1")]) + b"00xx bad\x1d")
    manager.post(page("import_start", found.pk))
    run_waiting()
    return ImportBatch.objects.get(pk=found.pk)


def addresses(batch: ImportBatch) -> dict[str, str]:
    """Every address of this face, with a library's own objects in it."""
    record_id = BibRecord.objects.get().pk
    args: dict[str, list[Any]] = {
        "import_problems": [batch.pk, next(iter(batch.problem_counts))],
        "import_piece": [batch.pk, 1],
        "import_piece_bytes": [batch.pk, 1],
        "joining_file": [batch.pk, "pdf"],
        "quality_file": ["pdf"],
        "quality_list": ["alone"],
        "quality_csv": ["alone"],
        "record_revision": [record_id, 1],
        "record_bytes": [record_id, 1],
    }
    out = {}
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        name = str(pattern.name)
        own = [record_id] if name.startswith("record_") or name == "record" else [batch.pk]
        own = [batch.source_id] if name.startswith("system") else own
        wanted = args.get(name, own if "<int:pk>" in str(pattern.pattern) else [])
        out[name] = reverse(f"staff:{name}", args=wanted)
    return out


POST_ONLY = {"import_start", "system_read"}


def status(client: Client, name: str, url: str) -> int:
    return (client.post(url) if name in POST_ONLY else client.get(url)).status_code


def test_every_view_declares_the_permission_it_needs() -> None:
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        assert isinstance(getattr(pattern.callback, "staff_permission", None), Permission), pattern.name


def test_a_visitor_is_sent_to_sign_in_everywhere(client: Client, batch: ImportBatch) -> None:
    for name, url in addresses(batch).items():
        for response in (client.get(url), client.post(url)):
            if response.status_code == 405:
                continue
            assert response.status_code == 302, name
            assert response.headers["Location"].startswith(reverse("accounts:sign_in")), name


def test_a_reader_gets_in_nowhere(batch: ImportBatch, home: Library) -> None:
    reader = of(make_person("an", (Role.READER, home)))
    assert {name: status(reader, name, url) for name, url in addresses(batch).items()} == dict.fromkeys(
        addresses(batch), 403
    )


def test_the_staff_of_another_library_see_nothing_of_this_one(stranger: Client, batch: ImportBatch) -> None:
    about_it = {n: u for n, u in addresses(batch).items() if any(char.isdigit() for char in u)}
    assert len(about_it) == 22
    for name, url in about_it.items():
        assert status(stranger, name, url) == 403, name
        assert stranger.post(url).status_code in (403, 405), name
    assert "Vịnh Hạ Long" not in stranger.get(page("records")).content.decode()
    assert batch.filename not in stranger.get(page("import_list")).content.decode()
    assert batch.filename not in stranger.get(page("home")).content.decode()


@pytest.mark.parametrize("ask", [
    lambda c, pk: c.get(page("records"), {"library": pk}),
    lambda c, pk: c.get(page("import_list"), {"library": pk}),
    lambda c, pk: c.post(page("import_new"), {"library": pk}),
    lambda c, pk: c.post(page("export"), {"library": pk, "format": "json"}),
])  # fmt: skip
def test_naming_another_library_in_a_form_is_refused(
    ask: Callable[[Client, int], Any], stranger: Client, home: Library, batch: ImportBatch
) -> None:
    assert ask(stranger, home.pk).status_code == 403
    assert not AuditEntry.objects.filter(action="records.export_started").exists()
    assert ImportBatch.objects.count() == 1


def test_a_librarian_imports_but_does_not_undo_and_sees_no_trail(librarian: Client, batch: ImportBatch) -> None:
    seen = addresses(batch)
    refused = {name for name, url in seen.items() if status(librarian, name, url) == 403}
    assert refused == {"import_undo", "record_set_apart", "record_bring_together"}
    assert "Who did what" not in librarian.get(seen["batch"]).content.decode()
    assert "Undo this import" not in librarian.get(seen["batch"]).content.decode()


def test_the_union_editor_reads_all_and_imports_nothing(editor: Client, batch: ImportBatch) -> None:
    seen = addresses(batch)
    opened = {name for name, url in seen.items() if status(editor, name, url) != 403}
    assert opened == {
        "home", "records", "record", "record_revision", "record_bytes", "record_set_apart", "record_bring_together",
        "export", "quality", "quality_file", "quality_list", "quality_csv",
    }  # fmt: skip


def test_a_closed_library_is_out_of_reach_of_the_editor(editor: Client, admin: Client) -> None:
    barracks = make_library("VN-QK", "Thư viện Quân khu", type="armed_forces", particulars=Particulars(closed=True))
    own = of(make_person("tu", (Role.LIBRARY_MANAGER, barracks)))
    secret = handed_over(own, barracks, iso_file([record("1", "Tài liệu nội bộ")]))
    own.post(page("import_start", secret.pk))
    run_waiting()
    found = BibRecord.objects.get()
    assert editor.get(page("record", found.pk)).status_code == 403
    assert editor.get(page("records"), {"library": barracks.pk}).status_code == 403
    assert editor.post(page("export"), {"library": barracks.pk, "format": "json"}).status_code == 403
    assert own.get(page("record", found.pk)).status_code == 200
    assert admin.get(page("record", found.pk)).status_code == 200


def test_members_in_closed_libraries_are_counted_not_shown(editor: Client, home: Library) -> None:
    barracks = make_library("VN-QK", "Thư viện Quân khu", type="armed_forces", particulars=Particulars(closed=True))
    for library in (home, barracks):
        client = of(make_person(f"person{library.pk}", (Role.LIBRARY_MANAGER, library)))
        same = handed_over(client, library, iso_file([record("1", "Truyện Kiều", "Nguyễn Du")]))
        client.post(page("import_start", same.pk))
        run_waiting()
    html = editor.get(page("record", BibRecord.objects.get(library=home).pk)).content.decode()
    assert "1 record of a closed library" in html
    assert "Quân khu" not in html


def test_a_role_that_ended_opens_nothing(home: Library) -> None:
    from datetime import date

    from lienthu.domain.network.tests.factories import give_role

    person = make_person("cu")
    give_role(person, Role.LIBRARY_MANAGER, home, valid_from=date(2020, 1, 1), valid_to=date(2021, 1, 1))
    assert of(person).get(page("home")).status_code == 403


def test_numbers_that_are_none_are_not_found_and_never_an_error(admin: Client, batch: ImportBatch) -> None:
    for url in (
        page("batch", 999999),
        page("record", 10**17),
        f"/staff/imports/{10**30}/",
        f"/staff/records/{10**30}/",
        page("record_revision", BibRecord.objects.get().pk, 99),
        page("import_piece", batch.pk, 77),
        page("import_problems", batch.pk, "no-such-code"),
    ):
        assert admin.get(url).status_code == 404, url
    for query in ("after=x", "after=²", f"after={10**40}", "before=-1"):
        assert admin.get(f"{page('import_list')}?{query}").status_code == 200
        assert admin.get(f"{page('import_quarantine', batch.pk)}?{query}").status_code == 200


def test_what_is_asked_for_is_written_down_with_its_person(manager: Client, batch: ImportBatch) -> None:
    queued = AuditEntry.objects.get(action="import.queued")
    assert queued.actor is not None
    assert (queued.actor.username, queued.library_id) == ("minh", batch.library_id)
    assert WORKER.name in set(AuditEntry.objects.values_list("actor_name", flat=True))
