"""A running system with the sample province, and a headless Chromium to look at it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from installs import LIENTHU, Install, copied

_FLAGS = """
    --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync
""".split()


@dataclass(frozen=True)
class Site:
    """The address of the running system, and the environment of its commands."""

    url: str
    environment: dict[str, str]

    def command(self, *args: str) -> str:
        """Run a ``lienthu`` command beside the running system; what it prints."""
        done = subprocess.run([*LIENTHU, *args], env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout


@pytest.fixture(scope="session")
def site(seeded_install: Path) -> Iterator[Site]:
    """``lienthu run`` on a data folder of its own, sample province loaded."""
    outer = Path(tempfile.mkdtemp(prefix="lienthu-site-"))
    install = Install(copied(seeded_install, outer / "data"), {"LIENTHU_NO_COST_LIMIT": ""})
    try:
        with install.serving() as served:
            yield Site(f"http://127.0.0.1:{served.port}", install.environment)
    finally:
        install.stop()
        shutil.rmtree(outer, ignore_errors=True)


@pytest.fixture(scope="module")  # Playwright's event loop must not stay behind for other tests of this process
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright; the tests are skipped where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # as all waiting: a busy machine is slow, not wrong
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, site: Site) -> Iterator[Callable[..., Any]]:
    """Make a page of a width and colour scheme; whatever its console complains of fails the test."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def make(width: int = 1280, scheme: str = "light", *, script: bool = True, touch: bool = False) -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, locale="vi-VN", base_url=site.url,
            java_script_enabled=script, reduced_motion="reduce", has_touch=touch, is_mobile=touch,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        return page

    yield make
    for context in contexts:
        context.close()
    real = [c for c in complaints if "status of 4" not in c]
    assert not real, real


@pytest.fixture
def sign_in() -> Callable[[Any, str, str], None]:
    """Sign in as one of the sample accounts."""

    def enter(page: Any, name: str, password: str) -> None:
        page.goto("/account/sign-in/")
        page.fill("input[name=username]", name)
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/staff/**")

    return enter
