"""What kind of thing a record describes: leader/06-07, 007, 008; and 245 $h, 300, 336, 338, 653, 655."""

from __future__ import annotations

import re
from typing import Final

from lienthu.foundation.marc.describe.gather import Gathered
from lienthu.foundation.vietnamese.fold import fold

_BY_LEADER: Final = {
    "a": "book",
    "c": "score",
    "d": "score",
    "e": "map",
    "f": "map",
    "g": "video",
    "i": "audio",
    "j": "audio",
    "k": "picture",
    "m": "electronic",
    "o": "kit",
    "p": "mixed",
    "r": "object",
    "t": "manuscript",
}
_BY_CONTENT: Final = {
    "cri": "map", "crm": "map", "crt": "map", "crn": "map", "crf": "map", "crd": "map",
    "ntm": "score", "ntv": "score", "tcm": "score",
    "prm": "audio", "snd": "audio", "spw": "audiobook",
    "sti": "picture", "tci": "picture",
    "tdi": "video", "tdm": "video",
    "cod": "electronic", "cop": "electronic",
    "tdf": "object", "tcf": "object",
}  # fmt: skip
# Words of 245 $h, 300 and of 336 without codes, folded. The first that fits decides.
_MEDIUM_WORDS: Final = (
    ("audiobook", re.compile(r"sach noi|audio ?book|talking book|livre audio|spoken word|loi noi")),
    ("video", re.compile(r"video|motion picture|\bdvd|\bphim|bang hinh|ghi hinh|vcd|moving|hinh anh dong")),
    ("audio", re.compile(r"sound|audio|ghi am|bang tu|dia hat|enregistrement sonore|cassette|bang cat")),
    ("map", re.compile(r"\bban do|cartographic|\bmaps?\b|\bcartes?\b|\batlat?s")),
    ("score", re.compile(r"notated music|printed music|ban nhac|musique imprimee")),
    ("picture", re.compile(r"tranh anh|\bgraphic|picture|photograph|\bslides?\b|still image|hinh anh")),
    ("kit", re.compile(r"\bkit\b|bo tai lieu")),
    ("electronic", re.compile(r"electronic|dien tu|computer|\bcd-?rom|online|truc tuyen|ressource electron")),
    ("object", re.compile(r"realia|\bhien vat|\bgame\b|three-dimensional|mo hinh")),
)  # fmt: skip
_AUDIOBOOK: Final = re.compile(r"sach noi|sach doc|audio ?book|talking book|livre[s]? audio")
_PRINTED_EXTENT: Final = re.compile(
    r"[0-9\]ivxlc]\s*(?:tr\b|trang|p\b|pages?\b|pp\b|s\b|to\b|leaves|f\b|t\b|tap|v\b|vol)"
)
# Not folded: this is asked of every record.
_ELECTRONIC_EXTENT: Final = re.compile(
    r"online|điện tử|dien tu|electron|trực tuyến|truc tuyen|computer|cd-?rom|\bpdf|\bfile|\btệp|\btep|en ligne"
)
_ONLINE_FORMS: Final = ("o", "q", "s")


def _form_of_item(kind: str, f008: str) -> str:
    """008/23, or 008/29 for maps and visual materials (leader/06 e, f, g, k, o, r)."""
    position = 29 if kind in "efgkor" else 23
    return f008[position : position + 1]


