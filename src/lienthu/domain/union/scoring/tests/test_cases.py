"""Matching, case by case: what is the same publication, what only looks like it.

MAT-5 to MAT-25, which stand in full for JOIN-2 to JOIN-9.
"""

from __future__ import annotations

from math import exp
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthu.domain.catalog.tests.cast import article, book
from lienthu.domain.union.fingerprint import OUTDATED, Fingerprint, match_keys
from lienthu.domain.union.scoring.model import FEATURES, Verdict, explain, score_pair
from lienthu.domain.union.scoring.rules import shipped
from lienthu.domain.union.scoring.tests.cast import (
    AUDIOBOOK,
    GOOD_ISBN,
    MANUSCRIPT,
    OTHER_ISBN,
    PHUNG,
    THESIS,
    compared,
    joins,
    level,
    print_of,
    same,
    so_do,
)
from lienthu.domain.union.statements import (
    publisher_key,
)
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.vietnamese.encodings.registry import ENCODERS

# ------------------------------------------------------------------------------ volumes, kinds of material


@pytest.mark.parametrize(
    ("one", "other"),
    [("Tập 2", "T. 2"), ("Tập 2", "Quyển hai"), ("T.II", "Tập 02"), ("Phần I", "Phần 1"), ("Quyển 3", "Q.3"),
     ("Tập 10", "Tập X"), ("Tập bốn", "T.4"), ("", "")],
)  # fmt: skip
def test_one_volume_has_many_names(one: str, other: str) -> None:
    assert same(so_do(part=one), so_do(part=other))


@pytest.mark.parametrize(
    ("one", "other"), [("Tập 1", "Tập 2"), ("Tập 1", "Tập 11"), ("Tập 1", ""), ("Quyển hai", "Quyển ba"), ("I", "V")]
)
def test_another_volume_is_another_publication(one: str, other: str) -> None:
    assert not same(so_do(part=one), so_do(part=other))


def test_not_even_a_common_isbn_joins_two_volumes() -> None:
    assert not same(so_do(part="Tập 1", isbn=GOOD_ISBN), so_do(part="Tập 2", isbn=GOOD_ISBN))


def test_the_audiobook_is_not_the_book() -> None:
    assert not same(so_do(), so_do(leader=AUDIOBOOK))
    assert not same(so_do(isbn=GOOD_ISBN), so_do(leader=AUDIOBOOK, isbn=GOOD_ISBN))


def test_a_manuscript_is_not_the_printed_book() -> None:
    assert not same(so_do(), so_do(leader=MANUSCRIPT))


@pytest.mark.parametrize("kind", ["thesis", "kit", "mixed"])
def test_a_thesis_coded_as_a_book_may_still_be_the_thesis(kind: str) -> None:
    said = {"pages": 254, "subtitle": "tiểu thuyết"}
    a, b = print_of(so_do(**said)), print_of(so_do(**said))._replace(material=kind)
    scored = score_pair(a, b, shipped(), full=True)
    assert level(scored, "material") == "like"
    assert scored.verdict is not Verdict.DIFFERENT


# ------------------------------------------------------------------------------------------------ MAT-5: identifiers


def test_a_common_isbn_speaks_for_it_and_another_one_against() -> None:
    with_isbn, bare = so_do(isbn=GOOD_ISBN), so_do()
    alike, unlike = compared(with_isbn, with_isbn).score, compared(with_isbn, so_do(isbn=OTHER_ISBN)).score
    assert alike >= compared(with_isbn, bare).score > unlike


def test_a_wrong_isbn_alone_joins_nothing() -> None:
    stranger = book("Kỹ thuật nuôi tôm sú", by="Nguyễn Văn Hảo", year=1998, publisher="Nông nghiệp", isbn=GOOD_ISBN)
    scored = compared(so_do(isbn=GOOD_ISBN), stranger)
    assert level(scored, "identifiers") == "isbn"
    assert scored.verdict is Verdict.DIFFERENT


