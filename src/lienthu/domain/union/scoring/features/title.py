"""Title proper, remainder and variant titles: the heart of the comparison."""

from __future__ import annotations

from typing import Final

from rapidfuzz.fuzz import ratio

from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.levels import agrees, differs, nearly, silent
from lienthu.foundation.vietnamese.syllables import is_syllable

NAME: Final = "title"
LEVELS: Final = {
    "whole-long": agrees("title and remainder agree, six words or more"),
    "whole": agrees("title and remainder agree, three to five words"),
    "whole-short": agrees("title and remainder agree, one or two words"),
    "proper-long": agrees("titles proper agree, a remainder is on one side only; six words or more"),
    "proper": agrees("titles proper agree, a remainder is on one side only; three to five words"),
    "proper-short": agrees("titles proper agree, a remainder is on one side only; one or two words"),
    "remainder-near": nearly("titles proper agree, remainders nearly"),
    "remainder-differs": nearly("titles proper agree, remainders differ"),
    "begins-long": nearly("one title begins with all of the other, six words or more"),
    "begins": nearly("one title begins with all of the other, fewer words"),
    "within": nearly("one title stands within the other"),
    "near-97": nearly("titles agree but for a letter or two"),
    "near-92": nearly("titles are much alike"),
    "near-85": nearly("titles are rather alike"),
    "variant": agrees("the title of one is a variant title of the other"),
    "near-70": differs("titles share much"),
    "near-50": differs("titles share something"),
    "marks-typo": nearly("one syllable of a long title differs in its diacritics"),
    "marks": differs("the letters agree, the diacritics do not"),
    "far": differs("other titles"),
    "silent": silent("no title"),
}
_FAR: Final = 50
_IY: Final = str.maketrans("yýỳỷỹỵ", "iíìỉĩị")


def level(a: Fingerprint, b: Fingerprint) -> str:
    """How far two titles agree (rules MAT-6 to MAT-8)."""
    left, right = a.title_folded, b.title_folded
    if not left or not right:
        return "silent"
    if left == right:
        # other languages' transliterations differ in their marks without meaning anything by it
        if "vie" in (a.language or "vie", b.language or "vie") and (conflict := _marks(a.title, b.title)):
            return conflict
        return _with_remainder(a, b)
    whole_left, whole_right = a.whole_folded, b.whole_folded
    if whole_left == whole_right:
        return "whole" + _length(whole_left)
    short, long = (whole_left, whole_right) if len(whole_left) <= len(whole_right) else (whole_right, whole_left)
    if long.startswith(short + " "):
        return "begins-long" if short.count(" ") >= 5 else "begins"
    if len(short) >= 12 and f" {short}" in long:
        return "within"
    if right in a.other_titles or left in b.other_titles:
        return "variant"
    alike = ratio(whole_left, whole_right, score_cutoff=_FAR)
    if (whole_left != left or whole_right != right) and min(len(left), len(right)) > 4:
        alike = max(alike, ratio(left, right, score_cutoff=_FAR))
    if alike >= 92:
        return "near-97" if alike >= 97 else "near-92"
    if alike >= 70:
        return "near-85" if alike >= 85 else "near-70"
    return "near-50" if alike >= _FAR else "far"


def _with_remainder(a: Fingerprint, b: Fingerprint) -> str:
    left, right = a.subtitle_folded, b.subtitle_folded
    if left == right:
        return "whole" + _length(a.whole_folded)
    if not left or not right or left.startswith(right) or right.startswith(left):
        return "proper" + _length(a.title_folded)
    return "remainder-near" if ratio(left, right) >= 75 else "remainder-differs"


def _marks(left: str, right: str) -> str | None:
    """The conflict between the diacritics of two titles whose letters agree, or None (rule MAT-7)."""
    if left == right or left.isascii() or right.isascii():
        return None
    conflicts = marks_in_conflict(left, right)
    if not conflicts:
        return None
    return "marks-typo" if conflicts == 1 and left.count(" ") >= 3 else "marks"


def marks_in_conflict(left: str, right: str) -> int:
    """How many syllables of two texts with the same letters mean something else by their diacritics.

    A syllable that lost its marks, and one that no Vietnamese word can be (a slip, bad optical reading), mean nothing.
    """
    pairs = zip(left.translate(_IY).split(), right.translate(_IY).split(), strict=False)
    return sum(
        1 for x, y in pairs if x != y and not x.isascii() and not y.isascii() and is_syllable(x) and is_syllable(y)
    )


def _length(words: str) -> str:
    count = words.count(" ") + 1
    return "-long" if count >= 6 else "" if count >= 3 else "-short"


def shown(f: Fingerprint) -> str:
    """What is compared, for people."""
    return f"{f.title} : {f.subtitle_folded}" if f.subtitle_folded else f.title
