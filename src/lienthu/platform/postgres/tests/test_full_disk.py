"""A disk without room: the refusal says so, and nothing half-made stays behind."""

from __future__ import annotations

import subprocess

import pytest

from lienthu.platform.postgres import CannotStart, EmbeddedPostgres

pytestmark = pytest.mark.slow


def test_full_disk_is_explained(short_path):
    disk = short_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "lienthu", disk], capture_output=True).returncode:
        pytest.skip("no right to mount a small disk")
    try:
        with pytest.raises(CannotStart, match="make room") as refused:
            EmbeddedPostgres(disk / "postgres").ensure()
        assert refused.value.code == "disk-full"
        assert not list((disk / "postgres").glob("data*"))
    finally:
        subprocess.run(["umount", disk], check=True)
