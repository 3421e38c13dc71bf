"""Scripts, styles and fonts as browsers get them. RDR-10."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.test import Client, override_settings

from lienthu.platform.static_files import collect


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything collected, to be copied."""
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder / "served"):
        assert collect()
    return folder


@pytest.fixture
def served(settings: Any, collected: Path, tmp_path: Path) -> Path:
    """Everything collected, in a folder of the test."""
    settings.STATIC_ROOT = shutil.copytree(collected, tmp_path / "static") / "served"
    return Path(settings.STATIC_ROOT)


def sent(address: str, encoding: str = "gzip, br") -> Any:
    response = Client().get(address, headers={"Accept-Encoding": encoding})
    assert response.status_code == 200, address
    response.body = b"".join(response.streaming_content)
    return response


def test_files_go_compressed_under_names_that_never_change_their_content(served: Path) -> None:
    """RDR-10."""
    address = static("npm/openseadragon/openseadragon.min.js")
    assert re.fullmatch(r"/static/npm/openseadragon/openseadragon\.min\.[0-9a-f]{12}\.js", address)
    small, whole = sent(address), sent(address, "identity")
    assert small["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small["Vary"]
    assert gzip.decompress(small.body) == whole.body
    assert len(small.body) < len(whole.body) / 3
    for response in (small, whole):
        assert "immutable" in response["Cache-Control"]
        assert int(re.search(r"max-age=(\d+)", response["Cache-Control"])[1]) > 300 * 86400
    plain = sent("/static/npm/openseadragon/openseadragon.min.js")
    assert "immutable" not in plain["Cache-Control"], "a plain name may mean another file tomorrow"
    font = static("npm/@fontsource/be-vietnam-pro/files/be-vietnam-pro-latin-400-normal.woff2")
    assert "Content-Encoding" not in sent(font), "fonts are compressed already"


def test_what_files_name_is_named_as_it_is_served(served: Path) -> None:
    """RDR-10: otherwise a page would load some files twice, and old ones from caches."""
    main = gzip.decompress(sent(static("reader/js/main.js")).body).decode()
    modules = re.findall(r'from "(.*?)"', main)
    assert len(modules) > 8
    folder = Path(static("reader/js/main.js")).parent
    for module in modules:
        name = re.sub(r"\.[0-9a-f]{12}(\.js)$", r"\1", module)
        assert name != module, f"{module} is plain"
        wanted = static(str(_resolved(folder / name).relative_to("/static")))
        assert str(_resolved(folder / module)) == wanted, "the name that a page preloads"
    fonts = gzip.decompress(sent(static("ui/fonts.css")).body).decode()
    for path in re.findall(r'url\("(.*?)"\)', fonts):
        assert sent(str(_resolved(Path(static("ui/fonts.css")).parent / path))).body


def _resolved(path: Path) -> Path:
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return Path(*parts)


def test_nothing_is_done_twice_and_a_change_is_seen(settings: Any, served: Path, tmp_path: Path) -> None:
    """RDR-10."""
    assert not collect()
    before = set(served.rglob("*"))
    own = tmp_path / "own"
    own.mkdir()
    (own / "new.js").write_text("export const news = 1;" * 100)
    settings.STATICFILES_DIRS = [*settings.STATICFILES_DIRS, str(own)]
    assert collect()
    first = served / static("new.js").removeprefix("/static/")
    assert first.exists()
    assert before - set(served.rglob("*")) == set()
    (own / "new.js").write_text("export const news = 2;" * 100)
    assert collect()
    second = served / static("new.js").removeprefix("/static/")
    assert first != second
    assert first.exists(), "pages loaded before still ask for it"
    (own / "new.js").write_text("export const news = 3;" * 100)
    assert collect()
    assert not first.exists()
    assert not first.with_name(first.name + ".gz").exists()
    assert second.exists()


def test_a_killed_process_leaves_no_mark_that_all_is_done(served: Path) -> None:
    """RDR-10."""
    (served.parent / "collected").unlink()
    assert collect()


def test_without_collected_files_pages_name_the_plain_ones(settings: Any, tmp_path: Path) -> None:
    """RDR-10: tests and single commands collect nothing."""
    settings.STATIC_ROOT = tmp_path / "static" / "served"
    settings.STATIC_ROOT.mkdir(parents=True)
    assert static("reader/js/main.js") == "/static/reader/js/main.js"
    assert sent("/static/reader/js/main.js").body
    assert not staticfiles_storage.hashed_files
