"""Rule PRS-3: a writer killed at any step leaves a version that can be read, and the next write tidies up."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lienthu.foundation.preservation.ocfl import Store
from lienthu.foundation.preservation.tests.ocfl_py import complaints

AT = datetime(2026, 11, 22, tzinfo=UTC)
OBJECT = "urn:lienthu:digital:abcdefghijkl"
FORK = multiprocessing.get_context("fork")
STEPS = ("fsync", "rename", "replace", "rmdir", "mkdir", "unlink")
BEFORE = {"a": b"1", "t/b": b"2"}
AFTER = {"a": b"one", "c": b"3"}


def killed_at(step: int, act: Callable[[], Any]) -> bool:
    """Run in a process of its own that is killed before its n-th change on disk; False when it came to its end."""

    def run() -> None:
        left = [step]

        def fatal(original: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **kwargs: Any) -> Any:
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return original(*args, **kwargs)

            return call

        for name in STEPS:
            setattr(os, name, fatal(getattr(os, name)))
        act()
        os._exit(0)

    process = FORK.Process(target=run)
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def state(store: Store) -> dict[str, bytes]:
    return {path: store.path_of(OBJECT, path).read_bytes() for path in store.inventory(OBJECT).files()}


@pytest.mark.slow
def test_a_killed_update_leaves_the_old_version_or_the_new_one(tmp_path: Path) -> None:
    seen, step, killed = set(), 0, True
    while killed:
        root = tmp_path / str(step) / "ocfl"
        store = Store(root)
        store.create(OBJECT, BEFORE, message="", user="", at=AT)
        killed = killed_at(step, lambda root=root: Store(root).update(
            OBJECT, add=AFTER, remove=["t/b"], message="", user="", at=AT))  # fmt: skip
        found = state(Store(root))
        assert found in (BEFORE, AFTER)
        assert all(problem.repairable for problem in store.validate(OBJECT, deep=True))
        seen.add((killed, found == AFTER))
        Store(root).update(OBJECT, add={"d": b"4"}, message="", user="", at=AT)
        assert state(store) == found | {"d": b"4"}
        assert store.validate(OBJECT, deep=True) == []
        assert complaints(root) == []
        assert not [
            p for p in store.staging.rglob("*") if p.suffix != ".lock" and not (p.is_dir() and len(p.name) == 2)
        ]
        step += 1
    assert step > 15
    assert seen == {(True, False), (True, True), (False, True)}


@pytest.mark.slow
def test_a_killed_intake_leaves_a_whole_object_or_none(tmp_path: Path) -> None:
    step, killed = 0, True
    while killed:
        root = tmp_path / str(step) / "ocfl"
        killed = killed_at(step, lambda root=root: Store(root).create(OBJECT, BEFORE, message="", user="", at=AT))
        store = Store(root)
        assert list(store.objects()) in ([], [OBJECT])
        if store.exists(OBJECT):
            assert state(store) == BEFORE
        store.sweep()
        assert complaints(root) == []
        if not store.exists(OBJECT):
            store.create(OBJECT, BEFORE, message="", user="", at=AT)
            assert complaints(root) == []
        step += 1
    assert step > 15


@pytest.mark.slow
def test_two_writers_and_a_sweeper_do_not_disturb_each_other(tmp_path: Path) -> None:
    root = tmp_path / "ocfl"

    def write(name: str) -> None:
        store = Store(root)
        for n in range(10):
            store.create(f"{OBJECT}{name}{n}", {"a": b"1"}, message="", user="", at=AT)
            store.update(f"{OBJECT}{name}{n}", add={"a": name.encode()}, message="", user="", at=AT)

    writers = [FORK.Process(target=write, args=(name,)) for name in "xy"]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        Store(root).sweep()
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert len(list(Store(root).objects())) == 20
    assert complaints(root) == []
