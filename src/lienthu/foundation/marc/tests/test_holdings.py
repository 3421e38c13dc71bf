"""Items out of bibliographic records, by standard and by local mappings."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthu.foundation.marc.holdings import (
    DEFAULT_RULES,
    PRESETS,
    STATUSES,
    HoldingRule,
    HoldingRuleInvalid,
    ItemData,
    iso_date,
    read_holdings_statements,
    read_items,
    rules_from_list,
    rules_to_list,
)
from lienthu.foundation.marc.model import Field, Record


def record(*fields: tuple[str, str]) -> Record:
    """Fields as ("852", "$a QNPL $b KM"); a value cannot hold a dollar sign."""
    return Record(
        "00000nam a2200000 a 4500",
        tuple(Field(tag, subfields=tuple((p[0], p[1:].strip()) for p in text.split("$")[1:])) for tag, text in fields),
    )


def test_a_marc_852_gives_one_item_with_its_call_number_verbatim() -> None:
    source = (
        "852",
        "$a QNPL $b Phòng mượn $c Kho 2 $k VN $h 895.922 $i NG-D $m .1998 $p PM.001234 $t 2 $z rách",
    )
    assert read_items(record(source)) == (
        ItemData(
            branch="Phòng mượn",
            location="Kho 2",
            call_number="VN 895.922 NG-D .1998",
            barcode="PM.001234",
            copy_number="2",
            note="rách",
            source_tag="852",
        ),
    )


def test_the_organisation_stands_in_for_a_missing_branch() -> None:
    assert read_items(record(("852", "$a QNPL $p 1")))[0].branch == "QNPL"


def test_several_barcodes_in_one_field_are_several_items() -> None:
    items = read_items(record(("852", "$b KM $h 001 $p A1 $p A2 $p A3 $t 1 $t 2 $t 3")))
    assert [(i.barcode, i.copy_number, i.call_number) for i in items] == [
        ("A1", "1", "001"),
        ("A2", "2", "001"),
        ("A3", "3", "001"),
    ]


def test_ilib_puts_barcodes_into_repeated_j() -> None:
    items = read_items(
        record(("852", "$a TVQN $b Kho đọc $j DV.1001 $j DV.1002; DV.1003, DV.1002")), PRESETS["ilib-852"]
    )
    assert [i.barcode for i in items] == ["DV.1001", "DV.1002", "DV.1003"]
    assert {i.location for i in items} == {"Kho đọc"}
    assert {i.branch for i in items} == {"TVQN"}


def test_a_koha_item() -> None:
    (item,) = read_items(
        record(
            (
                "952",
                "$a TVT $b KM $c KHO1 $o 895.922 NG-D $p 3001 $t 1 $d 2021-03-04 $g 52000.00 $y BK $7 0 $0 0",
            )
        )
    )
    assert item == ItemData(
        "TVT", "KHO1", "895.922 NG-D", "3001", "1", 1, "available", "", "2021-03-04", "952", "52000.00"
    )


@pytest.mark.parametrize(
    ("flags", "status"),
    [
        ("$0 0 $1 0 $4 0 $7 0", "available"),
        ("", "available"),
        ("$0 1", "withdrawn"),
        ("$1 2 $7 1", "lost"),
        ("$7 1", "reference_only"),
        ("$5 1", "reference_only"),
        ("$7 -1", "in_process"),
        ("$q 2024-01-01", "on_loan"),
        ("$4 1", "unknown"),
    ],
)
def test_koha_flags(flags: str, status: str) -> None:
    assert read_items(record(("952", f"$p 1 {flags}")))[0].status == status


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Đang mượn", "on_loan"),
        ("Không cho mượn", "reference_only"),
        ("Đọc tại chỗ", "reference_only"),
        ("Mất", "lost"),
        ("Đã thanh lý", "withdrawn"),
        ("Đang xử lý", "in_process"),
        ("Sẵn sàng", "available"),
        ("17", "unknown"),
        ("Not available", "unknown"),
        ("Chưa sẵn sàng", "unknown"),
        ("Có mặt", "unknown"),
    ],
)
def test_status_words(word: str, status: str) -> None:
    rule = HoldingRule(tag="949", barcode="i", status="s")
    assert read_items(record(("949", f"$i 1 $s {word}")), [rule])[0].status == status


def test_a_field_without_barcode_is_a_lot_with_its_count() -> None:
    rule = HoldingRule(tag="900", branch="a", call_number="c", copies="e")
    lots = read_items(record(("900", "$a KM $c 001 $e 12 bản"), ("900", "$x bỏ qua"), ("900", "")), [rule])
    assert [(i.branch, i.copies, i.barcode) for i in lots] == [("KM", 12, "")]
    assert read_items(record(("900", "$a KM $e 8935001234567")), [rule])[0].copies == 1


def test_the_same_barcode_twice_is_one_item() -> None:
    assert len(read_items(record(("852", "$p A1"), ("952", "$p A1")))) == 1


def test_a_record_without_holdings_has_no_items() -> None:
    assert read_items(record(("245", "$a Truyện Kiều"))) == ()


def test_textual_holdings_of_serials() -> None:
    source = record(("866", "$a 1998-2004 $z thiếu số 5/2001"), ("867", "$a Phụ san 1999"), ("866", "$x nội bộ"))
    assert read_holdings_statements(source) == ("1998-2004 thiếu số 5/2001", "Phụ san 1999")


def test_rules_survive_json() -> None:
    for rules in (DEFAULT_RULES, *PRESETS.values()):
        assert rules_from_list(json.loads(json.dumps(rules_to_list(rules)))) == rules


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ([{"branch": "a"}], "tag"),
        ([{"tag": "85"}], "tag"),
        ([{"tag": "001"}], "tag"),
        ([{"tag": 852}], "tag"),
        ([{"tag": "852", "shelf": "a"}], "shelf"),
        ([{"tag": "852", "barcode": "pq"}], "barcode"),
        ([{"tag": "852", "branch": "A"}], "branch"),
        ([{"tag": "852", "branch": "aa"}], "branch"),
        ([{"tag": "852", "split": "-"}], "split"),
        ({"tag": "852"}, "rules"),
        (["852"], "rule"),
    ],
)
def test_a_wrong_rule_names_its_fault(data: object, key: str) -> None:
    with pytest.raises(HoldingRuleInvalid) as refused:
        rules_from_list(data)
    assert refused.value.key == key


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2021-03-04", "2021-03-04"),
        ("04/03/2021", "2021-03-04"),
        ("4.3.2021 10:00", "2021-03-04"),
        ("20210304", "2021-03-04"),
        ("31/02/2021", ""),
        ("2021", ""),
        ("", ""),
        ("hôm qua", ""),
    ],
)
def test_dates_are_read_day_first(text: str, day: str) -> None:
    assert iso_date(text) == day


@given(
    st.lists(
        st.builds(
            Field,
            tag=st.sampled_from(["852", "952", "900", "949", "866"]),
            subfields=st.lists(st.tuples(st.text(max_size=2), st.text(max_size=8)), max_size=8).map(tuple),
        ),
        max_size=5,
    )
)
def test_any_record_can_be_read(fields: list[Field]) -> None:
    source = Record("", tuple(fields))
    for rules in (DEFAULT_RULES, *PRESETS.values()):
        for item in read_items(source, rules):
            assert item.status in STATUSES
            assert item.copies >= 1
    read_holdings_statements(source)
