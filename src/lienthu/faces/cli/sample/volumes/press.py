"""Where sample volumes are made: one folder for what comes out, one for the fonts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from lienthu.faces.cli.sample.volumes.model import Rights
from lienthu.faces.cli.sample.volumes.scanning import Wear, scan
from lienthu.faces.cli.sample.volumes.typesetting import page_images, page_texts, typeset

Wanted = Callable[[str], bool]
"""Whether the volume of that key is to be made."""
PUBLIC_DOMAIN_MARK: Final = "https://creativecommons.org/publicdomain/mark/1.0/"
CC_BY: Final = "https://creativecommons.org/licenses/by/4.0/"
IN_COPYRIGHT: Final = "https://rightsstatements.org/vocab/InC/1.0/"


@dataclass(frozen=True, slots=True)
class Press:
    """``target``: the folder for volumes; ``packages``: the folder of front-end packages, which hold the fonts."""

    target: Path
    packages: Path

    def printed(self, key: str, template: str, content: Mapping[str, Any]) -> tuple[Path, tuple[str, ...]]:
        """A PDF as it comes from an office program, and what stands on its pages."""
        made = typeset(template, content, packages=self.packages)
        path = self.target / f"{key}.pdf"
        path.write_bytes(made)
        return path, page_texts(made)

    def scanned(
        self, key: str, template: str, content: Mapping[str, Any], *, wear: Wear, dpi: int = 200, first: int = 1,
        colour: bool = False,
    ) -> tuple[Path, tuple[str, ...]]:  # fmt: skip
        """A folder of page images as they come from a scanner, and what stands on them. ``first`` numbers the files."""
        made = typeset(template, content, packages=self.packages)
        pages = list(page_images(made, dpi=dpi, colour=colour))
        self.photographed(key, pages, wear=wear, dpi=dpi, first=first)
        return self.target / key, page_texts(made)

    def photographed(self, key: str, pages: list[Any], *, wear: Wear, dpi: int = 200, first: int = 1) -> Path:
        """The pages as scans in a folder; each side of a leaf shines through the other."""
        folder = self.target / key
        folder.mkdir(parents=True, exist_ok=True)

        def one(n: int) -> None:
            behind = n + 1 if n % 2 == 0 else n - 1
            back = pages[behind] if behind < len(pages) else None
            path = folder / f"{first + n:04}.jpg"
            scan(pages[n], path=path, wear=wear, seed=f"{key}/{first + n}", dpi=dpi, back=back)

        with ThreadPoolExecutor(max_workers=2) as pool:  # libvips works outside the interpreter's lock
            list(pool.map(one, range(len(pages))))
        return folder


OWN_WORK: Final = Rights(
    status="own_work",
    basis="Dữ liệu mẫu do dự án Liên Thư soạn, cho dùng lại theo giấy phép Creative Commons Ghi công 4.0",
    basis_date=date(2026, 1, 15),
    licence=CC_BY,
    holder="Liên Thư",
)
