"""Digitised objects outlive their database: rebuilt from the store alone, and restored with a backup.

The whole way through the commands: a scan is taken in and read, a word is corrected, rights are stated, the rows are
lost, and everything is there again: rows, words in the page index, history.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from installs import Install, copied

pytestmark = pytest.mark.slow

CORRECT = """
from lienthu.domain.digital.models import Page
from lienthu.domain.digital.services.texts import content_of, set_text
from lienthu.domain.digital.selectors.objects import text_of
from lienthu.foundation.pagetext.model import Block, Line, PageText, Word
from lienthu.platform.actor import Actor
page = Page.objects.get(seq=1)
read = content_of(text_of(page.pk, "original"))
word = Word("SAULAPHỐ", 10, 10, 200, 40)
block = Block((Line((word,)),))
text = PageText(read.width, read.height, (*read.blocks, block), languages=read.languages, source="corrected")
set_text(page, text, actor=Actor(None, "chị Hoa"))
print(json.dumps(True))
"""

LOSE = """
from django.apps import apps
from django.db import connection
from lienthu.domain.digital.models import DigitalObject
tables = [m._meta.db_table for m in apps.get_app_config("digital").get_models()]
with connection.cursor() as c:
    c.execute("TRUNCATE " + ", ".join(tables))
print(json.dumps(tables))
"""

# Rows of all tables that are kept, without keys; what they point at inside the room by its lasting name.
ROWS = """
from django.apps import apps
from lienthu.domain.digital.models import Collection, DigitalObject, MasterFile, Page
MOMENT = {
    "ReadingSeat", "SeatRequest", "ReadingStation", "PageAct", "ShelvedText", "Delivery", "DeliveredFile",
    "Preservation", "FixityRun", "FixityProblem",
}
keys = {
    "object_id": dict(DigitalObject.objects.values_list("pk", "public_id")),
    "page_id": {p.pk: p.seq for p in Page.objects.all()},
    "file_id": dict(MasterFile.objects.values_list("pk", "path")),
    "collection_id": dict(Collection.objects.values_list("pk", "code")),
}
out = {}
for model in apps.get_app_config("digital").get_models():
    if model.__name__ in MOMENT:
        continue
    rows = []
    for row in model._default_manager.values():
        row.pop("id")
        for name, known in keys.items():
            if row.get(name) is not None:
                row[name] = known[row[name]]
        rows.append({k: bytes(v).hex() if isinstance(v, memoryview | bytes) else str(v) for k, v in row.items()})
    out[model.__name__] = sorted(rows, key=repr)
print(json.dumps(out))
"""


def _scan(path: Path, words: str) -> Path:
    import typst

    source = f'#set page(width: 120mm, height: 50mm, margin: 10mm)\n#set text(size: 16pt, lang: "vi")\n{words}'
    path.write_bytes(typst.compile(source.encode(), format="png", ppi=200))
    return path


@pytest.fixture(scope="session")
def _published(made_once: Callable[..., Path], _plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stopped install with one published volume of two pages, one of them corrected."""

    def make(folder: Path) -> None:
        scans = tmp_path_factory.mktemp("scans")
        _scan(scans / "1.png", "Thư viện tỉnh Quảng Ninh")
        _scan(scans / "2.png", "Vịnh Hạ Long")
        install = Install(copied(_plain, folder))
        with install.database():
            done = install.lienthu(
                "digital", "ingest", scans, "--library", "VN-A", "--title", "Địa chí Quảng Ninh", "--rights",
                "official", "--basis", "Luật SHTT, điều 15", "--json", timeout=300,
            )  # fmt: skip
            assert done.code == 0, done.err
            install.probe(CORRECT)

    return made_once("published-volume", make)


@pytest.fixture
def digitised(folders: Callable[..., Any], _published: Path) -> tuple[Any, str]:
    """An install with that volume, and the volume's name."""
    install = folders(_published)
    ((obj,),) = install.sql("SELECT public_id FROM digital_digitalobject")
    return install, obj


