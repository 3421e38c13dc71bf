"""The parent's side: start children, send calls, tell in a typed way how a call failed. Rule DIG-1."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any, Final, Literal, Self

from lienthu.platform.sandbox.naming import parted

Kind = Literal["refused", "memory", "time", "crashed"]

_START_SECONDS: Final = 60.0  # for starting Python and loading the code, on a machine that has much else to do
_NOISE_KEPT: Final = 4000
_BLOCK: Final = 1 << 16
_SAYS_MEMORY: Final = (b"failed to allocate", b"out of memory", b"bad_alloc", b"Cannot allocate")
# Nothing of the parent's environment is handed on: it may hold the address of the database. One thread each:
# the parent decides how many children work side by side; more arenas only reserve address space.
_ENVIRONMENT: Final = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "OMP_THREAD_LIMIT": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "VIPS_CONCURRENCY": "1",
    "VIPS_BLOCK_UNTRUSTED": "1",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may use. ``memory_mb`` is on top of the loaded code; ``file_mb`` is for each file written.

    After ``calls`` calls the child is replaced, so that what native libraries leak goes.
    """

    memory_mb: int = 400
    seconds: float = 60.0
    file_mb: int = 4096
    answer_mb: int = 64
    calls: int = 200


class Failed(Exception):
    """A call that brought no value.

    ``kind``: "refused" (the function said no: ``reason`` is its code, ``facts`` its facts), "memory", "time" or
    "crashed". ``said`` is the end of what the child printed, for logs.
    """

    def __init__(self, kind: Kind, reason: str, *, facts: dict[str, Any] | None = None, said: str = "") -> None:
        super().__init__(kind, reason, facts or {}, said)
        self.kind: Kind = kind
        self.reason = reason
        self.facts = facts or {}
        self.said = said

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason} {self.facts or ''} {self.said[-500:]}".strip()


