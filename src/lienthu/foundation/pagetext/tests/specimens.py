"""Pages for the tests: typeset here, drawn as a scanner would draw them, spoiled as scanners spoil them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
import pypdfium2
import pyvips
import typst

CHECKOUT = Path(__file__).resolve().parents[5]
PACKAGES = CHECKOUT / "node_modules"
FONTS = PACKAGES / "@expo-google-fonts" / "be-vietnam-pro"

PASSAGE = """Ngày xưa, vùng mỏ Hòn Gai còn là một dải rừng rậm nhìn ra biển, thuyền buôn từ Vân Đồn ghé vào lấy nước.
Từ năm 1888, công ty Pháp mỏ than Bắc Kỳ được nhượng quyền khai thác, hàng nghìn phu mỏ từ Thái Bình, Nam Định kéo ra,
dựng lều bên sườn núi. Cuộc tổng bãi công tháng 11 năm 1936 của hơn ba vạn thợ mỏ buộc giới chủ phải tăng lương."""


@cache
def typeset(markup: str, paper: str = "a5", size: str = "11pt", font: str = "Libertinus Serif") -> bytes:
    """A PDF of Typst markup."""
    head = f'#set page(paper: "{paper}", margin: 18mm)\n#set text(font: "{font}", size: {size}, hyphenate: false)\n'
    made: bytes = typst.compile((head + markup).encode(), font_paths=[str(FONTS)], ignore_system_fonts=True)
    return made


@cache
def scan(markup: str, *, dpi: int = 300, **typesetting: str) -> Any:
    """The first page of the markup as a grey image."""
    document = pypdfium2.PdfDocument(typeset(markup, **typesetting))
    grey = document[0].render(scale=dpi / 72, grayscale=True).to_numpy()
    return pyvips.Image.new_from_array(np.ascontiguousarray(grey.squeeze())).copy(interpretation="b-w")


def saved(image: Any, path: Path, quality: int = 85) -> str:
    """The image as a JPEG file; its path."""
    image.jpegsave(str(path), Q=quality)
    return str(path)


def errors(expected: str, found: str) -> float:
    """Character error rate, line breaks and runs of spaces left out."""
    from rapidfuzz.distance import Levenshtein

    one, two = (re.sub(r"\s+", " ", normalize("NFC", text)).strip() for text in (expected, found))
    return Levenshtein.distance(one, two) / max(1, len(one))
