"""Small made-up volumes of different rights: a family chronicle, a book in copyright, a closed paper, a lesson."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from lienthu.faces.cli.sample.volumes.model import (
    ClosedPage,
    Creator,
    DublinCore,
    Entry,
    Material,
    OwnerGroup,
    Rights,
    SampleVolume,
)
from lienthu.faces.cli.sample.volumes.press import IN_COPYRIGHT, OWN_WORK, Press, Wanted
from lienthu.faces.cli.sample.volumes.records import LIBRARY
from lienthu.faces.cli.sample.volumes.scanning import HANDED_DOWN, OFFICE, WELL_KEPT, Wear

_TEXTS: Final = Path(__file__).with_name("texts") / "papers.json"


@dataclass(frozen=True, slots=True)
class _Paper:
    """How one of the small volumes is made and held. ``wear`` is None for a born-digital PDF."""

    key: str
    said: str
    look: str
    library: str
    record: str
    material: Material
    collection: str
    owner: OwnerGroup
    rights: Rights
    wear: Wear | None
    subjects: tuple[str, ...]
    place: str = "Quảng Ninh"


_PAPERS: Final = (
    _Paper(
        "gia-pha-mau", "chronicle", "chronicle", LIBRARY, "mau-so-005", "manuscript",
        "Địa chí Quảng Ninh", "public",
        replace(OWN_WORK, basis=f"{OWN_WORK.basis}; trang ghi người đang sống đóng theo lời dặn của dòng họ"),
        HANDED_DOWN, ("Gia phả", "Dòng họ", "Quảng Ninh"),
    ),
    _Paper(
        "nuoc-lon-nuoc-rong", "book", "book", LIBRARY, "mau-so-006", "book",
        "Văn học Quảng Ninh", "public",
        Rights(
            status="in_copyright",
            basis="Luật Sở hữu trí tuệ, Điều 25: thư viện cho đọc bản số không vượt quá số bản thư viện giữ",
            basis_date=date(2023, 1, 1), licence=IN_COPYRIGHT, copies=2, holder="Người soạn mẫu Liên Thư",
            term="Suốt đời tác giả và 50 năm sau khi mất",
        ),
        WELL_KEPT, ("Truyện ngắn", "Văn học Việt Nam hiện đại"),
    ),
    _Paper(
        "so-tay-phong-doc", "military", "notice", "VN-QNLV01", "", "document", "Tài liệu nội sinh", "armed_forces",
        replace(
            OWN_WORK, closed=True,
            basis="Tài liệu nội sinh của thư viện lực lượng vũ trang: chỉ người của đơn vị được xem",
        ),
        OFFICE, ("Thư viện", "Nội quy"),
    ),
    _Paper(
        "thuy-trieu-vinh-ha-long", "lesson", "lesson", "VN-QNDHHL", "", "learning", "Học liệu mở", "education",
        OWN_WORK, None, ("Thủy triều", "Địa lý địa phương", "Vịnh Hạ Long"),
    ),
)  # fmt: skip


def volumes(press: Press, wanted: Wanted) -> list[SampleVolume]:
    """The small volumes that are wanted."""
    said = json.loads(_TEXTS.read_text(encoding="utf-8"))
    return [_volume(press, paper, said[paper.said]) for paper in _PAPERS if wanted(paper.key)]


def _volume(press: Press, paper: _Paper, said: Mapping[str, Any]) -> SampleVolume:
    content = {"title": said["title"], "look": paper.look, "dated": [2026, 1, 15], "pages": said["pages"]}
    if paper.wear is None:
        path, texts = press.printed(paper.key, "leaves", content)
    else:
        path, texts = press.scanned(paper.key, "leaves", content, wear=paper.wear)
    creators = (Creator(said["author"]),) if "author" in said else ()
    return SampleVolume(
        key=paper.key,
        path=path,
        library=paper.library,
        record=paper.record,
        dc=DublinCore(
            title=said["title"],
            subtitle=said.get("subtitle", ""),
            creators=creators,
            date=said.get("year", ""),
            place=paper.place,
            subjects=paper.subjects,
            description=said["note"],
        ),
        material=paper.material,
        collection=paper.collection,
        owner=paper.owner,
        rights=paper.rights,
        pages=len(texts),
        labels=tuple(page["label"] for page in said["pages"]),
        texts=texts,
        contents=tuple(Entry(page["title"], n) for n, page in enumerate(said["pages"], 1) if page["title"]),
        closed_pages=tuple(
            ClosedPage(n, page["closed"]) for n, page in enumerate(said["pages"], 1) if "closed" in page
        ),
    )