def test_a_reprint_under_one_isbn_is_not_joined_unseen() -> None:
    assert not same(so_do(isbn=GOOD_ISBN), so_do(isbn=GOOD_ISBN, year=2004))


# ------------------------------------------------------------------------------ contradictions and silence


def test_the_same_edition_described_twice_is_one_publication() -> None:
    scored = compared(so_do(), so_do())
    assert scored.verdict is Verdict.SAME
    assert shipped().same_from <= scored.score < 1


@pytest.mark.parametrize(
    "otherwise",
    [
        {"year": 2005},
        {"by": "Nguyễn Công Hoan"},
        {"publisher": "Kim Đồng"},
        {"edition": "In lần thứ 5"},
        {"language": "fre"},
        {"subtitle": "sách giáo viên"},
    ],
    ids=lambda said: next(iter(said)),
)
def test_one_contradiction_is_never_joined_unseen(otherwise: dict[str, Any]) -> None:
    said = {"subtitle": "tiểu thuyết", "edition": "In lần thứ 2"}
    assert not same(so_do(**said), so_do(**{**said, **otherwise}))


@pytest.mark.parametrize("silent", ["subtitle", "isbn", "language", "edition"])
def test_silence_is_no_contradiction(silent: str) -> None:
    said = {"subtitle": "tiểu thuyết", "edition": "In lần thứ 1", "isbn": GOOD_ISBN, "language": "vie", "pages": 254}
    assert same(so_do(**said), so_do(**{**said, silent: ""}))


def test_a_subtitle_may_be_cut_short() -> None:
    assert same(so_do(subtitle="tiểu thuyết"), so_do(subtitle="tiểu thuyết trào phúng"))


def test_the_second_reprint_is_the_third_printing() -> None:
    """MAT-16: the first reprint is the second printing."""
    third = so_do(edition="In lần thứ 3", pages=254)
    assert level(compared(so_do(edition="Tái bản lần thứ 2"), third), "edition") == "kind"
    assert level(compared(so_do(edition="Tái bản lần thứ 3"), third), "edition") == "kind"
    assert level(compared(so_do(edition="Tái bản lần thứ 5"), third), "edition") == "differ"


@pytest.mark.parametrize("name", ["Nxb. Văn học", "NXB Văn học", "Nhà xuất bản Văn học", "Văn học", "Nhà XB Văn học"])
def test_publishers_are_compared_without_their_trade(name: str) -> None:
    if name == "Nhà XB Văn học":
        assert publisher_key(name) == "xb van hoc"  # an abbreviation we do not know still holds the same words
    else:
        assert publisher_key(name) == "van hoc"
    assert same(so_do(publisher="Văn học"), so_do(publisher=name))


@pytest.mark.parametrize("name", ["Vũ Trọng Phụng", "Phụng, Vũ Trọng", "Phụng, Vũ Trọng, 1912-1939", "Vu Trong Phung",
                                  "VŨ TRỌNG PHỤNG"])  # fmt: skip
def test_a_name_is_the_same_in_direct_and_in_inverted_order(name: str) -> None:
    assert same(so_do(), so_do(by=name))


def test_a_family_name_alone_is_not_everyone_of_that_name() -> None:
    assert level(compared(so_do(by="Nguyễn Công Hoan"), so_do(by="Nguyễn")), "persons") == "some"


def test_one_person_of_several_is_enough() -> None:
    assert same(so_do(by=["Nguyễn Khải", "Tô Hoài"]), so_do(by=["Tô Hoài", "Nguyễn Khải", "Ma Văn Kháng"]))


# -------------------------------------------------------------------------------- what carries a title


def test_a_title_alone_proves_nothing() -> None:
    """MAT-23."""
    scored = compared(book("Tuyển tập", year=1998), book("Tuyển tập", year=1998, by=PHUNG))
    assert level(scored, "evidence") == "1"
    assert scored.verdict is not Verdict.SAME


