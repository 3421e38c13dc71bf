"""Taking ISBD punctuation off the ends of values without hurting abbreviations."""

from __future__ import annotations

from typing import Final

# Words whose full stop belongs to them. Vietnamese practice first (Nxb., tr., Tp.), then English and French.
_ABBREVIATED: Final = """
    nxb tr tp tx q p h hn t ts ths gs pgs bs ks cn cb ch.b b.s s.t st bst s.n s.l k.đ kđ m ml g ph k tb vv v.v
    jr sr inc ltd co corp bros dept univ assoc soc st mt dr mr mrs ms prof rev hon gov gen col capt lt
    ed eds éd rev enl vol vols v no nos n pt pts bd hrsg ill illus col ca fl b d cent etc al in min sec
    pp pag l f fig figs port ports facs pl cie mfr augm corr
    г с т стр ил изд кн рис доп испр перераб лит ред пер др
"""
_ABBREVIATIONS: Final = frozenset(_ABBREVIATED.split())
_ENDS_CLEAN: Final = frozenset(")]\"'?!”’»>%…}")
_CLOSERS: Final = (")", "]", '"', "”", "»")
_SEPARATORS: Final = frozenset(" /:;,=+\t\u00a0")


def _dot_belongs(text: str) -> bool:
    """Whether the full stop that closes ``text`` is part of its last word."""
    if text[-2:-1] in _CLOSERS:
        return False
    start = text.rfind(" ") + 1
    word = text[start:-1].lstrip("([\"'«“").lower()
    if not word:
        return False
    if word[-1] == ".":
        return True
    _, dot, tail = word.rpartition(".")
    if dot:
        return len(tail) <= 2 or tail in _ABBREVIATIONS
    if len(word) == 1 and word.isalpha():
        if start == 0:
            return True
        if text[start:-1].lstrip("([").isupper():
            # "Lênin, V. I." and "Jackson, Samuel L." are initials; "Vitamin C." and "Phần I." end a sentence.
            return text[start - 2] in ".," or "," in text
    return word in _ABBREVIATIONS


def trim(text: str) -> str:
    """``text`` without surrounding space and closing ISBD marks (`` / : ; , = +`` and a full stop).

    The full stop of an abbreviation, of an initial and an ellipsis stay: "Smith, Jr.", "Adams, J.", "312 tr."
    """
    text = text.strip()
    while text:
        last = text[-1]
        if last.isalnum() or last in _ENDS_CLEAN:
            return text
        if last in _SEPARATORS:
            text = text[:-1].rstrip()
        elif last == ".":
            if _dot_belongs(text):
                return text
            text = text[:-1].rstrip()
        else:
            return text
    return text


def unbracket(text: str) -> str:
    """``text`` without the square brackets that enclose all of it or that were left open at one end."""
    if text and text[0] == "[" and "[" not in text[1:]:
        inside = text[1:]
        if inside.endswith("]"):
            return inside[:-1].strip()
        if "]" not in inside:
            return inside.strip()
    elif text and text[-1] == "]" and "[" not in text:
        return text[:-1].strip()
    return text


def joined(*parts: str, by: str) -> str:
    """The parts that are not empty, with ``by`` between."""
    return by.join([p for p in parts if p])
