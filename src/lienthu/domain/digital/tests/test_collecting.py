"""Collections are opened once; those of the armed forces are closed from the beginning."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lienthu.domain.digital.access import open_object
from lienthu.domain.digital.errors import CollectionRefused, Conflict, NoSuchObject
from lienthu.domain.digital.models import Collection, DigitalObject, OwnerGroup
from lienthu.domain.digital.policy import PUBLIC, Reader, member
from lienthu.domain.digital.selectors.shelves import collections_for, objects_for, published_count
from lienthu.domain.digital.services.collecting import (
    CollectionFacts,
    amend_collection,
    close_collection,
    create_collection,
    open_collection,
    reopen_collection,
)
from lienthu.domain.digital.tests.cast import CLERK, published
from lienthu.domain.network.tests.factories import make_library
from lienthu.platform.models import AuditEntry
from lienthu.platform.services import changes

pytestmark = pytest.mark.django_db


def test_a_collection_is_opened_once_and_left_as_it_is() -> None:
    library = make_library()
    first = open_collection("dia-chi", "Địa chí Quảng Ninh", library=library, actor=CLERK)
    again = open_collection("dia-chi", "Tên khác", library=library, actor=CLERK)
    assert again == first
    assert again.name == "Địa chí Quảng Ninh"
    assert not again.closed
    assert AuditEntry.objects.filter(action="digital.collection_opened").count() == 1


def test_a_collection_of_the_armed_forces_is_closed() -> None:
    """RGT-3."""
    made = open_collection(
        "noi-sinh", "Tài liệu nội sinh", library=make_library(), owner_group=OwnerGroup.ARMED_FORCES, actor=CLERK
    )
    assert Collection.objects.get(pk=made.pk).closed


def test_a_collection_is_described_anew_and_the_trail_keeps_what_stood_before() -> None:
    """DIG-10."""
    library = make_library()
    made = create_collection("dia-chi", library, CollectionFacts("Địa chí"), actor=CLERK)
    with pytest.raises(CollectionRefused):
        create_collection("dia-chi", library, CollectionFacts("Khác"), actor=CLERK)
    seen = CollectionFacts.of(made)
    amend_collection(made.pk, replace(seen, name="  Địa chí  Quảng Ninh ", place=3), seen=seen.stamp, actor=CLERK)
    made.refresh_from_db()
    assert (made.name, made.place, made.closed) == ("Địa chí Quảng Ninh", 3, False)
    told = AuditEntry.objects.get(action="digital.collection_amended").detail
    assert told == {"code": "dia-chi", "before": {"name": "Địa chí", "place": 0}}
    with pytest.raises(Conflict):
        amend_collection(made.pk, replace(seen, name="Tên cũ"), seen=seen.stamp, actor=CLERK)
    now = CollectionFacts.of(made)
    assert amend_collection(made.pk, now, seen=now.stamp, actor=CLERK) == made
    assert AuditEntry.objects.filter(action__startswith="digital.collection_").count() == 2, "nothing was changed"


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("Địa chí", CollectionFacts("Địa chí")),
        ("dia chi", CollectionFacts("Địa chí")),
        ("dia-chi", CollectionFacts("  ")),
        ("dia-chi", CollectionFacts("Địa chí", owner_group="nobody")),
        ("dia-chi", CollectionFacts("Địa chí", place=-1)),
    ],
)
def test_a_collection_that_cannot_be_is_refused(code: str, facts: CollectionFacts) -> None:
    """DIG-10."""
    with pytest.raises(CollectionRefused):
        create_collection(code, make_library(), facts, actor=CLERK)
    assert not Collection.objects.exists()


def test_a_collection_that_is_closed_is_gone_at_once_and_comes_back() -> None:
    """DIG-10, RGT-3: its objects are news, and what is remembered of them is asked anew."""
    library = make_library()
    made = create_collection("gia-pha", library, CollectionFacts("Gia phả"), actor=CLERK)
    obj = published(library)
    DigitalObject.objects.filter(pk=obj.pk).update(collection=made)
    changes.discard("discovery.volumes")
    assert [o.pk for o in objects_for(Reader()).objects] == [obj.pk]
    close_collection(made.pk, actor=CLERK)
    assert objects_for(Reader()).objects == []
    assert collections_for(Reader()) == []
    assert published_count() == 0
    with pytest.raises(NoSuchObject):
        open_object(obj.public_id, Reader())
    own = Reader(frozenset({PUBLIC, member(library.pk)}))
    assert [c.pk for c in collections_for(own)] == [made.pk]
    assert open_object(obj.public_id, own).object == obj
    assert changes.keys_waiting(["discovery.volumes"], 10) == {"discovery.volumes": [obj.pk]}
    reopen_collection(made.pk, actor=CLERK)
    assert open_object(obj.public_id, Reader()).object == obj
    actions = list(
        AuditEntry.objects.filter(object_type="digital.collection").order_by("id").values_list("action", flat=True)
    )
    assert actions == ["digital.collection_opened", "digital.collection_closed", "digital.collection_reopened"]


def test_a_collection_of_the_armed_forces_stays_closed() -> None:
    """RGT-3."""
    made = create_collection("noi-sinh", make_library(), CollectionFacts("Nội sinh"), actor=CLERK)
    amend_collection(made.pk, replace(CollectionFacts.of(made), owner_group=OwnerGroup.ARMED_FORCES), actor=CLERK)
    made.refresh_from_db()
    assert made.closed
    with pytest.raises(CollectionRefused):
        reopen_collection(made.pk, actor=CLERK)


def test_collections_stand_in_the_order_that_was_given_them() -> None:
    """DIG-10."""
    library = make_library()
    for code, name, place in (
        ("b", "Báo chí", 2),
        ("a", "Bản đồ", 2),
        ("d", "Địa chí", 2),
        ("e", "Gia phả", 2),
        ("c", "Thơ", 1),
    ):
        create_collection(code, library, CollectionFacts(name, place=place), actor=CLERK)
    assert [c.code for c in collections_for(Reader())] == ["c", "a", "b", "d", "e"]
