"""Short public names."""

from __future__ import annotations

import secrets
from typing import Final

# lower-case, without letters and digits that people mistake for each other
ALPHABET: Final = "abcdefghjkmnpqrstvwxyz23456789"


def public_name(length: int = 12) -> str:
    """A random name for an address: ``length`` characters of ALPHABET (4.9 bits each)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
