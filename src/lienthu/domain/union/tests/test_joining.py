"""A library that considers joining reads what its file would bring, before anything is written (REP-1 to REP-9)."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import load_workbook
from pypdfium2 import PdfDocument

from lienthu.domain.catalog.errors import BatchStateRefused
from lienthu.domain.catalog.models import BibRecord, ImportBatch
from lienthu.domain.catalog.services.planning import open_trial, replan
from lienthu.domain.catalog.tests.cast import CLERK, article, book, iso_file
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union import preparing
from lienthu.domain.union.joining import findings as shape
from lienthu.domain.union.joining.document import document_of
from lienthu.domain.union.joining.exporting import file_of
from lienthu.domain.union.joining.findings import Findings
from lienthu.domain.union.joining.gather import changed_tags
from lienthu.domain.union.joining.overlap import other_work
from lienthu.domain.union.joining.selectors import findings_of, rehearsals_of
from lienthu.domain.union.models import Edge, JoiningReport
from lienthu.domain.union.reasons import label
from lienthu.domain.union.services.conduct import run_batch
from lienthu.domain.union.services.reports import forget_rehearsal
from lienthu.domain.union.services.requesting import request_import
from lienthu.domain.union.tests.cast import imported, imported_file, received
from lienthu.foundation.marc.model import Field, Record
from lienthu.platform.documents.model import Comparisons, Document, Table
from lienthu.platform.models import AuditEntry

_FIRST = "Núi Sông Biển Rừng Đồng Làng Phố Chợ Đò Bến Hang Đảo".split()
_SECOND = "xanh vàng đỏ trắng tím nâu xưa vắng cao rộng sâu gần".split()
pytestmark = pytest.mark.django_db


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def ha_long() -> Library:
    return make_library("VN-HL", "Thư viện Hạ Long")


def novel(number: str, **more: Any) -> Record:
    return book("Vùng mỏ", by="Võ Huy Tâm", year=1951, publisher="Văn nghệ", number=number, **more)


def other(n: int, **more: Any) -> Record:
    title = f"{_FIRST[n % 12]} {_SECOND[n // 12 % 12]}"
    return book(title, by=f"Lê {_SECOND[n % 12]} {_FIRST[n // 12 % 12]}", year=1990 + n % 20, number=f"k{n}", **more)


def rehearsed(library: Library, *records: Record, **options: Any) -> Findings:
    found = findings_of(imported_file(library, iso_file(records), dry_run=True, **options))
    assert found is not None
    return found


def document(trial: ImportBatch) -> Document:
    made = document_of(trial)
    assert made is not None
    return made


def words_of(made: Document) -> str:
    return orjson.dumps(made, default=str).decode()


# ----------------------------------------------------------------------------------------------- in the union catalogue


def test_it_says_what_others_have_and_what_is_new(tinh: Library, ha_long: Library) -> None:
    imported(tinh, novel("t1"), other(3))
    found = rehearsed(ha_long, novel("h1"), other(1), other(2))
    assert (found.placed, found.matched, found.matched_publications) == (3, 1, 1)
    assert (found.new, found.new_publications, found.beside_own) == (2, 2, 0)
    assert found.matched_by_library == {str(tinh.pk): 1}
    assert BibRecord.objects.filter(library=ha_long).count() == 0, "nothing is written"
    [pair] = found.matched_examples
    assert (pair.left.number, pair.left.record_id) == ("h1", None)
    assert (pair.right.number, pair.right.library_id) == ("t1", tinh.pk)
    assert pair.right.record_id == BibRecord.objects.get(control_number="t1").pk
    assert pair.score > 0.5
    assert pair.reasons[0].keys() == {"feature", "score", "weight", "left", "right", "note", "says"}


def test_reasons_show_what_the_records_state(tinh: Library, ha_long: Library) -> None:
    """REP-3: as recorded, codes in words; what is alike does not differ."""
    imported(tinh, novel("t1"))
    trial = imported_file(ha_long, iso_file([novel("h1")]), dry_run=True)
    with translation.override("vi"):
        [shown] = [b for s in document(trial).sections for b in s.blocks if isinstance(b, Comparisons)]
        names = [label(f) for f in ("persons", "material", "language")]
    reasons = {r.feature: r for r in shown.pairs[0].reasons}
    assert names[0] != "Persons and bodies"
    assert [reasons[name].left for name in names] == ["Võ Huy Tâm", "Sách", "Tiếng Việt"]
    assert {r.outcome for r in reasons.values() if r.left == r.right} == {"trùng khớp"}
    assert not {r.left for r in reasons.values()} & {"vo huy tam", "book", "vie", "vung mo"}


def test_what_only_the_library_itself_has_is_told_apart(ha_long: Library) -> None:
    imported(ha_long, novel("h1"))
    found = rehearsed(ha_long, novel("h2"), other(1))
    assert (found.matched, found.beside_own, found.new) == (0, 1, 1)


def test_the_report_says_what_the_import_then_does(
    tinh: Library, ha_long: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "CHUNK", 3)
    monkeypatch.setattr("lienthu.domain.union.joining.gather._SLICE", 2)
    imported(tinh, *[other(n) for n in range(0, 20, 2)])
    file = iso_file([other(n) for n in range(10)] + [novel("a"), novel("b"), novel("c")])
    found = findings_of(imported_file(ha_long, file, dry_run=True))
    assert found is not None
    imported_file(ha_long, file)
    mine = BibRecord.objects.filter(library=ha_long)
    beside = {m.pk for m in mine if m.membership.cluster.members.filter(record__library=tinh).exists()}
    assert (found.placed, found.matched) == (mine.count(), len(beside)) == (13, 5)
    assert found.new == 8
    assert found.new_publications == 6
    assert (found.repeated_publications, found.repeated_records) == (1, 3)


def test_doubtful_pairs_are_shown_and_counted(tinh: Library, ha_long: Library) -> None:
    imported(tinh, book("Vùng mỏ", by="Võ Huy Tâm", year=1951, number="t1"))
    candidates = [book("Vùng mỏ", by="Võ Huy Tâm", number="h1"), book("Vùng mỏ", year=1951, number="h2")]
    candidates.append(book("Vùng mỏ", by="Võ Huy Tâm", year=1951, publisher="Trẻ", edition="Tái bản", number="h3"))
    found = rehearsed(ha_long, *candidates)
    imported(ha_long, *candidates)
    new = set(BibRecord.objects.filter(library=ha_long).values_list("id", flat=True))
    edges = Edge.objects.filter(verdict="review")
    in_doubt = {r for e in edges for r in (e.left_id, e.right_id)} & new
    assert found.doubtful == len(in_doubt)
    assert len(found.doubtful_examples) == len(in_doubt)


# ---------------------------------------------------------------------------------------------- the file in itself


def test_duplicates_inside_the_file(ha_long: Library) -> None:
    found = rehearsed(ha_long, novel("1"), novel("2"), novel("3"), other(1))
    assert (found.repeated_publications, found.repeated_records) == (1, 3)
    assert [(p.left.number, p.left.record_id, p.right.record_id) for p in found.repeated_examples] == [
        ("2", None, None), ("3", None, None)
    ]  # fmt: skip


def test_conflicts_name_both_sides(tinh: Library, ha_long: Library) -> None:
    imported(ha_long, other(1, barcodes=["B1"]), book("Truyện Kiều", by="Nguyễn Du", year=1999, number="9"))
    found = rehearsed(
        ha_long, other(2, barcodes=["B1", "B2"]), other(3, barcodes=["B2"]), other(4), other(4, subjects=["Sử"]),
        book("Đất rừng phương Nam", by="Đoàn Giỏi", year=2001, number="9"),
    )  # fmt: skip
    assert found.barcodes_taken == 2
    assert [(c.what, c.other_in_file) for c in found.barcode_examples] == [("B1", False), ("B2", True)]
    assert found.barcode_examples[0].other.startswith("Sông xanh")
    assert (found.numbers_repeated, found.number_examples[0].what) == (1, "k4")
    [reused] = found.reused_examples
    assert (found.numbers_reused, reused.what, reused.other) == (1, "9", "Truyện Kiều")


def test_a_corrected_title_is_no_conflict() -> None:
    assert not other_work("Đất rừng phuơng nam", "Đất rừng phương Nam")
    assert not other_work("Truyện Kiều", "Kiều : truyện thơ")
    assert other_work("Truyện Kiều", "Đất rừng phương Nam")
    assert not other_work("", "Đất rừng phương Nam")


# --------------------------------------------------------------------------------------------------------- quality


def test_missing_fields_are_counted_with_examples(ha_long: Library) -> None:
    isbn = "9786041000001"
    records = [book(f"Sách {n}", number=str(n)) for n in range(20)]
    records.append(book("Đủ", number="x", by="A", year=2001, publisher="Trẻ", isbn=isbn))
    records.append(article("Bài báo", number="b1"))
    found = rehearsed(ha_long, *records)
    creator, number = found.quality["creator"], found.quality["number"]
    assert (creator.asked, creator.missing, len(creator.examples)) == (22, 21, shape.EXAMPLES)
    assert creator.examples[0] == [1, "0 · Sách 0"]
    assert (number.asked, number.missing) == (21, 20), "nobody misses the ISBN of an article"
    assert found.quality["title"].missing == 0


# --------------------------------------------------------------------------------------------- what would change


def test_changes_by_kind_and_field(ha_long: Library) -> None:
    imported(ha_long, other(1), other(2), other(3))
    found = rehearsed(ha_long, other(1), other(2, subjects=["Sử"]), other(3, subjects=["Sử"], isbn="9786041000001"),
                      article("Bài", number="b"))  # fmt: skip
    kind = found.kinds["book"]
    assert (kind.created, kind.updated, kind.unchanged) == (0, 2, 1)
    assert found.kinds["article"].created == 1
    assert found.changed_fields == {"020": 1, "650": 2}
    assert found.changed_records == 2
    assert found.changed_examples[0][2] == "650"


def test_changed_tags() -> None:
    old = book("A", number="1", year=2000)
    assert changed_tags(old, old) == []
    assert changed_tags(old, old.with_fields([*old.fields, Field("005", data="2026")])) == []
    assert changed_tags(old, book("B", number="1", year=2000)) == ["245"]


# ----------------------------------------------------------------------------------------------------- the report


def test_examples_are_bounded_and_counts_are_not(
    tinh: Library, ha_long: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparing, "CHUNK", 40)
    records = [other(n, barcodes=["SAME"]) for n in range(120)]
    imported(tinh, *records)
    trial = imported_file(ha_long, iso_file(records), dry_run=True)
    found = findings_of(trial)
    assert found is not None
    assert found.matched == 120
    assert len(found.matched_examples) == shape.PAIRS
    assert found.barcodes_taken == 119
    assert len(found.barcode_examples) == shape.EXAMPLES
    small = len(orjson.dumps(JoiningReport.objects.get().findings))
    assert small < 120_000
    again = Findings.from_json(JoiningReport.objects.get().findings)
    assert again == found
    assert Findings.from_json({"matched": 3, "of_a_later_version": 1}).matched == 3


def test_gathering_takes_as_many_statements_for_many_records_as_for_few(tinh: Library, ha_long: Library) -> None:
    def statements(records: list[Record]) -> int:
        batch = received(ha_long, iso_file(records), dry_run=True)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            run_batch(batch.pk, actor=CLERK)
        return len(seen)

    imported(tinh, *[other(n) for n in range(200)])
    imported(ha_long, *[other(n) for n in range(100)])
    changed = [other(n, subjects=["Sử"]) for n in range(200)]
    assert statements(changed) == statements([changed[0], changed[150]])


def test_a_closed_library_is_not_shown(tinh: Library, ha_long: Library) -> None:
    imported(tinh, novel("t1"))
    trial = imported_file(ha_long, iso_file([novel("h1")]), dry_run=True)
    assert "t1" in words_of(document(trial))
    Library.objects.filter(pk=tinh.pk).update(closed=True)
    said = words_of(document(trial))
    assert "t1" not in said
    assert "Thư viện tỉnh" not in said


def test_the_report_goes_with_its_dry_run_and_can_be_deleted(ha_long: Library) -> None:
    file = received(ha_long, iso_file([other(1)]))
    trial = run_batch(open_trial(file.pk, actor=CLERK).pk, actor=CLERK)
    assert [t.pk for t in rehearsals_of(file)] == [trial.pk]
    assert findings_of(trial) is not None
    forget_rehearsal(trial.pk, actor=CLERK)
    assert not JoiningReport.objects.exists()
    assert not ImportBatch.objects.filter(pk=trial.pk).exists()
    assert AuditEntry.objects.filter(action="import.trial_deleted", library_id=ha_long.pk).exists()
    done = imported(ha_long, other(2))
    with pytest.raises(BatchStateRefused):
        forget_rehearsal(done.pk, actor=CLERK)
    assert findings_of(done) is None


def test_what_was_rehearsed_is_what_is_imported(ha_long: Library) -> None:
    file = received(ha_long, iso_file([other(1)]))
    trial = run_batch(open_trial(file.pk, actor=CLERK).pk, actor=CLERK)
    replan(file.pk, actor=CLERK, encoding="tcvn3")
    with pytest.raises(BatchStateRefused):
        request_import(file.pk, actor=CLERK, as_rehearsed=trial.pk)
    file.refresh_from_db()
    assert file.status == ImportBatch.Status.UPLOADED, "refused as a whole"
    replan(file.pk, actor=CLERK, encoding="auto")
    assert request_import(file.pk, actor=CLERK, as_rehearsed=trial.pk).status == ImportBatch.Status.QUEUED


# -------------------------------------------------------------------------------------------------- PDF, XLSX, JSON

HOSTILE = '=HYPERLINK("http://x","Ố") #import "x" \\ $a$ *b* @c <script>'


def hostile(tinh: Library, ha_long: Library) -> ImportBatch:
    record = book(HOSTILE, by="+1+1", year=1951, number="-1", barcodes=["@B"])
    imported(tinh, record)
    return imported_file(ha_long, iso_file([record, book("Ữ Ặ ẫ", number="2", barcodes=["@B"])]), dry_run=True)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_pdf_holds_the_words_as_they_are(tinh: Library, ha_long: Library, language: str) -> None:
    trial = hostile(tinh, ha_long)
    with translation.override(language):
        made = file_of(trial, "pdf")
    assert made is not None
    assert made.startswith(b"%PDF-1.7")
    assert b"BeVietnamPro" in made, "the font is inside"
    pdf = PdfDocument(made)
    text = " ".join(" ".join(pdf[n].get_textpage().get_text_range() for n in range(len(pdf))).split())
    assert ("Báo cáo gia nhập" if language == "vi" else "Joining report") in text
    assert "Ữ Ặ ẫ" in text
    assert '#import "x" \\ $a$ *b* @c <script>' in text, "no command of the typesetter"


def test_no_cell_of_the_workbook_is_a_formula(tinh: Library, ha_long: Library) -> None:
    made = file_of(hostile(tinh, ha_long), "xlsx")
    assert made is not None
    book_ = load_workbook(BytesIO(made))
    cells = [c for sheet in book_ for row in sheet.iter_rows() for c in row if c.value is not None]
    assert not [c.value for c in cells if c.data_type == "f"]
    strange = [c for c in cells if isinstance(c.value, str) and c.value[:1] in "=+-@"]
    assert {c.value for c in strange} >= {"@B", "+1+1"}
    assert all(c.quotePrefix for c in strange)
    assert len(book_.sheetnames) == 7


def test_the_json_has_numbers(tinh: Library, ha_long: Library) -> None:
    made = file_of(hostile(tinh, ha_long), "json")
    assert made is not None
    sections = orjson.loads(made)["sections"]
    assert list(sections) == ["union", "inside", "conflicts", "quality", "encoding", "changes"]
    assert sections["union"]["blocks"][0]["tiles"][0]["value"] == 2


def test_every_language_says_the_same(tinh: Library, ha_long: Library) -> None:
    trial = hostile(tinh, ha_long)
    with translation.override("vi"):
        vietnamese = document(trial)
    with translation.override("en"):
        english = document(trial)
    assert vietnamese.title == "Báo cáo gia nhập"
    assert english.title == "Joining report"
    for one, two in zip(vietnamese.sections, english.sections, strict=True):
        assert [type(b) for b in one.blocks] == [type(b) for b in two.blocks]
        assert any(isinstance(b, Comparisons | Table) for b in one.blocks) or len(one.blocks) == 1
