"""The child's side: read a line, call the function, write a line. Started by ``box.py``, never by hand.

    python -I -m lienthu.platform.sandbox.child SOCKET LIFELINE LIMITS

Standard output and standard error lead to the parent as noise: what native libraries print there cannot be
taken for an answer, because answers go by a socket of their own.
"""

from __future__ import annotations

import errno
import importlib
import json
import math
import os
import resource
import socket
import sys
import traceback
from collections.abc import Callable
from typing import Any

from lienthu.foundation.kernel.refusal import Refused
from lienthu.platform.processes import die_with_pipe, give_up_privileges
from lienthu.platform.sandbox.naming import parted

_OUT_OF_MEMORY = ("out of memory", "cannot allocate", "failed to allocate", "unable to allocate", "bad_alloc")


def main() -> None:
    """Serve until the parent goes."""
    wire, lifeline = socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2])
    limits: dict[str, Any] = json.loads(sys.argv[3])
    die_with_pipe(lifeline)
    give_up_privileges()
    _be_first_to_go()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file_mb"] << 20,) * 2)
    functions: dict[str, Callable[..., Any]] = {}
    modules: set[str] = set()
    for line in wire.makefile("rb"):
        message = json.loads(line)
        module, function = parted(message["call"])
        if module not in modules:
            _limit_memory(None)
            importlib.import_module(module)
            modules.add(module)
            _limit_memory(limits["memory_mb"])
        if "arguments" not in message:
            continue  # only to be loaded: a call will follow
        if message["call"] not in functions:
            functions[message["call"]] = _function(module, function)
        _limit_cpu(limits["seconds"])
        wire.sendall(b'{"began":true}\n')
        wire.sendall(_answer(functions[message["call"]], message["arguments"], limits["answer_mb"] << 20))


def _function(module: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = getattr(sys.modules[module], name)
    if not callable(found) or getattr(found, "__module__", "") != module:
        raise ValueError(f"{module}:{name} is no function of that module")
    return found


def _answer(function: Callable[..., Any], arguments: dict[str, Any], longest: int) -> bytes:
    try:
        answer = json.dumps({"value": function(**arguments)}, ensure_ascii=False).encode() + b"\n"
        if len(answer) > longest:
            raise Refused("answer-too-large", size=len(answer), limit=longest)
    except Refused as refused:
        return _line({"kind": "refused", "reason": refused.code, "facts": refused.facts})
    except MemoryError:
        return _line({"kind": "memory", "reason": "memory"})
    except BaseException as error:  # whatever it is, the parent must hear of it
        said = "".join(traceback.format_exception(error))[-4000:]
        if isinstance(error, OSError) and error.errno == errno.EFBIG:
            return _line({"kind": "refused", "reason": "file-too-large", "said": said})
        if any(words in said.lower() for words in _OUT_OF_MEMORY):
            return _line({"kind": "memory", "reason": "memory", "said": said})
        return _line({"kind": "crashed", "reason": type(error).__name__, "said": said})
    return answer


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode() + b"\n"


def _limit_memory(megabytes: int | None) -> None:
    """What a call may take on top of the loaded code. Code is loaded without the limit: it is ours."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = hard
    if megabytes is not None:
        try:
            with open("/proc/self/statm") as f:
                loaded = int(f.read().split()[0]) * resource.getpagesize()
        except OSError:  # not Linux: a share for the code that is loaded
            loaded = 512 << 20
        soft = loaded + (megabytes << 20)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _limit_cpu(seconds: float) -> None:
    """The kernel's own clock, should the parent not look: two processors' worth of the wall clock's time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + 2 * seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _be_first_to_go() -> None:
    """When the whole machine runs out of memory, this is the process that can be spared."""
    try:
        with open("/proc/self/oom_score_adj", "w") as f:
            f.write("1000")
    except OSError:
        return


if __name__ == "__main__":
    try:
        main()
    except (BrokenPipeError, ConnectionResetError):
        os._exit(0)
