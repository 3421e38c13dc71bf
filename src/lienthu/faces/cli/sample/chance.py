"""Seeded chance: every choice hangs on a seed and a name, never on the order of other choices."""

from __future__ import annotations

import random


def seeded(*names: object) -> random.Random:
    """A generator of its own for whatever ``names`` name; the same names give the same choices everywhere."""
    return random.Random("/".join(map(str, names)))  # noqa: S311  sample data, no secret
