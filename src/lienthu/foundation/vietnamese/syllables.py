"""Which strings are well-formed Vietnamese syllables: onset, rime, tone, and the place of the tone mark.

Well-formed, not attested: the tables say what the orthography admits (some 20,000 toned spellings), so rare
names and dialect words pass, while foreign words and wrongly decoded bytes rarely do.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lienthu.foundation.vietnamese.letters import NANG_TONE, NGANG_TONE, SAC_TONE, SPLIT, TONED, split_tone
from lienthu.foundation.vietnamese.text import nfc


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Longest first, so that "ngh" is not read as "ng" + "h…".
_ONSETS = ("ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", *"bcdđghklmnprstvx")

_PLAIN_RIMES = _words(
    """
    a ac ach ai am an ang anh ao ap at au ay  ăc ăm ăn ăng ăp ăt  âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et  ê êch êm ên ênh êp êt êu
    i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oc oi om on ong oong ooc op ot  ô ôc ôi ôm ôn ông ôp ôt  ơ ơi ơm ơn ơp ơt
    u ua uc ui um un ung up ut uôc uôi uôm uôn uông uôt
    ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    """
)
_GLIDE_RIMES = _words(
    """
    oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet
    uân uâng uât uây uê uêch uênh uêu uơ uy uya uych uyn uynh uyp uyt uyu uyên uyêt
    """
)
# Rimes as they are spelt behind qu, whose u is the glide.
_QU_RIMES = _words(
    """
    a ac ach ai am an ang anh ao ap at au ay  ăc ăm ăn ăng ăp ăt  âc ân âng ât âu ây
    e en eng eo et  ê ên ênh êch êt êu  i ich in inh it iu  y ych yn ynh yp yt yu yên yêt  ơ ơi ơn  ôc
    """
)
_Y_RIMES = _words("y yêm yên yêng yêt yêu")
_Y_ONSETS = _words("h k l m s t v n th")
_GI_RIMES = _words("i in im ip it")  # "gì", "gìn": the i of the onset is the vowel too
_NO_GLIDE = _words("b m p ph v")
_LOANS = _words("buyt voan đăk lăk")
_FRONT = "eêiy"
_STOP_CODA = re.compile(r"(?:ch|[ckpt])$")
_VOWEL_RUN = re.compile("[aăâeêioôơuưy]+")
_WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f])+")


def _spelt(onset: str, rime: str) -> bool:
    front = rime[:1] in _FRONT
    if onset == "qu":
        return rime in _QU_RIMES
    if onset == "gi":
        return ("i" + rime if rime[:1] == "ê" else rime) in _PLAIN_RIMES and rime[0] not in "iy"
    if rime[:1] == "y":
        return rime in _Y_RIMES if not onset else rime == "y" and onset in _Y_ONSETS
    if onset == "g" and rime in _GI_RIMES:
        return True
    # c g ng are written k gh ngh before e ê i, and only there.
    if onset in (("c", "g", "ng") if front else ("k", "gh", "ngh")):
        return False
    if rime in _GLIDE_RIMES:
        return onset not in _NO_GLIDE
    return rime in _PLAIN_RIMES and not (not onset and rime.startswith("iê"))


@lru_cache(maxsize=1 << 14)
def _parse(base: str) -> tuple[str, str] | None:
    """Onset and rime of a lower-case syllable without tone, or None."""
    for onset in _ONSETS:
        if base.startswith(onset) and _spelt(onset, base[len(onset) :]):
            return onset, base[len(onset) :]
    if base in _LOANS:
        return base[:1], base[1:]
    return ("", base) if _spelt("", base) else None


def _tone_places(onset: str, rime: str) -> tuple[int, ...]:
    """Indexes in onset + rime where the tone mark may stand, the traditional place first."""
    found = _VOWEL_RUN.match(rime)
    vowels = found[0] if found else ""
    start = len(onset)
    for group in ("êơ", "ăâôư"):  # a vowel with a shape mark attracts the tone; in ươ, iê, uyê the last one
        for index in range(len(vowels) - 1, -1, -1):
            if vowels[index] in group:
                return (start + index,)
    if len(vowels) == 3:
        return (start + 1,)
    if len(vowels) == 2:
        if len(rime) > 2:
            return (start + 1,)
        return (start, start + 1) if rime in ("oa", "oe", "uy") else (start,)
    return (start,)


@lru_cache(maxsize=1 << 16)
def is_syllable(s: str) -> bool:
    """Whether ``s`` (any case) is a well-formed Vietnamese syllable with its tone mark in a correct place.

    Both placements of hoà/hòa are correct. A syllable that ends in c, ch, p or t carries sắc or nặng, so
    ``học`` is one and ``hoc`` is not.
    """
    word = nfc(s).lower()
    base, tone = split_tone(word)
    parsed = _parse(base)
    if parsed is None:
        return False
    if _STOP_CODA.search(base):
        if tone not in (SAC_TONE, NANG_TONE):
            return False
    elif tone == NGANG_TONE:
        return True
    marked = [index for index, char in enumerate(word) if SPLIT.get(char, (char, 0))[1]]
    return len(marked) == 1 and marked[0] in _tone_places(*parsed)


def with_tone(base: str, tone: int) -> str | None:
    """Put tone 0 to 5 on a lower-case syllable without tone, in the traditional place (``hòa``).

    None where the syllable is not well-formed or does not admit the tone.
    """
    parsed = _parse(base)
    if parsed is None or (_STOP_CODA.search(base) and tone not in (SAC_TONE, NANG_TONE)):
        return None
    place = _tone_places(*parsed)[0]
    return base[:place] + TONED[base[place]][tone] + base[place + 1 :]


def syllable_share(text: str) -> float:
    """Share, 0 to 1, of the Latin words of a text that are well-formed Vietnamese syllables.

    A word with marks weighs three times a plain one: *to*, *cho* and *an* are words of many languages, *được*
    of one. Words in other scripts are left out; a text without Latin words gives 0.
    """
    good = total = 0
    for word in _WORD.findall(nfc(text)):
        if not is_latin(word):
            continue
        weight = 1 if word.isascii() else 3
        total += weight
        if is_syllable(word):
            good += weight
    return good / total if total else 0.0


def is_latin(word: str) -> bool:
    """Whether all letters of a word are Latin (Basic Latin to Latin Extended-B, Additional, marks)."""
    return word.isascii() or all(c < "\u0250" or "\u1e00" <= c < "\u1f00" or "\u0300" <= c < "\u0370" for c in word)
