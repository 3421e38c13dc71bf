"""Every screen at phone and desktop width, light and dark: axe has nothing to say, nothing overflows, no complaint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
PORTAL = """
    / /search/?q=h%E1%BA%A1+long /search/?q=thuw+vieenj /search/?q=zzzqqq /search/?material_type=map&sort=title
    /records/1/ /records/1/?view=marc /libraries/ /libraries/VN-QNTV/ /about/ /api/ /account/sign-in/ /records/9999/
    /api/oai/ /people/1/ /libraries/VN-QNTV/?day=2025-06-30 /libraries/VN-QN193/ /libraries/?day=2025-06-30
""".split()
STAFF = """
    /staff/ /staff/authorities/ /staff/authorities/suggestions/ /staff/harvesting/ /staff/harvesting/new/
    /staff/imports/ /staff/imports/new/ /staff/imports/1/ /staff/systems/1/ /staff/records/ /staff/export/
    /staff/quality/ /staff/quality/lists/missing-creator/ /staff/quality/lists/twins/ /staff/quality/lists/alone/
    /staff/union/sources/ /staff/network/ /staff/network/new/
    /staff/network/1/ /staff/network/1/services/ /staff/network/1/services/?as_of=2025-06-30 /staff/network/1/history/
    /staff/network/1/roles/ /staff/network/1/edit/ /staff/network/1/branches/new/ /staff/network/import/
    /staff/network/audit/ /staff/network/units/ /staff/network/units/2/ /staff/network/units/2/end/
    /staff/accounts/ /staff/accounts/new/ /staff/accounts/1/ /staff/accounts/2/
""".split()
VARIANTS = [(360, "light"), (1280, "dark")]


def assert_sound(page: Any, where: str) -> None:
    """axe finds nothing (WCAG 2.2 AA and its best practices) and the page does not scroll sideways."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    complaints = [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]
    assert not complaints, f"{where}: {complaints}"
    over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{where} scrolls sideways by {over} px"


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_portal(open_page: Callable[..., Any], width: int, scheme: str) -> None:
    page = open_page(width, scheme)
    for address in PORTAL:
        page.goto(address)
        assert_sound(page, f"{address} at {width} {scheme}")


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_staff(open_page: Callable[..., Any], sign_in: Callable[..., None], width: int, scheme: str) -> None:
    page = open_page(width, scheme)
    sign_in(page, "quantri", "mau-quan-tri")
    for address in STAFF:
        response = page.goto(address)
        assert response.status == 200, address
        assert_sound(page, f"{address} at {width} {scheme}")


def test_search_by_keyboard_with_suggestions(open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.goto("/")
    page.keyboard.press("Tab")  # the skip link comes first
    page.wait_for_function("() => document.activeElement.getAttribute('href')?.includes('#main')")
    box = page.locator("input[name=q]").first
    box.fill("nguyen tu")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    expect(page.locator("main")).to_contain_text("Nguyễn Tuân")


def test_search_works_without_javascript(open_page: Callable[..., Any]) -> None:
    page = open_page(360, script=False)
    page.goto("/")
    page.locator("input[name=q]").first.fill("truyen kieu")
    page.locator("input[name=q]").first.press("Enter")
    page.wait_for_url("**/search/**")
    expect(page.locator("main")).to_contain_text("Truyện Kiều")


def test_a_librarian_imports_a_file_and_the_manager_undoes_it(
    open_page: Callable[..., Any], sign_in: Callable[..., None], tmp_path: Path
) -> None:
    """The whole wizard with the real worker: upload, check, import, progress, found in the search, undone, gone."""
    path = tmp_path / "sach-moi.csv"
    path.write_text(
        "Nhan đề;Tác giả;Năm XB;Số ĐKCB;Ký hiệu xếp giá\nNgười thợ lò kể chuyện xanh;Trần Văn Mẫu;2024;M001;V23\n"
    )
    page = open_page()
    sign_in(page, "giamdoc", "mau-giam-doc")
    page.goto("/staff/imports/new/")
    page.set_input_files("input[type=file]", str(path))
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/check/**")
    expect(page.locator("main")).to_contain_text("Người thợ lò kể chuyện xanh")
    number = page.url.split("/imports/")[1].split("/")[0]
    page.goto(f"/staff/imports/{number}/trial/")
    page.locator(f"form[action$='/imports/{number}/start/'] button[type=submit]").first.click()
    page.wait_for_url(f"**/imports/{number}/")
    _until(page, lambda: _total(page) == 1)
    page.goto(f"/staff/imports/{number}/undo/")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(f"**/imports/{number}/")
    _until(page, lambda: _total(page) == 0)


@pytest.mark.parametrize(("width", "scheme"), VARIANTS)
def test_a_joining_report(
    open_page: Callable[..., Any], sign_in: Callable[..., None], tmp_path: Path, width: int, scheme: str
) -> None:
    """The report of a dry run, with what joins, what conflicts and what is missing."""
    path = tmp_path / "gia-nhap.csv"
    path.write_text(
        "Nhan đề;Tác giả;Năm XB;Số ĐKCB;Ký hiệu xếp giá\nSố đỏ;Vũ Trọng Phụng;1938;B001;V23\n"
        "Số đỏ;Vũ Trọng Phụng;1938;B002;V23\nMột cuốn chưa ai có;Không rõ;;B003;\n"
    )
    page = open_page(width, scheme)
    sign_in(page, "giamdoc", "mau-giam-doc")
    page.goto("/staff/imports/new/")
    page.set_input_files("input[type=file]", str(path))
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/check/**")
    number = page.url.split("/imports/")[1].split("/")[0]
    page.goto(f"/staff/imports/{number}/trial/")
    page.locator(f"form[action$='/imports/{number}/trial/'] button[type=submit]").click()
    link = page.locator("main a[href$='/report/']")
    link.wait_for(timeout=60_000)
    assert_sound(page, f"a dry run at {width} {scheme}")
    link.click()
    page.wait_for_url("**/report/")
    assert_sound(page, f"a joining report at {width} {scheme}")


def _total(page: Any) -> int:
    return int(page.request.get('/api/v1/search?q="Người thợ lò kể chuyện xanh"').json()["total"])


def _until(page: Any, condition: Callable[[], bool], seconds: float = 40) -> None:
    waited = 0.0
    while not condition():
        page.wait_for_timeout(300)
        waited += 0.3
        assert waited < seconds, "it did not happen"
