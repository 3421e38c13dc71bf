"""What one client may ask of the search: a bucket of tokens for each address, refilled with time.

A person searching by hand never meets the limit; a crawler that walks combinations of facets does, because
those cost more.

Each process of the web server counts for itself: with n processes a client has up to n times the allowance.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from lienthu.platform.client_address import client_address

BURST: Final = 60.0  # plain searches at once
REFILL: Final = 1.0  # plain searches a second
_CLIENTS_REMEMBERED: Final = 20_000


class Limiter:
    """Token buckets by key, in memory, the least recently used forgotten first: a forgotten bucket is a full one."""

    def __init__(
        self,
        *,
        burst: float = BURST,
        refill: float = REFILL,
        remembered: int = _CLIENTS_REMEMBERED,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._burst = burst
        self._refill = refill
        self._remembered = remembered
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key -> (tokens, seen at)

    def take(self, key: str, cost: float) -> float:
        """Pay ``cost`` from the bucket of ``key``: 0.0 when it was paid, else the seconds until it could be.

        A refusal takes nothing. A cost above the burst is charged as the burst, else it could never be paid.
        """
        cost = min(cost, self._burst)
        now = self._clock()
        with self._lock:
            tokens, seen = self._buckets.pop(key, (self._burst, now))
            tokens = min(self._burst, tokens + (now - seen) * self._refill)
            paid = tokens >= cost
            self._buckets[key] = (tokens - cost if paid else tokens, now)
            while len(self._buckets) > self._remembered:
                self._buckets.popitem(last=False)
        return 0.0 if paid else (cost - tokens) / self._refill

    def clear(self) -> None:
        """Fill every bucket."""
        with self._lock:
            self._buckets.clear()


LIMITER: Final = Limiter()


def charge(request: HttpRequest, cost: float, limiter: Limiter = LIMITER) -> int:
    """Charge the client of an HTTP request: 0 when it may go on, else the seconds for Retry-After (at least 1).

    People who are signed in are never refused, nor are programs on this machine; nobody is where COST_LIMITS is off.
    """
    address = client_address(request)
    if not settings.COST_LIMITS or request.user.is_authenticated or is_this_machine(address):
        return 0
    return math.ceil(limiter.take(client_key(address), cost))


def is_this_machine(address: str) -> bool:
    """Whether the client is a program on this machine."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def client_key(address: str) -> str:
    """The key of an address. An IPv6 client owns at least a /64, so its whole network shares one bucket."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 4:
        return address
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, 64), strict=False))