def _found(install: Any, words: str) -> list[tuple[str, int, str]]:
    """Object, page and marked words of what a visitor finds in the text of pages."""
    answer = install.lienthu("search", "--fulltext", "--json", words).json
    return [
        (volume["id"], page["page"], " ".join(part["text"] for part in page["snippet"] if part["match"]))
        for volume in answer["volumes"]
        for page in volume["best"]
    ]


def test_everything_comes_again_from_the_store_alone(digitised: tuple[Any, str]) -> None:
    """PRS-9: rows, and the words in the page index, each on its page."""
    install, obj = digitised
    assert install.lienthu("digital", "work").code == 0
    phrases = {
        '"Thư viện tỉnh"': (1, "Thư viện tỉnh"),
        '"Vịnh Hạ Long"': (2, "Vịnh Hạ Long"),
        "saulapho": (1, "SAULAPHỐ"),
    }
    for words, place in phrases.items():
        assert _found(install, words) == [(obj, *place)]
    assert install.lienthu("digital", "preserve", "--json").json == {"preserved": 1, "waiting": 0}
    before = install.probe(ROWS)
    assert len(before["PageText"]) == 3
    assert len(before["RightsRecord"]) == 1
    install.probe(LOSE)
    lost = install.lienthu("digital", "status", obj)
    assert lost.code == 2
    for index in install.folder.glob("index*"):
        shutil.rmtree(index)
    assert _found(install, '"Vịnh Hạ Long"') == []
    done = install.lienthu("digital", "rebuild", "--json")
    assert (done.code, done.json) == (0, {"restored": [obj], "there": 0, "failed": {}})
    assert install.probe(ROWS) == before
    for words, place in phrases.items():
        assert _found(install, words) == [(obj, *place)]
    read = install.lienthu("digital", "fixity", "--json").json
    assert (read["objects"], read["whole"], read["damaged"]) == (1, True, [])


def test_an_erased_object_is_found_and_restored_by_nobody(digitised: tuple[Any, str]) -> None:
    """PRS-13: by command, with a reason; neither search nor the store know it any more."""
    install, obj = digitised
    install.lienthu("digital", "preserve")
    assert _found(install, '"Vịnh Hạ Long"') == [(obj, 2, "Vịnh Hạ Long")]
    asked = install.lienthu("digital", "erase", obj, "--reason", "Bản án 12/2026")
    assert "Nothing was erased" in asked.refused(), "nobody said yes"
    done = install.lienthu("digital", "erase", obj, "--reason", "Bản án 12/2026", "--yes", "--json")
    assert (done.code, done.json) == (0, {"erased": obj, "pages": 2, "files": 2})
    assert _found(install, '"Vịnh Hạ Long"') == []
    assert install.lienthu("digital", "status", obj).code == 2
    assert install.lienthu("digital", "rebuild", "--json").json["restored"] == []
    assert list((install.folder / "digital").rglob("*.png")) == []
    read = install.lienthu("digital", "fixity", "--json").json
    assert (read["objects"], read["damaged"]) == (0, [])


def test_a_backup_brings_digitised_objects_back(
    digitised: tuple[Any, str], folders: Callable[..., Any], tmp_path: Path
) -> None:
    install, obj = digitised
    file = tmp_path / "backup.tar"
    assert install.lienthu("backup", file).code == 0
    before = install.probe(ROWS)
    other = folders("new")
    done = other.lienthu("restore", file, timeout=300)
    assert done.code == 0, done.err
    assert "2 pictures" in done.out
    assert other.lienthu("digital", "work", "--workers", "1", timeout=300).code == 0
    after = other.probe(ROWS)
    for rows in (before, after):  # pictures were made anew, and nothing else
        for row in rows.pop("PageWork"):
            assert row["state"] == "done"
        rows["DigitalObject"] = [{**row, "version": ""} for row in rows["DigitalObject"]]
    assert after == before
    status = other.lienthu("digital", "status", obj, "--json").json
    assert (status["ready"], status["access"]) == (2, "open")
    shutil.rmtree(other.folder / "digital" / "ocfl")
    assert other.lienthu("digital", "fixity", "--json").json["damaged"][0]["code"] == "object-missing"
