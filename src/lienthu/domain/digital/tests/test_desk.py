"""Describing, correcting and measuring: what the services of the desk write."""

from __future__ import annotations

from typing import Any

import pytest

from lienthu.domain.digital.errors import Conflict, DigitalRefused, PagesRefused
from lienthu.domain.digital.models import Collection, DigitalObject, Layer, MasterFile, Page, PageText, QualityProfile
from lienthu.domain.digital.quality import Measured, findings_of, twins_among
from lienthu.domain.digital.selectors.profiles import profile_of, profiles
from lienthu.domain.digital.selectors.quality import quality_of
from lienthu.domain.digital.services import correcting, describing
from lienthu.domain.digital.services.describing import Facts
from lienthu.domain.digital.services.texts import content_of, set_text
from lienthu.domain.digital.tests.cast import CLERK, make_object
from lienthu.domain.network.tests.factories import make_library
from lienthu.foundation.pagetext.model import Block, Box, Line, Word
from lienthu.foundation.pagetext.model import PageText as Written
from lienthu.platform.models import Change

LIMITS = {"min_dpi": 200, "min_bits": 24, "max_skew_degrees": 2.0, "min_sharpness": 150}
GOOD = {"dpi": 300, "bits": 24, "skew_degrees": 0.4, "sharpness": 700, "blank": False}


@pytest.mark.parametrize(("page", "found"), [
    (Measured("ready", GOOD), ()),
    (Measured("ready", {**GOOD, "dpi": 150, "skew_degrees": -3.0}), ("resolution", "skew")),
    (Measured("ready", {**GOOD, "dpi": None, "skew_degrees": None}), ("unstated",)),
    (Measured("ready", {"bits": 24}), ()),
    (Measured("ready", {**GOOD, "sharpness": 3, "blank": True}), ("blank",)),
    (Measured("ready", GOOD, twin=True), ("duplicate",)),
    (Measured("ready", {**GOOD, "bits": 8}), ("depth",)),
    (Measured("failed", {}, "damaged"), ("unreadable",)),
    (Measured("missing", {}), ("missing",)),
])  # fmt: skip
def test_a_scan_is_found_wanting_by_what_was_measured_only(page: Measured, found: tuple[str, ...]) -> None:
    """WFL-14."""
    assert findings_of(page, LIMITS) == found
    assert findings_of(Measured("ready", {**GOOD, "dpi": 1}), {}) == ()


def test_a_page_scanned_twice_is_noticed_near_its_twin() -> None:
    """WFL-14."""
    one = "ffff0000" * 8  # 256 bits, as measured
    near, other = "ffff000f" * 5 + "ffff0000" * 3, "0123456789abcdef" * 4
    assert twins_among({1: one, 2: other, 3: near}) == {3}
    assert twins_among({1: one, 2: "ffff00ff" * 8}) == frozenset(), "pages of text alike from afar are no twins"
    assert twins_among({1: one, **{n: f"{n * 0x1111_3333_7777_5555**4:064x}" for n in range(2, 20)}, 20: one}) == set()
    assert twins_among({1: None, 2: "", 3: "no number"}) == frozenset()


@pytest.mark.django_db
def test_the_profile_of_the_administrator_stands_in_place_of_the_shipped_one() -> None:
    """WFL-14."""
    obj = make_object(make_library(), pages=3)
    first = obj.pages.get(seq=1)
    first.quality = {"sharpness": 900, "dpi": 250, "dhash": "00ff"}
    first.save()
    assert profile_of(obj).code == "document"
    rows, counted = quality_of(obj, profile_of(obj))
    assert [row.findings for row in rows] == [(), (), ()]
    QualityProfile.objects.create(code="document", name="Khắt khe", limits={"min_dpi": 400})
    assert [p.name for p in profiles() if p.code == "document"] == ["Khắt khe"]
    rows, counted = quality_of(obj, profile_of(obj))
    assert (rows[0].findings, counted["resolution"]) == (("resolution",), 1)
    sheet = MasterFile.objects.create(
        object=obj, sha256="d" * 64, path="masters/d.tif", name="d.tif", size=1, facts={"bits": 24, "bands": 3}
    )
    obj.pages.update(file=sheet)
    QualityProfile.objects.update(limits={"min_bits": 24})
    assert not quality_of(obj, profile_of(obj))[1], "eight bits in each of three colours"
    MasterFile.objects.update(facts={"bits": 8, "bands": 2, "alpha": True})
    assert quality_of(obj, profile_of(obj))[1]["depth"] == 3
    obj.kind = "map"
    assert profile_of(obj).code == "map"


