"""Records of the sample volumes for the catalogue of the provincial library: a file beside its main one."""

from __future__ import annotations

from typing import Final

from lienthu.faces.cli.sample.holders import HOLDERS, PROVINCIAL, held_works
from lienthu.faces.cli.sample.records import Item, describe, item_852
from lienthu.faces.cli.sample.works import Contributor, Work
from lienthu.foundation.marc import iso2709

LIBRARY: Final = PROVINCIAL
FILENAME: Final = "so-hoa-mau.mrc"
_ENTERED: Final = "260115"


def _work(
    key: str, title: str, material: str, *, subjects: tuple[str, ...], authors: tuple[Contributor, ...] = (),
    year: int | None = None, year_end: int | None = None, subtitle: str = "", script: str = "", language: str = "vie",
    ddc: str = "", place: str = "", publisher: str = "", scale: str = "", composed: bool = True,
) -> Work:  # fmt: skip
    return Work(
        key=key, title=title, subtitle=subtitle, part="", responsibility=", ".join(a.name for a in authors),
        authors=authors, original_title="", original_script=script, original_language="", year=year, year_end=year_end,
        publisher=publisher, place=place, edition="", language=language, material_type=material, ddc=ddc,
        subjects=(*subjects, "Biểu ghi mẫu") if composed else subjects, keywords=(), places=("Quảng Ninh",), host="",
        volumes=1, scale=scale, edition_of="", children=False, local_history=True, composed=composed, online="",
    )  # fmt: skip


_WORKS: Final = (
    ("mau-so-001", 1, _work(
        "ke-hoach-204",
        "Kế hoạch chuyển đổi số ngành thư viện trên địa bàn tỉnh Quảng Ninh đến năm 2025, định hướng đến năm 2030",
        "book",
        authors=(Contributor("Ủy ban nhân dân tỉnh Quảng Ninh", "tác giả", "", True),), year=2021, place="Quảng Ninh",
        publisher="Ủy ban nhân dân tỉnh Quảng Ninh", ddc="027.4",
        subjects=("Thư viện", "Chuyển đổi số"), composed=False,
    )),
    ("mau-so-002", 0, _work(
        "ngu-che-thien-nam-dong-chu-de", "Ngự chế Thiên Nam động chủ đề", "book", script="御製天南洞主題",
        language="chi",
        authors=(Contributor("Lê Thánh Tông", "tác giả", "1442-1497", False),), ddc="895.9221",
        subjects=("Thơ chữ Hán", "Núi Bài Thơ"), composed=False,
    )),
    ("mau-so-003", 0, _work(
        "tho-thien-ly-tran", "Cáo tật thị chúng ; Xuân hiểu", "book", script="告疾示眾春曉", language="chi",
        authors=(
            Contributor("Mãn Giác", "tác giả", "1052-1096", False),
            Contributor("Trần Nhân Tông", "tác giả", "1258-1308", False),
        ),
        ddc="895.9221", subjects=("Thơ chữ Hán", "Thơ thiền"), composed=False,
    )),
    ("mau-so-004", 1, _work(
        "bao-mau-vung-mo", "Báo mẫu Vùng mỏ", "serial", year=1990, year_end=1990, place="Quảng Ninh", ddc="079.597",
        subjects=("Báo địa phương",),
    )),
    ("mau-so-005", 1, _work(
        "gia-pha-mau", "Gia phả họ Đoàn Mạc ở làng Vạn Yên Hạ", "manuscript", ddc="929.2", subjects=("Gia phả",),
    )),
    ("mau-so-006", 2, _work(
        "nuoc-lon-nuoc-rong", "Nước lớn nước ròng", "book", subtitle="Tập truyện ngắn mẫu",
        authors=(Contributor("Người soạn mẫu Liên Thư", "tác giả", "", False),), year=2024, place="Quảng Ninh",
        ddc="895.92234",
        subjects=("Truyện ngắn",),
    )),
    ("mau-so-007", 1, _work(
        "so-do-vinh-ha-long", "Sơ đồ vịnh Hạ Long và vịnh Bái Tử Long", "map", year=2026, place="Quảng Ninh",
        ddc="912.597",
        scale="không xác định", subjects=("Bản đồ", "Vịnh Hạ Long"),
    )),
)  # fmt: skip


def sample_records() -> bytes:
    """The records with the copies held, as an ISO 2709 file; the same bytes each time."""
    out = []
    barcode = 0
    for number, copies, work in _WORKS:
        record = describe(work, control_number=number, library=LIBRARY, entered=_ENTERED, hosts={})
        items = []
        for n in range(1, copies + 1):
            barcode += 1
            item = Item(f"QN.SH{barcode:04}", "DC", "Kho địa chí", "DC", work.ddc, "", "available", n)
            items.append(item_852(LIBRARY, item))
        out.append(iso2709.write(record.with_fields((*record.fields, *items))))
    return b"".join(out)


def main_number(work_key: str) -> str:
    """The control number of a work that is in the main file of the library already."""
    holder = next(h for h in HOLDERS if h.code == LIBRARY)
    return next(number for work, number in held_works(holder, 1) if work.key == work_key)
