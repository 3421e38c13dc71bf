"""What the outcome of a feature says to people: that both sides agree, nearly do, differ, or that it tells nothing.

Rule MAT-4, docs/specs/matching.md. Its weight is another matter: what it adds to a score depends on what else is known
of such pairs, and a level that weighs nothing may still be an agreement.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Says(StrEnum):
    """Both sides state it and agree, nearly agree or differ; SILENT: one of them, or neither, states it."""

    AGREES = "agrees"
    NEARLY = "nearly"
    DIFFERS = "differs"
    SILENT = "silent"


class Level(NamedTuple):
    """One outcome of a feature, with its sentence in English."""

    says: Says
    sentence: str


def agrees(sentence: str) -> Level:
    """An outcome in which both sides agree."""
    return Level(Says.AGREES, sentence)


def nearly(sentence: str) -> Level:
    """An outcome in which both sides are much alike."""
    return Level(Says.NEARLY, sentence)


def differs(sentence: str) -> Level:
    """An outcome in which the sides differ."""
    return Level(Says.DIFFERS, sentence)


def silent(sentence: str) -> Level:
    """An outcome that tells nothing: it is not stated on both sides."""
    return Level(Says.SILENT, sentence)
