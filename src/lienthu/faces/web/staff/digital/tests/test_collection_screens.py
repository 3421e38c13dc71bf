"""Screens of the collections: who sees which, who makes, changes, closes and opens them (DIG-10, RGT-3)."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from lienthu.domain.digital.models import Collection
from lienthu.domain.digital.services.collecting import CollectionFacts, create_collection
from lienthu.domain.digital.tests.cast import CLERK, published
from lienthu.domain.network.models import Library

pytestmark = pytest.mark.django_db
LIST = reverse("staff_digital:collections")
NEW = reverse("staff_digital:collection_new")


def page(row: Collection, name: str = "collection") -> str:
    return reverse(f"staff_digital:{name}", args=[row.pk])


def stamp(html: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', html)
    assert found is not None
    return found[1]


@pytest.fixture
def chronicles(home: Library) -> Collection:
    return create_collection("gia-pha", home, CollectionFacts("Gia phả"), actor=CLERK)


def test_a_manager_makes_a_collection_and_readers_see_it(manager: Client, home: Library, client: Client) -> None:
    """DIG-10."""
    said = {"code": "dia-chi", "library": home.pk, "name": "Địa chí", "owner_group": "education", "place": "2"}
    assert manager.post(NEW, {**said, "name": " "}).status_code == 422
    assert manager.post(NEW, said).status_code == 302
    row = Collection.objects.get()
    assert (row.library, row.name, row.owner_group, row.place, row.closed) == (home, "Địa chí", "education", 2, False)
    again = manager.post(NEW, said)
    assert again.status_code == 422
    assert "This code is taken" in again.content.decode()
    assert "Địa chí" in manager.get(LIST).content.decode()
    assert client.get(reverse("reader:collection", args=["dia-chi"])).status_code == 200


def test_a_collection_is_changed_by_whoever_looked_at_what_stands(manager: Client, chronicles: Collection) -> None:
    """DIG-10."""
    seen = stamp(manager.get(page(chronicles)).content.decode())
    said = {"name": "Gia phả các họ", "owner_group": "public", "place": "0", "seen": seen}
    assert manager.post(page(chronicles), said).status_code == 302
    late = manager.post(page(chronicles), {**said, "name": "Khác"})
    assert late.status_code == 422
    assert "Somebody changed this meanwhile" in late.content.decode()
    chronicles.refresh_from_db()
    assert chronicles.name == "Gia phả các họ"


def test_closing_takes_it_from_everybody_else_at_once(
    manager: Client, admin: Client, client: Client, home: Library, chronicles: Collection
) -> None:
    """DIG-10, RGT-3."""
    obj = published(home, "Gia phả họ Vũ")
    type(obj).objects.filter(pk=obj.pk).update(collection=chronicles)
    public = reverse("reader:collection", args=["gia-pha"])
    for who in (client, admin, manager):
        assert "Gia phả họ Vũ" in who.get(public).content.decode()
    shown = manager.get(page(chronicles)).content.decode()
    assert "holds 1 title" in shown
    assert manager.post(page(chronicles, "collection_close")).status_code == 302
    assert client.get(public).status_code == 404
    assert admin.get(public).status_code == 404
    assert admin.get(page(chronicles)).status_code == 404
    assert admin.post(page(chronicles, "collection_reopen")).status_code == 404
    assert "gia-pha" not in admin.get(LIST).content.decode()
    assert "Gia phả họ Vũ" in manager.get(public).content.decode()
    assert "own people only" in manager.get(LIST).content.decode()
    assert manager.post(page(chronicles, "collection_reopen")).status_code == 302
    assert "Gia phả họ Vũ" in client.get(public).content.decode()


def test_one_of_the_armed_forces_cannot_be_opened(manager: Client, chronicles: Collection) -> None:
    """RGT-3."""
    seen = stamp(manager.get(page(chronicles)).content.decode())
    said = {"name": "Gia phả", "owner_group": "armed_forces", "place": "0", "seen": seen}
    assert manager.post(page(chronicles), said).status_code == 302
    shown = manager.get(page(chronicles)).content.decode()
    assert "always closed" in shown
    assert page(chronicles, "collection_reopen") not in shown
    manager.post(page(chronicles, "collection_reopen"))
    chronicles.refresh_from_db()
    assert chronicles.closed


def test_librarians_look_and_others_do_not_get_in(
    librarian: Client, stranger: Client, editor: Client, home: Library, chronicles: Collection
) -> None:
    """DIG-10."""
    shown = librarian.get(LIST).content.decode()
    assert "Gia phả" in shown
    assert page(chronicles) not in shown
    assert NEW not in shown
    for who, refused in ((librarian, {403}), (editor, {403}), (stranger, {403, 404})):
        for where in (page(chronicles), page(chronicles, "collection_close"), page(chronicles, "collection_reopen")):
            assert who.post(where, {"name": "x"}).status_code in refused
    assert "Gia phả" not in stranger.get(LIST).content.decode()
    said = {"code": "x", "library": home.pk, "name": "X", "owner_group": "public", "place": "0"}
    assert stranger.post(NEW, said).status_code == 403
    assert Collection.objects.get().name == "Gia phả"