def test_a_title_is_carried_by_person_and_year() -> None:
    assert same(so_do(publisher=""), so_do(publisher=""))


def test_a_title_is_carried_by_year_and_publisher() -> None:
    assert same(so_do(by=""), so_do(by=""))


def test_undated_records_with_nothing_but_a_person_are_for_review() -> None:
    assert joins(so_do(year=None, publisher=""), so_do(year=None, publisher=""))


def test_undated_records_with_nothing_but_a_publisher_are_for_review() -> None:
    assert joins(so_do(year=None, by=""), so_do(year=None, by=""))


@pytest.mark.parametrize("title", ["Thơ", "Toán", "Bản đồ vùng mỏ Hòn Gai"])
def test_records_that_state_nothing_but_a_title_are_for_people_to_decide(title: str) -> None:
    """MAT-23: two records that say nothing but "Thơ" may be any two books."""
    scored = compared(book(title), book(title))
    assert (level(scored, "evidence"), scored.verdict) == ("brief-0", Verdict.REVIEW)
    assert not same(book(title), book(title, by="Lê Văn Nam"))


@pytest.mark.parametrize("title", ["Thơ", "Toán", "Tuyển tập", "Toàn tập Vũ Trọng Phụng"])
def test_a_title_that_says_little_is_not_carried_by_a_person_alone(title: str) -> None:
    """MAT-23."""
    scored = compared(book(title, by=PHUNG), book(title, by=PHUNG))
    assert (level(scored, "evidence"), scored.verdict) == ("brief-short", Verdict.REVIEW)


def test_equally_brief_records_that_agree_in_title_and_person_are_one() -> None:
    """MAT-23: where neither says more, and the title says something; not where one of them says more."""
    scored = compared(book("Nho giáo", by="Trần Trọng Kim"), book("Nho giáo", by="Trần Trọng Kim"))
    assert (level(scored, "evidence"), scored.verdict) == ("brief-1", Verdict.SAME)
    assert not same(book("Nho giáo", by="Trần Trọng Kim"), book("Nho giáo", by="Trần Trọng Kim", year=1930))


def test_articles_are_carried_by_year_and_host() -> None:
    said = {"by": "Hà Hữu Nga", "year": 2009}
    a = article("Bảo tồn di sản vịnh Hạ Long", host="Tạp chí Di sản văn hóa", **said)
    assert same(a, article("Bảo tồn di sản vịnh Hạ Long", host="T/c Di sản văn hoá", **said))
    assert not joins(a, article("Bảo tồn di sản vịnh Hạ Long", host="Tạp chí Du lịch", **said))
    assert not same(a, book("Bảo tồn di sản vịnh Hạ Long", **said))


# ------------------------------------------------------------------------------------------- one side undated


def test_the_same_person_publisher_and_pages_bridge_a_missing_year() -> None:
    assert same(so_do(pages=254), so_do(year=None, pages=254))


@pytest.mark.parametrize("missing", ["by", "publisher"])
def test_less_speaks_less_for_it(missing: str) -> None:
    assert compared(so_do(), so_do(year=None, **{missing: ""})).score < compared(so_do(), so_do(year=None)).score


# ------------------------------------------------------------------------------------ diacritics


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hạ Long", "Hà Long"), ("Má", "Mã"), ("Đất mỏ", "Đất mơ"), ("Gió thu", "Giò thu"), ("Bán đảo", "Bạn đảo"),
     ("Đông", "Dòng")],
)  # fmt: skip
def test_other_diacritics_are_other_words(one: str, other: str) -> None:
    """MAT-7."""
    scored = compared(so_do(title=one), so_do(title=other))
    assert level(scored, "title") == "marks"
    assert scored.verdict is not Verdict.SAME


