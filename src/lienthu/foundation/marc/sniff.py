"""Tell from the first bytes of a file which reader it needs."""

from __future__ import annotations

import re
from typing import Final, Literal

Format = Literal["iso2709", "marcxml", "json", "csv", "xlsx", "unknown"]

HEAD: Final = 4096
"""Bytes that :func:`sniff` likes to see; fewer will do."""

_LEADER: Final = re.compile(
    rb"(?<![0-9])[0-9 ]{5}[A-Za-z ][A-Za-z][ -~]{3}[2 ][2 ][0-9 ]{5}[ -~]{7}[0-9A-Za-z]{3}[0-9]{9}"
)
_LEADER_WITHOUT_DIRECTORY: Final = re.compile(rb"[0-9]{5}[A-Za-z ][A-Za-z][ -~]{3}22[0-9]{5}[ -~]{3}45[0 ]")
_LINE_FORMAT: Final = re.compile(r"\s*(?:=LDR\s|LDR\s{2,}|=001\s|001\s{2,}|000\s+\d{5}|\*\*\*\s*BEGIN)")
_MARC_XML: Final = re.compile(r"<(?:[\w.-]+:)?(?:record|collection|leader|controlfield|datafield)[\s/>]")
_OTHER_XML: Final = re.compile(r"<(?:[\w.-]+:)?(?:OAI-PMH|searchRetrieveResponse|ListRecords|GetRecord)[\s>]")
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SEPARATORS: Final = (",", ";", "\t", "|")


def sniff(head: bytes, filename: str = "") -> Format:
    """The format of a file that begins with ``head``. The content decides; ``filename`` only breaks ties.

    ``iso2709`` may stand behind blanks, a byte order mark or some garbage. Line formats of MARC programs
    (``=LDR``) are ``unknown``: no reader for them exists here. An archive is ``xlsx`` only if it holds a
    workbook.
    """
    suffix = filename.lower().rpartition(".")[2]
    if head.startswith(b"PK\x03\x04"):
        return "xlsx" if b"xl/" in head or suffix in ("xlsx", "xlsm") else "unknown"
    if _LEADER.search(head):
        if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{", b"[")):
            return "iso2709"
    elif _LEADER_WITHOUT_DIRECTORY.match(head.lstrip(b"\xef\xbb\xbf \t\r\n\0\x1a")):
        return "iso2709"
    text = _text(head)
    if text is None:
        return "unknown"
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return "marcxml" if _is_marc_xml(start, suffix) else "unknown"
    if start.startswith(("{", "[")):
        return "json" if re.match(r'[\[{]\s*(?:$|[\[{"\]}])', start) else "unknown"
    if _LINE_FORMAT.match(text.lstrip("\ufeff")):
        return "unknown"
    return "csv" if _is_table(start, suffix) else "unknown"


def _text(head: bytes) -> str | None:
    """The head as text, or None if it is none. Legacy one-byte encodings count as text."""
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return head[len(bom) :].decode(encoding, "replace")
    if head.startswith(b"<\0"):
        return head.decode("utf-16-le", "replace")
    if head.startswith(b"\0<"):
        return head.decode("utf-16-be", "replace")
    if b"\0" in head or any(byte in head for byte in (b"\x1d", b"\x1e", b"\x1f")):
        return None
    return head.decode("utf-8", "replace") if _is_utf8(head) else head.decode("latin-1")


def _is_utf8(head: bytes) -> bool:
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4  # a character cut by the end of the head
    return True


def _is_marc_xml(text: str, suffix: str) -> bool:
    if re.match(r"(?:<!doctype html|<html)", text, re.I):
        return False
    if _MARC_XML.search(text) or _OTHER_XML.search(text):
        return True
    return suffix in ("xml", "marcxml", "mrcx") and "<" in text


def _is_table(text: str, suffix: str) -> bool:
    """Whether the lines have one separator equally often, or the name says csv and there is one."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return False
    separator = max(_SEPARATORS, key=lines[0].count)
    columns = lines[0].count(separator)
    if suffix in ("csv", "tsv", "txt") and columns:
        return True
    if columns < 2 or len(lines) < 2:
        return False
    whole = lines[1:-1] or lines[1:]  # the last line may be cut
    return sum(line.count(separator) >= columns for line in whole) * 2 > len(whole)
