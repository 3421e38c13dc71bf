"""Quality profiles that the administrator sets: what they may say, what they would find, what is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lienthu.domain.digital.errors import Conflict, ProfileRefused
from lienthu.domain.digital.models import Collection, MasterFile, Project, QualityProfile
from lienthu.domain.digital.selectors.profiles import measured_against, misses_of, profile_history, profile_state
from lienthu.domain.digital.services.profiles import drop_profile, set_profile
from lienthu.domain.digital.shipped.reading import Profile, shipped_profiles
from lienthu.domain.digital.tests.cast import CLERK, make_object
from lienthu.domain.network.tests.factories import make_library

pytestmark = pytest.mark.django_db
NEWSPAPER = Profile("newspaper", "Báo khổ lớn", {"min_dpi": 300}, "Quyết định 5")


def test_a_profile_is_set_kept_and_put_back() -> None:
    """WFL-17."""
    shipped = profile_state("document")
    assert shipped is not None
    strict = replace(shipped.profile, limits={"min_dpi": 400}, name="  Khắt khe ")
    after = set_profile(strict, seen=shipped.stamp, actor=CLERK)
    assert (after.own, after.profile.name, after.profile.limits) == (True, "Khắt khe", {"min_dpi": 400})
    with pytest.raises(Conflict):
        set_profile(shipped.profile, seen=shipped.stamp, actor=CLERK)
    assert set_profile(after.profile, seen=after.stamp, actor=CLERK) == after
    [past] = profile_history("document")
    assert (past.before, past.after) == (shipped.profile, after.profile)
    assert past.before is not None
    assert set_profile(past.before, seen=after.stamp, actor=CLERK) == shipped
    assert not QualityProfile.objects.exists(), "what is shipped is not copied"
    assert len(profile_history("document")) == 2
    with pytest.raises(ProfileRefused):
        drop_profile("document", seen=shipped.stamp, actor=CLERK)


@pytest.mark.parametrize("wrong", [
    replace(NEWSPAPER, code="Báo"), replace(NEWSPAPER, code="a" * 41), replace(NEWSPAPER, name=" "),
    replace(NEWSPAPER, basis=""), replace(NEWSPAPER, limits={"min_beauty": 3}),
    replace(NEWSPAPER, limits={"min_dpi": 0}), replace(NEWSPAPER, limits={"max_skew_degrees": float("nan")}),
])  # fmt: skip
def test_what_is_no_profile_is_refused(wrong: Profile) -> None:
    """WFL-17."""
    with pytest.raises(ProfileRefused):
        set_profile(wrong, seen="", actor=CLERK)


def test_a_profile_in_use_stays() -> None:
    """WFL-17."""
    made = set_profile(NEWSPAPER, seen="", actor=CLERK)
    project = Project.objects.create(library=make_library(), code="bao", name="Báo Than", profile="newspaper")
    with pytest.raises(ProfileRefused, match="Báo Than"):
        drop_profile("newspaper", seen=made.stamp, actor=CLERK)
    project.delete()
    drop_profile("newspaper", seen=made.stamp, actor=CLERK)
    assert profile_state("newspaper") is None
    assert [past.after is None for past in profile_history("newspaper")] == [True, False]


def test_pages_that_would_miss_a_limit_are_counted() -> None:
    """WFL-17: as the quality of an object is judged; what is hidden is not counted (RGT-3)."""
    home = make_library()
    obj, chart = make_object(home, pages=4), make_object(home, pages=1, kind="map")
    secret = make_object(
        home, pages=1, collection=Collection.objects.create(library=home, code="k", name="K", closed=True)
    )
    facts = [
        {"dpi": 150, "sharpness": 100, "skew_degrees": -3.0},
        {"dpi": 250, "sharpness": 300, "skew_degrees": 0.5},
        {"dpi": 250, "sharpness": 1, "skew_degrees": 9.0, "blank": True},
        {},
    ]
    sheet = MasterFile.objects.create(
        object=obj, sha256="d" * 64, path="masters/d.tif", name="d.tif", size=1, facts={"bits": 8, "bands": 1}
    )
    for page, said in zip(obj.pages.order_by("seq"), facts, strict=True):
        page.quality, page.file = said, sheet
        page.save()
    for other in (chart, secret):
        other.pages.update(quality=facts[0])
    document = next(p for p in shipped_profiles() if p.code == "document")
    assert misses_of("document", document.limits) == {"resolution": 1, "blur": 1, "skew": 1, "depth": 4}
    assert misses_of("document", {"min_dpi": 300}) == {"resolution": 3}
    assert misses_of("map", {"min_dpi": 300}) == {"resolution": 1}
    assert misses_of("document", {}) == {}
    assert (measured_against("document"), measured_against("map"), measured_against("photograph")) == (4, 1, 0)
    project = Project.objects.create(library=home, code="anh", name="Ảnh", profile="photograph")
    obj.project = project
    obj.save()
    assert (measured_against("document"), measured_against("photograph")) == (0, 4)
