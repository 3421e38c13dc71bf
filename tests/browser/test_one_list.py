"""Titles and texts in one list, in a real browser: from a sentence to its place on the page. SEA-25, SEA-26."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.browser.test_reader import VOLUMES, ready
from tests.browser.test_screens import VARIANTS, assert_sound

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# One volume of a title that the catalogue finds too, beside those of the reader's tests.
AND_ONE_OF_A_TITLE = """
from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.discovery.selectors import request_from, search
from lienthu.domain.union.selectors import records_held

held = ((hit, records_held([hit.id], library.pk)) for hit in search(request_from({"q": ["truyện kiều"]})).hits)
hit, records = next((hit, records) for hit, records in held if records)
kieu = volume("Bản chụp", 2, ["Trang", "Truyện Kiều in năm Thìn"], record=BibRecord.objects.get(pk=records[0]))
print(json.dumps({"book": book.public_id, "kieu": kieu.public_id, "cluster": hit.id}))
"""


@pytest.fixture(scope="module")
def made(site: Any) -> dict[str, Any]:
    """The volumes, once the running system has indexed them."""
    environment = {**site.environment, "DJANGO_SETTINGS_MODULE": "lienthu.config.settings"}
    code = VOLUMES + AND_ONE_OF_A_TITLE
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    until = time.monotonic() + 120
    for words in ("văn hóa đọc ở Hạ Long", "Truyện Kiều in năm Thìn"):
        while not json.loads(site.command("search", "--fulltext", "--json", words).splitlines()[-1])["total"]:
            assert time.monotonic() < until, "not indexed"
            time.sleep(1)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_sentence_of_a_page_is_found_and_its_place_is_drawn(
    open_page: Callable[..., Any], made: dict[str, Any]
) -> None:
    page = open_page(script=True)
    page.goto("/")
    page.locator("input[name=q]").first.fill("văn hóa đọc ở Hạ Long")
    page.locator("input[name=q]").first.press("Enter")
    page.wait_for_url("**/search/**")
    entry = page.locator(".work--text", has=page.locator(f"a[href*='{made['book']}']"))
    expect(entry).to_have_count(1)
    expect(entry).to_contain_text("Tìm thấy trong nội dung")
    expect(entry.locator("mark").first).to_have_text("văn hóa đọc ở Hạ Long")
    link = entry.locator(".found-pages a").first
    place = link.inner_text().removeprefix("Trang ")
    link.press("Enter")
    ready(page)
    page.wait_for_function(
        "place => document.querySelector('[data-count]').textContent.startsWith(place + ' ')", arg=place
    )
    expect(page.locator(".rd-osd rect.rd-mark")).to_have_count(1)


def test_a_title_with_the_words_in_its_text_too_is_there_once(
    open_page: Callable[..., Any], made: dict[str, Any]
) -> None:
    page = open_page(360, script=False)
    page.goto("/search/?q=truyện kiều")
    entry = page.locator(".work", has=page.locator(f".work__title a[href='/records/{made['cluster']}/']"))
    expect(entry).to_have_count(1)
    expect(entry.locator(".in-pages mark").first).to_have_text("Truyện Kiều")
    expect(page.locator(f".work--text a[href*='{made['kieu']}']")).to_have_count(0)
    order = entry.locator("a").evaluate_all("all => all.map((a) => new URL(a.href).pathname)")
    assert order[0] == f"/records/{made['cluster']}/", "the title comes first by keyboard and by voice"
    entry.locator(".found-pages a").first.press("Enter")
    page.wait_for_url(f"**/read/{made['kieu']}**")
    expect(page.locator(".rd-sheet rect.rd-mark")).not_to_have_count(0)


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_the_list_is_sound(open_page: Callable[..., Any], made: dict[str, Any], width: int, scheme: str) -> None:
    """Woven, volumes first, volumes last, texts alone; on paper what was found stays."""
    page = open_page(width, scheme)
    for address in ("q=hạ long", "q=văn hóa đọc ở hạ long nước", "q=hạ long&sort=title&page=2", 'q="đọc ở hạ long"'):
        page.goto(f"/search/?{address}")
        assert_sound(page, f"{address} at {width} {scheme}")
        expect(page.locator(".work--text").first).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator(".found-pages").first).to_be_visible()