def test_a_slip_that_no_vietnamese_word_can_be_is_a_slip() -> None:
    assert level(compared(so_do(title="Thơ Hồ Xuân Hương"), so_do(title="Thơ Hồ Xuân Huơng")), "title") == "whole"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà bình", "Hòa bình"),
        ("Thuỷ thủ", "Thủy thủ"),
        ("Kĩ thuật khai thác mỏ", "Kỹ thuật khai thác mỏ"),
        ("Lí luận văn học", "Lý luận văn học"),
        ("HẠ LONG", "Hạ Long"),
        ("Truyện cổ tích : ", "Truyện cổ tích"),
        ("Di\u0323ch", "Dịch"),  # decomposed, as some systems write it
    ],
)
def test_spellings_of_one_word_agree(one: str, other: str) -> None:
    assert same(so_do(title=one), so_do(title=other))


def test_y_and_i_only_where_they_sound_alike() -> None:
    assert not same(so_do(title="Lý"), so_do(title="Lì"))


def test_a_title_that_lost_its_diacritics_is_compared_without() -> None:
    assert same(so_do(), so_do(title="So do"))
    assert same(so_do(title="Dat mo"), so_do(title="Đất mỏ"))
    assert same(so_do(title="Ky thuat khai thac mo"), so_do(title="Kỹ thuật khai thác mỏ"))
    assert level(compared(so_do(title="Dat mo"), so_do(title="Đất mới")), "title").startswith("near")


def test_a_title_without_diacritics_may_be_either() -> None:
    unmarked = so_do(title="Ha Long")
    assert same(unmarked, so_do(title="Hạ Long"))
    assert same(unmarked, so_do(title="Hà Long"))


def test_another_year_in_the_title_is_another_report() -> None:
    """MAT-9."""
    one = book("Niên giám thống kê tỉnh Quảng Ninh 2019", by="Cục Thống kê Quảng Ninh", publisher="Thống kê", year=2020)
    other = book(
        "Niên giám thống kê tỉnh Quảng Ninh 2018", by="Cục Thống kê Quảng Ninh", publisher="Thống kê", year=2020
    )
    assert level(compared(one, other), "numbers") == "differ"
    assert not same(one, other)


def test_theses_of_two_students_are_two() -> None:
    """MAT-11."""
    said = {"title": "Phát triển du lịch biển đảo ở Quảng Ninh", "year": 2015, "leader": THESIS}
    one, other = (
        print_of(book(by=[name, "Lê Quang Huy"], **said))._replace(material="thesis")
        for name in ("Vũ Thị Hương", "Đỗ Văn Nam")
    )
    scored = score_pair(one, other, shipped(), full=True)
    assert level(scored, "persons") == "other-student"
    assert scored.verdict is Verdict.DIFFERENT


def test_another_scale_is_another_map() -> None:
    """MAT-24."""

    def sheet(scale: str) -> Record:
        record = book(
            "Bản đồ vịnh Hạ Long", by="Cục Bản đồ", year=2001, publisher="Bản đồ", leader="00000nem a2200000 a 4500"
        )
        return record.with_fields([*record.fields, Field("255", subfields=(("a", f"Tỷ lệ 1:{scale}"),))])

    assert same(sheet("25.000"), sheet("25 000"))
    assert compared(sheet("25.000"), sheet("50.000")).verdict is Verdict.DIFFERENT


def test_the_teachers_book_is_not_the_textbook() -> None:
    """MAT-25."""
    said = {"by": "Hà Huy Khoái", "year": 2021, "publisher": "Giáo dục Việt Nam"}
    textbook, teachers = book("Toán 6", **said), book("Toán 6", subtitle="sách giáo viên", **said)
    assert level(compared(textbook, teachers), "kind") == "one"
    assert not same(textbook, teachers)
    assert same(textbook, book("Toán 6", subtitle="sách giáo khoa", **said))


@pytest.mark.parametrize("name", ["tcvn3-in-utf-8", "vni-in-utf-8", "viqr"])
def test_a_record_in_a_wrong_encoding_is_read_again(name: str) -> None:
    """MAT-1."""
    damaged = ENCODERS[name]("Những phát hiện mới về khảo cổ học ở Quảng Ninh").decode("utf-8")
    assert print_of(book(damaged)).title == print_of(book("Những phát hiện mới về khảo cổ học ở Quảng Ninh")).title


