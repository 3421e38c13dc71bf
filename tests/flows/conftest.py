"""Installs in folders of their own, driven from outside: commands, HTTP, SQL, and kill -9 (``tests/installs.py``)."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from installs import Install, copied, until

_LIBRARIES = """
from lienthu.domain.network.services.libraries import Particulars, create_library
from lienthu.domain.network.services.periods import Description
from lienthu.platform.actor import Actor
for code, closed in (("VN-A", False), ("VN-B", False), ("VN-KIN", True)):
    create_library(code=code, description=Description(name=code, type="public"), actor=Actor.system("test"),
                   particulars=Particulars(closed=closed, sample=True))
"""


@pytest.fixture(scope="session")
def _plain(made_once: Callable[..., Path], prepared_install: Path) -> Path:
    def make(folder: Path) -> None:
        install = Install(copied(prepared_install, folder))
        install.probe(_LIBRARIES)

    return made_once("plain-install", make)


@pytest.fixture(scope="session")
def _seeded(seeded_install: Path) -> Path:
    return seeded_install


@contextlib.contextmanager
def _folders(request: pytest.FixtureRequest) -> Iterator[Callable[..., Install]]:
    made: list[tuple[Path, Install]] = []
    held = contextlib.ExitStack()

    def make(kind: str | Path = "plain", parent: Path | None = None) -> Install:
        # a socket's path has 107 bytes at most: pytest's own folders may be too long for it
        outer = Path(tempfile.mkdtemp(prefix="lienthu-flow-")) if parent is None else parent
        install = Install(outer / "data")
        made.append((outer, install))
        if kind != "new":
            copied(kind if isinstance(kind, Path) else request.getfixturevalue(f"_{kind}"), install.folder)
            if parent is None:
                held.enter_context(install.lease())
        return install

    with held:
        yield make
    for outer, install in made:
        with contextlib.suppress(Exception):
            install.stop()
        shutil.rmtree(outer, ignore_errors=True)


@pytest.fixture
def folders(request: pytest.FixtureRequest) -> Iterator[Callable[..., Install]]:
    """Makes installs in folders of their own: ``folders("plain")``, ``"seeded"``, ``"new"``, or a copy of one.

    Their database stays up while a test lasts: commands start faster. Not so that of a new install, nor of one in a
    folder that is given: there every command starts it, and stops it when it ends.
    """
    with _folders(request) as make:
        yield make


@pytest.fixture(scope="module")
def shared_install(request: pytest.FixtureRequest) -> Iterator[Install]:
    """A plain install for all tests of a file."""
    with _folders(request) as make:
        yield make("plain")


@pytest.fixture
def install(folders: Callable[..., Install]) -> Install:
    """An install with two open libraries, VN-A and VN-B, and a closed one, VN-KIN; no records."""
    return folders("plain")


@pytest.fixture
def seeded(folders: Callable[..., Install]) -> Install:
    """An install with the sample province."""
    return folders("seeded")


@pytest.fixture(scope="session")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, int], Path]:
    """A file of N synthetic records by a seed."""
    from lienthu.faces.cli.sample.generator import generate_iso2709

    folder = tmp_path_factory.mktemp("synthetic")

    def make(records: int, seed: int = 1) -> Path:
        path = folder / f"{records}-{seed}.mrc"
        if not path.exists():
            path.write_bytes(b"".join(generate_iso2709(records, seed)))
        return path

    return make


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., float]:
    """``until`` for test files: they cannot import this one."""
    return until


def marc(number: str, title: str, *more: tuple[str, str, str], encoding: str = "utf-8") -> bytes:
    """A record in ISO 2709 put together by hand: 001, 245 $a and further fields (tag, indicators, $-text)."""
    fields = [("001", number.encode())] if number else []
    for tag, indicators, text in (("245", "00", f"$a{title}"), *more):
        fields.append((tag, indicators.encode() + re.sub(r"\$(?=[a-z0-9])", "\x1f", text).encode(encoding)))
    directory, body = b"", b""
    for tag, data in fields:
        data += b"\x1e"
        directory += tag.encode() + b"%04d%05d" % (len(data), len(body))
        body += data
    base = 24 + len(directory) + 1
    leader = b"%05dnam a22%05d   4500" % (base + len(body) + 1, base)
    return leader + directory + b"\x1e" + body + b"\x1d"


@pytest.fixture(scope="session")
def marc_record() -> Callable[..., bytes]:
    """``marc`` for test files."""
    return marc