@pytest.mark.django_db
def test_a_description_is_written_whole_and_never_over_anothers() -> None:
    """WFL-15."""
    home = make_library()
    obj = make_object(home)
    core = {"creator": ["Trần Nhuận Minh", " "], "date": ["1998"]}
    describing.describe(obj.public_id, Facts("Địa chí", dublin_core=core), seen_version=obj.version, actor=CLERK)
    stale = obj.version
    obj.refresh_from_db()
    assert (obj.title, obj.description) == ("Địa chí", {"creator": ["Trần Nhuận Minh"], "date": ["1998"]})
    with pytest.raises(Conflict):
        describing.describe(obj.public_id, Facts("x"), seen_version=stale, actor=CLERK)
    other = Collection.objects.create(library=make_library(), code="khac", name="Khác")
    for wrong in (Facts(" "), Facts("x", collection=other), Facts("x", dublin_core={"onclick": ["x"]})):
        with pytest.raises(DigitalRefused):
            describing.describe(obj.public_id, wrong, actor=CLERK)
    Change.objects.all().delete()
    own = Collection.objects.create(library=home, code="kin", name="Kín", closed=True)
    describing.describe(obj.public_id, Facts("Địa chí", collection=own), actor=CLERK)
    assert Change.objects.filter(consumer="discovery.pages").count() == 2, "who may find its pages has changed"


def recognised(obj: DigitalObject) -> Page:
    page = obj.pages.get(seq=1)
    words = (Word("Quảng", 10, 10, 80, 20, 95), Word("Nính", 100, 10, 60, 20, 40))
    set_text(page, Written(1000, 1400, (Block((Line(words),)),), ("vie",), "ocr", "t"), actor=CLERK)
    return page


@pytest.mark.django_db
def test_a_corrected_text_keeps_its_boxes_and_the_machine_never_takes_it_back() -> None:
    """WFL-12."""
    obj = make_object(make_library())
    page = recognised(obj)
    Change.objects.all().delete()
    line: list[Any] = [("Quảng", 10, 10, 80, 20, 95), ("Ninh đẹp", 100, 10, 60, 20, 100), ("", 1, 1, 1, 1, 5)]
    row = correcting.save_words(obj.public_id, 1, [[line]], seen=1, actor=CLERK)
    assert (row.number, row.source, row.text) == (2, "corrected", "Quảng Ninh đẹp")
    boxes = [w.box for w in content_of(row).words()]
    assert boxes[0] == Box(10, 10, 80, 20)
    assert all(b.x >= 100 and b.x + b.w <= 160 for b in boxes[1:]), "the parts share the box"
    assert Change.objects.filter(topic="digital.page", key=page.pk).exists()
    with pytest.raises(Conflict):
        correcting.save_words(obj.public_id, 1, [], seen=1, actor=CLERK)
    with pytest.raises(PagesRefused):
        correcting.save_words(obj.public_id, 1, [[[("x", 990, 10, 80, 20, 9)]]], seen=2, actor=CLERK)
    recognised(obj)
    assert PageText.objects.get(page=page, current=True).number == 2
    correcting.revert(obj.public_id, 1, 1, actor=CLERK)
    assert PageText.objects.get(page=page, current=True).text == "Quảng Nính"
    assert PageText.objects.filter(page=page).count() == 3
    with pytest.raises(PagesRefused):
        correcting.revert(obj.public_id, 1, 9, actor=CLERK)


@pytest.mark.django_db
def test_three_layers_stay_side_by_side_line_by_line() -> None:
    """WFL-13: also where a layer has no text for a line."""
    obj = make_object(make_library(), kind="manuscript")
    page = obj.pages.get(seq=1)
    boxes = [Box(100, 100 * n, 800, 60) for n in (1, 2, 3)]
    lines = [
        {"original": "南國山河南帝居", "transcription": "Nam quốc sơn hà Nam đế cư"},
        {"original": "截然定分在天書", "translation": "Rành rành định phận ở sách trời"},
        {"original": "如何逆虜來侵犯", "transcription": "Như hà nghịch lỗ lai xâm phạm", "translation": "Cớ sao"},
    ]
    rows = correcting.save_layers(obj.public_id, 1, lines, boxes, seen="", actor=CLERK)
    assert [r.layer for r in rows] == list(Layer.values)
    found, places = correcting.layer_lines(page)
    assert found == lines
    assert [b.y for b in places] == [100, 200, 300]
    lines[0]["translation"] = "Sông núi nước Nam vua Nam ở"
    seen = correcting.seen_layers(page)
    changed = correcting.save_layers(obj.public_id, 1, lines, places, seen=seen, actor=CLERK)
    assert [r.layer for r in changed] == ["translation"], "only what changed gets a version"
    with pytest.raises(Conflict):
        correcting.save_layers(obj.public_id, 1, lines, places, seen=seen, actor=CLERK)
