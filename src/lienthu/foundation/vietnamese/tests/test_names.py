import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthu.foundation.vietnamese.names import LifeDates, direct_form, life_dates, name_key, pen_names
from lienthu.foundation.vietnamese.text import clean


@pytest.mark.parametrize(
    ("heading", "direct"),
    [
        ("Vũ Trọng Phụng", "Vũ Trọng Phụng"),
        ("Phụng, Vũ Trọng, 1912-1939", "Vũ Trọng Phụng"),
        ("Vũ Trọng Phụng (1912-1939) chủ biên", "Vũ Trọng Phụng"),
        ("Nguyễn Du (1765-1820)", "Nguyễn Du"),
        ("Nguyễn Du, 1765-1820.", "Nguyễn Du"),
        ("GS. TS. Nguyễn Văn An dịch", "Nguyễn Văn An"),
        ("PGS.TS. Trần Quốc Vượng (ch.b.)", "Trần Quốc Vượng"),
        ("Tiến sĩ Lê Văn Cường", "Lê Văn Cường"),
        ("Nguyễn Sen (Tô Hoài)", "Nguyễn Sen"),
        ("N.Q. Thắng", "N.Q. Thắng"),
        ("Smith, J. R. R.", "J. R. R. Smith"),
        ("Tolstoy, Leo, graf, 1828-1910, author.", "Leo Tolstoy"),
        ("Hồ Chí Minh, chủ tịch nước, 1890-1969", "Hồ Chí Minh"),
        ("Sở Văn hóa, Thể thao và Du lịch", "Sở Văn hóa, Thể thao và Du lịch"),
        ("Chủ biên: Trần Văn Giàu", "Trần Văn Giàu"),
        ("Lê Quý Đôn, editor", "Lê Quý Đôn"),
        ("Nguyễn Văn Ba sưu tầm, biên soạn", "Nguyễn Văn Ba"),
        ("Văn Ngữ... [et al.]", "Văn Ngữ"),
        ("Anh, Nguyễn Quang", "Nguyễn Quang Anh"),
        ("Trần Thị Dịch", "Trần Thị Dịch"),
        ("1912-1939", ""),
        ("", ""),
    ],
)
def test_direct_form(heading: str, direct: str) -> None:
    assert direct_form(heading) == direct


def test_all_ways_to_write_a_name_have_one_key() -> None:
    key = frozenset({"vu", "trong", "phung"})
    for heading in (
        "Vũ Trọng Phụng",
        "VŨ TRỌNG PHỤNG",
        "Phụng, Vũ Trọng, 1912-1939",
        "Vu Trong Phung",
        "Vũ Trọng Phụng, 1912-1939, tác giả",
    ):
        assert name_key(heading) == key
    assert name_key("Vũ Trọng Phan") != key
    assert name_key("N.Q. Thắng") == {"n", "q", "thang"}
    assert name_key("Lý Thuỷ") == name_key("Lí Thủy")


@pytest.mark.parametrize(
    ("heading", "dates"),
    [
        ("Phụng, Vũ Trọng, 1912-1939", LifeDates(1912, 1939)),
        ("Nguyễn Du (1765?-1820)", LifeDates(1765, 1820)),
        ("Đặng Thái Mai, 1902-", LifeDates(1902, None)),
        ("Nguyễn Trãi, ca. 1380-1442", LifeDates(1380, 1442)),
        ("Phan Huy Chú, b. 1782", LifeDates(1782, None)),
        ("Nguyễn Văn Ba, sinh năm 1950", LifeDates(1950, None)),
        ("Lê Lợi, mất 1433", LifeDates(None, 1433)),
        ("Lê Lợi, -1433", LifeDates(None, 1433)),
        ("Nguyễn Văn Ba", None),
        ("978-604-1", None),
    ],
)
def test_life_dates(heading: str, dates: LifeDates | None) -> None:
    assert life_dates(heading) == dates


def test_pen_names() -> None:
    assert pen_names("Nguyễn Sen (Tô Hoài)") == ("Tô Hoài",)
    assert pen_names("Nguyễn Thứ Lễ (bút danh: Thế Lữ, 1907-1989)") == ("Thế Lữ",)
    assert pen_names("Trần Quốc Vượng (ch.b.)") == ()


@given(st.text())
def test_any_text_can_be_asked_and_cleaning_changes_nothing(text: str) -> None:
    assert direct_form(text) == direct_form(clean(text))
    assert name_key(text) == name_key(clean(text))
    assert life_dates(text) == life_dates(clean(text)) != LifeDates(None, None)
    assert all(pen_names(text))


_names = st.lists(st.sampled_from(["Nguyễn", "Thị", "Lan", "Vũ", "Đức", "Ơn", "Quý", "Thủy"]), min_size=2, max_size=4)


@given(_names, st.integers(1400, 1990), st.integers(1, 90))
def test_inversion_dates_and_roles_do_not_change_the_key(name: list[str], born: int, age: int) -> None:
    direct = " ".join(name)
    inverted = f"{name[-1]}, {' '.join(name[:-1])}, {born}-{born + age}, người dịch"
    assert name_key(inverted) == name_key(direct)
    assert direct_form(inverted) == direct
    assert life_dates(inverted) == LifeDates(born, born + age)
