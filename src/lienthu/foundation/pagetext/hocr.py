"""hOCR 1.2, the text of pages as HTML. Rule DIG-4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from lienthu.foundation.pagetext.languages import main_tag
from lienthu.foundation.pagetext.model import Box, PageText

_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" lang="{lang}" xml:lang="{lang}">
<head>
<meta charset="utf-8"/>
<title>{title}</title>
<meta name="ocr-system" content="{engine}"/>
<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_line ocrx_word ocrp_wconf ocrp_lang"/>
</head>
<body>
"""


def write_hocr(pages: Iterable[PageText], *, title: str = "", images: Iterable[str] = ()) -> Iterator[str]:
    """The pages as one hOCR document, piece by piece, so that a volume need not be held whole."""
    names = iter(images)
    for number, page in enumerate(pages, start=1):
        if number == 1:
            yield _HEAD.format(
                lang=main_tag(page.languages), title=escape(title), engine=escape(page.engine or "unknown")
            )
        yield _page(page, number, next(names, ""))
    yield "</body>\n</html>\n"


def _page(page: PageText, number: int, image: str) -> str:
    picture = f'image "{_in_title(image)}"; ' if image else ""
    whole = _bbox(Box(0, 0, page.width, page.height))
    out = [f'<div class="ocr_page" id="page_{number}" title="{escape(picture)}{whole}; ppageno {number - 1}">\n']
    for b, block in enumerate(page.blocks, start=1):
        out.append(f'<div class="ocr_carea" id="block_{number}_{b}" title="{_bbox(block.box)}">\n')
        for line in block.lines:
            words = [
                f'<span class="ocrx_word" title="{_bbox(w.box)}; x_wconf {w.confidence}">{escape(w.text)}</span>'
                for w in line.words
            ]
            between = " " if " " in line.text else ""
            out.append(f'<span class="ocr_line" title="{_bbox(line.box)}">{between.join(words)}</span>\n')
        out.append("</div>\n")
    return "".join([*out, "</div>\n"])


def _bbox(box: Box) -> str:
    return f"bbox {box.x} {box.y} {box.x + box.w} {box.y + box.h}"


def _in_title(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')
