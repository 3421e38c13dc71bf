"""ISBN (ISO 2108) and ISSN (ISO 3297): check digits and normal forms."""

from __future__ import annotations

import re

_ISBN = re.compile(r"(?<![0-9])(?:97[89][- ‐-―]?(?:[0-9][- ‐-―]?){9}[0-9]|(?:[0-9][- ‐-―]?){9}[0-9Xx])(?![0-9])")
_NOT_ISBN = re.compile(r"[^0-9Xx]")
_ISSN = re.compile(r"(?<![0-9])([0-9]{4})[-‐-― ]?([0-9]{3}[0-9Xx])(?![0-9])")


def isbn13_check_digit(twelve: str) -> str:
    """The check digit that completes twelve digits."""
    d = [ord(c) - 48 for c in twelve]
    return str(-(sum(d[0::2]) + 3 * sum(d[1::2])) % 10)


def isbn13(text: str) -> str:
    """``text`` (ISBN-10 or -13, hyphens and spaces allowed) as 13 digits, or "" where it is no valid ISBN."""
    s = text.replace("-", "").replace(" ", "")
    if len(s) == 13 and s.isascii() and s.isdigit():
        # 979-0 belongs to music (ISMN, ISO 10957).
        if s[:3] not in ("978", "979") or s[:4] == "9790":
            return ""
        return s if isbn13_check_digit(s[:12]) == s[12] else ""
    if len(s) == 10 and s.isascii() and s[:9].isdigit():
        last = 10 if s[9] in "Xx" else ord(s[9]) - 48
        if not 0 <= last <= 10:
            return ""
        total = last + sum((10 - i) * (ord(c) - 48) for i, c in enumerate(s[:9]))
        if total % 11:
            return ""
        twelve = "978" + s[:9]
        return twelve + isbn13_check_digit(twelve)
    return ""


def isbns_in(text: str) -> tuple[list[str], list[str]]:
    """The valid ISBN-13 and the wrong numbers printed in ``text``, qualifiers and prices ignored.

    "978-604-2-12345-6 (bìa cứng) : 50000đ" holds one number; a text without any ten digits holds none.
    """
    head = text.strip().partition(" ")[0]
    if good := isbn13(head):
        return [good], []
    valid: list[str] = []
    wrong: list[str] = []
    for match in _ISBN.finditer(text):
        found = match.group()
        if good := isbn13(_NOT_ISBN.sub("", found)):
            valid.append(good)
        else:
            wrong.append(_NOT_ISBN.sub("", found).upper())
    if not valid and not wrong:
        bare = _NOT_ISBN.sub("", head).upper()
        if len(bare) >= 7:
            wrong.append(bare)
    return valid, wrong


def issn(text: str) -> str:
    """The first valid ISSN in ``text`` as "1234-5679", or ""."""
    for match in _ISSN.finditer(text):
        digits = (match.group(1) + match.group(2)).upper()
        last = 10 if digits[7] == "X" else int(digits[7])
        if (last + sum((8 - i) * int(c) for i, c in enumerate(digits[:7]))) % 11 == 0:
            return f"{digits[:4]}-{digits[4:]}"
    return ""
