"""From the scanner to the reader at the desk of digitisation: upload, pages, text, description, rights, publication."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import pyvips
from playwright.sync_api import expect
from tests.browser.test_screens import VARIANTS, assert_sound

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHEETS = ("Quảng Ninh\nnhất thống chí", "Vịnh Hạ Long ở phía đông bắc", "Cẩm Phả là đất mỏ than")


def scans(folder: Path, sheets: tuple[str, ...] = SHEETS) -> list[str]:
    """Pages as a scanner writes them."""
    made = []
    for n, text in enumerate(sheets, 1):
        words = pyvips.Image.text(text, dpi=200, font="DejaVu Serif 16", width=900)
        page = (words.gravity("centre", 1100, 1500) * -1 + 250).cast("uchar")
        page = page.bandjoin([page, page]).copy(interpretation="srgb", xres=200 / 25.4, yres=200 / 25.4)
        made.append(str(folder / f"trang {n}.jpg"))
        page.write_to_file(made[-1])
    return made


def in_order(page: Any, *wanted: str) -> None:
    """The screen draws an answer after the test has seen it: it is waited for, as a person would."""
    expect(page.locator("[data-sheets] .sheet__place")).to_have_text([str(n + 1) for n in range(len(wanted))])
    page.wait_for_function(
        """wanted => {
            const there = [...document.querySelectorAll('[data-sheets] [data-seq]')].map((n) => n.dataset.seq);
            return there.join() === wanted.join();
        }""",
        arg=list(wanted),
    )


def acted(page: Any, key: str) -> None:
    with page.expect_response("**/pages/act/") as answer:
        page.keyboard.press(key)
    assert answer.value.status == 200, answer.value.text()


def test_a_volume_goes_from_the_scanner_to_the_reader(
    open_page: Callable[..., Any], sign_in: Callable[..., None], tmp_path: Path
) -> None:
    """WFL-2, WFL-11, WFL-12: all by keyboard where keys are offered."""
    page = open_page()
    sign_in(page, "quantri", "mau-quan-tri")
    page.goto("/staff/digital/upload/")
    page.select_option("select[name=library]", index=1)
    page.fill("input[name=title]", "Quảng Ninh nhất thống chí (bản quét)")
    page.keyboard.press("Enter")
    page.wait_for_url("**/uploads/**")
    page.set_input_files("#files", scans(tmp_path))
    page.wait_for_selector("[data-finish]:not([disabled])", timeout=60_000)
    page.reload()
    expect(page.locator("[data-list] li")).to_have_count(3)  # what was uploaded is still there after a reload
    page.click("[data-finish]")
    link = page.locator("#delivery a[href$='/pages/']")
    link.wait_for(timeout=90_000)
    link.click()

    page.wait_for_selector("[data-sheets] [data-seq='3']")
    page.wait_for_function("() => document.querySelectorAll('.sheet--ready').length === 3", timeout=240_000)
    page.locator("[data-sheets]").focus()
    page.keyboard.press("End")
    acted(page, "Alt+ArrowLeft")
    in_order(page, "1", "3", "2")
    acted(page, "u")
    in_order(page, "1", "2", "3")
    page.keyboard.press("Alt+ArrowLeft")
    page.keyboard.press("Alt+ArrowLeft")  # before the first is answered
    in_order(page, "3", "1", "2")
    acted(page, "u")
    acted(page, "u")
    in_order(page, "1", "2", "3")
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    page.keyboard.press("n")
    page.wait_for_function("() => document.querySelector('[data-number-preview]').textContent.includes('1, 2, 3')")
    with page.expect_response("**/pages/act/"):
        page.keyboard.press("Enter")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.sheet__label')].map((n) => n.textContent).join() === '1,2,3'"
    )
    page.keyboard.press("Home")
    acted(page, "c")
    expect(page.locator(".sheet--closed")).to_have_count(1)
    in_order(page, "1", "2", "3")  # and still with their places, by which chapters are put among them
    acted(page, "c")
    expect(page.locator(".sheet--closed")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.locator("#keys-help[open]")).to_have_count(1)
    base = page.url.partition("/pages/")[0]

    deadline = time.monotonic() + 240
    while not page.request.get(f"{base}/texts/2/").json()["blocks"]:  # the worker recognises text behind other work
        assert time.monotonic() < deadline
        page.wait_for_timeout(1000)
    page.goto(f"{base}/texts/?page=2&mode=words")
    page.wait_for_selector("[data-text] .word")
    page.locator("[data-text] .word").first.click()
    page.fill("[data-word]", "Vịnh đẹp")
    with page.expect_response("**/save/") as saved:
        page.keyboard.press("Control+s")
    assert saved.value.status == 200, saved.value.text()
    page.reload()
    page.wait_for_selector("[data-text] .word")
    expect(page.locator("[data-text] .word").first).to_have_text("Vịnh")
    expect(page.locator("[data-text] .word").nth(1)).to_have_text("đẹp")

    page.goto(f"{base}/describe/")
    page.fill("textarea[name=creator]", "Quốc sử quán")
    page.locator("form .btn--primary").last.click()
    page.wait_for_selector(".notice--ok")
    page.goto(f"{base}/rights/")
    page.select_option("select[name=status]", "public_domain")
    page.fill("input[name=basis]", "Hết thời hạn bảo hộ")
    page.locator("form .btn--primary").last.click()
    page.wait_for_selector(".notice--ok")
    page.locator("form[action$='/publish/'] button").click()
    page.wait_for_selector(".status--ok")
    public_id = base.rpartition("/")[2]
    visitor = open_page(360)
    manifest = visitor.request.get(f"/iiif/presentation/3/{public_id}/manifest")
    assert manifest.status == 200
    assert "Quảng Ninh nhất thống chí" in json.dumps(manifest.json(), ensure_ascii=False)

    visitor.goto("/")  # and a reader with a phone, who knows of a sentence and of nothing else
    sentence = "đất mỏ than"
    deadline = time.monotonic() + 120
    hit = visitor.locator(f".volume a.found-pages__page[href*='/read/{public_id}?'][href*='page=3']").first
    while True:  # the index follows by itself
        visitor.goto(f"/search/?in=text&q={quote(sentence)}")
        if hit.count() or time.monotonic() > deadline:
            break
        visitor.wait_for_timeout(1000)
    expect(hit).to_be_visible()
    marked = visitor.locator("li.volume", has=visitor.locator(f"a[href*='/read/{public_id}']")).locator("mark").first
    expect(marked).to_have_text(re.compile("đất|mỏ|than"))
    hit.click()
    visitor.wait_for_url(f"**/read/{public_id}?**page=3**")
    expect(visitor.locator(".rd-osd rect.rd-mark").first).to_be_visible(timeout=30_000)
    visitor.wait_for_function(  # where the word stands: on the picture of the page, and no larger than a line of it
        """() => {
            const mark = document.querySelector('.rd-osd rect.rd-mark').getBoundingClientRect();
            const stage = document.querySelector('[data-stage]').getBoundingClientRect();
            return mark.width > 2 && mark.height > 2 && mark.width < stage.width && mark.height < stage.height / 4
                && mark.left >= stage.left && mark.right <= stage.right
                && mark.top >= stage.top && mark.bottom <= stage.bottom;
        }"""
    )


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_the_screens_are_sound(
    open_page: Callable[..., Any], sign_in: Callable[..., None], site: Any, tmp_path: Path, width: int, scheme: str
) -> None:
    scans(tmp_path)
    said = site.command(
        "digital", "ingest", str(tmp_path), "--library", "VN-QNTV", "--title", f"Thử {width}", "--again", "--json"
    )
    public_id = json.loads(said.strip().splitlines()[-1])["object"]
    page = open_page(width, scheme)
    sign_in(page, "quantri", "mau-quan-tri")
    here = f"/staff/digital/objects/{public_id}"
    for address in (
        "/staff/digital/", "/staff/digital/?q=zzzqqq", "/staff/digital/?stage=scanned", "/staff/digital/titles/",
        "/staff/digital/titles/?list=rare", "/staff/digital/upload/", "/staff/digital/projects/",
        "/staff/digital/projects/new/", "/staff/digital/profiles/", "/staff/digital/profiles/new/",
        "/staff/digital/profiles/document/?back=shipped", "/staff/digital/rules/", "/staff/digital/rules/unknown/",
        "/staff/digital/rules/unknown/?back=shipped", "/staff/premises/",
        f"{here}/", f"{here}/pages/", f"{here}/quality/", f"{here}/texts/?mode=words", f"{here}/texts/?mode=layers",
        f"{here}/describe/", f"{here}/rights/", f"{here}/erase/", "/staff/digital/erased/",
    ):  # fmt: skip
        answer = page.goto(address)
        assert answer.status == 200, address
        page.wait_for_timeout(300)
        assert_sound(page, f"{address} at {width} {scheme}")


def at(page: Any, card: str, stage: str) -> None:
    """The card that has the focus, and its stage, as soon as the answer is drawn."""
    page.wait_for_function(
        """wanted => ['card', 'stage'].map(
            (name) => document.activeElement.closest(`[data-${name}]`)?.dataset[name]).join() === wanted""",
        arg=f"{card},{stage}",
    )


def test_the_board_is_worked_by_keyboard(
    open_page: Callable[..., Any], sign_in: Callable[..., None], site: Any, tmp_path: Path
) -> None:
    """WFL-9, WFL-19: go, move on, take, send back with a reason; the focus stays with the card."""
    scans(tmp_path, SHEETS[:1])
    said = site.command(
        "digital", "ingest", str(tmp_path), "--library", "VN-QNTV", "--title", "Thử bảng", "--again", "--json"
    )
    public_id = json.loads(said.strip().splitlines()[-1])["object"]
    page = open_page()
    sign_in(page, "thuthu", "mau-thu-thu")
    page.goto("/staff/digital/?q=Thử+bảng")
    page.locator(f"[data-card='{public_id}'] .board__name").focus()
    at(page, public_id, "scanned")

    def acted(key: str, status: int = 200) -> Any:
        with page.expect_response("**/card/") as answer:
            page.keyboard.press(key)
        assert answer.value.status == status, answer.value.text()
        return answer.value.json()

    acted("t")
    at(page, public_id, "scanned")
    expect(page.locator(f"[data-card='{public_id}']")).to_contain_text("(mẫu)")  # who took it is named
    page.keyboard.press("d")
    page.wait_for_selector("dialog[open]")
    page.wait_for_function("() => document.activeElement.name === 'due'")
    assert_sound(page, "the acts on a card")
    page.keyboard.press("Escape")
    at(page, public_id, "scanned")
    page.keyboard.press("b")
    page.wait_for_selector("dialog[open]")
    page.keyboard.type("Trang 1 mờ")
    assert acted("Enter")["stage"] == "planned"
    at(page, public_id, "planned")
    expect(page.locator("[data-stage=planned]")).to_contain_text("Trang 1 mờ")
    expect(page.locator("[data-stage=planned] [data-count]")).to_have_text("1")
    assert acted("m")["stage"] == "scanned"
    at(page, public_id, "scanned")
    page.keyboard.press("?")
    expect(page.locator("#keys-help[open]")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/objects/{public_id}/")
