"""A full disk stops an import with a sentence and loses nothing; a deleted or damaged index comes back by itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A tmpfs of 192 MB of its own: enough for a database, not for much more."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    folder = Path(tempfile.mkdtemp(prefix="lienthu-disk-"))
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=192m,mode=755", "none", str(folder)], capture_output=True
    )
    if done.returncode:
        folder.rmdir()
        pytest.skip(f"a tmpfs cannot be mounted here: {done.stderr.decode().strip()}")
    yield folder
    for _ in range(20):
        if subprocess.run(["umount", str(folder)], capture_output=True).returncode == 0:
            break
        subprocess.run(["sleep", "0.2"])
    else:
        subprocess.run(["umount", "-l", str(folder)])
    folder.rmdir()


def _fill(folder: Path, leave: int) -> Path:
    """A file that leaves so many bytes free."""
    ballast = folder / "ballast"
    free = shutil.disk_usage(folder).free
    with ballast.open("wb") as f:
        for _ in range(max(0, free - leave) // 65_536):
            f.write(b"\xaa" * 65_536)
    return ballast


def _clear(err: str) -> None:
    assert "Traceback" not in err, err[-2500:]
    said = err.lower()
    assert any(word in said for word in ("disk", "space", "đĩa", "ổ đĩa", "dung lượng", "full")), err[-500:]


def test_a_full_disk_stops_an_import_and_nothing_is_half_done(
    small_disk: Path, folders: Callable[..., Any], synthetic: Callable[..., Path]
) -> None:
    install = folders("plain", small_disk)
    small, large = synthetic(200, 50), synthetic(1500, 51)
    with install.database():
        assert install.load(small)["created"] == 200
        # 1. no room even for the file
        ballast = _fill(small_disk, 300_000)
        done = install.lienthu("import", large, "--library", "VN-A", "--json")
        assert done.code == 2, (done.code, done.err[-1500:])
        _clear(done.err)
        assert [p.name for p in (install.folder / "files").rglob("*") if p.name.startswith(".incoming")] == []
        assert install.sql("SELECT count(*) FROM catalog_bibrecord") == [(200,)]
        assert install.lienthu("search", "--json").json["total"] > 0
        ballast.unlink()
    # 2. room for the file, not for its records
    ballast = _fill(small_disk, large.stat().st_size + 3_000_000)
    done = install.lienthu("import", large, "--library", "VN-A", "--json")
    assert done.code == 2, (done.code, done.err[-1500:])
    _clear(done.err)
    ballast.unlink()
    # room again: nothing half done, and it goes on
    install.assert_counts_reconcile()
    report = install.load(large)
    assert report["created"] + report["unchanged"] + report["updated"] == 1500
    install.assert_counts_reconcile()
    install.assert_index_agrees()


def test_a_full_disk_stops_only_the_index(
    small_disk: Path, folders: Callable[..., Any], synthetic: Callable[..., Path], wait_until: Any
) -> None:
    """The database has room, the index has none: searches go on with what is there, and it catches up later."""
    install = folders("plain")
    install.load(synthetic(200, 50))
    shutil.move(install.folder / "index", small_disk / "index")
    (install.folder / "index").symlink_to(small_disk / "index")
    ballast = _fill(small_disk, 40_000)
    done = install.lienthu("import", synthetic(1200, 51), "--library", "VN-A", "--json")
    assert done.code in (0, 1, 2)
    assert "Traceback" not in done.err, done.err[-2500:]
    assert done.code == 2 or "index" in done.err.lower(), "an index that is behind is not passed over in silence"
    assert install.sql("SELECT count(*) FROM catalog_bibrecord") == [(1200,)]
    assert install.sql("SELECT status FROM catalog_importbatch ORDER BY id DESC LIMIT 1") == [("done",)]
    assert install.lienthu("search", "--json").json["total"] > 0, "what was in the index can still be found"
    with install.serving() as system:
        assert system.status("/search/", q="sách") == 200
        assert system.status("/") == 200
        ballast.unlink()
        wait_until(
            lambda: install.sql("SELECT count(*) FROM platform_change WHERE consumer = 'discovery'") == [(0,)], 60
        )
        install.assert_index_agrees()


def test_the_index_folder_goes_and_comes_back(install: Any, synthetic: Callable[..., Path], wait_until: Any) -> None:
    install.load(synthetic(400, 52))
    publications = install.assert_index_agrees()
    index = install.folder / "index"
    paths = ["/", "/search/?q=s%C3%A1ch", "/api/v1/search?q=sach", "/api/v1/suggest?q=sa", "/libraries/", "/healthz"]

    def assert_answered(statuses: set[tuple[str, int]]) -> None:
        """Never an error page; a search may say "in a moment" (503), other pages do not need the index."""
        assert {s for _, s in statuses} <= {200, 503}, sorted(statuses)
        assert not {path for path, s in statuses if s == 503 and "search" not in path and "suggest" not in path}

    with install.serving() as system:
        statuses: set[tuple[str, int]] = set()

        def all_back() -> bool:
            statuses.update((path, system.status(path)) for path in paths)
            return bool(system.search("")["total"] == publications)

        def pointer_is_new(old: str) -> bool:
            pointer = index / "CURRENT"
            return pointer.exists() and pointer.read_text().strip() != old

        for damage in ("everything", "pointer", "meta"):
            live = index / (index / "CURRENT").read_text().strip()
            if damage == "everything":
                shutil.rmtree(index)
            elif damage == "pointer":
                (index / "CURRENT").write_text("v0-nowhere")
            else:
                (live / "meta.json").write_text("{ this is not")
            try:
                took = wait_until(lambda old=live.name: pointer_is_new(old) and all_back(), 25)
            except AssertionError:
                pytest.fail(f"after damage to {damage} the index did not come back: {system.log.read_text()[-1500:]}")
            print(f"index back {took:.1f} s after damage to {damage}")
            assert_answered(statuses)
        install.assert_index_agrees()
    # files of the index are gone while nothing runs: noticed at the next start
    for path in (index / (index / "CURRENT").read_text().strip()).iterdir():
        if path.name != "meta.json":
            path.unlink()
    with install.serving() as system:
        wait_until(all_back, 25)
        assert_answered(statuses)
        install.assert_index_agrees()


def test_a_lone_command_brings_a_missing_index_back(install: Any, marc_record: Any, tmp_path: Path) -> None:
    path = tmp_path / "one.mrc"
    path.write_bytes(marc_record("1", "Hòn Gai thành phố mỏ"))
    with install.database():
        install.load(path)
        shutil.rmtree(install.folder / "index")
        report = install.load(path)  # unchanged: no news, yet the index is in step when an import ends
        assert report["unchanged"] == 1
        assert install.lienthu("search", "hòn gai", "--json").json["total"] == 1
        install.assert_index_agrees()
        shutil.rmtree(install.folder / "index")
        done = install.lienthu("search", "hòn gai", "--json")
        assert done.json["total"] == 1 or not done.json["query"]["index_ready"], (
            "found nothing because nothing is there"
        )
        done = install.lienthu("search", "hòn gai")
        assert "Hòn Gai" in done.out or "index" in (done.out + done.err).lower(), "0 found, without a word about why"
