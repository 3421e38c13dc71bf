"""Writing XML by hand: one answer has thousands of elements, and every text goes through one of two functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/'
    ' http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">\n'
)


def text(value: str) -> str:
    """Content of an element. Characters that XML 1.0 forbids are left out."""
    value = _FORBIDDEN.sub("", value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value.replace("\r", "&#13;")


def attribute(value: str) -> str:
    """Content of an attribute in double quotes."""
    return text(value).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def element(name: str, value: str) -> str:
    """One element with text."""
    return f"<{name}>{text(value)}</{name}>"


def utc(moment: datetime) -> str:
    """A datestamp as the protocol writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def envelope(at: datetime, base_url: str, arguments: Mapping[str, str], body: Iterable[str]) -> bytes:
    """A whole answer. ``arguments``: the attributes of the request element, none after badVerb and badArgument."""
    told = "".join(f' {name}="{attribute(value)}"' for name, value in arguments.items())
    parts = [_HEAD, element("responseDate", utc(at)), f"\n<request{told}>{text(base_url)}</request>\n", *body]
    return ("".join(parts) + "\n</OAI-PMH>\n").encode("utf-8", "replace")
