"""The address that the lockout counts by."""

from __future__ import annotations

from ipaddress import ip_address

from django.http import HttpRequest

from lienthu.platform.client_address import client_address


def client_ip(request: HttpRequest) -> str | None:
    """The client's address, or None where there is none, as behind a Unix socket: django-axes stores real ones only."""
    address = client_address(request)
    try:
        return str(ip_address(address.partition("%")[0]))
    except ValueError:
        return None
