"""Kind of material and its carrier: the audiobook and the file are not the printed book."""

from __future__ import annotations

from typing import Final

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.levels import agrees, differs, nearly

NAME: Final = "material"
LEVELS: Final = {
    "same": agrees("the same kind of material"),
    "online": differs("one is electronic, the other is not"),
    "like": nearly("kinds that are often coded as each other"),
    "text": differs("both are texts, of another kind"),
    "differ": differs("another kind of material"),
}
# a manuscript or an electronic copy is another publication than the printed book, but a thesis is often coded as one
_LIKE_BOOK: Final = frozenset({"book", "thesis", "mixed", "kit"})
_TEXTS: Final = _LIKE_BOOK | {"article", "serial", "manuscript", "electronic"}


def level(a: Fingerprint, b: Fingerprint) -> str:
    """Whether two kinds of material agree (rule MAT-21)."""
    if a.material != b.material:
        if "electronic" in (a.material, b.material):
            return "online" if a.material in _TEXTS and b.material in _TEXTS else "differ"
        if a.material in _TEXTS and b.material in _TEXTS:
            return "like" if a.material in _LIKE_BOOK and b.material in _LIKE_BOOK else "text"
        return "differ"
    return "same" if a.online == b.online or a.material == "electronic" else "online"


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return f"{f.material} online" if f.online and f.material != "electronic" else f.material
