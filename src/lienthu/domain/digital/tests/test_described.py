"""What readers are told of an object: its own description over its catalogue record's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lienthu.domain.catalog.tests.cast import book, bring, held
from lienthu.domain.digital import description, store
from lienthu.domain.digital.models import DigitalObject, Preservation
from lienthu.domain.digital.preservation import snapshot
from lienthu.domain.digital.selectors.describing import description_of, descriptions_of
from lienthu.domain.digital.services import preserving
from lienthu.domain.digital.tests.cast import CLERK, make_object
from lienthu.domain.digital.tests.whole import volume
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.libraries import Particulars
from lienthu.domain.network.tests.factories import make_library
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.model import Field
from lienthu.foundation.preservation import mets

pytestmark = pytest.mark.django_db
ORIGINAL = Field("880", "1", "0", (("6", "245-01/$1"), ("a", "南國山河")))


@pytest.fixture(autouse=True)
def a_store_of_its_own(tmp_path: Path, settings: Any) -> None:
    settings.DIGITAL_DIR = tmp_path / "digital"


def song(by: str = "Lý Thường Kiệt", **said: Any) -> Any:
    return book("Nam quốc sơn hà", number="1", by=by, year=1977, publisher="Văn học", subjects=["Thơ"], **said)


def test_own_elements_stand_over_those_of_the_record() -> None:
    """WFL-25."""
    record = description.of_record(describe(song()))
    told = description.merged("Nam quốc sơn hà", {"title": ["南國山河"], "date": ["1077"], "type": ["Text"]}, record)
    assert told[description.OTHER_TITLES] == ["南國山河"]
    assert (told["date"], told["creator"], told["publisher"]) == (["1077"], ["Lý Thường Kiệt"], ["Văn học"])
    assert (told["language"], told["type"]) == (["vie"], ["Text"])
    assert "title" not in told
    assert description.merged("Tựa khác", {}, record)[description.OTHER_TITLES] == ["Nam quốc sơn hà"]
    assert description.own_elements({"x": 7, "date": "1925", "creator": [3, "A", " "]}) == {
        "date": ["1925"], "creator": ["A"]
    }  # fmt: skip


def test_many_objects_take_two_queries_and_closed_records_say_nothing(django_assert_num_queries: Any) -> None:
    """WFL-25, RGT-3."""
    home, barracks = make_library(), make_library(particulars=Particulars(closed=True))
    bring(home, *[book(f"Tập {n}", number=str(n), by=f"Người {n}") for n in range(1, 6)])
    bring(barracks, book("Sổ tay", number="9", by="Trung đoàn"))
    objects = [make_object(home, f"Tập {n}", record=held(home, str(n))) for n in range(1, 6)]
    objects += [make_object(home, "Mượn", record=held(barracks, "9"))]
    objects += [make_object(barracks, "Của mình", record=held(barracks, "9")), make_object(home, "Không có")]
    with django_assert_num_queries(2):
        told = descriptions_of(objects)
    assert [told[o.pk].get("creator") for o in objects] == [
        ["Người 1"], ["Người 2"], ["Người 3"], ["Người 4"], ["Người 5"], None, ["Trung đoàn"], None
    ]  # fmt: skip
    with django_assert_num_queries(0):
        descriptions_of(objects[-1:])


def test_the_store_follows_the_record(library: Library) -> None:
    """PRS-15: METS tells what readers are told, and again when the record is corrected."""
    bring(library, song())
    obj = volume(library, record=held(library, "1"))
    DigitalObject.objects.filter(pk=obj.pk).update(description={})
    obj.refresh_from_db()
    preserving.preserve(obj.public_id, actor=CLERK)
    assert creators_in(obj) == ("Lý Thường Kiệt",)
    Preservation.objects.update(changed_first=None, changed_last=None)
    assert preserving.note_changes() >= 0
    Preservation.objects.update(changed_first=None, changed_last=None)
    assert preserving.note_changes() == 0, "it is at rest, and so is its record"
    bring(library, song(by="Khuyết danh"))
    assert preserving.note_changes() == 1
    assert description_of(obj)["creator"] == ["Khuyết danh"]
    preserving.preserve(obj.public_id, actor=CLERK)
    assert creators_in(obj) == ("Khuyết danh",)


@pytest.fixture
def library() -> Library:
    return make_library()


def creators_in(obj: DigitalObject) -> tuple[str, ...]:
    document = mets.read(store.preservation_store().read(store.store_id(obj), snapshot.METS))
    return tuple(document.description["creator"])
