"""Reasons say what both records state and how it came out, never more: what is alike does not "differ" (MAT-4)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from lienthu.domain.catalog.tests.cast import article, book
from lienthu.domain.union.reasons import in_words, recorded, says_of, stated, told
from lienthu.domain.union.scoring.levels import Says
from lienthu.domain.union.scoring.model import FEATURES, explain
from lienthu.domain.union.scoring.rules import shipped
from lienthu.domain.union.scoring.tests.cast import AUDIOBOOK, GOOD_ISBN, OTHER_ISBN, PHUNG, THESIS, print_of
from lienthu.domain.union.statements import _KINDS
from lienthu.domain.union.words import EVIDENCE, KINDS_NAMED
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.model import Field, Record

_few = st.sampled_from
_EXTENTS = ["", "254 tr. ; 19 cm", "255 tr. ; 20 cm", "3 tập", "T.1 (254 tr.)"]


def _record(
    title: str, subtitle: str, part: str, by: list[str], year: int | None, publisher: str, edition: str, isbn: str,
    leader: str, host: str, language: str, extent: str,
) -> Record:  # fmt: skip
    return book(
        title, subtitle=subtitle, part=part, by=by, year=year, publisher=publisher, edition=edition, isbn=isbn,
        leader=leader, host=host, language=language,
        more=[Field("300", subfields=(("a", extent),))] if extent else [],
    )  # fmt: skip


records = st.builds(
    _record,
    _few(["Hạ Long", "Hà Long", "Ha Long", "Kĩ thuật", "Toán 6 : bài tập", "Truyện Kiều tập 2", ""]),
    _few(["", "tiểu thuyết", "sách giáo viên", "thơ"]),
    _few(["", "Tập 1", "Quyển một", "Tập 2"]),
    _few([[], [PHUNG], ["Phụng, Vũ Trọng"], ["Tô Hoài", PHUNG], ["Nguyễn"]]),
    _few([None, 1998, 2004]),
    _few(["", "Văn học", "Nxb. Văn học", "Kim Đồng"]),
    _few(["", "Tái bản lần 2", "In lần 2"]),
    _few(["", GOOD_ISBN, OTHER_ISBN]),
    _few(["00000nam a2200000 a 4500", THESIS, AUDIOBOOK]),
    _few(["", "Tạp chí Di sản"]),
    _few(["vie", "eng", ""]),
    _few(_EXTENTS),
)


@given(records)
def test_a_record_agrees_with_itself_in_all_it_states(record: Record) -> None:
    f = print_of(record)
    for reason in explain(f, f, shipped()):
        assert reason.says in (Says.AGREES, Says.SILENT) or reason.feature == "evidence", reason


@given(records, records)
def test_what_people_see_alike_never_differs(one: Record, other: Record) -> None:
    """Neither as it was compared nor as it was recorded."""
    said = stated(describe(one)), stated(describe(other))
    for reason in explain(print_of(one), print_of(other), shipped()):
        if reason.left == reason.right:
            assert reason.says is not Says.DIFFERS, reason
        shown = told(recorded(reason.as_dict(), *said))
        if shown.left == shown.right:
            assert shown.kind != "warning", shown
        if bool(shown.left) != bool(shown.right):
            assert reason.says is not Says.AGREES, shown


def test_no_weight_makes_an_agreement_a_contradiction() -> None:
    """A rule that people wrote may weigh as it likes: what is read is what the level means."""
    rule = shipped()
    upside_down = replace(
        rule, weights={name: {level: -w for level, w in levels.items()} for name, levels in rule.weights.items()}
    )
    f = print_of(book("Số đỏ", by=PHUNG, year=1998, publisher="Văn học"))
    by_feature = {r.feature: told(r.as_dict()) for r in explain(f, f, upside_down)}
    for feature in ("title", "persons", "year", "imprint", "material", "language", "wording"):
        assert by_feature[feature].kind == "ok", feature


@pytest.mark.parametrize(
    ("feature", "level", "says"),
    [
        ("title", "far", Says.DIFFERS),
        ("title", "near-97", Says.NEARLY),
        ("persons", "one", Says.SILENT),
        ("imprint", "same/differ", Says.NEARLY),
        ("imprint", "rival/same", Says.DIFFERS),
        ("imprint", "one/silent", Says.SILENT),
        ("evidence", "brief-0", Says.SILENT),
    ],
)
def test_what_a_level_means(feature: str, level: str, says: Says) -> None:
    assert next(f for f in FEATURES if f.name == feature).levels[level].says is says


def test_statements_are_told_as_recorded_with_codes_in_words() -> None:
    one = book("Số đỏ", subtitle="Tiểu thuyết", by="Phụng, Vũ Trọng", publisher="Nxb. Văn học", year=1998)
    other = book("Số Đỏ", by=PHUNG, publisher="Văn học", year=1998)
    said = stated(describe(one)), stated(describe(other))
    reasons = [recorded(r.as_dict(), *said) for r in explain(print_of(one), print_of(other), shipped())]
    with translation.override("vi"):
        shown = {str(r["feature"]): told(r) for r in reasons}
    assert shown["title"][1:] == ("trùng khớp", "ok", "Số đỏ : Tiểu thuyết", "Số Đỏ")
    assert shown["persons"][1:] == ("trùng khớp", "ok", "Vũ Trọng Phụng", "Vũ Trọng Phụng")
    assert shown["imprint"][3:] == ("Nxb. Văn học", "Văn học")
    assert shown["material"][3:] == ("Sách", "Sách")
    assert shown["language"][3:] == ("Tiếng Việt", "Tiếng Việt")
    assert shown["evidence"].left == "tên người, năm, nhà xuất bản"
    assert shown["edition"][1:3] == ("không so được", "")


def test_what_one_side_states_is_said_to_be_on_one_side() -> None:
    one, other = book("Toán 6", subtitle="sách giáo viên"), book("Toán 6")
    with translation.override("vi"):
        shown = {r.feature: told(r.as_dict()) for r in explain(print_of(one), print_of(other), shipped())}
    assert shown["kind"][1:] == ("chỉ một bên ghi", "", "giáo viên", "")


def test_a_file_online_is_told_from_a_book() -> None:
    with translation.override("vi"):
        assert in_words("material", "book online") == "Sách, trực tuyến"
    assert in_words("material", "") == in_words("language", "") == ""


def test_every_code_that_is_compared_has_a_word() -> None:
    assert set(KINDS_NAMED) == set(_KINDS)
    full = print_of(article("Di sản", host="Tạp chí Di sản", by=PHUNG, year=2009))._replace(publisher="x", pages=3)
    shown = next(f for f in FEATURES if f.name == "evidence").shown(full)
    assert set(shown.split(", ")) == set(EVIDENCE)


def test_reports_of_before_say_what_their_sentences_said() -> None:
    """They kept the sentence and the weight; a weight of nought made "the same" a contradiction."""
    old = {"feature": "material", "weight": 0, "note": "the same kind of material", "left": "book", "right": "book"}
    assert says_of(old) is Says.AGREES
    capped = {"feature": "part", "weight": -8, "note": "another volume; no agreement outweighs this"}
    assert says_of(capped) is Says.DIFFERS
    assert says_of({"feature": "isbn", "note": ""}) is Says.SILENT
