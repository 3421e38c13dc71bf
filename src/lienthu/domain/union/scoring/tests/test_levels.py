"""Levels that rules 3 and 4 tell apart, and rules of before there were such levels (MAT-3, MAT-10, MAT-15, MAT-17)."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.db import connection

from lienthu.domain.catalog.tests.cast import book
from lienthu.domain.union.fingerprint import Fingerprint, fingerprint
from lienthu.domain.union.models import Rerun, RuleVersion
from lienthu.domain.union.rule_selectors import rule_in_force, rule_of
from lienthu.domain.union.scoring.features import extent, part, year
from lienthu.domain.union.scoring.model import FEATURES, Feature, Verdict, score_pair
from lienthu.domain.union.scoring.order import CHAINS, steps_of
from lienthu.domain.union.scoring.rules import Rule, shipped
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.model import Field


def said(**facts: object) -> Fingerprint:
    given = {"title": "Báo cáo điều tra dân số", "by": "Tổng cục Thống kê", "year": 1991, "publisher": "Thống kê"}
    return fingerprint(describe(book(**{**given, **facts})))


def with_extent(text: str, language: str = "vie") -> Fingerprint:
    return said(language=language, more=[Field("300", " ", " ", (("a", text),))])


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Bảng tổng hợp tỉnh Quảng Ninh", "Bảng tổng hợp tỉnh Quảng Nam", "differ"),
        ("Bảng tổng hợp tỉnh Quảng Ninh", "Bảng tổng hợpp tỉnh Quảng Ninh", "near"),
        ("Bảng tổng hợp tỉnh Quảng Ninh", "Bảng tổng hợp, tỉnh Quảng Ninh", "same"),
    ],
)
def test_a_part_named_otherwise_in_one_word_is_another_part(one: str, other: str, level: str) -> None:
    """MAT-10: parts of a census are named alike but for the province."""
    left, right = said(part=one), said(part=other)
    assert part.level(left, right) == part.level(right, left) == level
    if level == "differ":
        assert score_pair(left, right, shipped()).verdict is Verdict.DIFFERENT


def test_a_volume_among_the_numbers_of_the_other_title_is_told_apart() -> None:
    left, right = said(title="Lịch sử Đảng bộ 2", part=""), said(title="Lịch sử Đảng bộ", part="Tập 2")
    assert part.level(left, right) == "numbered"


def test_a_copyright_of_years_before_speaks_more_against_than_one_of_last_year() -> None:
    """MAT-15: "1985, c1979" is mostly a later printing."""
    imprints = [
        Field("260", " ", " ", (("a", "H."), ("b", "Thống kê"), ("c", c))) for c in ("1991, c1990", "1991, c1979")
    ]
    near, far = (fingerprint(describe(book("Số đỏ", by="Vũ Trọng Phụng", more=[f]))) for f in imprints)
    for one, stated, level in ((near, 1990, "stated"), (far, 1979, "stated-far")):
        assert year.level(one, said(year=stated)) == level
    weights = shipped().weights["year"]
    assert weights["stated"] > weights["stated-far"] > weights["far"]


def test_sets_of_other_lengths_are_at_most_for_review_where_sets_are_closed() -> None:
    """MAT-17."""
    twelve, fifteen = with_extent("12 tập"), with_extent("15 tập")
    assert extent.level(twelve, fifteen) == "volumes-other"
    assert score_pair(twelve, fifteen, shipped()).verdict is Verdict.REVIEW
    assert extent.level(with_extent("2 v.", "eng"), with_extent("3 v.", "eng")) == "volumes-differ"


def test_a_rule_of_before_weighs_what_is_told_apart_now_as_it_did() -> None:
    """MAT-3: rules that people wrote down go on."""
    old = shipped().as_json()
    for feature, level in (("year", "stated-far"), ("part", "numbered"), ("extent", "volumes-other")):
        del old["weights"][feature][level]
    read = Rule.from_json(old)
    assert read.weights["year"]["stated-far"] == read.weights["year"]["stated"]
    assert read.weights["part"]["numbered"] == read.weights["part"]["near"]
    assert read.weights["extent"]["volumes-other"] == read.weights["extent"]["volumes-differ"]
    assert Rule.from_json(read.as_json()) == read


def test_the_shipped_rule_weighs_every_level() -> None:
    for feature in FEATURES:
        assert set(shipped().weights[feature.name]) == set(feature.levels)


@pytest.mark.parametrize("feature", FEATURES, ids=lambda f: f.name)
def test_what_agrees_more_never_weighs_less(feature: Feature) -> None:
    """MAT-28: in the shipped rule, chain by chain, and no silence less than a difference."""
    weights = shipped().weights[feature.name]
    steps = list(steps_of(feature))
    assert {level for step in steps for level in step[:2]} | {"part/part"} >= set(feature.levels)
    assert not [(a, weights[a], b, weights[b]) for a, b, gap in steps if weights[a] < weights[b] + gap - 1e-9]


def test_every_chain_names_levels_that_there_are() -> None:
    """MAT-28."""
    assert CHAINS.keys() == {f.name for f in FEATURES}
    for feature in FEATURES:
        assert {level for chain in CHAINS[feature.name] for level in chain.split()} <= set(feature.levels)


def test_no_contradiction_is_capped_above_where_the_same_begins() -> None:
    """MAT-4: what a cap holds down is decided by people."""
    for caps in shipped().caps.values():
        assert all(cap < shipped().same_from for cap in caps.values())


@pytest.mark.parametrize("number", [3, 4])
@pytest.mark.django_db
def test_a_rule_of_peoples_own_makes_room_for_that_of_the_release(number: int) -> None:
    """CLU-15: it keeps its state under the next free number."""
    for version, status in ((number, "active"), (5, "draft")):
        value = {**shipped().as_json(), "version": version, "bias": 1.5}
        RuleVersion.objects.create(version=version, rule=value, status=status, created_by="Lan")
    Rerun.objects.create(kind="renewal", rule_version=number, total=0, started_by="Lan")
    name = {3: "0012_make_room_for_rule_3", 4: "0013_make_room_for_rule_4"}[number]
    migration = importlib.import_module(f"lienthu.domain.union.migrations.{name}")
    with connection.schema_editor() as editor:
        migration.make_room(apps, editor)
        migration.make_room(apps, editor)
    assert dict(RuleVersion.objects.values_list("version", "status")) == {5: "draft", 6: "active"}
    moved = rule_of(6)
    assert moved is not None
    assert (moved.version, moved.bias, Rerun.objects.get().rule_version) == (6, 1.5, 6)
    assert rule_of(shipped().version) == shipped()


@pytest.mark.django_db
def test_a_former_rule_of_the_program_gives_way_to_that_of_the_release() -> None:
    """CLU-15: put back in force after a trial, it is nobody's own; what people wrote stays in force."""
    migration = importlib.import_module("lienthu.domain.union.migrations.0013_make_room_for_rule_4")
    value = {**shipped().as_json(), "version": 3}
    RuleVersion.objects.create(version=3, rule=value, status="active", created_by="")
    with connection.schema_editor() as editor:
        migration.make_room(apps, editor)
    assert rule_in_force() == shipped()
    RuleVersion.objects.create(version=2, rule={**value, "version": 2}, status="active", created_by="Lan")
    with connection.schema_editor() as editor:
        migration.make_room(apps, editor)
    assert rule_in_force().version == 2
