"""``lienthu bench tiles`` as a checking program runs it: its last line, from a server that runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lienthu.faces.cli import bench_tiles, bench_volumes
from lienthu.foundation.imaging import pyramid, request
from lienthu.foundation.imaging.tiles import Pyramid


def test_what_is_asked_for_is_what_it_is_called(tmp_path: Path) -> None:
    bench_volumes.scan(1).resize((1240, 1754)).save(tmp_path / "in.tif")
    pyramid.build(tmp_path / "in.tif", tmp_path / "page.tif")
    made = Pyramid.read(tmp_path / "page.tif")
    tiles = [request.read(3, f"{one}/0/default.jpg", made.width, made.height) for one in bench_tiles._tiles(made)]
    others = [request.read(3, one, made.width, made.height) for one in bench_tiles._others(made, 1)]
    assert len(tiles) == sum(level.columns * level.rows for level in made.levels)
    assert all(made.stored(one.region, one.size) is not None for one in tiles)
    assert all(made.stored(one.region, one.size) is None for one in others if one.format == "jpg")


@pytest.mark.slow
def test_the_last_line(
    prepared_install: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from installs import copied
    from lienthu.faces.cli.main import main

    copied(prepared_install, tmp_path / "data")

    monkeypatch.setattr(bench_tiles, "_SECONDS", 0.3)
    monkeypatch.setattr(bench_tiles, "_IIPSRV", ())
    assert main(["bench", "tiles", "--json", "--keep", str(tmp_path)]) == 0
    result = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert set(result) == {"aligned_per_second", "other_per_second", "manifest_2000_ms"}
    assert all(value > 0 for value in result.values())
