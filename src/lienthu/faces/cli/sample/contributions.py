"""What the libraries of the sample province would hand over: a file each, with its dialect and its faults."""

from __future__ import annotations

import csv
import io
import random
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from openpyxl import Workbook

from lienthu.faces.cli.sample import dialects
from lienthu.faces.cli.sample.chance import seeded
from lienthu.faces.cli.sample.holders import HOLDERS, Holder, expected_clusters, held_works
from lienthu.faces.cli.sample.records import SAMPLE_NOTE, Item, describe, is_author, item_852, item_952
from lienthu.faces.cli.sample.works import Work, load_works
from lienthu.foundation.marc import iso2709, marcjson, marcxml
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.vietnamese.encodings import ENCODERS

__all__ = ["Contribution", "contributions", "expected_clusters"]

_TODAY = date(2026, 1, 15)  # the sample's own present: due dates lie around it, whenever it is made
_FIRST_ENTRY = date(1999, 3, 1)


@dataclass(frozen=True, slots=True)
class Contribution:
    """One file from one library.

    ``format`` is iso2709, marcxml, marcjson, csv or xlsx; ``encoding`` a name of
    ``foundation.vietnamese.encodings.DECODERS`` ("utf-8" also where the fault is decomposed text);
    ``mapping`` pairs the headings of a table with `foundation.marc.tabular.FIELDS` and is None for MARC;
    ``holdings`` names the preset of `foundation.marc.holdings` for items, "table" where the columns say it.
    """

    library_code: str
    source: str
    filename: str
    format: str
    encoding: str
    data: bytes
    mapping: dict[str, str] | None
    note: str
    holdings: str
    records: int


def contributions(seed: int = 1) -> Iterator[Contribution]:
    """The files of all contributing libraries, in the order of `HOLDERS`; the same seed, the same bytes."""
    for holder in HOLDERS:
        yield _contribution(holder, seed)


def _contribution(holder: Holder, seed: int) -> Contribution:
    form, encoding, filename, note = _FILES[holder.code]
    rng = seeded(seed, "file", holder.code)
    mapping = None
    if form == "csv":
        data, mapping = _school_csv(holder, seed)
    elif form == "xlsx":
        data, mapping = _private_xlsx(holder, seed)
    else:
        data = _marc_file(holder, _records(holder, seed), rng)
    return Contribution(
        library_code=holder.code,
        source=holder.source,
        filename=filename,
        format=form,
        encoding=encoding,
        data=data,
        mapping=mapping,
        note=note,
        holdings=holder.holdings,
        records=len(held_works(holder, seed)),
    )


_FILES = {
    "VN-QNTV": ("iso2709", "utf-8", "qntv-muc-luc.mrc", "Mục lục của Thư viện tỉnh, đúng chuẩn."),
    "VN-QN06793": (
        "iso2709",
        "tcvn3",
        "cam-pha-cu.iso",
        "Bảng mã TCVN3; độ dài biểu ghi ở đầu biểu sai; chữ hoa có dấu đã mất.",
    ),
    "VN-QN06811": (
        "iso2709",
        "vni",
        "uong-bi.iso",
        "Bảng mã VNI; mỗi trường 852 chứa nhiều số đăng ký cá biệt.",
    ),
    "VN-QN07093": ("marcxml", "utf-8", "dong-trieu.xml", "Unicode tổ hợp (NFD)."),
    "VN-QNDHHL": ("marcjson", "utf-8", "dhhl.json", "Tên tác giả đảo; bản sách ở trường 952."),
    "VN-QNDHCN": (
        "iso2709",
        "utf-8",
        "dhcn.mrc",
        "Viết tắt nơi xuất bản và nhà xuất bản; dấu thanh kiểu mới; i thay y.",
    ),
    "VN-QNTH01": (
        "csv",
        "tcvn3",
        "thpt-chuyen-ha-long.csv",
        "Sổ đăng ký dạng CSV, dấu chấm phẩy, bảng mã TCVN3.",
    ),
    "VN-QNTN01": ("xlsx", "utf-8", "song-bien.xlsx", "Bảng tính của một thư viện tư nhân."),
    "VN-QN06994": ("iso2709", "utf-8-double", "van-don.mrc", "UTF-8 bị mã hóa hai lần."),
    "VN-QN07132": ("iso2709", "utf-8", "quang-yen.mrc", "Không có trường 001; nhan đề có dấu cách thừa."),
    "VN-QNLV01": (
        "iso2709",
        "utf-8",
        "bch-quan-su.mrc",
        "Thư viện lực lượng vũ trang: không tra cứu công khai.",
    ),
    "VN-QN06712": (
        "iso2709",
        "utf-8",
        "mong-cai.mrc",
        "Có dấu xuống dòng giữa các biểu ghi; nhan đề viết hoa.",
    ),
    "VN-QN06862": ("iso2709", "tcvn3-in-utf-8", "tien-yen.mrc", "Văn bản TCVN3 đã bị lưu thành UTF-8."),
}


