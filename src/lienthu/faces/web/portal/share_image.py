"""The picture that other sites show where the address of a publication is shared: a typeset card of 1200 by 630."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import orjson
import typst
from django.utils.translation import gettext as _

from lienthu.faces.web.portal.labels import MATERIAL_LABELS
from lienthu.faces.web.portal.works import full_title, names_of, year_text
from lienthu.foundation.marc.describe import Description
from lienthu.platform.documents.pdf import font_folders

SIZE: Final = (1200, 630)
_TEMPLATE: Final = Path(__file__).with_name("share.typ")
_LONGEST: Final = 150


def share_image(d: Description, language: str) -> bytes:
    """The card as PNG."""
    kind = " · ".join(filter(None, (str(MATERIAL_LABELS.get(d.material_type, "")), year_text(d))))
    by = d.responsibility or names_of(d)
    return _drawn(_short(full_title(d)), _short(by), kind, _("Libraries of Quảng Ninh"), language)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0] + "…"


@lru_cache(maxsize=64)
def _drawn(title: str, by: str, kind: str, where: str, language: str) -> bytes:
    card = {"title": title, "by": by, "kind": kind, "where": where, "language": language}
    made: bytes = typst.compile(  # type: ignore[call-overload]  # the stubs forget that font folders are a list of paths
        _template(),
        format="png",
        ppi=72.0,
        font_paths=list[Path | str | bytes](font_folders()),
        ignore_system_fonts=True,
        sys_inputs={"card": orjson.dumps(card).decode()},
    )
    return made


@cache
def _template() -> bytes:
    return _TEMPLATE.read_bytes()
