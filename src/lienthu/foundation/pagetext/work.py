"""What runs in the sandbox: pages read by machine. Files by path, JSON values in and out (rule DIG-1).

The answer is JSON of ``PageText`` and what was noticed on the way.
"""

from __future__ import annotations

from typing import Any

from lienthu.foundation.kernel.refusal import Refused
from lienthu.foundation.pagetext.ocr import read_page


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
