"""Asks a web server for much at once, over plain sockets that stay open: the load of benchmarks."""

from __future__ import annotations

import multiprocessing
import random
import socket
import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

_BLOCK: Final = 1 << 18


class Connection(Protocol):
    """One connection: ``send`` a request, ``receive`` its answer whole and give its length."""

    def send(self, path: str) -> None: ...

    def receive(self) -> int: ...


class Http:
    """HTTP/1.1 with keep-alive. Anything but 200 ends the benchmark."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, path: str) -> None:
        """Ask for a path."""
        self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def receive(self) -> int:
        """Read one answer with a Content-Length."""
        data = self._socket.recv(_BLOCK)
        while (end := data.find(b"\r\n\r\n")) < 0:
            if not (more := self._socket.recv(_BLOCK)):
                raise SystemExit("The server closed the connection.")
            data += more
        head = data[:end].lower()
        if not head.startswith(b"http/1.1 200"):
            raise SystemExit(f"The server answered {data[:300]!r}")
        at = head.index(b"content-length:") + 15
        length = int(head[at : head.find(b"\r\n", at) if b"\r\n" in head[at:] else len(head)])
        got = len(data) - end - 4
        while got < length:
            got += len(self._socket.recv(_BLOCK))
        return length


def drive(
    connect: Callable[[], Connection], paths: Sequence[str], *, seconds: float, processes: int = 2, connections: int = 4
) -> float:
    """Answers a second while ``processes`` clients with ``connections`` each ask for random ``paths``."""
    context = multiprocessing.get_context("fork")
    begin, done = context.Barrier(processes + 1), context.SimpleQueue()
    clients = [
        context.Process(target=_client, args=(n, connect, paths, seconds, connections, begin, done), daemon=True)
        for n in range(processes)
    ]
    for client in clients:
        client.start()
    begin.wait(120)
    total = 0.0
    for _ in clients:
        count, took = done.get()
        total += count / took
    for client in clients:
        client.join()
    return total


def _client(  # type: ignore[no-untyped-def]  # barrier and queue of multiprocessing
    number: int, connect: Callable[[], Connection], paths: Sequence[str], seconds: float, connections: int, begin, done
) -> None:
    dice = random.Random(number)  # noqa: S311  # a benchmark
    lines = [connect() for _ in range(connections)]
    begin.wait()
    count, start = 0, time.perf_counter()
    for line in lines:
        line.send(dice.choice(paths))
    while time.perf_counter() - start < seconds:
        for line in lines:
            line.receive()
            count += 1
            line.send(dice.choice(paths))
    took = time.perf_counter() - start
    for line in lines:
        line.receive()
    done.put((count, took))
