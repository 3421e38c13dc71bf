"""Small things about processes that the supervisor, the web workers and the commands share."""

from __future__ import annotations

import ctypes
import fcntl
import gc
import os
import signal

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000


def tune_for_bulk() -> None:
    """Collect garbage seldom: bulk work makes millions of small values that reference counting frees by itself.

    With the default thresholds the collector took half of the time of reading MARC records; at 100,000 still a tenth of
    the time of an import, at the same peak of memory.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(1_000_000, 50, 1000)


def keep_what_is_loaded() -> None:
    """Let the collector leave alone what is loaded now and stays: of a web process nearly everything.

    It looked through all of it every few hundred requests that made many values (a volume of 1,500 pages), for a tenth
    of a second each time.
    """
    gc.collect()
    gc.freeze()


def die_with_parent(sig: int = signal.SIGTERM) -> None:
    """Ask the kernel to signal this process when its parent dies, however it dies. Linux only; elsewhere nothing."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, int(sig), 0, 0, 0)
    except (OSError, AttributeError):
        return


def die_with_pipe(fd: int) -> None:
    """Let the kernel end this process when the last writer of the pipe ``fd`` is gone.

    For children of a process with threads: PR_SET_PDEATHSIG fires when the *thread* that started the child ends.
    SIGIO ends a process that does not handle it, without a word of Python: a native endless loop ends as well.
    """
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(fd, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_ASYNC | os.O_NONBLOCK)
    try:
        if os.read(fd, 1) == b"":  # the writer went before we listened
            os._exit(1)
    except BlockingIOError:
        return


def give_up_privileges() -> None:
    """Never gain rights by starting programs, and have no network, as far as this system allows a process to say so."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.unshare(_CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWUSER | _CLONE_NEWNET)
    except (OSError, AttributeError):
        return