# ------------------------------------------------------------------------------------------------ symmetry

_few = st.sampled_from
prints = st.builds(
    lambda title, subtitle, part, by, year, publisher, edition, isbn, leader, host, language: print_of(
        book(
            title, subtitle=subtitle, part=part, by=by, year=year, publisher=publisher, edition=edition, isbn=isbn,
            leader=leader, host=host, language=language,
        )
    ),
    _few(["Hạ Long", "Hà Long", "Ha Long", "Kĩ thuật", "Kỹ thuật", "Truyện Kiều", "The Kiều", ""]),
    _few(["", "tiểu thuyết", "tiểu thuyết chọn lọc", "thơ"]),
    _few(["", "Tập 1", "Quyển một", "Tập 2"]),
    _few([[], [PHUNG], ["Phụng, Vũ Trọng"], ["Tô Hoài", PHUNG], ["Nguyễn"], ["Nguyễn Du"]]),
    _few([None, 1998, 2004]),
    _few(["", "Văn học", "Nxb. Văn học", "Kim Đồng"]),
    _few(["", "Tái bản lần 2", "In lần 2"]),
    _few(["", GOOD_ISBN, [GOOD_ISBN, OTHER_ISBN], OTHER_ISBN]),
    _few([THESIS, AUDIOBOOK, MANUSCRIPT]),
    _few(["", "Tạp chí Di sản"]),
    _few(["vie", "eng", ""]),
)  # fmt: skip


@given(prints, prints)
def test_the_order_of_two_records_does_not_matter(a: Fingerprint, b: Fingerprint) -> None:
    """MAT-3."""
    assert score_pair(a, b, shipped(), full=True) == score_pair(b, a, shipped(), full=True)


@given(prints, prints)
def test_stopping_early_changes_no_verdict(a: Fingerprint, b: Fingerprint) -> None:
    """MAT-3."""
    quick, full = score_pair(a, b, shipped()), score_pair(a, b, shipped(), full=True)
    assert quick.verdict is full.verdict
    assert quick.score >= full.score - 1e-9, "but for rounding"
    if quick.verdict is not Verdict.DIFFERENT:
        assert quick == full


@given(prints, prints)
def test_every_score_is_the_sum_of_its_reasons(a: Fingerprint, b: Fingerprint) -> None:
    """MAT-4: what is told adds up to what was decided, unless a contradiction caps it."""
    rule = shipped()
    scored = score_pair(a, b, rule, full=True)
    reasons = explain(a, b, rule, scored.levels)
    assert {r.feature for r in reasons} == {f.name for f in FEATURES}
    assert all(0 <= r.score <= 1 and r.note for r in reasons)
    total = 1 / (1 + exp(-(rule.bias + sum(r.weight for r in reasons))))
    caps = [rule.caps[r.feature][level(scored, r.feature)] for r in reasons
            if level(scored, r.feature) in rule.caps.get(r.feature, {})]  # fmt: skip
    assert scored.score == pytest.approx(min([total, *caps]), abs=0.01)


@given(prints, prints)
def test_every_outcome_has_a_level_that_is_described(a: Fingerprint, b: Fingerprint) -> None:
    for feature in FEATURES:
        assert feature.level(a, b) in feature.levels


@given(prints)
def test_a_fingerprint_survives_being_stored(f: Fingerprint) -> None:
    assert Fingerprint.loads(f.dumps()) == f


def test_a_fingerprint_of_an_earlier_version_agrees_with_nothing() -> None:
    assert (
        Fingerprint.loads('["số đỏ","so do","","",["phung trong vu"],1998,"","van hoc",[],"book","","vie"]') is OUTDATED
    )
    assert not match_keys(OUTDATED).every
