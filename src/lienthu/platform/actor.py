"""Who does something: carried as a keyword through every service and written into the audit trail."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with an account, or the system itself (``user_id`` None) under the name of what runs."""

    user_id: int | None
    name: str

    @classmethod
    def system(cls, name: str) -> Actor:
        """The system acting by itself, e.g. ``Actor.system("cli")``."""
        return cls(None, name)
