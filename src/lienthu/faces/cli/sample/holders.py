"""Which sample library holds which work: the plan behind the contributions, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from lienthu.faces.cli.sample.chance import seeded
from lienthu.faces.cli.sample.dialects import Dialect
from lienthu.faces.cli.sample.works import Work, load_works

Taste = Callable[[Work], float]
PROVINCIAL = "VN-QNTV"

_PLAIN_LANGUAGES = frozenset({"vie", "eng"})


def _public(work: Work) -> float:
    return 1.4 if work.local_history else 1.0


def _typewriter(work: Work) -> float:
    """A public library whose program knew one Vietnamese encoding and no other letters."""
    return _public(work) if work.language in _PLAIN_LANGUAGES else 0.0


def _university(work: Work) -> float:
    weight = 0.8
    if "Giáo trình" in work.subjects or work.language != "vie":
        weight = 3.0
    return 0.2 if work.children else weight


def _mining(work: Work) -> float:
    mined = any("mỏ" in s.lower() or "than" in s.lower().split() for s in work.subjects)
    return 4.0 if mined else _university(work)


def _school(work: Work) -> float:
    if work.language not in _PLAIN_LANGUAGES or work.material_type != "book":
        return 0.0
    if work.children or "Sách giáo khoa" in work.subjects:
        return 3.0
    return 1.0 if work.ddc.startswith(("895", "8", "398")) else 0.3


def _bookcase(work: Work) -> float:
    return {True: 1.6, False: 0.7}[work.children] if work.material_type == "book" else 0.0


def _military(work: Work) -> float:
    if work.material_type not in ("book", "map", "serial", "score"):
        return 0.0
    subjects = " ".join(work.subjects)
    return 3.0 if any(w in subjects for w in ("háng chiến", "hiến tranh", "Lịch sử", "Binh pháp")) else 0.25


@dataclass(frozen=True, slots=True)
class Holder:
    """A contributing library: what it collects, how it numbers and how it writes.

    ``share`` weighs how often it is chosen; ``branches`` pairs a branch code with its location; ``shelf`` is
    the letters before the class on the spine; ``holdings`` names the preset of `foundation.marc.holdings`
    that reads its items, "table" where columns do.
    """

    code: str
    source: str
    prefix: str
    barcodes: str
    share: float
    taste: Taste
    dialect: Dialect
    branches: tuple[tuple[str, str], ...]
    shelf: str
    holdings: Literal["marc-852", "koha-952", "ilib-852", "table"] = "marc-852"
    most_copies: int = 2
    has_001: bool = True


HOLDERS: tuple[Holder, ...] = (
    Holder(
        code=PROVINCIAL,
        source="Mục lục Thư viện tỉnh",
        prefix="QNTV",
        barcodes="QN.",
        share=9.0,
        taste=_public,
        dialect=Dialect(),
        branches=(
            ("TTV", "Kho mượn"),
            ("TTV", "Kho đọc"),
            ("CN193", "Kho mượn"),
            ("CN201", "Kho mượn"),
            ("CN200", "Kho mượn"),
        ),
        shelf="VN",
        most_copies=3,
    ),
    Holder(
        code="VN-QN06793",
        source="Máy chủ cũ của Thư viện thành phố Cẩm Phả",
        prefix="CP",
        barcodes="CP",
        share=2.0,
        taste=_typewriter,
        dialect=Dialect(dates=False, original_script=False, misses=0.15),
        branches=(("TS", "Kho mượn"),),
        shelf="VN",
    ),
    Holder(
        code="VN-QN06811",
        source="Cơ sở dữ liệu cũ của Thư viện thành phố Uông Bí",
        prefix="UB",
        barcodes="UB",
        share=1.6,
        taste=_typewriter,
        dialect=Dialect(publisher="nxb", original_script=False, tones="new"),
        branches=(("TS", "Phòng đọc"), ("TS", "Kho mượn")),
        shelf="V",
        holdings="ilib-852",
    ),
    Holder(
        code="VN-QN07093",
        source="Kho MARCXML của Thư viện thành phố Đông Triều",
        prefix="dt-",
        barcodes="DT",
        share=1.6,
        taste=_public,
        dialect=Dialect(place="short"),
        branches=(("TS", "Kho tổng hợp"),),
        shelf="VN",
    ),
    Holder(
        code="VN-QNDHHL",
        source="Thư viện Trường Đại học Hạ Long",
        prefix="HL",
        barcodes="DHHL",
        share=2.6,
        taste=_university,
        dialect=Dialect(names="inverted", publisher="full", isbd=False),
        branches=(("UB", "Giáo trình"), ("UB", "Tham khảo"), ("HL", "Tham khảo")),
        shelf="",
        holdings="koha-952",
        most_copies=4,
    ),
    Holder(
        code="VN-QNDHCN",
        source="Thư viện Trường Đại học Công nghiệp Quảng Ninh",
        prefix="DHCN",
        barcodes="CN",
        share=2.0,
        taste=_mining,
        dialect=Dialect(place="short", publisher="nxb", tones="new", i_y=True, dates=False),
        branches=(("TS", "Kho giáo trình"), ("TS", "Kho tham khảo")),
        shelf="VV",
        most_copies=4,
    ),
    Holder(
        code="VN-QNTH01",
        source="Sổ thư viện Trường THPT chuyên Hạ Long",
        prefix="",
        barcodes="TH1-",
        share=1.5,
        taste=_school,
        dialect=Dialect(place="short", publisher="nxb", dates=False, original_script=False),
        branches=(("", "Tủ sách dùng chung"),),
        shelf="",
        holdings="table",
        most_copies=1,
    ),
    Holder(
        code="VN-QNTN01",
        source="Bảng tính của Tủ sách Sóng Biển",
        prefix="SB",
        barcodes="SB",
        share=1.2,
        taste=_bookcase,
        dialect=Dialect(dates=False, isbd=False, publisher="nxb", tones="mixed"),
        branches=(("", "Kệ chính"), ("", "Góc thiếu nhi")),
        shelf="",
        holdings="table",
        most_copies=1,
    ),
    Holder(
        code="VN-QN06994",
        source="Bản xuất của Thư viện huyện Vân Đồn",
        prefix="VD",
        barcodes="VD",
        share=1.4,
        taste=_public,
        dialect=Dialect(dates=False, misses=0.1),
        branches=(("TS", "Kho mượn"),),
        shelf="VN",
    ),
    Holder(
        code="VN-QN07132",
        source="Bản xuất của Thư viện thị xã Quảng Yên",
        prefix="#",
        barcodes="QY",
        share=1.4,
        taste=_public,
        dialect=Dialect(place="short", tones="mixed", double_spaces=0.3),
        branches=(("TS", "Kho mượn"),),
        shelf="VN",
        has_001=False,
    ),
    Holder(
        code="VN-QNLV01",
        source="Thư viện Bộ Chỉ huy Quân sự tỉnh",
        prefix="QS",
        barcodes="QS",
        share=1.3,
        taste=_military,
        dialect=Dialect(place="short", publisher="short"),
        branches=(("", "Phòng Hồ Chí Minh"),),
        shelf="VN",
    ),
    Holder(
        code="VN-QN06712",
        source="Bản xuất của Thư viện thành phố Móng Cái",
        prefix="MC",
        barcodes="MC",
        share=1.4,
        taste=_public,
        dialect=Dialect(publisher="nxb", tones="mixed", sentence_case=True),
        branches=(("TS", "Kho mượn"),),
        shelf="VN",
    ),
    Holder(
        code="VN-QN06862",
        source="Bản xuất của Thư viện huyện Tiên Yên",
        prefix="TY",
        barcodes="TY",
        share=1.0,
        taste=_typewriter,
        dialect=Dialect(place="short", dates=False, original_script=False),
        branches=(("TS", "Kho mượn"),),
        shelf="VN",
    ),
)

# How many libraries hold a shared work, and how often.
_SIZES = (2, 3, 4, 5, 6)
_SIZE_WEIGHTS = (34, 28, 20, 11, 7)
_SHARED = 0.44


@lru_cache(maxsize=4)
def holders_of_works(seed: int) -> dict[str, tuple[str, ...]]:
    """Work key → codes of the libraries that hold it, one to six, in the order of `HOLDERS`."""
    works = load_works()
    hosts = {w.host for w in works if w.host}
    plan = {}
    for work in works:
        rng = seeded(seed, work.key)
        if work.material_type in ("article", "manuscript", "picture", "audio", "audiobook", "thesis"):
            plan[work.key] = _keepers(work, rng)
            continue
        wanted = rng.choices(_SIZES, _SIZE_WEIGHTS)[0] if rng.random() < _SHARED else 1
        chosen = {PROVINCIAL} if work.key in hosts else set()
        pool = {h.code: h.share * h.taste(work) for h in HOLDERS}
        while len(chosen) < wanted:
            open_codes = [c for c, weight in pool.items() if weight and c not in chosen]
            if not open_codes:
                break
            chosen.add(rng.choices(open_codes, [pool[c] for c in open_codes])[0])
        plan[work.key] = tuple(h.code for h in HOLDERS if h.code in chosen)
    return plan


def _keepers(work: Work, rng: random.Random) -> tuple[str, ...]:
    """Articles and unpublished things lie in the provincial library; some also with the universities."""
    if work.material_type == "thesis":
        return (PROVINCIAL, "VN-QNDHHL") if rng.random() < 0.5 else ("VN-QNDHHL",)
    if work.material_type == "article" and rng.random() < 0.25:
        return (PROVINCIAL, "VN-QNDHHL")
    return (PROVINCIAL,)


def control_number(holder: Holder, position: int) -> str:
    """The number of the ``position``-th record (from 1) of a holder's file.

    A library without field 001 has "#" and the position in its file instead.
    """
    if not holder.has_001:
        return f"#{position:04d}"
    return f"{holder.prefix}{position * 7 + 100:06d}"


def held_works(holder: Holder, seed: int) -> list[tuple[Work, str]]:
    """The works of a holder in the order of its file, with their control numbers."""
    plan = holders_of_works(seed)
    mine = [w for w in load_works() if holder.code in plan[w.key]]
    seeded(seed, holder.code).shuffle(mine)
    return [(work, control_number(holder, i)) for i, work in enumerate(mine, 1)]


def expected_clusters(seed: int = 1) -> dict[str, list[tuple[str, str]]]:
    """Work key → (library code, control number) of every contributed record of that publication.

    Records of the library without field 001 are named "#" and their four-digit position in its file, from 1.
    """
    clusters: dict[str, list[tuple[str, str]]] = {work.key: [] for work in load_works()}
    for holder in HOLDERS:
        for work, number in held_works(holder, seed):
            clusters[work.key].append((holder.code, number))
    return clusters
