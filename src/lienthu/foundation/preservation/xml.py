"""Reading XML that anybody may have written, and writing text that XML can hold."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

Element = etree._Element
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def words(text: str) -> str:
    """The text without the characters that XML 1.0 has no way to write."""
    return _FORBIDDEN.sub("", text)


def parse(data: bytes) -> Element:
    """The root of a document. No entity is expanded, nothing is fetched. Raises ValueError when it is not sound XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as e:
        raise ValueError(f"this is not sound XML: {e}") from e
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("a document type is not taken")
    return root


def child(parent: Element, *path: str) -> Element:
    """The element that a path of tags leads to. Raises ValueError when there is none."""
    for tag in path:
        found = parent.find(tag)
        if found is None:
            raise ValueError(f"{etree.QName(parent).localname} holds no {etree.QName(tag).localname}")
        parent = found
    return parent


def text_of(parent: Element, *path: str) -> str:
    """The text of the element that a path of tags leads to, "" when there is none."""
    for tag in path:
        found = parent.find(tag)
        if found is None:
            return ""
        parent = found
    return parent.text or ""
