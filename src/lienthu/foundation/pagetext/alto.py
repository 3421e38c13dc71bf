"""ALTO 4.4, the form in which libraries keep and exchange the text of pages. Rule DIG-4.

What is written is read back to the same ``PageText``; what others wrote (versions 2 to 4, any unit) is read as far as
it says where words stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from lienthu.foundation.kernel.refusal import Refused
from lienthu.foundation.pagetext.languages import main_tag
from lienthu.foundation.pagetext.model import SOURCES, Block, Box, Line, PageText, Source, Word, words_in

NAMESPACE: Final = "http://www.loc.gov/standards/alto/ns-v4#"
_SCHEMA: Final = "http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_NAMESPACES: Final[dict[str | None, str]] = {None: NAMESPACE, "xsi": _XSI}
_HOW: Final[dict[str, str]] = {
    "ocr": "contentGeneration",
    "pdf": "contentGeneration",
    "corrected": "contentModification",
    "typed": "contentGeneration",
}
_PER_INCH: Final = {"inch1200": 1200.0, "mm10": 254.0}
_Element = etree._Element


def write_alto(page: PageText, *, image: str = "", number: int = 1) -> bytes:
    """The page as ALTO 4.4; ``image`` names its picture, ``number`` is its place in the object, from 1."""
    root = etree.Element(f"{{{NAMESPACE}}}alto", nsmap=_NAMESPACES, SCHEMAVERSION="4.4")  # type: ignore[arg-type]  # None is the default namespace
    root.set(f"{{{_XSI}}}schemaLocation", f"{NAMESPACE} {_SCHEMA}")
    description = _add(root, "Description")
    _add(description, "MeasurementUnit").text = "pixel"
    if image:
        _add(_add(description, "sourceImageInformation"), "fileName").text = image
    step = _add(description, "Processing", ID="text")
    _add(step, "processingCategory").text = _HOW[page.source]
    _add(step, "processingStepDescription").text = page.source
    _add(step, "processingStepSettings").text = "languages=" + "+".join(page.languages)
    if page.engine:
        _add(_add(step, "processingSoftware"), "softwareName").text = page.engine
    whole = Box(0, 0, page.width, page.height)
    laid = _add(_add(root, "Layout"), "Page", ID=f"page{number}", PHYSICAL_IMG_NR=str(number), PROCESSINGREFS="text")
    laid.attrib.update({"WIDTH": str(page.width), "HEIGHT": str(page.height), "LANG": main_tag(page.languages)})
    if page.confidence is not None:
        laid.set("PC", _share(page.confidence))
    space = _placed(laid, "PrintSpace", whole)
    for b, block in enumerate(page.blocks, start=1):
        parent = _placed(space, "TextBlock", block.box, ID=f"b{b}")
        for n, line in enumerate(block.lines, start=1):
            _add_line(parent, line, f"b{b}l{n}")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _add_line(parent: _Element, line: Line, name: str) -> None:
    row = _placed(parent, "TextLine", line.box, ID=name)
    spaced = " " in line.text
    for n, word in enumerate(line.words):
        if n and spaced:
            _add(row, "SP")
        _placed(row, "String", word.box, CONTENT=word.text, WC=_share(word.confidence))


def _add(parent: _Element, tag: str, **attributes: str) -> _Element:
    return etree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", attributes)


def _placed(parent: _Element, tag: str, box: Box, **attributes: str) -> _Element:
    x, y, w, h = map(str, box)
    return _add(parent, tag, **attributes, HPOS=x, VPOS=y, WIDTH=w, HEIGHT=h)


def _share(percent: int) -> str:
    return f"{percent / 100:g}"


def read_alto(data: bytes, *, width: int | None = None, height: int | None = None) -> PageText:
    """The first page of an ALTO file; ``width`` and ``height`` are the pixels of its picture, where they are known.

    Boxes are scaled to the picture where the file measures otherwise. Text without a place (no HPOS) stands where its
    line or block stands. Raises Refused ("no-alto", "no-page-size").
    """
    root = _parsed(data)
    page = next(_all(root, "Page"), None)
    if page is None:
        raise Refused("no-alto", says="no page")
    unit = next((_text(e) for e in _all(root, "MeasurementUnit")), "pixel")
    said_width, said_height = _number(page, "WIDTH"), _number(page, "HEIGHT")
    if width and height and said_width and said_height:
        across, down = width / said_width, height / said_height
    elif unit == "pixel":
        across = down = 1.0
        width, height = width or round(said_width), height or round(said_height)
    else:
        raise Refused("no-page-size", unit=unit)
    if not width or not height:
        raise Refused("no-page-size", unit=unit)
    reader = _Reader(across, down, Box(0, 0, width, height))
    blocks = tuple(block for e in _all(page, "TextBlock") if (block := reader.block(e)))
    source, languages, engine = _how(root)
    return PageText(width, height, blocks, languages, source, engine)


class _Reader:
    """Reads elements with places into blocks, lines and words within the page."""

    def __init__(self, across: float, down: float, page: Box) -> None:
        self._across, self._down, self._page = across, down, page

    def block(self, element: _Element) -> Block | None:
        place = self._box(element, self._page)
        lines = tuple(line for e in _all(element, "TextLine") if (line := self._line(e, place)))
        return Block(lines) if lines else None

    def _line(self, element: _Element, block: Box) -> Line | None:
        place = self._box(element, block)
        words: list[Word] = []
        for part in element:
            name = _name(part)
            if name == "String":
                confidence = 100 if part.get("WC") is None else round(100 * _number(part, "WC"))
                words += words_in(part.get("CONTENT") or "", self._box(part, place), confidence)
            elif name == "HYP" and words:
                last = words[-1]
                words[-1] = Word(last.text + "-", *last.box, last.confidence)
        return Line(tuple(words)) if words else None

    def _box(self, element: _Element, otherwise: Box) -> Box:
        if element.get("HPOS") is None or element.get("VPOS") is None:
            return otherwise
        left, top = _number(element, "HPOS") * self._across, _number(element, "VPOS") * self._down
        right, bottom = left + _number(element, "WIDTH") * self._across, top + _number(element, "HEIGHT") * self._down
        x0, x1 = (min(max(0, round(v)), self._page.w) for v in (left, right))
        y0, y1 = (min(max(0, round(v)), self._page.h) for v in (top, bottom))
        return Box(x0, y0, max(0, x1 - x0), max(0, y1 - y0))


def _how(root: _Element) -> tuple[Source, tuple[str, ...], str]:
    """Source, languages and engine: as we write them, or as much as others tell."""
    said = {_text(e) for e in _all(root, "processingStepDescription")}
    source: Source = next((s for s in SOURCES if s in said), "ocr")
    settings = next((_text(e) for e in _all(root, "processingStepSettings")), "")
    names = re.fullmatch(r"languages=([\w+.-]*)", settings)
    languages = tuple(name for name in names[1].split("+") if name) if names else ("und",)
    engine = next((_text(e) for e in _all(root, "softwareName")), "")
    return source, languages, engine


def _parsed(data: bytes) -> _Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused("no-alto", says=str(error)[:200]) from error
    if root is None or _name(root) != "alto" or root.getroottree().docinfo.internalDTD is not None:
        raise Refused("no-alto", says="another document")
    return root


def _all(element: _Element, name: str) -> Iterator[_Element]:
    """Elements of that name in any namespace: each version has its own."""
    return element.iter(f"{{*}}{name}")


def _name(element: _Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _text(element: _Element) -> str:
    return (element.text or "").strip()


def _number(element: _Element, attribute: str) -> float:
    """The attribute as a number, 0.0 without one. Raises Refused for what is none or beyond all pages."""
    try:
        number = float(element.get(attribute) or 0)
    except ValueError:
        number = float("nan")
    if not -1e7 < number < 1e7:
        raise Refused("no-alto", says=f"{attribute}={element.get(attribute)!r:.40}")
    return number
