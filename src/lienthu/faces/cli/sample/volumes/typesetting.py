"""Typeset the sample volumes with Typst, and read back what stands on each page. Same content, same bytes."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pypdfium2
import pyvips
import typst

_TEMPLATES: Final = Path(__file__).with_name("templates")
_CUTS: Final = {
    "tinos": ("400Regular", "400Regular_Italic", "700Bold", "700Bold_Italic"),
    "be-vietnam-pro": ("400Regular", "400Regular_Italic", "600SemiBold", "700Bold"),
}


def typeset(template: str, content: Mapping[str, Any], *, packages: Path) -> bytes:
    """A PDF of ``content`` (plain text in JSON values) in the named template; ``packages`` holds the fonts."""
    fonts: list[Path | str | bytes] = [
        packages / "@expo-google-fonts" / family / cut for family, cuts in _CUTS.items() for cut in cuts
    ]
    made: bytes = typst.compile(  # type: ignore[call-overload]  # the stubs forget that font folders are a list of paths
        (_TEMPLATES / f"{template}.typ").read_bytes(),
        format="pdf",
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"volume": json.dumps(content, ensure_ascii=False)},
    )
    return made


def page_texts(pdf: bytes) -> tuple[str, ...]:
    """What stands on each page, in the order in which it was set; lines as they are broken there."""
    document = pypdfium2.PdfDocument(pdf)
    found = []
    for page in document:
        lines = page.get_textpage().get_text_bounded().splitlines()
        found.append(unicodedata.normalize("NFC", "\n".join(" ".join(line.split()) for line in lines if line.strip())))
    return tuple(found)


def page_images(pdf: bytes, *, dpi: int, colour: bool = False) -> Iterator[Any]:
    """Each page as an image: of one band, black on white, or of three in colour."""
    for page in pypdfium2.PdfDocument(pdf):
        drawn = page.render(scale=dpi / 72, grayscale=not colour, rev_byteorder=True).to_numpy()
        yield pyvips.Image.new_from_array(np.ascontiguousarray(drawn)).copy(interpretation="srgb" if colour else "b-w")
