import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthu.foundation.vietnamese.dates import EARLIEST, LATEST, year_of, year_of_008


@pytest.mark.parametrize(
    ("imprint", "year"),
    [
        ("1998", 1998),
        ("c1998.", 1998),
        ("©2004, p2003", 2004),
        ("[1945?]", 1945),
        ("1945-1954", 1945),
        ("1998-99", 1998),
        ("1980-", 1980),
        ("1998 (tái bản)", 1998),
        ("năm 2001", 2001),
        ("Quý 3.1998", 1998),
        ("12/5/1998", 1998),
        ("[199-?]", 1990),
        ("198-", 1980),
        ("199?", 1990),
        ("1990s", 1990),
        ("[between 1990 and 1995]", 1990),
        ("1420 [1999]", 1999),
        ("1998 [i.e. 1999]", 1999),
        ("2001 [c2000]", 2001),
        ("PL.2543 - DL.1999", 1999),
        ("Minh Mạng thứ 5", 1824),
        ("Tự Đức năm thứ 10 [1857]", 1857),
        ("Tự Đức năm thứ 10", 1857),
        ("Khải Định nguyên niên", 1916),
        ("Gia Long thứ 99", None),
        ("19--", None),
        ("[18--?]", None),
        ("98", None),
        ("2543", None),
        ("1.234", None),
        ("19981", None),
        ("[s.n.]", None),
        ("", None),
    ],
)
def test_year_of(imprint: str, year: int | None) -> None:
    assert year_of(imprint) == year


@pytest.mark.parametrize(
    ("dates", "year"),
    [
        ("s1998    ", 1998),
        ("t20012000", 2001),
        ("m19801985", 1980),
        ("q198u1989", 1980),
        ("c1990    ", 1990),
        ("m19uu9999", None),
        ("nuuuuuuuu", None),
        ("b        ", None),
        ("|||||||||", None),
        ("s    ", None),
        ("s2543    ", None),
        ("", None),
    ],
)
def test_year_of_008(dates: str, year: int | None) -> None:
    assert year_of_008("990101" + dates) == year


@given(st.text())
def test_any_text_gives_a_plausible_year_or_none(text: str) -> None:
    for year in (year_of(text), year_of_008(text)):
        assert year is None or EARLIEST <= year <= LATEST
