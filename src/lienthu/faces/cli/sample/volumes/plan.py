"""The provincial plan of 2021, an official text: as it comes from an office program, and from a scanner."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from lienthu.faces.cli.sample.volumes.model import Creator, DublinCore, Entry, Rights, SampleVolume
from lienthu.faces.cli.sample.volumes.press import PUBLIC_DOMAIN_MARK, Press, Wanted
from lienthu.faces.cli.sample.volumes.records import LIBRARY
from lienthu.faces.cli.sample.volumes.scanning import PHOTOCOPY

_TEXT: Final = Path(__file__).with_name("texts") / "plan-204.txt"
TITLE: Final = (
    "Kế hoạch chuyển đổi số ngành thư viện trên địa bàn tỉnh Quảng Ninh đến năm 2025, định hướng đến năm 2030"
)
NUMBER: Final = "mau-so-001"
RIGHTS: Final = Rights(
    status="official_text",
    basis="Luật Sở hữu trí tuệ, Điều 15 khoản 2: văn bản hành chính không thuộc đối tượng được bảo hộ quyền tác giả",
    basis_date=date(2006, 7, 1),
    licence=PUBLIC_DOMAIN_MARK,
)
_LEVELS: Final = (
    (1, re.compile(r"[IVX]+\. \S")),
    (3, re.compile(r"\d\.\d\.? \S[^.]{0,110}:?$")),
    (2, re.compile(r"\d{1,2}\. \S[^.;]{0,90}$")),
)


def paragraphs() -> list[dict[str, Any]]:
    """The text paragraph by paragraph; level 1 to 3 are headings, 0 is text."""
    lines = _TEXT.read_text(encoding="utf-8").splitlines()
    blocks = "\n".join(line for line in lines if not line.startswith("#")).strip().split("\n\n")
    return [{"text": text, "level": _level(text)} for text in (" ".join(b.split()) for b in blocks)]


def _level(text: str) -> int:
    return next((level for level, sign in _LEVELS if sign.match(text)), 0)


def content() -> dict[str, Any]:
    """What the template "administrative" wants."""
    return {
        "title": TITLE,
        "dated": [2021, 10, 21],
        "body": ["ỦY BAN NHÂN DÂN", "TỈNH QUẢNG NINH"],
        "number": "Số: 204/KH-UBND",
        "country": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "motto": "Độc lập - Tự do - Hạnh phúc",
        "place_date": "Quảng Ninh, ngày 21 tháng 10 năm 2021",
        "kind": "KẾ HOẠCH",
        "about": "CHUYỂN ĐỔI SỐ NGÀNH THƯ VIỆN TRÊN ĐỊA BÀN TỈNH QUẢNG NINH ĐẾN NĂM 2025, ĐỊNH HƯỚNG ĐẾN NĂM 2030",
        "paragraphs": paragraphs(),
        "recipients_label": "Nơi nhận:",
        "recipients": [
            "- TT.Tỉnh ủy, TT.HĐND tỉnh (báo cáo);",
            "- Bộ VHTTDL;",
            "- Chủ tịch, các PCT.UBND tỉnh;",
            "- Các Sở, ban, ngành, đoàn thể, hội thuộc tỉnh;",
            "- UBND các huyện, thị xã, thành phố;",
            "- Tập đoàn CN Than - KS Việt Nam;",
            "- V0, V1-3, VX1-5, TM1-5, GD, XD6;",
            "- Lưu: VT, VX1;",
            "12b-KH16",
        ],
        "signatory": ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
        "signed": "Nguyễn Thị Hạnh",
    }


def _contents(texts: tuple[str, ...]) -> tuple[Entry, ...]:
    """The headings of the first two levels and the pages on which they begin; they come in order."""
    found = []
    page = 0
    for p in paragraphs():
        if p["level"] not in (1, 2):
            continue
        begins = p["text"][:24]
        page = next(n for n in range(page, len(texts)) if any(line.startswith(begins) for line in texts[n].split("\n")))
        found.append(Entry(p["text"], page + 1, p["level"]))
    return tuple(found)


def volumes(press: Press, wanted: Wanted) -> list[SampleVolume]:
    """The plan twice: the PDF of an office program, and a scan of the paper."""
    made = []
    for key, collection, make in (
        ("ke-hoach-204-pdf", "Văn bản của tỉnh", press.printed),
        ("ke-hoach-204-anh", "Địa chí Quảng Ninh", partial(press.scanned, wear=PHOTOCOPY)),
    ):
        if not wanted(key):
            continue
        path, texts = make(key, "administrative", content())
        made.append(
            SampleVolume(
                key=key,
                path=path,
                library=LIBRARY,
                record=NUMBER,
                dc=DublinCore(
                    title=TITLE,
                    creators=(Creator("Ủy ban nhân dân tỉnh Quảng Ninh", "cơ quan", corporate=True),),
                    date="2021-10-21",
                    place="Quảng Ninh",
                    publisher="Ủy ban nhân dân tỉnh Quảng Ninh",
                    subjects=("Thư viện", "Chuyển đổi số", "Quảng Ninh"),
                    description=(
                        "Kế hoạch số 204/KH-UBND. Văn bản thật, trình bày lại cho dữ liệu mẫu của Liên Thư theo bản"
                        " đăng trên mạng; không phải bản chụp văn bản gốc."
                    ),
                ),
                material="document",
                collection=collection,
                owner="public",
                rights=RIGHTS,
                pages=len(texts),
                labels=tuple(str(n) for n in range(1, len(texts) + 1)),
                texts=texts,
                contents=_contents(texts),
            )
        )
    return made
