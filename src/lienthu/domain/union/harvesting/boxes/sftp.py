"""A folder of an SFTP server. Its key is believed the first time and compared ever after (rule HAR-21)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import unquote, urlsplit

import asyncssh

from lienthu.domain.union.harvesting import net
from lienthu.domain.union.harvesting.boxes.base import Entry, may_be_taken
from lienthu.domain.union.harvesting.errors import Failure, Transient

T = TypeVar("T")
_SECONDS: Final = 30.0
_WHOLE: Final = 1800.0
_BLOCK: Final = 256 * 1024


class SftpBox:
    """``sftp://host:port/folder``. ``seen_key`` is what the server showed, to be kept."""

    def __init__(self, address: str, *, username: str, secret: str, known_key: str, private: bool) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "", parts.port or 22
        self._path = unquote(parts.path) or "."
        self._username, self._secret, self._known, self._private = username, secret, known_key, private
        self.seen_key = known_key

    def look(self) -> list[Entry]:
        """See Box."""

        async def act(sftp: asyncssh.SFTPClient) -> list[Entry]:
            found = []
            async for e in sftp.scandir(self._path):
                name, attributes = str(e.filename), e.attrs
                if attributes.type == asyncssh.FILEXFER_TYPE_REGULAR and may_be_taken(name):
                    found.append(Entry(name, attributes.size or 0, int(attributes.mtime or 0)))
            return sorted(found, key=lambda e: e.name)

        return self._do(act)

    def fetch(self, name: str, target: Path, largest: int) -> int:
        """See Box."""

        async def act(sftp: asyncssh.SFTPClient) -> int:
            size = 0
            try:
                async with sftp.open(f"{self._path}/{name}", "rb") as source:
                    with target.open("wb") as out:
                        while size <= largest and (block := await source.read(_BLOCK)):
                            assert isinstance(block, bytes)
                            out.write(block)
                            size += len(block)
            except asyncssh.SFTPNoSuchFile:
                return -1
            return size

        return self._do(act)

    def settle(self, name: str, folder: str, kept_as: str, report: str) -> bool:
        """See Box."""

        async def act(sftp: asyncssh.SFTPClient) -> bool:
            place = f"{self._path}/{folder}"
            try:
                await sftp.makedirs(place, exist_ok=True)
                if await sftp.exists(f"{self._path}/{name}"):
                    await sftp.rename(f"{self._path}/{name}", f"{place}/{kept_as}")
                async with sftp.open(f"{place}/{kept_as}.txt", "wb") as out:
                    await out.write(report.encode())
            except asyncssh.SFTPError:
                return False
            return True

        return self._do(act)

    def _do(self, act: Callable[[asyncssh.SFTPClient], Awaitable[T]]) -> T:
        async def whole() -> T:
            sock = await asyncio.to_thread(net.connect, self._host, self._port, private=self._private, timeout=_SECONDS)
            connected = asyncssh.connect(
                self._host, self._port, sock=sock, client_factory=lambda: _Trust(self), known_hosts=([], [], []),
                username=self._username, config=None, agent_path=None, gss_host=None, login_timeout=_SECONDS,
                keepalive_interval=15, **self._proof(),
            )  # fmt: skip
            async with connected as connection, connection.start_sftp_client() as sftp:
                return await asyncio.wait_for(act(sftp), _WHOLE)

        try:
            return asyncio.run(whole())
        except net.AddressRefused as e:
            raise Failure("address", str(e)) from e
        except net.NoSuchHost as e:
            raise Transient("unknown-host", str(e)) from e
        except asyncssh.HostKeyNotVerifiable as e:
            raise Failure("host-key", str(e)) from e
        except asyncssh.PermissionDenied as e:
            raise Failure("credentials", str(e)) from e
        except asyncssh.SFTPConnectionLost as e:
            raise Transient("unreachable", str(e)) from e
        except asyncssh.SFTPError as e:
            raise Failure("sftp", e.reason) from e
        except (asyncssh.Error, OSError, TimeoutError) as e:
            raise Transient("unreachable", f"{type(e).__name__}: {e}"[:200]) from e

    def _proof(self) -> dict[str, Any]:
        """Password or key: whichever the secret is; never a key or an agent of the machine."""
        if not self._secret.lstrip().startswith("-----BEGIN"):
            return {"password": self._secret, "client_keys": None}
        try:
            return {"password": None, "client_keys": [asyncssh.import_private_key(self._secret)]}
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as e:
            raise Failure("credentials", "key") from e


class _Trust(asyncssh.SSHClient):
    def __init__(self, box: SftpBox) -> None:
        self._box = box

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        shown = " ".join(key.export_public_key().decode().split()[:2])
        if self._box.seen_key and shown != self._box.seen_key:
            return False
        self._box.seen_key = shown
        return True
