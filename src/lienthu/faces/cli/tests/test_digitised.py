"""The sample volumes in an install: taken in, arranged, read, and open to whom they should be."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from rapidfuzz import fuzz

from lienthu.domain.digital.access import open_object, reader_of
from lienthu.domain.digital.errors import AccessDenied, NoSuchObject
from lienthu.domain.digital.models import Collection, DigitalObject, MasterFile, Page, PageText
from lienthu.domain.digital.policy import Act, Block, Reader
from lienthu.domain.digital.services import seats
from lienthu.domain.discovery.fulltext.query import PageSearch
from lienthu.domain.discovery.fulltext.selectors import search_pages
from lienthu.faces.cli.digitised import load_volumes
from lienthu.faces.cli.sample.volumes.build import FEW
from lienthu.foundation.kernel.digests import holder_key
from lienthu.platform.models import User


def nobody() -> Reader:
    return reader_of(AnonymousUser(), "203.0.113.9")


def volume(key: str) -> DigitalObject:
    return DigitalObject.objects.get(description__identifier=[f"lienthu:mau:{key}"])


def text_of(page: Page, layer: str = "original") -> str:
    return PageText.objects.get(page=page, layer=layer, current=True).text


def test_all_of_them_are_published_and_every_page_can_be_shown(digitised: Any) -> None:
    objects = DigitalObject.objects.filter(sample=True)
    assert objects.count() == len(FEW)
    assert all(o.published_at for o in objects)
    assert set(Page.objects.values_list("state", flat=True)) == {Page.State.READY}
    assert Page.objects.filter(label="").count() == 0


def test_loading_them_again_changes_nothing(digitised: Any) -> None:
    before = list(DigitalObject.objects.order_by("pk").values("public_id", "version")), MasterFile.objects.count()
    assert load_volumes(FEW)
    assert (
        list(DigitalObject.objects.order_by("pk").values("public_id", "version")),
        MasterFile.objects.count(),
    ) == before


def test_they_belong_to_their_records(digitised: Any) -> None:
    plan = volume("ke-hoach-204-pdf")
    assert plan.record is not None
    assert plan.record.control_number == "mau-so-001"
    poem = volume("nam-quoc-son-ha")
    assert poem.record is not None
    assert poem.record.control_number.startswith("QNTV"), "the record that was there before"


def test_the_plan_can_be_read_by_anybody_and_its_text_is_true(digitised: Any) -> None:
    plan = open_object(volume("ke-hoach-204-pdf").public_id, nobody())
    plan.require(Act.DOWNLOAD)
    second = plan.object.pages.get(position=2)
    assert second.label == "2"
    whole = " ".join(" ".join(text_of(page) for page in plan.object.pages.order_by("position")).split())
    told = "Đẩy mạnh chuyển đổi số, phát triển thư viện số, bảo đảm cung ứng hiệu quả dịch vụ cho người sử dụng."
    assert fuzz.partial_ratio(told, whole) > 97
    first = plan.object.sections.order_by("position").first()
    assert first is not None
    assert (first.title, first.page and first.page.label) == ("I. MỤC ĐÍCH, YÊU CẦU", "1")


def test_three_layers_have_the_same_lines_and_machines_do_not_overrule_them(digitised: Any) -> None:
    page = volume("nam-quoc-son-ha").pages.get(position=2)
    layers = [text_of(page, layer).split("\n") for layer in ("original", "transcription", "translation")]
    assert [len(lines) for lines in layers] == [4, 4, 4]
    assert layers[0][0] == "南國山河南帝居"
    assert layers[1][0] == "Nam quốc sơn hà Nam đế cư"
    assert PageText.objects.filter(page=page, source="ocr", current=False).exists(), "read, but not in force"


def test_a_page_with_personal_data_is_closed_and_the_others_are_not(digitised: Any) -> None:
    chronicle = open_object(volume("gia-pha-mau").public_id, nobody())
    pages = list(chronicle.object.pages.order_by("position"))
    assert [chronicle.may(Act.READ, page) for page in pages] == [True, True, True, False]
    with pytest.raises(AccessDenied):
        chronicle.require(Act.READ, pages[3])


def test_a_book_of_which_copies_are_held_wants_a_seat(digitised: Any) -> None:
    book = open_object(volume("nuoc-lon-nuoc-rong").public_id, nobody())
    decision = book.decide(Act.READ)
    assert not decision.allowed
    assert decision.block in (Block.SEAT_NEEDED, Block.SIGN_IN)
    rights = book.object.rights.get()
    assert rights.copies_held == 2


def test_what_the_armed_forces_hold_is_not_there_for_others(digitised: Any) -> None:
    secret = volume("so-tay-phong-doc")
    collection = Collection.objects.get(pk=secret.collection_id)
    assert collection.closed
    with pytest.raises((NoSuchObject, AccessDenied)):
        open_object(secret.public_id, nobody())


def test_a_load_that_was_killed_is_finished_by_the_next(digitised: Any) -> None:
    chronicle = volume("gia-pha-mau")
    chronicle.rights.all().delete()  # they are said last
    chronicle.pages.update(label="", closed=False)
    assert load_volumes(["gia-pha-mau"])
    assert volume("gia-pha-mau").pk == chronicle.pk
    assert chronicle.rights.count() == 1
    assert list(chronicle.pages.order_by("position").values_list("label", "closed")) == [
        ("1a", False),
        ("1b", False),
        ("2a", False),
        ("2b", True),
    ]


def test_their_own_people_read_it(digitised: Any) -> None:
    own = reader_of(User.objects.get(username="quansu"), "203.0.113.9")
    open_object(volume("so-tay-phong-doc").public_id, own).require(Act.READ)
    other = reader_of(User.objects.get(username="thuthu"), "203.0.113.9")
    with pytest.raises((NoSuchObject, AccessDenied)):
        open_object(volume("so-tay-phong-doc").public_id, other)


def test_a_reader_who_signed_in_is_one_of_two_at_the_book(digitised: Any) -> None:
    account = User.objects.get(username="bandoc")
    book = volume("nuoc-lon-nuoc-rong").public_id
    seat = seats.take_seat(open_object(book, reader_of(account, "203.0.113.9")), holder_key("account", str(account.pk)))
    assert (seat.number, seat.of) == (1, 2)
    open_object(book, reader_of(account, "203.0.113.9")).require(Act.READ)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ('"phát triển thư viện số"', {"ke-hoach-204-pdf"}),
        ("南國山河", {"nam-quoc-son-ha"}),
        ('"sông núi nước Nam"', {"nam-quoc-son-ha"}),
        ('"đắp con đê nhỏ"', {"gia-pha-mau"}),
        ('"đang chữa bệnh dài ngày"', set()),  # on the closed page
        ('"bình chữa cháy"', set()),  # in the papers of the armed forces
    ],
)
def test_their_text_is_found_by_whom_it_should_be(digitised: Any, asked: str, found: set[str]) -> None:
    answer = search_pages(PageSearch(asked), nobody())
    keys = {DigitalObject.objects.get(public_id=v.public_id).description["identifier"][0] for v in answer.volumes}
    assert keys == {f"lienthu:mau:{key}" for key in found}


def test_their_own_people_find_what_is_closed(digitised: Any) -> None:
    own = reader_of(User.objects.get(username="quansu"), "203.0.113.9")
    assert [v.public_id for v in search_pages(PageSearch('"bình chữa cháy"'), own).volumes] == [
        volume("so-tay-phong-doc").public_id
    ]
