"""The audit trail tells nobody of what is hidden from them (RGT-18)."""

from __future__ import annotations

import pytest

from lienthu.domain.digital.models import DigitalObject
from lienthu.domain.digital.services import boards, erasing, premises, publishing
from lienthu.domain.digital.services.boards import ProjectFacts
from lienthu.domain.digital.services.collecting import CollectionFacts, close_collection, create_collection
from lienthu.domain.digital.tests.cast import CLERK, published
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Role
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.tests.factories import make_admin, make_library, make_person
from lienthu.faces.web.staff.network.tests.cast import page
from lienthu.faces.web.staff.tests.cast import of
from lienthu.platform.models import User

pytestmark = pytest.mark.django_db
WHY = "lidobimat"


def told(user: User, library: Library | None = None) -> str:
    answer = of(user).get(page("audit"), {"library": library.pk} if library else {})
    assert answer.status_code == 200
    return answer.content.decode()


def manager(name: str, library: Library) -> User:
    return make_person(name, (Role.LIBRARY_MANAGER, library))


def test_of_closed_libraries_only_their_own_people_read() -> None:
    """RGT-18."""
    barracks = make_library("VN-DOANH", type="armed_forces", particulars=Particulars(closed=True))
    obj = published(barracks)
    publishing.take_down(obj.public_id, reason=WHY, actor=CLERK)
    boards.create_project("duanbimat", barracks, ProjectFacts("Dự án"), actor=CLERK)
    premises.open_station(barracks.pk, "trambimat", actor=CLERK)
    own = told(manager("chihuy", barracks))
    administrator = make_admin("quantri")
    for word in (WHY, "duanbimat", "trambimat"):
        assert word in own
        assert word not in told(administrator)
        assert word not in told(administrator, barracks)
    assert "library entered" in told(administrator, barracks), "of the library itself the administrator reads on"


def test_of_closed_collections_only_their_own_people_read() -> None:
    """RGT-18: from the moment of closing, of what was done before, too."""
    home = make_library("VN-NHA")
    collection = create_collection("bosutapbimat", home, CollectionFacts("Gia phả"), actor=CLERK)
    boards.create_project("duanbimat", home, ProjectFacts("Dự án", collection=collection), actor=CLERK)
    obj, other, open_one = (published(home) for _ in range(3))
    DigitalObject.objects.filter(pk__in=(obj.pk, other.pk)).update(collection=collection)
    publishing.take_down(obj.public_id, reason=WHY, actor=CLERK)
    publishing.take_down(open_one.public_id, reason="lidocongkhai", actor=CLERK)
    administrator = make_admin("quantri")
    assert WHY in told(administrator)
    close_collection(collection.pk, actor=CLERK)
    erasing.erase(other.public_id, reason="xoabimat", actor=CLERK)
    own, others = told(manager("quanly", home)), told(administrator)
    for word in (WHY, "bosutapbimat", "duanbimat", "xoabimat"):
        assert word in own
        assert word not in others
    assert "lidocongkhai" in others
