"""What the tests of these screens share."""

from __future__ import annotations

from typing import Any

from django.urls import reverse


def page(name: str, *args: Any) -> str:
    return reverse(f"staff_network:{name}", args=args)
