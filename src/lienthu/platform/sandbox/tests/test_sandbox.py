"""Limited children: nothing they do harms the parent, and every failure says its kind. Rule DIG-1."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lienthu.platform.sandbox import Failed, Limits, Sandbox

WORK = "lienthu.platform.sandbox.tests.work"


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(Limits(memory_mb=200, seconds=20, file_mb=2, answer_mb=4, calls=3)) as sandbox:
        yield sandbox


def pid_of(box: Sandbox) -> int:
    return int(box.call(f"{WORK}:echo")["pid"])


def failed(box: Sandbox, name: str, **arguments: Any) -> Failed:
    with pytest.raises(Failed) as caught:
        box.call(f"{WORK}:{name}", **arguments)
    return caught.value


def gone(pid: int) -> bool:
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_values_go_there_and_back(box: Sandbox) -> None:
    value = {"tên": "Hạ Long", "list": [1, 2.5, None, True], "lines": "a\nb"}
    answer = box.call(f"{WORK}:echo", value=value)
    assert answer["value"] == value
    assert answer["pid"] != os.getpid()


def test_a_child_is_kept_and_replaced_after_its_number_of_calls(box: Sandbox) -> None:
    seen = [box.call(f"{WORK}:echo") for _ in range(4)]
    assert [one["calls"] for one in seen] == [1, 2, 3, 1]
    assert len({one["pid"] for one in seen}) == 2
    assert gone(seen[0]["pid"])


@pytest.mark.parametrize("name", ["bomb", "native_bomb"])
def test_a_memory_bomb_is_stopped_and_the_next_call_works(box: Sandbox, name: str) -> None:
    before = pid_of(box)
    if name == "native_bomb":
        assert box.call(f"{WORK}:native_bomb", megabytes=5000) is False
    else:
        assert failed(box, name, megabytes=300).kind == "memory"
        assert pid_of(box) != before
    assert box.call(f"{WORK}:bomb", megabytes=100) == 100 << 20


def test_memory_is_counted_over_the_calls_of_one_child(box: Sandbox) -> None:
    box.call(f"{WORK}:bomb", megabytes=120)
    assert failed(box, "bomb", megabytes=120).kind == "memory"


def test_a_library_that_aborts_for_want_of_memory_is_told_from_a_crash(box: Sandbox) -> None:
    assert failed(box, "abort_for_memory").kind == "memory"
    assert failed(box, "crash", number=int(signal.SIGKILL)).kind == "memory"  # as the kernel does


def test_an_endless_loop_ends_by_the_clock() -> None:
    with Sandbox(Limits(seconds=0.5)) as box:
        began = time.monotonic()
        failure = failed(box, "spin")
        assert (failure.kind, failure.reason) == ("time", "clock")
        assert time.monotonic() - began < 20
        assert failed(box, "sleep", seconds=30).kind == "time"
        assert box.call(f"{WORK}:echo", value=1)["value"] == 1


def test_the_kernel_counts_processor_time_too(box: Sandbox) -> None:
    assert failed(box, "crash", number=int(signal.SIGXCPU)).reason == "cpu"


@pytest.mark.parametrize(
    ("name", "arguments", "reason"),
    [
        ("crash", {"number": int(signal.SIGSEGV)}, "SIGSEGV"),
        ("native_crash", {}, "SIGSEGV"),
        ("crash", {"number": int(signal.SIGABRT)}, "SIGABRT"),
        ("break_down", {}, "RuntimeError"),
    ],
)
def test_a_crash_is_told_and_the_next_call_works(
    box: Sandbox, name: str, arguments: dict[str, Any], reason: str
) -> None:
    failure = failed(box, name, **arguments)
    assert (failure.kind, failure.reason) == ("crashed", reason)
    assert box.call(f"{WORK}:echo", value=1)["value"] == 1


def test_what_an_unforeseen_failure_said_is_kept_for_the_log(box: Sandbox) -> None:
    assert "nobody thought of this" in failed(box, "break_down").said


def test_a_refusal_brings_its_code_and_facts(box: Sandbox) -> None:
    failure = failed(box, "refuse", code="too-many-pixels", size=7)
    assert (failure.kind, failure.reason, failure.facts) == ("refused", "too-many-pixels", {"size": 7})


def test_what_libraries_print_is_no_answer_and_blocks_nobody(box: Sandbox) -> None:
    assert box.call(f"{WORK}:chatter", lines=20_000) == "answer"
    assert box.call(f"{WORK}:echo", value=2)["value"] == 2


def test_large_arguments_and_answers(box: Sandbox) -> None:
    assert box.call(f"{WORK}:large", characters=1_000_000) == "ă" * 1_000_000
    assert len(box.call(f"{WORK}:echo", value="x" * 3_000_000)["value"]) == 3_000_000
    failure = failed(box, "large", characters=5_000_000)
    assert (failure.kind, failure.reason) == ("refused", "answer-too-large")


def test_files_have_a_largest_size(box: Sandbox, tmp_path: Path) -> None:
    box.call(f"{WORK}:write", path=str(tmp_path / "a"), megabytes=1)
    assert failed(box, "write", path=str(tmp_path / "b"), megabytes=5).reason == "file-too-large"
    assert (tmp_path / "b").stat().st_size <= 2 << 20


def test_the_child_has_no_core_files_no_new_rights_and_nothing_of_our_environment(
    box: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    seen = box.call(f"{WORK}:limits")
    assert seen["core"] == [0, 0]
    assert seen["no_new_privileges"]
    assert "DATABASE_URL" not in seen["environment"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may always cut the network off")
def test_the_child_has_no_network(box: Sandbox) -> None:
    assert box.call(f"{WORK}:network") == []


@pytest.mark.parametrize(
    "name",
    [
        "os:system",
        "lienthu.foundation.marc.sniff:kind",
        "lienthu.foundation.imaging.work:_private",
        "lienthu.foundation.imaging.work:probe\n",
        "lienthu.foundation.imaging.work",
        "lienthu.platform.sandbox.tests.work:__builtins__",
    ],
)
def test_only_functions_of_work_modules_may_be_named(box: Sandbox, name: str) -> None:
    with pytest.raises(ValueError, match="Only functions"):
        box.call(name)


def test_what_a_work_module_merely_imported_is_not_called(box: Sandbox) -> None:
    with pytest.raises(Failed):
        box.call(f"{WORK}:refused_import")
    with pytest.raises(Failed):
        box.call(f"{WORK}:time")


def test_several_threads_may_share_one_sandbox_and_may_end_before_it(box: Sandbox) -> None:
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: found.append(box.call(f"{WORK}:echo", value=n)["value"])) for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(6))
    # the thread that started the child is gone: the child is not
    assert box.call(f"{WORK}:echo", value=9)["value"] == 9


def test_a_child_in_an_endless_loop_dies_with_its_parent(tmp_path: Path) -> None:
    program = f"""
from lienthu.platform.sandbox import Limits, Sandbox
Sandbox(Limits(seconds=120)).call({WORK + ":start_and_spin"!r}, path={str(tmp_path / "pid")!r})
"""
    parent = subprocess.Popen([sys.executable, "-c", program])
    try:
        for _ in range(200):
            if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text():
                break
            time.sleep(0.05)
        pid = int((tmp_path / "pid").read_text())
        assert not gone_at_once(pid)
    finally:
        parent.kill()
        parent.wait()
    assert gone(pid)


def gone_at_once(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def test_closing_ends_the_child_and_the_sandbox_may_be_used_again() -> None:
    box = Sandbox()
    pid = pid_of(box)
    box.close()
    assert gone(pid)
    assert pid_of(box) != pid
    box.close()
