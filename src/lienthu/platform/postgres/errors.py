"""What can go wrong with the embedded database, each with a sentence that says what to do."""

from __future__ import annotations


class CannotStart(Exception):
    """The embedded PostgreSQL cannot be made to run here.

    `code` is a stable kebab-case identifier, `advice` an English sentence saying what to do,
    `log` the last lines the server wrote (may be empty).
    """

    def __init__(self, code: str, what: str, advice: str, log: str = "") -> None:
        self.code = code
        self.what = what
        self.advice = advice
        self.log = log
        super().__init__(f"{what} {advice}" + (f"\nLast lines of the server log:\n{log}" if log else ""))


class ToolFailed(Exception):
    """A PostgreSQL client program ended with an error; `stderr` holds the end of what it said."""

    def __init__(self, name: str, returncode: int, stderr: str) -> None:
        self.name = name
        self.returncode = returncode
        self.stderr = stderr
        super().__init__(f"{name} ended with code {returncode}: {stderr}".rstrip())