def material_type(leader: str, g: Gathered) -> str:
    """One of MATERIAL_TYPES. A leader left at its default gives way to what the description itself says."""
    kind = leader[6:7]
    level = leader[7:8]
    f008 = g.f008
    found = _BY_LEADER.get(kind, "")

    if kind == "a" or not found:
        if g.medium or g.content:
            stated = _stated(g)
            if stated:
                found = stated
        elif not found:
            found = _from_words(fold(g.extent)) if g.extent else ""
    if (
        found == "audio"
        and kind != "j"
        and (f008[30:31] == "f" or (g.genre_words and _AUDIOBOOK.search(fold(g.genre_words))))
    ):
        return "audiobook"
    if found == "video" and kind == "g" and f008[33:34] in ("s", "t"):
        return "picture"
    if found not in ("book", "manuscript", "electronic", ""):
        return found

    if g.genre_words and (" s" in g.f007 or found == "electronic") and _AUDIOBOOK.search(fold(g.genre_words)):
        return "audiobook"
    if g.thesis or ("m" in f008[24:28] and level not in "sbi" and kind in ("a", "t")):
        return "thesis"
    if found == "manuscript":
        return found
    if level in ("a", "b") and (g.host is not None or kind == "a"):
        return "article"
    if level == "s":
        return "serial"
    if g.host is not None and g.host.title and not g.isbns and not g.publisher and level not in ("s", "c"):
        # Indexed newspaper articles are often typed into a template whose leader says monograph.
        return "article"
    if found == "electronic":
        return found
    if _is_electronic(kind, g):
        return "electronic"
    return "serial" if level == "i" else "book"


def _stated(g: Gathered) -> str:
    """What 245 $h or the content type of 336 says, or "" for text and the unknown."""
    if g.content:
        named = _BY_CONTENT.get(g.content.lower())
        if named:
            return named
        if len(g.content) > 3 and (named := _from_words(fold(g.content))):
            return named
    return _from_words(fold(g.medium)) if g.medium else ""


def _from_words(folded: str) -> str:
    for kind, pattern in _MEDIUM_WORDS:
        if pattern.search(folded):
            return kind
    return ""


def _is_electronic(kind: str, g: Gathered) -> bool:
    """Form of item o, q, s, 007 c, a computer carrier or an electronic extent, and no printed pages."""
    extent = g.extent.partition("+")[0].lower()  # what comes after + accompanies a printed book
    if extent and _ELECTRONIC_EXTENT.search(extent):
        return True
    if _form_of_item(kind, g.f008) in _ONLINE_FORMS or " c" in g.f007 or " c" in g.carrier:
        return not _PRINTED_EXTENT.search(fold(extent))
    return False


def is_online(leader: str, g: Gathered) -> bool:
    """Whether the thing itself opens over the network: 856 resource or version, form o, 007 or carrier cr."""
    for link in g.links:
        if link.kind in ("resource", "version"):
            return True
    if _form_of_item(leader[6:7], g.f008) == "o" or " cr" in g.f007:
        return True
    return " cr" in g.carrier or "online" in g.carrier


_CHILDREN_WORDS: Final = re.compile(
    r"thieu nhi|thieu nien|nhi dong|mau giao|mam non|juvenile|\bchildren|tre em|\bpreschool|\bkids"
)
_CHILDREN_GENRES: Final = re.compile(
    r"(?:sach|truyen|tho|van hoc|tranh|doc|kich|phim)[ a-z]* (?:thieu nhi|tre em|nhi dong)"
    r"|\| thieu nhi|juvenile|children's"
)
_CHILDREN_SIGNS: Final = ("nhi", "juvenile", "children", " em")


def for_children(leader: str, g: Gathered) -> bool:
    """008/22 a, b, c or j where that position means audience; 521; juvenile forms and free keywords."""
    kind, level = leader[6:7], leader[7:8]
    # In the 008 of serials position 22 is the form of the original, in that of maps nothing.
    if kind not in ("e", "f", "p") and level not in ("s", "b", "i") and g.f008[22:23] in ("a", "b", "c", "j"):
        return True
    if g.audience_words and _CHILDREN_WORDS.search(fold(g.audience_words)):
        return True
    if not g.genre_words:
        return False
    words = g.genre_words.lower()
    if not any(sign in words for sign in _CHILDREN_SIGNS):  # cheaper than folding every keyword
        return False
    return bool(_CHILDREN_GENRES.search(fold(words)))
