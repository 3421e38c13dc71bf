"""What runs in the sandbox: pages read by machine. Files by path, JSON values in and out (rule DIG-1).

The answer is JSON of ``PageText`` and what was noticed on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lienthu.foundation.kernel.refusal import Refused
from lienthu.foundation.pagetext.ocr import read_page
from lienthu.foundation.pagetext.pdf_text import Placing, read_pdf_page


def ocr(*, path: str, tessdata: str, languages: list[str], dpi: float | None = None) -> dict[str, Any]:
    """Read a page image as it is served: ``{"page": PageText, "turn": degrees, "skew": degrees}``.

    ``tessdata`` is the folder that ``tessdata.prepare_tessdata`` filled. Refusals: "unreadable-image",
    "image-too-large", "no-ocr-data".
    """
    try:
        reading = read_page(path, tessdata=tessdata, languages=languages, dpi=dpi)
    except LookupError as error:
        raise Refused("no-ocr-data", languages="+".join(languages)) from error
    return {"page": reading.page.to_json(), "turn": reading.turn, "skew": reading.skew}


def pdf_text(
    *,
    path: str,
    frame: int,
    width: int,
    height: int,
    rotation: int = 0,
    crop: Sequence[float] | None = None,
    languages: Sequence[str] = ("vie",),
) -> dict[str, Any]:
    """The text that page ``frame`` (from 0) of a PDF carries: ``{"page": PageText, "doubt": why not to use it,
    "repaired": encoding by font}``.

    ``width`` and ``height`` are the pixels of the page as served, ``rotation`` and ``crop`` what made it from the page
    as drawn, as for ``imaging.work:pyramid``. An empty doubt: use it; any other: have the page read by ``ocr``.
    Refusals: "damaged", "encrypted", "no-such-frame".
    """
    x, y, w, h = crop or (0.0, 0.0, 1.0, 1.0)
    placing = Placing(width, height, rotation, (x, y, w, h))
    reading = read_pdf_page(path, frame, placing, languages)
    return {"page": reading.page.to_json(), "doubt": reading.doubt, "repaired": reading.repaired}
