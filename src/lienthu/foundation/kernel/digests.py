"""Keys derived from names that must not be kept in the clear."""

from __future__ import annotations

import hashlib


def holder_key(kind: str, name: str) -> str:
    """Who holds a thing for a while, as 64 hex digits; ``kind`` keeps accounts and stations apart."""
    return hashlib.sha256(f"{kind}:{name}".encode()).hexdigest()