def _records(holder: Holder, seed: int) -> list[Record]:
    held = held_works(holder, seed)
    titles = {w.key: w.title for w in load_works()}
    numbers = {work.key: number for work, number in held}
    hosts = {key: (title, numbers.get(key, "")) for key, title in titles.items()}
    out = []
    serial = 0
    for work, number in held:
        rng = seeded(seed, holder.code, work.key)
        entered = _FIRST_ENTRY + timedelta(days=rng.randrange((_TODAY - _FIRST_ENTRY).days))
        record = describe(
            work, control_number=number, library=holder.code, entered=entered.strftime("%y%m%d"), hosts=hosts
        )
        record = dialects.apply(record, holder.dialect, rng)
        items = _items(holder, work, rng, serial)
        serial += len(items)
        fields = list(record.fields)
        if not holder.has_001:
            fields = [f for f in fields if f.tag not in ("001", "003")]
        fields += _item_fields(holder, items, entered, rng)
        out.append(record.with_fields(sorted(fields, key=lambda f: f.tag)))
    return out


def _items(holder: Holder, work: Work, rng: random.Random, serial: int) -> list[Item]:
    """The copies a holder has of a work; articles and online-only things have none."""
    if work.material_type in ("article", "audiobook"):
        return []
    copies = rng.randint(1, holder.most_copies)
    author = next((a.name for a in work.authors if is_author(a)), "")
    items = []
    for copy_number in range(1, copies + 1):
        branch, location = _shelf_place(holder, work, rng)
        status = rng.choices(("available", "on_loan", "reference_only", "lost"), (81, 11, 5, 3))[0]
        items.append(
            Item(
                barcode=f"{holder.barcodes}{serial + copy_number:06d}",
                branch=branch,
                location=location,
                shelf=holder.shelf,
                call_class=work.ddc,
                call_mark=dialects.call_mark(author, work.title),
                status=status,
                copy_number=copy_number,
            )
        )
    return items


def _shelf_place(holder: Holder, work: Work, rng: random.Random) -> tuple[str, str]:
    if holder.code == "VN-QNTV":
        if work.local_history:
            return "DC", "Kho địa chí"
        if work.material_type == "serial":
            return "TTV", "Kho báo, tạp chí"
        if work.children:
            return "TN", "Kho thiếu nhi"
    return rng.choice(holder.branches)


def _item_fields(holder: Holder, items: list[Item], entered: date, rng: random.Random) -> list[Field]:
    if not items:
        return []
    if holder.holdings == "koha-952":
        due = (_TODAY + timedelta(days=rng.randrange(1, 21))).isoformat()
        return [item_952(holder.code, item, entered.isoformat(), due) for item in items]
    if holder.holdings == "ilib-852":
        first = items[0]
        parts = [
            ("a", holder.code),
            ("b", first.location),
            ("h", f"{first.shelf} {first.call_class}".strip()),
        ]
        parts += [("i", first.call_mark), ("j", "; ".join(item.barcode for item in items))]
        return [Field("852", subfields=tuple(parts))]
    return [item_852(holder.code, item) for item in items]


def _marc_file(holder: Holder, records: list[Record], rng: random.Random) -> bytes:
    form, encoding, _, _ = _FILES[holder.code]
    if form == "marcxml":
        out = io.BytesIO()
        marcxml.write_collection(records, out)
        return unicodedata.normalize("NFD", out.getvalue().decode("utf-8")).encode("utf-8")
    if form == "marcjson":
        return b"[\n" + b",\n".join(marcjson.write(record).strip() for record in records) + b"\n]\n"
    if encoding != "utf-8":
        return _legacy_file(holder, records, encoding, rng)
    stray = (b"\n", b"\r\n", b"\n\n", b"") if holder.code == "VN-QN06712" else (b"",)
    return dialects.joined([iso2709.write(record) for record in records], rng, stray)


