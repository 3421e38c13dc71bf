"""Language of the text: a translation is another publication."""

from __future__ import annotations

from typing import Final

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.levels import agrees, differs, silent

NAME: Final = "language"
LEVELS: Final = {
    "same": agrees("the same language"),
    "silent": silent("not on both sides"),
    "differ": differs("another language"),
    "vietnamese": differs("one is in Vietnamese, the other is not"),
}


def level(a: Fingerprint, b: Fingerprint) -> str:
    """Whether two languages agree (rule MAT-20)."""
    if not a.language or not b.language:
        return "silent"
    if a.language == b.language:
        return "same"
    return "vietnamese" if "vie" in (a.language, b.language) else "differ"


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return f.language
