"""Spelling as libraries practise it."""

import pytest

from lienthu.faces.cli.sample.dialects import call_mark, i_for_y, inverted, new_tone_placement


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hòa bình", "hoà bình"),
        ("Thủy hử", "Thuỷ hử"),
        ("khỏe", "khoẻ"),
        ("quý", "quý"),
        ("hoàng", "hoàng"),
        ("Ủy ban", "Uỷ ban"),
        ("túi", "túi"),
    ],
)
def test_tone_marks_move_only_in_open_oa_oe_uy(old: str, new: str) -> None:
    assert new_tone_placement(old) == new


@pytest.mark.parametrize(
    ("y", "i"), [("kỹ thuật", "kĩ thuật"), ("Lý", "Lí"), ("quý", "quý"), ("huyện", "huyện"), ("ý", "ý")]
)
def test_i_replaces_y_only_in_open_syllables_behind_certain_consonants(y: str, i: str) -> None:
    assert i_for_y(y) == i


def test_names_are_inverted_at_the_given_name() -> None:
    assert inverted("Vũ Trọng Phụng") == "Phụng, Vũ Trọng"
    assert inverted("Homer") == "Homer"


def test_call_marks_begin_with_the_initial_cluster_of_the_name() -> None:
    assert call_mark("Nguyễn Nhật Ánh", "Mắt biếc").startswith("Á")
    assert call_mark("", "Thạch Sanh").startswith("S")
    assert call_mark("Trần Nhuận Trung", "X").startswith("TR")
