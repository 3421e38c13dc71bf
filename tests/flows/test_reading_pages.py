"""Pages are read in the sandbox: its limits leave room for honest pages and stop at the others (DIG-1, DIG-2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from lienthu.faces.cli.sample.volumes import woodblock
from lienthu.foundation.pagetext.model import PageText
from lienthu.foundation.pagetext.tessdata import prepare_tessdata
from lienthu.foundation.pagetext.tests.specimens import PACKAGES, PASSAGE, errors, saved, scan
from lienthu.platform.sandbox import Failed, Limits, Sandbox

pytestmark = pytest.mark.skipif(not PACKAGES.exists(), reason="node_modules is missing: make setup")
OCR = "lienthu.foundation.pagetext.work:ocr"


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(Limits(memory_mb=300, seconds=60)) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def tessdata(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(prepare_tessdata(tmp_path_factory.mktemp("tessdata"), PACKAGES, ["vie", "chi_tra_vert"]))


def test_a_page_is_read_in_the_sandbox(box: Sandbox, tessdata: str, tmp_path: Path) -> None:
    answer = box.call(OCR, path=saved(scan(PASSAGE), tmp_path / "p.jpg"), tessdata=tessdata, languages=["vie"], dpi=300)
    assert errors(PASSAGE, PageText.from_json(answer["page"]).text) < 0.02


def test_a_page_that_cannot_be_read_is_refused_and_the_next_is_read(
    box: Sandbox, tessdata: str, tmp_path: Path
) -> None:
    (tmp_path / "broken.tif").write_bytes(b"II*\0" + b"\xff" * 60)
    with pytest.raises(Failed) as failed:
        box.call(OCR, path=str(tmp_path / "broken.tif"), tessdata=tessdata, languages=["vie"])
    assert (failed.value.kind, failed.value.reason) == ("refused", "unreadable-image")
    path = saved(scan("Hạ Long", dpi=200), tmp_path / "good.jpg")
    answer = box.call(OCR, path=path, tessdata=tessdata, languages=["vie"], dpi=200)
    assert PageText.from_json(answer["page"]).text == "Hạ Long"


@pytest.mark.parametrize("languages", [["chi_tra_vert"], ["vie", "chi_tra_vert"]])
def test_columns_are_read_from_right_to_left(box: Sandbox, tessdata: str, tmp_path: Path, languages: list[str]) -> None:
    """Nam quốc sơn hà in the look of a woodblock print: frame, rules, folded margin."""
    poem = ["南國山河南帝居", "截然定分在天書", "如何逆虜來侵犯", "汝等行看取敗虛"]
    columns = [woodblock.Column(verse) for verse in poem]
    typeface = woodblock.Typeface(PACKAGES)
    leaf = woodblock.leaf(columns, heading="南國", folio="一", side="right", typeface=typeface, rng=Random(1))
    leaf.convert("L").save(tmp_path / "leaf.png")
    answer = box.call(OCR, path=str(tmp_path / "leaf.png"), tessdata=tessdata, languages=languages, dpi=200)
    page = PageText.from_json(answer["page"])
    assert errors("".join(poem), "".join(page.text.split())) < 0.35
    assert poem[0] in page.text
    assert page.text.index(poem[0]) < page.text.index(poem[1])
    first = page.marks_of(page.text.index(poem[0]), page.text.index(poem[0]) + 7)[0]
    second = page.marks_of(page.text.index(poem[1]), page.text.index(poem[1]) + 7)[0]
    assert first.x > second.x + second.w / 2
    assert first.h > 4 * first.w
