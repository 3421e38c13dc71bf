"""Rule PRS-14: the screen that erases for good says what goes, asks for a reason and for the title, and lets few in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from lienthu.domain.digital.models import Delivery, DigitalObject, Erasure, Page, PageText
from lienthu.domain.digital.services import erasing
from lienthu.domain.digital.services.deliveries import open_delivery
from lienthu.domain.digital.services.paging import add_missing
from lienthu.domain.digital.tests.cast import CLERK, make_object
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.tests.factories import make_library
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db
WHY = "Bản án 12/2026, toà án tỉnh"


@pytest.fixture
def obj(home: Library) -> DigitalObject:
    made = make_object(home, "Gia phả họ Vũ", pages=3, stage="scanned")
    page = made.pages.get(seq=1)
    for number, source in ((1, "ocr"), (2, "corrected")):
        PageText.objects.create(page=page, number=number, current=number == 2, source=source, text="x", content=b"")
    open_delivery(home, {"after": 1}, target=made, actor=CLERK)
    return made


def url(obj: DigitalObject) -> str:
    return reverse("staff_digital:erase", args=[obj.public_id])


def said(obj: DigitalObject, **changes: str) -> dict[str, str]:
    return {"reason": WHY, "typed": obj.title, "seen": str(obj.pages_version), **changes}


def test_only_the_provincial_administrator_comes_near(
    librarian: Client, manager: Client, stranger: Client, editor: Client, admin: Client, obj: DigitalObject
) -> None:
    for who in (librarian, manager, stranger, editor):
        assert who.get(url(obj)).status_code == 403
        assert who.post(url(obj), said(obj)).status_code == 403
        assert who.get(reverse("staff_digital:erased")).status_code == 403
    rights = reverse("staff_digital:rights", args=[obj.public_id])
    assert url(obj) not in manager.get(rights).content.decode()
    assert url(obj) in admin.get(rights).content.decode()
    assert DigitalObject.objects.filter(pk=obj.pk).exists()


def test_an_object_of_a_closed_house_is_not_there_for_the_administrator(admin: Client) -> None:
    """RGT-3."""
    hidden = make_object(make_library("VN-QS", particulars=Particulars(closed=True)), "Kín", pages=1)
    assert admin.get(url(hidden)).status_code == 404
    assert admin.post(url(hidden), said(hidden)).status_code == 404
    erasing.erase(hidden.public_id, reason=WHY, actor=CLERK)
    assert hidden.public_id not in admin.get(reverse("staff_digital:erased")).content.decode()


def test_the_page_says_what_goes_and_a_slip_erases_nothing(admin: Client, obj: DigitalObject) -> None:
    shown = admin.get(url(obj)).content.decode()
    for sentence in ("3 pages with their pictures", "2 texts of pages", "1 of them corrected", "1 upload that has not"):
        assert sentence in shown
    for wrong in ({"typed": "Gia phả"}, {"typed": ""}, {"reason": " "}, {"seen": "x"}, {"typed": "gia phả họ vũ"}):
        assert admin.post(url(obj), said(obj, **wrong)).status_code == 422, wrong
    looked_at = said(obj)
    add_missing(obj.public_id, after=1, seen=None, actor=CLERK)
    answer = admin.post(url(obj), looked_at)
    assert answer.status_code == 422
    assert "meanwhile" in answer.content.decode()
    assert Page.objects.filter(object=obj).count() == 4
    assert not Erasure.objects.exists()


@pytest.mark.parametrize("spaces", ["Gia phả họ Vũ", "  Gia  phả họ Vũ ", "Gia pha\u0309 ho\u0323 Vu\u0303", None])
def test_with_reason_and_title_or_name_it_is_gone_for_good(
    spaces: str | None, admin: Client, obj: DigitalObject
) -> None:
    answer = admin.post(url(obj), said(obj, typed=spaces or obj.public_id), follow=True)
    assert answer.redirect_chain == [(reverse("staff_digital:erased"), 302)]
    shown = answer.content.decode()
    assert obj.public_id in shown
    assert WHY in shown
    assert obj.title not in shown
    assert "being deleted" in shown
    assert not DigitalObject.objects.exists()
    assert not Delivery.objects.exists()
    entry = AuditEntry.objects.get(action="digital.erased")
    assert (entry.detail["reason"], entry.actor_name) == (WHY, Erasure.objects.get().by)
    assert admin.get(url(obj)).status_code == 404
    assert erasing.purge_left() == 1, "the bytes are the worker's"
    assert "deleted" in admin.get(reverse("staff_digital:erased")).content.decode()


def test_the_list_goes_on_where_it_ends(admin: Client, home: Library) -> None:
    for n in range(52):
        Erasure.objects.create(public_id=f"x{n:03}", library=home, reason=WHY, facts={"pages": n}, by="An")
    first = admin.get(reverse("staff_digital:erased")).content.decode()
    assert "x051" in first
    assert "x001" not in first
    rest = admin.get(reverse("staff_digital:erased"), {"before": Erasure.objects.get(public_id="x002").pk})
    assert "x001" in rest.content.decode()
