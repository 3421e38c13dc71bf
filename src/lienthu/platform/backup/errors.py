"""The refusal of backup and restore."""

from __future__ import annotations


class BackupRefused(Exception):
    """The backup cannot be made, or the file is not a whole and sound backup. The message says what to do."""