class Sandbox:
    """One child at a time, kept between calls, replaced after ``limits.calls`` calls and after any failure.

    Calls from several threads wait for each other; for work side by side use several sandboxes.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def call(self, name: str, /, **arguments: Any) -> Any:
        """The value of ``module:function`` of a ``foundation/*/work.py``, called with JSON values by keyword.

        Raises Failed; ValueError when the name is none that may be called.
        """
        parted(name)
        line = json.dumps({"call": name, "arguments": arguments}).encode() + b"\n"
        with self._lock:
            if self._child is None:
                self._child = _Child(self._limits)
            child = self._child
            try:
                value = child.call(line)
            except BaseException as error:
                self._child = None
                child.end()
                if isinstance(error, Failed):
                    self._child = _Child(self._limits, load=name)
                raise
            if child.calls >= self._limits.calls:
                self._child = None
                child.end()
                self._child = _Child(self._limits, load=name)  # it loads while the caller is busy elsewhere
            return value

    def close(self) -> None:
        """End the child. The sandbox may be used again."""
        with self._lock:
            if self._child is not None:
                self._child.end()
                self._child = None


class _Child:
    def __init__(self, limits: Limits, load: str = "") -> None:
        self.calls = 0
        self._limits = limits
        self._noise = b""
        self._wire, theirs = socket.socketpair()
        their_lifeline, self._lifeline = os.pipe()
        self._noise_fd, their_noise = os.pipe()
        told = json.dumps(asdict(limits))
        environment = _ENVIRONMENT | {"TMPDIR": tempfile.gettempdir()}
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", f"{__package__}.child", str(theirs.fileno()), str(their_lifeline), told],
                stdin=subprocess.DEVNULL,
                stdout=their_noise,
                stderr=their_noise,
                pass_fds=(theirs.fileno(), their_lifeline),
                env=environment,
                cwd="/",
                start_new_session=True,  # Ctrl-C is for the parent; and a group of its own to kill whole
            )
        finally:
            theirs.close()
            os.close(their_lifeline)
            os.close(their_noise)
        os.set_blocking(self._noise_fd, False)
        self._wire.setblocking(False)
        if load:
            self._wire.send(json.dumps({"call": load}).encode() + b"\n")

    def call(self, line: bytes) -> Any:
        self.calls += 1
        answers = _Lines(self, line, self._limits.answer_mb << 20)
        answers.next(_START_SECONDS)  # it began
        answer = json.loads(answers.next(self._limits.seconds))
        if "value" in answer:
            return answer["value"]
        said = answer.get("said", "") or self._noise.decode("utf-8", "replace")
        raise Failed(answer["kind"], answer["reason"], facts=answer.get("facts"), said=said)

    def end(self) -> None:
        """Kill it with whatever it started: it holds nothing that could be lost."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._wire.close()
        os.close(self._lifeline)
        os.close(self._noise_fd)

    def died(self) -> Failed:
        """Why the socket is closed."""
        try:
            code = self._process.wait(5)
        except subprocess.TimeoutExpired:
            return Failed("crashed", "closed", said=self._tail())
        said = self._tail()
        if code == -signal.SIGKILL or any(words in self._noise for words in _SAYS_MEMORY):
            return Failed("memory", "memory", said=said)  # killed, and not by us: the kernel was out of memory
        if code == -signal.SIGXCPU:
            return Failed("time", "cpu", said=said)
        name = signal.Signals(-code).name if code < 0 else f"exit-{code}"
        return Failed("crashed", name, said=said)

    def drain_noise(self) -> bool:
        """Take what was printed, keeping the end of it; whether there may be more."""
        try:
            block = os.read(self._noise_fd, _BLOCK)
        except BlockingIOError:
            return True
        self._noise = (self._noise + block)[-_NOISE_KEPT:]
        return bool(block)

    def _tail(self) -> str:
        self.drain_noise()
        return self._noise.decode("utf-8", "replace")

    @property
    def wire(self) -> socket.socket:
        return self._wire

    @property
    def noise_fd(self) -> int:
        return self._noise_fd


class _Lines:
    """Send one line, read lines back, with a deadline for each; noise is taken meanwhile so that nobody blocks."""

    def __init__(self, child: _Child, line: bytes, longest: int) -> None:
        self._child = child
        self._out = memoryview(line)
        self._in = bytearray()
        self._searched = 0
        self._longest = longest + _BLOCK

    def next(self, seconds: float) -> bytes:
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            both = selectors.EVENT_READ | selectors.EVENT_WRITE
            selector.register(self._child.wire, both if self._out else selectors.EVENT_READ)
            selector.register(self._child.noise_fd, selectors.EVENT_READ)
            while (end := self._in.find(b"\n", self._searched)) < 0:
                self._searched = len(self._in)
                if len(self._in) > self._longest:
                    raise Failed("refused", "answer-too-large", facts={"limit": self._longest})
                left = deadline - time.monotonic()
                if left <= 0:
                    raise Failed("time", "clock", facts={"seconds": seconds})
                for key, events in selector.select(left):
                    if key.fd == self._child.noise_fd:
                        if not self._child.drain_noise():
                            selector.unregister(key.fd)
                        continue
                    if events & selectors.EVENT_WRITE:
                        self._send()
                        if not self._out:
                            selector.modify(self._child.wire, selectors.EVENT_READ)
                    if events & selectors.EVENT_READ:
                        self._receive()
        line = bytes(self._in[:end])
        del self._in[: end + 1]
        self._searched = 0
        return line

    def _send(self) -> None:
        try:
            self._out = self._out[self._child.wire.send(self._out[:_BLOCK]) :]
        except (BrokenPipeError, ConnectionResetError):
            raise self._child.died() from None

    def _receive(self) -> None:
        try:
            block = self._child.wire.recv(_BLOCK)
        except ConnectionResetError:
            block = b""
        if not block:
            raise self._child.died()
        self._in += block
