"""Rules DIG-1 and PRS-7: bags of others are opened in the sandbox, wherever they come from."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from lienthu.foundation.preservation import bag
from lienthu.platform.sandbox import Failed, Sandbox

FILES = {"masters/trang 1.tif": b"II*\x00" * 1000, "metadata/mets.xml": b"<mets/>"}
OPEN = "lienthu.foundation.preservation.work:open_bag"


def test_a_zipped_or_tarred_bag_is_read_in_the_sandbox(tmp_path: Path) -> None:
    for name in ("bag", "bag.zip"):
        bag.write(tmp_path / name, FILES, info=[])
    with tarfile.open(tmp_path / "bag.tgz", "w:gz") as archive:
        archive.add(tmp_path / "bag", "bag")
    with Sandbox() as box:
        for name in ("bag.zip", "bag.tgz", "bag"):
            into = tmp_path / f"out of {name}"
            into.mkdir()
            found = box.call(OPEN, path=str(tmp_path / name), into=str(into))
            assert {f["path"]: (Path(found["root"]) / f["place"]).read_bytes() for f in found["files"]} == FILES
        (tmp_path / "no").mkdir()
        with pytest.raises(Failed) as caught:
            box.call(OPEN, path=str(tmp_path / "no"), into=str(tmp_path / "no"))
        assert (caught.value.kind, caught.value.reason) == ("refused", "not-a-bag")
