"""HTTP for harvesting: bounded, patient, and kept out of the private network (rules HAR-9 to HAR-12).

urllib3 does HTTP and TLS. What is ours: the address is looked at where the connection is made, so that neither a
redirect nor a name that changes its mind leads inside; an answer is bounded in bytes after unpacking and in time.
"""

from __future__ import annotations

import base64
import ipaddress
import socket
import ssl
import time
import zlib
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

import urllib3
from django.utils import timezone
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, SSLError

from lienthu.domain.union.harvesting.errors import Failure, Transient

MAX_BYTES: Final = 64 * 1024 * 1024
MAX_SECONDS: Final = 300.0
_CONNECT_SECONDS: Final = 20.0
_READ_SECONDS: Final = 90.0
_REDIRECTS: Final = 4
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: status, body, and the charset that its header gives ("" none)."""

    status: int
    body: bytes
    charset: str
    seconds: float


class AddressRefused(Exception):
    """The name leads to an address that may not be reached. No OSError: urllib3 would take it for a broken line."""


class NoSuchHost(Exception):
    """There is no address under this name."""


def reachable(host: str, port: int, *, private: bool) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
    """Where the host is, only such addresses as may be reached.

    ``private``: an administrator allows networks of the house. Link-local, multicast and unspecified addresses are
    never reached: that is where clouds keep their secrets. Raises AddressRefused, NoSuchHost.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as e:
        raise NoSuchHost(host) from e
    allowed: list[tuple[socket.AddressFamily, tuple[str, int]]] = [
        (family, (str(place[0]), int(place[1])))
        for family, _kind, _protocol, _name, place in found
        if _may_be_reached(str(place[0]), private=private)
    ]
    if not allowed:
        raise AddressRefused(f"{host} leads to {found[0][4][0]}")
    return allowed


def _may_be_reached(text: str, *, private: bool) -> bool:
    address: _Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            address = inner
    if address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved:
        return False
    return private or address.is_global


def connect(host: str, port: int, *, private: bool, timeout: float) -> socket.socket:
    """A connection to the first address of the host that answers. Raises AddressRefused, NoSuchHost, OSError."""
    error: OSError | None = None
    for family, place in reachable(host, port, private=private):
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(timeout)
            sock.connect(place)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        except OSError as e:
            sock.close()
            error = e
    raise error or OSError("no address")


class _Guarded(HTTPConnection):
    private = False

    def _new_conn(self) -> socket.socket:
        return connect(self._dns_host, int(self.port or 80), private=self.private, timeout=_CONNECT_SECONDS)


class _GuardedTls(HTTPSConnection):
    private = False

    def _new_conn(self) -> socket.socket:
        return connect(self._dns_host, int(self.port or 443), private=self.private, timeout=_CONNECT_SECONDS)


class Client:
    """Asks one repository, one request at a time. Credentials go to its own host and nowhere else."""

    def __init__(
        self, address: str, *, user_agent: str, username: str = "", password: str = "", private: bool = False,
        max_bytes: int = MAX_BYTES,
    ) -> None:  # fmt: skip
        self._address = address
        self._max = max_bytes
        self._headers = {"User-Agent": user_agent, "Accept": "text/xml, application/xml", "Accept-Encoding": "gzip"}
        self._own = _origin(address)
        told = base64.b64encode(f"{username}:{password}".encode()).decode()  # RFC 7617 with UTF-8
        self._secret = {"Authorization": f"Basic {told}"} if username or password else {}
        self._pool = urllib3.PoolManager(num_pools=4, maxsize=1, ssl_context=ssl.create_default_context())
        self._pool.pool_classes_by_scheme = {
            "http": _pool(HTTPConnectionPool, _Guarded, private),
            "https": _pool(HTTPSConnectionPool, _GuardedTls, private),
        }

    def close(self) -> None:
        """Close what is open."""
        self._pool.clear()

    def get(self, query: str) -> Answer:
        """Ask with this query string. Raises Transient where a later attempt may do, Failure otherwise."""
        mark = "&" if urlsplit(self._address).query else "?"
        address = f"{self._address}{mark}{query}"
        began = time.monotonic()
        for _ in range(_REDIRECTS + 1):
            response = self._request(address)
            try:
                target = response.get_redirect_location()
                if not target:
                    return self._answer(response, began)
            finally:
                response.drain_conn() if response.length_remaining == 0 else response.close()
            address = urljoin(address, target)
            if urlsplit(address).scheme not in ("http", "https"):
                raise Failure("address", address[:200])
        raise Failure("too-many-redirects", address[:200])

    def _request(self, address: str) -> urllib3.BaseHTTPResponse:
        headers = {**self._headers, **(self._secret if _origin(address) == self._own else {})}
        try:
            return self._pool.request(
                "GET", address, headers=headers, redirect=False, retries=False, preload_content=False,
                decode_content=False, timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS),
            )  # fmt: skip
        except AddressRefused as e:
            raise Failure("address", str(e)) from e
        except NoSuchHost as e:
            raise Transient("unknown-host", str(e)) from e
        except (SSLError, ssl.SSLError) as e:
            raise Failure("tls", str(e)[:200]) from e
        except (HTTPError, OSError) as e:
            raise Transient("unreachable", str(e)[:200]) from e
        except ValueError as e:  # an address that is none
            raise Failure("not-found", str(e)[:200]) from e

    def _answer(self, response: urllib3.BaseHTTPResponse, began: float) -> Answer:
        status = response.status
        if status in (401, 403, 407):
            raise Failure("credentials", f"HTTP {status}")
        if status in _AGAIN:
            raise Transient("unreachable", f"HTTP {status}", _retry_after(response.headers.get("Retry-After")))
        kind = response.headers.get("Content-Type", "")
        charset = kind.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")
        return Answer(status, self._body(response, began), charset[:40], time.monotonic() - began)

    def _body(self, response: urllib3.BaseHTTPResponse, began: float) -> bytes:
        """The body, unpacked by ourselves so that no bomb is unpacked further than the bound."""
        packed = response.headers.get("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip", "deflate")
        unpack = zlib.decompressobj(zlib.MAX_WBITS | 32) if packed else None
        out = bytearray()
        try:
            while block := response.read(65536, decode_content=False):
                out += unpack.decompress(block, self._max + 1 - len(out)) if unpack else block
                if len(out) > self._max or (unpack and unpack.unconsumed_tail):
                    raise Failure("too-large", f"> {self._max} bytes")
                if time.monotonic() - began > MAX_SECONDS:
                    raise Transient("too-slow", f"> {MAX_SECONDS:.0f} s")
        except zlib.error as e:
            raise Transient("cut-off", str(e)) from e
        except (HTTPError, OSError) as e:
            raise Transient("cut-off", str(e)[:200]) from e
        if unpack and not unpack.eof:
            raise Transient("cut-off", "gzip")
        return bytes(out)


def _pool(base: type[HTTPConnectionPool], connection: type[HTTPConnection], private: bool) -> type[HTTPConnectionPool]:
    own = type(connection.__name__, (connection,), {"private": private})
    return type(base.__name__, (base,), {"ConnectionCls": own})


def _origin(address: str) -> tuple[str, str, int | None]:
    parts = urlsplit(address)
    return parts.scheme, (parts.hostname or "").lower(), parts.port


def _retry_after(text: str | None) -> float | None:
    """Seconds to wait, from either form of the header."""
    if not text:
        return None
    if text.strip().isdecimal():
        return float(text.strip()[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - timezone.now()).total_seconds())
    except (TypeError, ValueError):
        return None
