"""Read and describe the next chunk of a file in a process of its own while this one writes the last (ADR 0005).

Rule IMP-22. The process knows nothing of the database: it is given a task, and gives chunks in the order of the file,
one ahead. So what a chunk is, its transaction and its checkpoint are the same with it and without it. It ends when its
pipe is closed, however the process at the other end ended.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Generator
from typing import IO, Final

from lienthu.domain.union.preparing import Prepared, Task, prepared_chunks
from lienthu.platform.processes import tune_for_bulk

_WORTH_IT = 1024 * 1024
"""Bytes left to read: a smaller file is nearly done before a second process has begun."""
_TABLES: Final = frozenset({"csv", "xlsx"})  # small, and their readers are the ones that refuse
_PIPE: Final = 1024 * 1024
_LENGTH: Final = 8


def chunks_ahead(task: Task) -> Generator[Prepared]:
    """``prepared_chunks(task)``, by a process of its own where the file is large and there is a processor for it.

    Close the iterator when it is not read to its end.
    """
    if task.format in _TABLES or _left(task) < _WORTH_IT or (os.cpu_count() or 1) < 2:
        yield from prepared_chunks(task)
        return
    # a group of its own: Ctrl-C is for the process that writes, which then closes the pipe
    reader = subprocess.Popen(
        [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, pipesize=_PIPE,
        process_group=0,
    )  # fmt: skip
    assert reader.stdin is not None
    assert reader.stdout is not None
    try:
        _send(reader.stdin, task)
        while (found := _receive(reader.stdout)) is not None:
            if isinstance(found, Exception):
                raise found
            assert isinstance(found, Prepared)
            yield found
    finally:
        reader.kill()
        reader.stdin.close()
        reader.stdout.close()
        reader.wait()


def _left(task: Task) -> int:
    return task.path.stat().st_size - (task.offset if task.format == "iso2709" else 0)


def main() -> None:
    """The process that reads: a task comes in, chunks go out, then None. What went wrong is raised at the other end."""
    tune_for_bulk()
    task = _receive(sys.stdin.buffer)
    assert isinstance(task, Task)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    sys.stdout = sys.stderr  # the pipe is for chunks
    try:
        for chunk in prepared_chunks(task):
            _send(out, chunk)
        _send(out, None)
    except BrokenPipeError:
        return
    except OSError as e:
        _send(out, e)
    except Exception as e:  # not every exception comes whole through a pipe
        traceback.print_exc()
        _send(out, RuntimeError(f"{type(e).__name__}: {e}"))


def _send(pipe: IO[bytes], value: object) -> None:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    pipe.write(len(data).to_bytes(_LENGTH, "big"))
    view = memoryview(data)
    while view:
        view = view[pipe.write(view) :]
    pipe.flush()


def _receive(pipe: IO[bytes]) -> object:
    """What the other end sent. Raises RuntimeError where it ended before that."""
    head = pipe.read(_LENGTH)
    size = int.from_bytes(head, "big")
    data = pipe.read(size)
    if len(head) < _LENGTH or len(data) < size:
        raise RuntimeError("the process that reads the file ended early: it was killed, or memory ran out")
    return pickle.loads(data)  # noqa: S301  # the other end is this program


if __name__ == "__main__":
    main()
