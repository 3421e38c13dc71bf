"""Doubtful pairs decided by keyboard in a real browser, and without any script."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.test_screens import VARIANTS, assert_sound

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Whatever the rule thinks of the sample: records of two libraries, made doubtful in pairs of falling score.
DOUBTFUL = """
import django; django.setup()
from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.union.models import Edge, Membership
ids = list(BibRecord.objects.filter(deleted=False, library__closed=False).order_by("pk").values_list("pk", flat=True))
where = dict(Membership.objects.values_list("record_id", "cluster_id"))
half = len(ids) // 2
pairs = [(a, b) for a, b in zip(ids, ids[half:]) if where[a] != where[b]][:40]
Edge.objects.filter(left_id__in=[a for a, _ in pairs], right_id__in=[b for _, b in pairs]).delete()
Edge.objects.bulk_create(
    Edge(left_id=a, right_id=b, score=0.94 - n / 1000, verdict="review", levels="", rule_version=0)
    for n, (a, b) in enumerate(pairs)
)
print(len(pairs))
"""
OTHER = "before => document.querySelector('article[data-pair]:not([hidden])')?.dataset.pair !== before"
QUEUE = "/staff/union/?score_from=90&score_to=94"


@pytest.fixture(scope="module")
def doubtful(site: Any) -> int:
    environment = {**site.environment, "DJANGO_SETTINGS_MODULE": "lienthu.config.settings"}
    done = subprocess.run([sys.executable, "-c", DOUBTFUL], env=environment, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1])


def stays_at(page: Any, pair: str) -> None:
    expect(page.locator("article[data-pair]:not([hidden])")).to_have_attribute("data-pair", pair)


def current(page: Any) -> str:
    return str(page.locator("article[data-pair]:not([hidden])").get_attribute("data-pair"))


def test_twenty_pairs_by_keyboard(open_page: Callable[..., Any], sign_in: Callable[..., None], doubtful: int) -> None:
    assert doubtful >= 30
    page = open_page()
    sign_in(page, "bienmuc", "mau-bien-muc")
    page.goto(QUEUE)
    assert page.locator("article[data-pair]:not([hidden])").count() == 1
    seen = []
    for key in "dldddlddddldddddlddd":
        seen.append(current(page))
        page.keyboard.press(key)
        page.wait_for_function(OTHER, arg=seen[-1])
    assert len(set(seen)) == 20
    page.wait_for_function("() => document.querySelector('[data-sitting-done]').textContent === '20'")
    last = seen[-1]
    page.keyboard.press("u")
    page.wait_for_function("() => document.querySelector('[data-sitting-done]').textContent === '19'")
    stays_at(page, last)
    page.keyboard.press("j")
    page.wait_for_function(OTHER, arg=last)
    page.keyboard.press("k")
    stays_at(page, last)
    page.keyboard.press("?")
    expect(page.locator("#keys-help[open]")).to_have_count(1)
    page.reload()
    stays_at(page, last)  # what was decided is gone from the queue, what was taken back is there
    page.goto("/staff/union/decisions/")
    assert page.locator("tbody tr").count() >= 20


def test_keys_switched_off_and_fields_keep_their_letters(
    open_page: Callable[..., Any], sign_in: Callable[..., None], doubtful: int
) -> None:
    page = open_page()
    sign_in(page, "bienmuc", "mau-bien-muc")
    page.goto(QUEUE)
    before = current(page)
    page.locator("#id_score_from").press("d")
    assert current(page) == before
    page.locator("[data-keys-switch]").click()
    page.keyboard.press("d")
    assert current(page) == before


def test_a_pair_is_decided_without_scripts(
    open_page: Callable[..., Any], sign_in: Callable[..., None], doubtful: int
) -> None:
    page = open_page(360, script=False)
    sign_in(page, "bienmuc", "mau-bien-muc")
    page.goto(QUEUE)
    before = current(page)
    page.locator("article[data-pair]:not([hidden]) button[value=different]").click()
    expect(page.locator("[data-undo] button")).to_have_count(1)
    assert current(page) != before
    page.locator("[data-undo] button").click()
    stays_at(page, before)


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_the_screens_are_sound(
    open_page: Callable[..., Any], sign_in: Callable[..., None], doubtful: int, width: int, scheme: str
) -> None:
    page = open_page(width, scheme)
    sign_in(page, "bienmuc", "mau-bien-muc")
    page.goto(QUEUE)
    left, right = current(page).split("-")
    cluster = page.locator("article[data-pair]:not([hidden]) a[href*='/clusters/']").first.get_attribute("href")
    for address in (
        QUEUE, f"/staff/union/pairs/{left}-{right}/", "/staff/union/series/", "/staff/union/decisions/", cluster,
        f"{cluster}merge/?with=Qu%E1%BA%A3ng+Ninh", "/staff/union/rules/", "/staff/union/rules/new/",
        "/staff/union/?kind=later&library=1&material=map",
    ):  # fmt: skip
        page.goto(address)
        assert_sound(page, f"{address} at {width} {scheme}")