def _legacy_file(holder: Holder, records: list[Record], encoding: str, rng: random.Random) -> bytes:
    encode = dialects.forgiving(ENCODERS[encoding])
    out = []
    for record in records:
        wrong = None
        if holder.code == "VN-QN06793" and rng.random() < 0.6:
            wrong = rng.choice((0, -rng.randint(1, 40), rng.randint(1, 40)))
        if encoding != "utf-8-double":
            record = dialects.typeable(record)
        mark = "a" if encoding in ("utf-8-double", "tcvn3-in-utf-8") else " "
        out.append(dialects.iso2709_in(record, encode, leader_09=mark, wrong_length=wrong))
    return dialects.joined(out, rng)


def _table_rows(holder: Holder, seed: int) -> list[dict[str, str]]:
    rows = []
    for record in _records(holder, seed):
        person = next(record.of("100", "110"), None)
        title = record.first("245") or Field("245")
        imprint = record.first("260") or Field("260")
        item = record.first("852") or Field("852")
        name = " ".join(title.all("an")).rstrip(" :/.").replace(".  ", ". ")
        subtitle = title.first("b").rstrip(" /")
        rows.append(
            {
                "number": record.control_number,
                "title": f"{name} : {subtitle}" if subtitle else name,
                "author": person.first("a").rstrip(",") if person else "",
                "place": imprint.first("a").rstrip(" :,"),
                "publisher": imprint.first("b").rstrip(" ,"),
                "year": imprint.first("c"),
                "class": item.first("h"),
                "subjects": "; ".join(f.first("a") for f in record.of("650")),
                "language": record.control("008")[35:38],
                "barcode": item.first("p"),
                "location": item.first("c"),
                "note": SAMPLE_NOTE,
            }
        )
    return rows


_SCHOOL_COLUMNS = {
    "Số biểu ghi": ("number", "control_number"),
    "Số ĐKCB": ("barcode", "barcode"),
    "Tên sách": ("title", "title"),
    "Tác giả": ("author", "author"),
    "Nhà xuất bản": ("publisher", "publisher"),
    "Nơi XB": ("place", "place"),
    "Năm XB": ("year", "year"),
    "Môn loại": ("class", "classification"),
    "Chủ đề": ("subjects", "subjects"),
    "Kho": ("location", "location"),
    "Ghi chú": ("note", "notes"),
}
_PRIVATE_COLUMNS = {
    "Mã": ("number", "control_number"),
    "Nhan đề": ("title", "title"),
    "Người viết": ("author", "author"),
    "NXB": ("publisher", "publisher"),
    "Năm": ("year", "year"),
    "Thể loại": ("subjects", "subjects"),
    "Ngôn ngữ": ("language", "language"),
    "Mã vạch": ("barcode", "barcode"),
    "Vị trí": ("location", "location"),
    "Ghi chú": ("note", "notes"),
}


def _school_csv(holder: Holder, seed: int) -> tuple[bytes, dict[str, str]]:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_SCHOOL_COLUMNS)
    for row in _table_rows(holder, seed):
        writer.writerow([dialects.plain(row[name]) for name, _ in _SCHOOL_COLUMNS.values()])
    encode = dialects.forgiving(ENCODERS["tcvn3"])
    return encode(text.getvalue()), {header: target for header, (_, target) in _SCHOOL_COLUMNS.items()}


def _private_xlsx(holder: Holder, seed: int) -> tuple[bytes, dict[str, str]]:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Sách"
    sheet.append(list(_PRIVATE_COLUMNS))
    for row in _table_rows(holder, seed):
        cells: list[str | int] = [row[name] for name, _ in _PRIVATE_COLUMNS.values()]
        sheet.append([int(c) if isinstance(c, str) and re.fullmatch(r"[12]\d{3}", c) else c for c in cells])
    raw = io.BytesIO()
    book.save(raw)
    return _timeless(raw.getvalue()), {header: target for header, (_, target) in _PRIVATE_COLUMNS.items()}


_STAMP = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def _timeless(workbook: bytes) -> bytes:
    """The workbook without the moment of its making, so that the same rows are the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _STAMP.sub(b"2026-01-15T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(name, (2026, 1, 15, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
