"""The statement of responsibility word by word: it names translators, editors and bodies that headings leave out."""

from __future__ import annotations

from typing import Final

from rapidfuzz.fuzz import token_set_ratio

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.levels import agrees, differs, nearly, silent

NAME: Final = "responsibility"
LEVELS: Final = {
    "same": agrees("the same statement"),
    "near": nearly("statements are much alike"),
    "some": nearly("statements share much"),
    "silent": silent("not on both sides"),
    "differ": differs("other statements"),
}


def level(a: Fingerprint, b: Fingerprint) -> str:
    """How far two statements of responsibility agree (rule MAT-12)."""
    if not a.said or not b.said:
        return "silent"
    if a.said == b.said:
        return "same"
    alike = token_set_ratio(a.said, b.said)
    return "near" if alike >= 85 else "some" if alike >= 60 else "differ"


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return f.said
