"""Advisory file locks (flock) that neither children nor forks carry off by accident.

flock belongs to the open file description: it goes when the last descriptor on that is closed, by
kill -9 too. Programs started with exec get none unless they are passed one (O_CLOEXEC), and a forked
child closes its inherited copies at once: a child that outlives its parent would hold a lock that
nobody knows of.
"""

from __future__ import annotations

import errno
import fcntl
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

_open_fds: set[int] = set()
_guard = threading.Lock()


def _close_all_in_child() -> None:
    global _guard
    _guard = threading.Lock()  # another thread may have held it while the process forked
    for fd in _open_fds:
        with suppress(OSError):
            os.close(fd)
    _open_fds.clear()


os.register_at_fork(after_in_child=_close_all_in_child)


def open_lock(path: Path) -> int:
    """A new descriptor, and open file description, on a lock file (made with mode 0600 if need be).

    A file made by root belongs to the owner of the folder it lies in. Raises OSError.
    """
    with _guard:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        _open_fds.add(fd)
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.fchown(fd, folder.st_uid, folder.st_gid)
    return fd


def close_lock(fd: int, *, unlock: bool) -> None:
    """Close a descriptor of `open_lock`; `unlock` takes the lock from its copies elsewhere too.

    A second call does nothing.
    """
    with _guard:
        if fd not in _open_fds:
            return
        _open_fds.discard(fd)
        if unlock:
            fcntl.flock(fd, fcntl.LOCK_UN)
        os.close(fd)


def try_lock(fd: int, operation: int) -> bool:
    """Take `fcntl.LOCK_SH` or `LOCK_EX` without waiting; False when somebody is in the way."""
    try:
        fcntl.flock(fd, operation | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return False
        raise
    return True


def wait_lock(fd: int, operation: int, seconds: float) -> None:
    """Take a lock, asking again for at most `seconds`. Raises TimeoutError."""
    end = time.monotonic() + seconds
    pause = 0.002
    while not try_lock(fd, operation):
        if time.monotonic() > end:
            raise TimeoutError(f"lock not free after {seconds:.0f} s")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
