"""Two installs harvest each other, again and again: each has everything once, nothing comes back (OAI-14, OAI-15)."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow


def settled(install: Any) -> None:
    """Wait until the second of the last change is over: from then on it is told (OAI-6)."""
    last = install.sql("SELECT coalesce(extract(epoch FROM max(datestamp)), 0)::float FROM catalog_bibrecord")[0][0]
    while install.sql("SELECT extract(epoch FROM clock_timestamp())::float")[0][0] < last + 1:
        time.sleep(0.1)


def harvest(here: Any, there: Any, *, library: str, wanted: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the command says."""
    settled(there.install)
    done = here.lienthu(
        "harvest", "peer", "--address", f"http://127.0.0.1:{there.port}/oai", "--library", library,
        "--source", "peer", "--private", "--overlap", "0", *wanted, "--json",
    )  # fmt: skip
    assert done.code == 0, (done.out, done.err)
    told: dict[str, Any] = done.json
    return told


def records(install: Any) -> list[tuple[str, str]]:
    """Library and title of every living record."""
    rows = install.sql(
        "SELECT l.code, v.marc::jsonb FROM catalog_bibrecord r JOIN network_library l ON l.id = r.library_id"
        " JOIN catalog_revision v ON v.record_id = r.id AND v.number = r.revision WHERE NOT r.deleted"
    )
    return sorted((code, next(f[2][0][1] for f in marc[1] if f[0] == "245")) for code, marc in rows)


@pytest.mark.parametrize("wanted", [(), ("--set", "origin:own")], ids=["everything", "own"])
def test_both_have_everything_once_and_nothing_comes_back(
    folders: Callable[..., Any], marc_record: Any, tmp_path: Path, wanted: tuple[str, ...]
) -> None:
    here, there = folders("plain"), folders("plain")
    for install, library, count in ((here, "VN-A", 40), (there, "VN-B", 30)):
        path = tmp_path / f"{library}.mrc"
        path.write_bytes(b"".join(marc_record(f"{library}{i}", f"Sách {library} {i}") for i in range(count)))
        install.load(path, library=library)
    ours = [("VN-A", f"Sách VN-A {i}") for i in range(40)]
    theirs = [("VN-B", f"Sách VN-B {i}") for i in range(30)]
    with here.serving() as a, there.serving() as b:
        for _ in range(3):
            harvest(there, a, library="VN-A", wanted=wanted)
            harvest(here, b, library="VN-B", wanted=wanted)
            assert records(here) == records(there) == sorted(ours + theirs)

        path = tmp_path / "changed.mrc"
        path.write_bytes(marc_record("VN-A0", "Sách VN-A 0 mới") + marc_record("VN-A-x", "Sách thêm"))
        added = here.load(path, library="VN-A")["batch"]
        for _ in range(2):
            harvest(there, a, library="VN-A", wanted=wanted)
            harvest(here, b, library="VN-B", wanted=wanted)
        changed = sorted([("VN-A", "Sách VN-A 0 mới"), ("VN-A", "Sách thêm"), *ours[1:], *theirs])
        assert records(here) == records(there) == changed

        assert here.lienthu("batch", "undo", str(added)).code == 0
        for _ in range(2):
            harvest(there, a, library="VN-A", wanted=wanted)
            harvest(here, b, library="VN-B", wanted=wanted)
        assert records(here) == records(there) == sorted(ours + theirs)
