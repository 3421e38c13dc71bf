"""The sample volumes: whole, marked as sample, true to their texts, and the same each time."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pytest
import pyvips
from django.conf import settings

from lienthu.faces.cli.sample.network import load_network
from lienthu.faces.cli.sample.records import SAMPLE_NOTE
from lienthu.faces.cli.sample.volumes import plan
from lienthu.faces.cli.sample.volumes.build import FEW, KEYS, build_volumes
from lienthu.faces.cli.sample.volumes.model import SampleVolume
from lienthu.faces.cli.sample.volumes.records import LIBRARY, main_number, sample_records
from lienthu.faces.cli.sample.volumes.woodblock import MissingCharacter, Typeface
from lienthu.foundation.marc import iso2709
from lienthu.foundation.marc.split import split_iso2709
from lienthu.foundation.vietnamese.encodings import DECODERS
from lienthu.foundation.vietnamese.syllables import is_syllable

PACKAGES = settings.BASE_DIR / "node_modules"
Volumes = Mapping[str, SampleVolume]


@pytest.fixture(scope="module")
def volumes(tmp_path_factory: pytest.TempPathFactory) -> Volumes:
    made = build_volumes(tmp_path_factory.mktemp("volumes"), packages=PACKAGES)
    return {v.key: v for v in made}


def images(volume: SampleVolume) -> list[Path]:
    return sorted(volume.path.iterdir())


def test_all_are_made_in_order_and_each_page_has_label_and_text(volumes: Volumes) -> None:
    assert tuple(volumes) == KEYS
    for volume in volumes.values():
        assert volume.pages == len(volume.labels) == len(volume.texts) > 0, volume.key
        if volume.path.is_dir():
            assert len(images(volume)) == volume.pages, volume.key
        assert all(unicodedata.is_normalized("NFC", text) for text in volume.texts)
        assert len(set(volume.labels)) == volume.pages, volume.key
        assert all(1 <= entry.page <= volume.pages for entry in volume.contents)
        assert [e.page for e in volume.contents] == sorted(e.page for e in volume.contents)


def test_whatever_is_made_up_says_so_and_belongs_to_a_library_of_the_sample(volumes: Volumes) -> None:
    libraries = {lib.code: lib for lib in load_network().libraries}
    for volume in volumes.values():
        assert "mẫu" in volume.dc.description.lower(), volume.key
        assert libraries[volume.library].closed == (volume.owner == "armed_forces") == volume.rights.closed


def test_scans_have_the_resolution_they_claim(volumes: Volumes) -> None:
    for volume in volumes.values():
        if not volume.path.is_dir():
            continue
        for path in images(volume):
            page = pyvips.Image.new_from_file(str(path))
            assert page.bands == 3
            assert page.xres * 25.4 == pytest.approx(volume.dpi, abs=1), path
    a4 = pyvips.Image.new_from_file(str(images(volumes["ke-hoach-204-anh"])[0]))
    assert (a4.width, a4.height) == (1654, 2339)
    assert volumes["so-do-vinh-ha-long"].dpi == 300


def test_a_scan_is_worse_than_paper_and_better_than_nothing(volumes: Volumes) -> None:
    page = pyvips.Image.new_from_file(str(images(volumes["ke-hoach-204-anh"])[1])).colourspace("b-w")
    dark = (page < 140).avg() / 255
    assert 0.005 < dark < 0.12, "share of ink"
    margin = page.crop(40, 300, 120, 1500)
    assert 215 < margin.avg() < 245, "tinted paper"
    assert margin.deviate() > 2, "noise"


def test_the_same_checkout_gives_the_same_bytes(volumes: Volumes, tmp_path: Path) -> None:
    keys = ("ke-hoach-204-pdf", "nam-quoc-son-ha", "nuoc-lon-nuoc-rong")
    for again in build_volumes(tmp_path, packages=PACKAGES, keys=keys):
        before = volumes[again.key].path
        pairs = (
            zip(images(volumes[again.key]), images(again), strict=True) if before.is_dir() else [(before, again.path)]
        )
        for old, new in pairs:
            assert old.read_bytes() == new.read_bytes(), new.name


def test_an_unknown_volume_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="khong-co"):
        build_volumes(tmp_path, packages=PACKAGES, keys=["khong-co"])


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text)


def test_the_plan_is_whole_on_its_pages_and_its_letters_are_restored(volumes: Volumes) -> None:
    text = " ".join(p["text"] for p in plan.paragraphs())
    foreign = {w for w in words(text) if not is_syllable(w)}
    assert foreign == set("BVHTTDL II III ILIB IV KMS QĐ RFID SVHTT TTg TTr TV UBND V VII camera wifi".split())
    for key in ("ke-hoach-204-pdf", "ke-hoach-204-anh"):
        assert " ".join(words(text)) in " ".join(words(" ".join(volumes[key].texts)))
        assert [e.title for e in volumes[key].contents if e.level == 1] == [
            p["text"] for p in plan.paragraphs() if p["level"] == 1
        ]


def test_every_character_of_the_classics_has_a_picture_and_a_reading(volumes: Volumes) -> None:
    typeface = Typeface(PACKAGES)
    classics = [v for v in volumes.values() if v.material == "hannom"]
    assert len(classics) == 3
    for volume in classics:
        assert volume.lines
        assert volume.vertical
        assert volume.right_to_left
        assert [line.number for line in volume.lines] == list(range(1, len(volume.lines) + 1))
        for line in volume.lines:
            assert all(typeface.has(c) for c in line.original)
            assert len(line.original) == len(line.transcription.split()), "one syllable a character"
            assert line.translation
            assert line.original in volume.texts[line.page - 1]
            _assert_ink(images(volume)[line.page - 1], line.column)


def _assert_ink(path: Path, column: tuple[int, int, int, int]) -> None:
    """Characters stand in the column: a good part of it is dark, over its whole length."""
    x, y, w, h = column
    dark = pyvips.Image.new_from_file(str(path)).colourspace("b-w").crop(x, y, w, h) < 120
    for n in range(8):
        share = dark.crop(0, h * n // 8, w, h // 8).avg() / 255
        assert 0.02 < share < 0.6, (path, n, share)


def test_a_character_that_the_font_lacks_is_an_error_and_no_empty_box() -> None:
    with pytest.raises(MissingCharacter, match=r"U\+24F78"):
        Typeface(PACKAGES).draw("\U00024f78", 40)


def test_issues_of_the_newspaper_have_four_pages_each_and_a_date(volumes: Volumes) -> None:
    issues = volumes["bao-mau-vung-mo"].issues
    assert [(i.first, i.last) for i in issues] == [(1, 4), (5, 8), (9, 12)]
    assert [i.date.isoformat() for i in issues] == ["1990-01-07", "1990-01-14", "1990-02-04"]
    assert all(i.date.weekday() == 6 for i in issues)
    assert "Chuyến phà sớm qua vịnh Cửa Lục" in volumes["bao-mau-vung-mo"].texts[0]


def test_there_is_one_of_each_kind_of_right(volumes: Volumes) -> None:
    assert {v.rights.status for v in volumes.values()} == {"official_text", "public_domain", "own_work", "in_copyright"}
    assert {v.owner for v in volumes.values()} == {"public", "education", "armed_forces"}
    assert volumes["nuoc-lon-nuoc-rong"].rights.copies == 2
    (closed,) = volumes["gia-pha-mau"].closed_pages
    assert "sinh năm" in volumes["gia-pha-mau"].texts[closed.page - 1]
    few = [volumes[key] for key in FEW]
    assert {v.rights.status for v in few} == {v.rights.status for v in volumes.values()}
    assert any(v.closed_pages for v in few)
    assert any(v.rights.closed for v in few)


def test_volumes_are_linked_to_records_that_are_there(volumes: Volumes) -> None:
    pieces = split_iso2709(io.BytesIO(sample_records()))
    records = {r.control_number: r for r in (iso2709.parse(p.raw, DECODERS["utf-8"]).record for p in pieces)}
    assert sample_records() == sample_records()
    for volume in volumes.values():
        if not volume.record or volume.key == "nam-quoc-son-ha":
            continue
        assert volume.library == LIBRARY
        title = records[volume.record].first("245")
        assert title is not None
        assert title.first("a").rstrip(" :/") == volume.dc.title
    linked = {v.record for v in volumes.values() if v.record}
    assert linked == set(records) | {main_number("nam-quoc-son-ha")}
    assert all(SAMPLE_NOTE in "".join(f.first("a") for f in r.of("500")) for r in records.values())
    assert volumes["nam-quoc-son-ha"].record == main_number("nam-quoc-son-ha")
