"""Make the sample volumes: files in a folder, and what a library would say about them."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Final

from lienthu.faces.cli.sample.volumes import chart, classics, newspaper, papers, plan
from lienthu.faces.cli.sample.volumes.model import SampleVolume
from lienthu.faces.cli.sample.volumes.press import Press

_MAKERS: Final = (plan.volumes, classics.volumes, newspaper.volumes, chart.volumes, papers.volumes)
KEYS: Final = (
    "ke-hoach-204-pdf", "ke-hoach-204-anh", "ngu-che-thien-nam-dong-chu-de", "nam-quoc-son-ha", "tho-thien-ly-tran",
    "bao-mau-vung-mo", "so-do-vinh-ha-long", "gia-pha-mau", "nuoc-lon-nuoc-rong", "so-tay-phong-doc",
    "thuy-trieu-vinh-ha-long",
)  # fmt: skip
FEW: Final = ("ke-hoach-204-pdf", "nam-quoc-son-ha", "gia-pha-mau", "nuoc-lon-nuoc-rong", "so-tay-phong-doc")
"""The quick ones, which between them have every kind of right: for tests."""


def build_volumes(target: Path, *, packages: Path, keys: Collection[str] = KEYS) -> list[SampleVolume]:
    """Make the volumes of those keys in ``target`` and describe them, in the order of `KEYS`.

    ``packages`` is the folder of front-end packages (``node_modules``), which hold the fonts. The same checkout gives
    the same bytes each time.
    """
    if unknown := set(keys) - set(KEYS):
        raise ValueError(f"no such sample volumes: {sorted(unknown)}")
    target.mkdir(parents=True, exist_ok=True)
    press = Press(target, packages)
    return [volume for make in _MAKERS for volume in make(press, set(keys).__contains__)]
