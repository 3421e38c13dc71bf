"""Copies held limit the readers: seats, the queue, expiry, and what happens when many come at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connections
from django.utils import timezone

from lienthu.domain.digital import access
from lienthu.domain.digital.access import Opened
from lienthu.domain.digital.errors import AccessDenied
from lienthu.domain.digital.jobs import clear_seats
from lienthu.domain.digital.models import DigitalObject, ReadingSeat, SeatRequest
from lienthu.domain.digital.policy import PUBLIC, SIGNED, Block, Reader, Status
from lienthu.domain.digital.services import seats
from lienthu.domain.digital.tests.cast import give_rights, published
from lienthu.domain.network.tests.factories import make_library

SIGNED_IN = Reader(frozenset({PUBLIC, SIGNED}))


def novel(copies: int = 2) -> Opened:
    obj = published(make_library(), "Tiểu thuyết mẫu", Status.IN_COPYRIGHT, copies_held=copies)
    return access.open_object(obj.public_id, SIGNED_IN)


@pytest.mark.django_db
def test_two_copies_are_two_readers_and_the_third_waits_for_the_first_to_leave() -> None:
    """RGT-9."""
    book = novel(2)
    assert seats.take_seat(book, "an").number == 1
    assert seats.take_seat(book, "bình").number == 2
    third, fourth = seats.take_seat(book, "chi"), seats.take_seat(book, "dung")
    assert (third.number, third.ahead) == (None, 0)
    assert (fourth.number, fourth.ahead) == (None, 1)
    assert third.expires_at is not None
    seats.leave_seat(book.object.pk, "an")
    assert seats.take_seat(book, "dung").number is None, "chi came first"
    assert seats.take_seat(book, "chi").number == 1
    assert seats.take_seat(book, "dung").ahead == 0


@pytest.mark.django_db
def test_a_seat_expires_and_nothing_is_kept_of_who_read() -> None:
    """RGT-10."""
    book = novel(1)
    seats.take_seat(book, "an")
    assert seats.take_seat(book, "bình").number is None
    ReadingSeat.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert seats.take_seat(book, "bình").number == 1
    ReadingSeat.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    SeatRequest.objects.create(object=book.object, holder="chi", seen_at=timezone.now() - timedelta(hours=1))
    clear_seats(0)  # as the worker does, where nobody comes after
    assert not ReadingSeat.objects.exists()
    assert not SeatRequest.objects.exists()


@pytest.mark.django_db
def test_who_waits_and_goes_away_loses_the_place() -> None:
    book = novel(1)
    seats.take_seat(book, "an")
    seats.take_seat(book, "bình")
    SeatRequest.objects.update(seen_at=timezone.now() - timedelta(minutes=3))
    seats.leave_seat(book.object.pk, "an")
    assert seats.take_seat(book, "chi").number == 1


@pytest.mark.django_db
def test_with_fewer_copies_than_before_those_who_are_too_many_finish_and_go() -> None:
    """RGT-9: the seat that is no more is not held on by sitting on."""
    book = novel(2)
    seats.take_seat(book, "an")
    ends = seats.take_seat(book, "bình").expires_at
    give_rights(book.object, Status.IN_COPYRIGHT, copies_held=1)
    book = access.open_object(book.object.public_id, SIGNED_IN)
    ReadingSeat.objects.filter(holder="an").update(expires_at=timezone.now() + timedelta(seconds=5))
    assert seats.take_seat(book, "bình").expires_at == ends
    kept = seats.take_seat(book, "an").expires_at
    assert kept is not None
    assert kept > timezone.now() + timedelta(minutes=29)
    ReadingSeat.objects.filter(holder="bình").update(expires_at=timezone.now())
    assert seats.take_seat(book, "bình").number is None


@pytest.mark.django_db
def test_sitting_on_extends_the_seat() -> None:
    book = novel(1)
    seats.take_seat(book, "an")
    ReadingSeat.objects.update(expires_at=timezone.now() + timedelta(seconds=5))
    seat = seats.take_seat(book, "an")
    assert seat.number == 1
    assert seat.expires_at is not None
    assert seat.expires_at > timezone.now() + timedelta(minutes=29)


@pytest.mark.django_db
def test_a_seat_is_no_way_in_for_those_who_may_not_read() -> None:
    book = novel(1)
    with pytest.raises(AccessDenied) as refused:
        seats.take_seat(access.open_object(book.object.public_id, Reader()), "an")
    assert refused.value.block is Block.SIGN_IN
    assert access.reader_of(AnonymousUser(), "").seats == frozenset()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_come_at_once_as_many_sit_as_copies_are_held() -> None:
    book = novel(3)
    got: list[int | None] = []

    def come(name: str) -> None:
        try:
            got.append(seats.take_seat(book, name).number)
        finally:
            connections.close_all()

    crowd = [threading.Thread(target=come, args=(f"người {n}",)) for n in range(8)]
    for person in crowd:
        person.start()
    for person in crowd:
        person.join()
    assert sorted(n for n in got if n) == [1, 2, 3]
    assert got.count(None) == 5
    assert DigitalObject.objects.get(pk=book.object.pk).version == book.object.version
