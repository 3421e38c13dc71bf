"""The door: readers get their tokens from account, roles, rooms and seats; objects are asked for by their public id."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from lienthu.domain.digital import access, policy
from lienthu.domain.digital.errors import AccessDenied, CannotPublish, NoSuchObject
from lienthu.domain.digital.models import AccessRule, PremisesNetwork, ReadingSeat, RightsRecord
from lienthu.domain.digital.policy import Access, Act, Block, Status
from lienthu.domain.digital.services import publishing
from lienthu.domain.digital.tests.cast import CLERK, give_rights, make_object, published
from lienthu.domain.network.policy import Role
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.tests.factories import make_admin, make_library, make_person
from lienthu.foundation.kernel.digests import holder_key
from lienthu.platform.models import AuditEntry, Change

pytestmark = pytest.mark.django_db

VISITOR = AnonymousUser()
NOWHERE = "203.0.113.9"


def test_tokens_come_from_account_roles_and_rooms() -> None:
    home, other = make_library(), make_library()
    PremisesNetwork.objects.create(library=home, cidr="10.20.0.0/16")
    assert access.reader_of(VISITOR, NOWHERE).tokens == {policy.PUBLIC}
    assert access.reader_of(VISITOR, "10.20.3.4").tokens == {policy.PUBLIC, policy.premises(home.pk)}
    assert access.reader_of(VISITOR, "::ffff:10.20.3.4").tokens == {policy.PUBLIC, policy.premises(home.pk)}
    assert access.reader_of(VISITOR, "no address").tokens == {policy.PUBLIC}
    clerk = make_person("", (Role.LIBRARIAN, home), (Role.READER, other))
    assert access.reader_of(clerk, NOWHERE).tokens == {
        policy.PUBLIC,
        policy.SIGNED,
        policy.member(home.pk),
        policy.staff(home.pk),
        policy.member(other.pk),
    }
    assert policy.STAFF_EVERYWHERE in access.reader_of(make_admin(), NOWHERE).tokens
    clerk.one_time_until = timezone.now() + timedelta(days=1)
    clerk.save()
    assert access.reader_of(clerk, NOWHERE).tokens == {policy.PUBLIC}


def test_an_object_nobody_may_know_of_looks_like_none() -> None:
    """RGT-5: status, code and sentence are those of an address where nothing is."""
    library = make_library()
    draft = make_object(library)
    reader = access.reader_of(VISITOR, NOWHERE)
    with pytest.raises(NoSuchObject) as none:
        access.open_object("khongcogiday", reader)
    with pytest.raises(NoSuchObject) as hidden:
        access.open_object(draft.public_id, reader)
    assert (hidden.value.status, hidden.value.code) == (none.value.status, none.value.code) == (404, "no-such-object")
    assert str(hidden.value).replace(draft.public_id, "") == str(none.value).replace("khongcogiday", "")
    assert access.open_object(draft.public_id, access.SYSTEM).may(Act.WORK)


def test_rows_of_the_administrator_stand_in_place_of_shipped_rules() -> None:
    """RGT-2."""
    today = timezone.localdate()
    obj = published(make_library(), status=Status.UNKNOWN)
    assert access.audiences_of([obj])[obj.pk].access is Access.PREMISES
    AccessRule.objects.create(
        status=Status.UNKNOWN, access=Access.SIGNED, valid_from=today, basis="x", certainty="found"
    )
    assert access.audiences_of([obj])[obj.pk].access is Access.SIGNED
    assert access.audiences_of([obj], today - timedelta(days=1))[obj.pk].access is Access.CLOSED


def test_a_seat_opens_until_it_expires() -> None:
    obj = published(make_library(), status=Status.IN_COPYRIGHT, copies_held=1)
    person = make_person("", (Role.READER, make_library()))
    with pytest.raises(AccessDenied) as refused:
        access.open_object(obj.public_id, access.reader_of(person, NOWHERE)).require(Act.READ)
    assert refused.value.block is Block.SEAT_NEEDED
    seat = ReadingSeat.objects.create(
        object=obj,
        number=1,
        holder=holder_key("account", str(person.pk)),
        expires_at=timezone.now() + timedelta(hours=1),
    )
    assert access.open_object(obj.public_id, access.reader_of(person, NOWHERE)).may(Act.READ)
    seat.expires_at = timezone.now() - timedelta(seconds=1)
    seat.save()
    assert not access.open_object(obj.public_id, access.reader_of(person, NOWHERE)).may(Act.READ)


def test_publishing_needs_rights_and_taking_down_hides_at_once() -> None:
    """RGT-1, RGT-8: with a reason in the audit trail, news for the index, and a way back."""
    obj = make_object(make_library())
    with pytest.raises(CannotPublish):
        publishing.publish(obj.public_id, actor=CLERK)
    give_rights(obj)
    publishing.publish(obj.public_id, actor=CLERK)
    visitor = access.reader_of(VISITOR, NOWHERE)
    assert access.open_object(obj.public_id, visitor).may(Act.READ)
    Change.objects.all().delete()
    publishing.take_down(obj.public_id, reason="Gia đình yêu cầu", actor=CLERK)
    publishing.take_down(obj.public_id, reason="lần nữa", actor=CLERK)
    with pytest.raises(AccessDenied) as gone:
        access.open_object(obj.public_id, visitor)
    assert (gone.value.status, gone.value.block) == (410, Block.TAKEN_DOWN)
    assert AuditEntry.objects.filter(action="digital.taken_down", detail__reason="Gia đình yêu cầu").count() == 1
    assert Change.objects.filter(topic="digital.object", key=obj.pk, consumer="discovery.volumes").count() == 1
    publishing.lift_takedown(obj.public_id, reason="Đã thống nhất", actor=CLERK)
    assert access.open_object(obj.public_id, visitor).may(Act.READ)


def test_rights_are_added_and_the_newest_counts() -> None:
    obj = published(make_library())
    give_rights(obj, Status.UNKNOWN)
    assert list(RightsRecord.objects.filter(object=obj).values_list("number", "status").order_by("number")) == [
        (1, Status.OFFICIAL),
        (2, Status.UNKNOWN),
    ]
    assert access.audiences_of([obj], date(2026, 11, 22))[obj.pk].access is Access.PREMISES


def test_facts_of_many_objects_take_few_queries(django_assert_num_queries: Any) -> None:
    library = make_library()
    ids = [published(library, f"Tập {n}").pk for n in range(5)]
    from lienthu.domain.digital.models import DigitalObject

    objects = list(DigitalObject.objects.filter(pk__in=ids).select_related("library", "collection"))
    with django_assert_num_queries(2):  # rules, rights
        access.audiences_of(objects)


def test_the_people_of_a_closed_library_read_in_its_rooms_and_not_at_home() -> None:
    """RGT-17: through the door, with addresses."""
    house = make_library(code="VN-QNQS", particulars=Particulars(closed=True))
    PremisesNetwork.objects.create(library=house, cidr="10.7.0.0/16")
    obj = published(house, status=Status.UNKNOWN)
    soldier = make_person("", (Role.READER, house))
    assert access.open_object(obj.public_id, access.reader_of(soldier, "10.7.1.9")).may(Act.READ)
    with pytest.raises(AccessDenied) as refused:
        access.open_object(obj.public_id, access.reader_of(soldier, NOWHERE)).require(Act.READ)
    assert refused.value.block is Block.PREMISES_ONLY
    with pytest.raises(NoSuchObject):
        access.open_object(obj.public_id, access.reader_of(VISITOR, "10.7.1.9"))
