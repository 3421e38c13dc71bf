"""How pure code says no to what a person handed over: a stable code, and facts for the sentence that people read."""

from __future__ import annotations

Fact = str | int | float | bool | None


class Refused(Exception):
    """The input was understood to be unusable. ``code`` never changes its meaning; ``facts`` are JSON values."""

    def __init__(self, code: str, **facts: Fact) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code
