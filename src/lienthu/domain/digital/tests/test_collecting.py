"""Collections are opened once; those of the armed forces are closed from the beginning."""

from __future__ import annotations

import pytest

from lienthu.domain.digital.models import Collection, OwnerGroup
from lienthu.domain.digital.services.collecting import open_collection
from lienthu.domain.digital.tests.cast import CLERK
from lienthu.domain.network.tests.factories import make_library
from lienthu.platform.models import AuditEntry

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
