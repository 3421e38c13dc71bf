"""What a hostile file could make a library do, for the tests of the sandbox."""

from __future__ import annotations

import ctypes
import os
import resource
import socket
import time
from pathlib import Path
from typing import Any

from lienthu.foundation.kernel.refusal import Refused

_hoard: list[bytearray] = []
_calls = 0


def echo(value: Any = None) -> dict[str, Any]:
    global _calls
    _calls += 1
    return {"value": value, "pid": os.getpid(), "calls": _calls}


def bomb(megabytes: int) -> int:
    _hoard.append(bytearray(megabytes << 20))
    return len(_hoard[-1])


def native_bomb(megabytes: int) -> bool:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    return bool(libc.malloc(ctypes.c_size_t(megabytes << 20)))


def abort_for_memory() -> None:
    os.write(2, b"GLib: failed to allocate 4096 bytes\n")
    os.abort()


def spin() -> None:
    while True:
        pass


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def crash(number: int) -> None:
    os.kill(os.getpid(), number)
    time.sleep(5)


def native_crash() -> None:
    ctypes.string_at(0)


def refuse(code: str, size: int) -> None:
    raise Refused(code, size=size)


def break_down() -> None:
    raise RuntimeError("nobody thought of this")


def chatter(lines: int) -> str:
    for _ in range(lines):
        os.write(1, b'{"value": "not an answer"}\n' + b"x" * 100)
    return "answer"


def large(characters: int) -> str:
    return "ă" * characters


def write(path: str, megabytes: int) -> None:
    with Path(path).open("wb") as f:
        for _ in range(megabytes):
            f.write(bytes(1 << 20))


def limits() -> dict[str, Any]:
    status = Path("/proc/self/status").read_text()
    return {
        "core": resource.getrlimit(resource.RLIMIT_CORE),
        "no_new_privileges": "NoNewPrivs:\t1" in status,
        "environment": sorted(os.environ),
    }


def network() -> list[str]:
    return [name for _, name in socket.if_nameindex() if name != "lo"]


def start_and_spin(path: str) -> None:
    Path(path).write_text(str(os.getpid()))
    spin()


_private = echo
