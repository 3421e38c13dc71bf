"""The screens of authorities: who gets in, what they show and do (AUT-14); the public page of a person (AUT-15)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.urls.resolvers import URLPattern

from lienthu.domain.catalog.authority_models import Authority, HeadingDecision, HeadingLink
from lienthu.domain.catalog.services import authorities as acts
from lienthu.domain.catalog.tests.cast import CLERK, book
from lienthu.domain.discovery.tests.test_authorities import DE_MEN, TO_HOAI, authority
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission, Role
from lienthu.domain.network.tests.factories import make_library, make_person
from lienthu.domain.union.tests.cast import cluster_of, imported
from lienthu.faces.web.staff.authorities import urls
from lienthu.faces.web.staff.tests.cast import of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def home() -> Library:
    library = make_library("VN-QNTV", "Thư viện tỉnh Quảng Ninh")
    hung = authority("a2", "Nguyễn Văn Hùng", "1960-")
    imported(library, TO_HOAI, hung, DE_MEN, book("Sách", number="2", by="Nguyễn Văn Hùng", year=2001))
    return library


@pytest.fixture
def librarian(home: Library) -> Client:
    return of(make_person("hoa", (Role.LIBRARIAN, home)))


@pytest.fixture
def editor(home: Library) -> Client:
    return of(make_person("bien", (Role.UNION_EDITOR, None)))


def page(name: str, *args: Any) -> str:
    return reverse(f"staff_authorities:{name}", args=args)


def the(name: str) -> Authority:
    return Authority.objects.get(heading__startswith=name)


def test_every_view_declares_the_permission_it_needs() -> None:
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        assert isinstance(getattr(pattern.callback, "staff_permission", None), Permission), pattern.name


def test_everybody_at_a_desk_looks_and_union_editors_change(client: Client, librarian: Client, editor: Client) -> None:
    pk = the("Tô").pk
    decision = HeadingDecision.objects.create(
        heading_digest=b"x" * 16, heading="X", authority_id=pk, verdict="different", by="bien"
    )
    looks = [page("list"), page("authority", pk), page("suggestions")]
    changes = {
        page("edit", pk): {}, page("merge", pk): {}, page("restore", pk): {"number": "1"}, page("part", pk): {},
        page("decide"): {"digest": "00", "authority": str(pk)}, page("withdraw", decision.pk): {},
    }  # fmt: skip
    for url in looks:
        assert client.get(url).status_code == 302
        assert librarian.get(url).status_code == editor.get(url).status_code == 200
    for url, data in changes.items():
        assert client.post(url, data).status_code == 302
        assert librarian.post(url, data).status_code == 403
        assert editor.post(url, data).status_code in (200, 302, 404, 422)
    assert HeadingDecision.objects.get(pk=decision.pk).withdrawn_by == "bien"


def test_lists_find_any_name(librarian: Client) -> None:
    found = librarian.get(page("list"), {"q": "sen nguyen"}).content.decode()
    assert "Tô Hoài, 1920-2014" in found
    assert "Nguyễn Văn Hùng" not in found
    assert "No authority has this name" in librarian.get(page("list"), {"q": "xyz"}).content.decode()


def test_the_page_of_one_shows_names_works_and_history(librarian: Client) -> None:
    shown = librarian.get(page("authority", the("Tô").pk)).content.decode()
    for text in ("Nguyễn Sen", "Dế mèn phiêu lưu ký", "in force", "(vn-t)a1"):
        assert text in shown
    assert "Change" not in shown


def test_a_heading_is_changed_and_brought_back(editor: Client) -> None:
    pk = the("Tô").pk
    wrong = editor.post(page("edit", pk), {"heading": "", "variants": ""})
    assert wrong.status_code == 422
    given = {"heading": "Tô Hoài mới", "dates": "1920-2014", "variants": "Nguyễn Sen\n\nMai Trang\n", "note": "Nhà văn"}
    assert editor.post(page("edit", pk), given).status_code == 302
    shown = editor.get(page("authority", pk)).content.decode()
    for text in ("Tô Hoài mới, 1920-2014", "Mai Trang", "former heading", "Nhà văn"):
        assert text in shown
    assert editor.post(page("restore", pk), {"number": "1"}).status_code == 302
    assert the("Tô").heading == "Tô Hoài, 1920-2014"
    assert editor.post(page("restore", pk), {"number": "99"}, follow=True).status_code == 200


def test_suggestions_are_shown_with_reasons_and_decided(editor: Client) -> None:
    shown = editor.get(page("suggestions")).content.decode()
    for text in ("Nguyễn Văn Hùng, 1960-", "a name that many people bear", "only the authority has years"):
        assert text in shown
    link = HeadingLink.objects.get(state="suggested")
    data = {"digest": bytes(link.heading_digest).hex(), "authority": link.authority_id, "verdict": "same"}
    done = editor.post(page("decide"), data, follow=True).content.decode()
    assert "is linked now" in done
    assert "Nothing waits" in done
    assert editor.post(page("decide"), {**data, "digest": "zz"}).status_code == 404


@pytest.mark.parametrize("after", ["", "x", "\x00|00|1", "a|zz|1", "a|00|9999999999999999999", "a|00|-1", "|" * 9])
def test_any_place_in_the_list_is_a_page(editor: Client, after: str) -> None:
    assert editor.get(page("suggestions"), {"after": after}).status_code == 200
    assert editor.get(page("list"), {"after": after, "q": after}).status_code == 200


def test_duplicates_are_merged_and_parted_on_screens(editor: Client, home: Library) -> None:
    imported(home, authority("a3", "Tô Hoài", "1920-2014"))
    one, other = Authority.objects.filter(heading__startswith="Tô").order_by("pk")
    assert f'value="{one.pk}"' in editor.get(page("merge", other.pk)).content.decode()
    assert editor.post(page("merge", other.pk), {"into": one.pk}).status_code == 302
    assert editor.get(page("authority", other.pk)).headers["Location"] == page("authority", one.pk)
    assert "Part again" in editor.get(page("authority", one.pk)).content.decode()
    assert editor.post(page("part", other.pk)).status_code == 302
    assert editor.get(page("authority", other.pk)).status_code == 200


def test_pages_ask_the_database_a_bounded_number_of_times(editor: Client, home: Library) -> None:
    def asked(url: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert editor.get(url).status_code == 200
        return len(seen)

    urls_ = [page("list"), page("suggestions"), page("authority", the("Tô").pk)]
    before = [asked(u) for u in urls_]
    more = [book(f"Sách {n}", number=f"m{n}", by=["Tô Hoài", "Nguyễn Văn Hùng"], year=2000) for n in range(6)]
    imported(home, *more, *[authority(f"p{n}", f"Người {n}") for n in range(6)])
    assert [asked(u) for u in urls_] == before


# ------------------------------------------------------------------------------------------------------ the public


def test_readers_meet_a_person(client: Client, home: Library) -> None:
    pk = the("Tô").pk
    shown = client.get(reverse("portal:person", args=[pk]))
    text = shown.content.decode()
    assert shown.status_code == 200
    for part in ("Tô Hoài", "1920-2014", "Nguyễn Sen", "Dế mèn phiêu lưu ký"):
        assert part in text
    record = client.get(reverse("portal:record", args=[cluster_of(home, "1")])).content.decode()
    assert reverse("portal:person", args=[pk]) in record
    assert client.get(reverse("portal:person", args=[2**62])).status_code == 404


def test_a_merged_person_leads_on_for_good(client: Client, home: Library) -> None:
    imported(home, authority("a3", "Tô Hoài mới", "1920-2014"))
    one, other = the("Tô Hoài,"), the("Tô Hoài mới")
    acts.merge_authorities(other.pk, one.pk, actor=CLERK)
    answer = client.get(reverse("portal:person", args=[other.pk]))
    assert (answer.status_code, answer.headers["Location"]) == (301, reverse("portal:person", args=[one.pk]))


def test_nothing_in_an_authority_becomes_markup(client: Client, editor: Client, home: Library) -> None:
    imported(home, authority("evil", "<script>alert(1)</script>", "1900-", also=['"><img src=x>']))
    evil = Authority.objects.get(control_number="evil")
    for answer in (
        client.get(reverse("portal:person", args=[evil.pk])),
        editor.get(page("authority", evil.pk)),
        editor.get(page("list")),
        editor.get(page("edit", evil.pk)),
    ):
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()
        assert "<img src=x" not in answer.content.decode()
