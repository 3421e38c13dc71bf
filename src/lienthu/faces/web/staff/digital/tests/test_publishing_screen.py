"""Before readers get an object its manager is told what speaks against it, and says so knowingly."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from lienthu.domain.digital.models import DigitalObject, Page
from lienthu.domain.digital.policy import Access, Status
from lienthu.domain.digital.selectors.rights import newest_rights
from lienthu.domain.digital.tests.cast import give_rights, make_object
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.tests.factories import make_library
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def obj(home: Library) -> DigitalObject:
    made = make_object(home, "Gia phả họ Vũ", pages=3)
    give_rights(made, personal_data=True)
    made.pages.filter(seq=2).update(state=Page.State.FAILED)
    return made


def test_what_speaks_against_publishing_is_told_and_set_aside(manager: Client, obj: DigitalObject) -> None:
    """RGT-16: only by who was told, and only what was told."""
    page, publish = (reverse(f"staff_digital:{name}", args=[obj.public_id]) for name in ("rights", "publish"))
    shown = manager.get(page).content.decode()
    assert "1 page cannot be shown." in shown
    assert "no page is closed" in shown
    seen = re.findall(r'name="seen" value="(\w+)"', shown)
    assert manager.post(publish, follow=True).content.decode().count("Not published yet") == 1
    manager.post(publish, {"seen": seen})
    obj.refresh_from_db()
    assert obj.published_at is None, "the box was not ticked"
    obj.pages.filter(seq=3).update(state=Page.State.WAITING)
    manager.post(publish, {"seen": seen, "even_so": "on"})
    obj.refresh_from_db()
    assert obj.published_at is None, "this came up after the page was shown"
    obj.pages.filter(seq=3).update(state=Page.State.READY)
    manager.post(publish, {"seen": seen, "even_so": "on"})
    obj.refresh_from_db()
    assert obj.published_at is not None
    row = AuditEntry.objects.filter(action="digital.published").get()
    assert row.detail["even_so"] == ["pages_failed", "nobody_closed"]


def test_what_was_mended_needs_no_word(manager: Client, obj: DigitalObject) -> None:
    """RGT-16."""
    obj.pages.filter(seq=2).update(state=Page.State.MISSING)
    obj.pages.filter(seq=1).update(closed=True)
    manager.post(reverse("staff_digital:publish", args=[obj.public_id]))
    obj.refresh_from_db()
    assert obj.published_at is not None


def test_rooms_are_chosen_and_carried_over(manager: Client, obj: DigitalObject, home: Library) -> None:
    """RGT-17: of several libraries; a closed one that the manager may not know of is neither shown nor lost."""
    near, barracks = (
        make_library(code="VN-QNHL"),
        make_library(name="Kho quân sự", particulars=Particulars(closed=True)),
    )
    page = reverse("staff_digital:rights", args=[obj.public_id])
    give_rights(obj, Status.PERMITTED, permission=Access.PREMISES, premises=(home.pk, barracks.pk))
    shown = manager.get(page).content.decode()
    assert re.search(rf'name="premises" value="{home.pk}"[^>]*checked', shown)
    assert not re.search(rf'name="premises" value="{near.pk}"[^>]*checked', shown)
    assert "Kho quân sự" not in shown
    said = {"status": "permitted", "permission": "premises", "basis": "thư", "basis_date": date(2026, 1, 1)}
    assert manager.post(page, {**said, "premises": [str(home.pk), str(near.pk)]}).status_code == 302
    newest = newest_rights(obj)
    assert newest is not None
    assert newest.premises == sorted([home.pk, near.pk, barracks.pk])
    assert manager.post(page, {**said, "premises": [str(barracks.pk)]}).status_code == 422
