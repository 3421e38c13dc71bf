"""MARC-8: known texts, pymarc as the independent reference, and bytes without a meaning."""

from __future__ import annotations

import re
from pathlib import Path
from unicodedata import is_normalized

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymarc.marc8 import marc8_to_unicode
from pymarc.marc8_mapping import CODESETS

from lienthu.foundation.marc.iso2709 import parse
from lienthu.foundation.marc.marc8 import decode_marc8, decode_marc8_counted
from lienthu.foundation.marc.split import split_iso2709

REAL = Path(__file__).resolve().parents[6] / "shared" / "data" / "marc"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"So do", "So do"),
        (b"\xe2Etudes l\xe2egendes", "Études légendes"),
        (b"Fran\xf0cais", "Français"),
        (b"Nguy\xe3\xe4en", "Nguyễn"),
        (b"Vi\xe3\xf2et, Vi\xf2\xe3et", "Việt, Việt"),
        (b"Nguy\xe4\xe3en", "Nguyễn"),
        (b"\xa3\xe1\xbcng, \xb3\xe2\xbdng", "Đờng, đứng"),
        (b"\xa1\xa2\xb1\xc0\xc7\xc8", "ŁØł°ß€"),
        (b"\xebt\xecsar", "t\ufe20s\ufe21ar"),
        (b"\x1b(NrOSSIQ\x1b(B!", "Россия!"),
        (b"\x1b(2`abc\x1b(B x", "אבגד x"),
        (b"\x1b(SABD\x1b(B", "ΑΒΓ"),
        (b"\x1bgabc\x1bs abc", "αβγ abc"),
        (b"H\x1bb2\x1bsO, m\x1bp3\x1bs", "H₂O, m³"),
        (b'\x1b$1!0!!0"\x1b(B.', "一丁."),
        (b"\x1b$1!0!\x1b(Babc", "一abc"),
        (b"non\x88The \x89sorting", "non\x98The \x9csorting"),
    ],
)
def test_known_texts(data: bytes, text: str) -> None:
    assert decode_marc8(data) == text


@pytest.mark.parametrize(
    ("data", "text", "lost"),
    [
        (b"a\xffb", "a\ufffdb", 1),
        (b"a\x80\xa0b", "a\ufffd\ufffdb", 2),
        (b"abc\xe2", "abc \u0301", 0),  # a mark without a letter stays
        (b"\x1bXabc", "\ufffdXabc", 1),
        (b"abc\x1b", "abc\ufffd", 1),
        (b"\x1b$1!0", "\ufffd\ufffd", 2),
        (b"\x1b$1!0!~~~\x1b(B", "一\ufffd", 1),
    ],
)
def test_bytes_without_a_meaning_are_counted(data: bytes, text: str, lost: int) -> None:
    assert decode_marc8_counted(data) == (text, lost)


@given(st.binary(max_size=60))
def test_any_bytes_give_text_in_nfc(data: bytes) -> None:
    text, lost = decode_marc8_counted(data)
    assert is_normalized("NFC", text)
    assert lost == text.count("\ufffd")


BASES = [bytes([c]) for c in (*range(0x20, 0x7F), 0xA1, 0xA3, 0xAC, 0xBD, 0xB8, 0xC3, 0xC7)]
MARKS = [bytes([c]) for c in (*range(0xE0, 0xEB), *range(0xED, 0xFA), 0xFE)]
LETTERS = st.builds(lambda mark, base: mark + base, st.sampled_from([b"", b"", *MARKS]), st.sampled_from(BASES))
ALPHABETS = {
    b"\x1b(N": [bytes([c]) for c in CODESETS[0x4E]],
    b"\x1b(2": [bytes([c]) for c, (_, mark) in CODESETS[0x32].items() if not mark],
    b"\x1b(S": [bytes([c]) for c, (_, mark) in CODESETS[0x53].items() if not mark],
    b"\x1b(3": [bytes([c]) for c, (_, mark) in CODESETS[0x33].items() if not mark],
    b"\x1b$1": [c.to_bytes(3, "big") for c in list(CODESETS[0x31])[::97] if c & 0xFF > 0x20],
    b"\x1bg": [b"a", b"b", b"c"],
    b"\x1bb": [b"0", b"9", b"+"],
    b"\x1bp": [b"1", b"2", b"("],
}


@st.composite
def other_alphabets(draw: st.DrawFn) -> bytes:
    escape = draw(st.sampled_from(sorted(ALPHABETS)))
    text = b"".join(draw(st.lists(st.sampled_from(ALPHABETS[escape]), min_size=1, max_size=6)))
    # The reference loses the second of two escapes in a row, so something stands between them.
    return escape + text + (b"\x1bs" if len(escape) == 2 else b"\x1b(B") + b" "


@given(st.lists(st.one_of(LETTERS, other_alphabets()), max_size=12).map(b"".join))
def test_well_formed_text_reads_as_pymarc_reads_it(data: bytes) -> None:
    assert decode_marc8(data) == marc8_to_unicode(data)


def values(name: str) -> list[bytes]:
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    with path.open("rb") as stream:
        return [value for piece in split_iso2709(stream) for value in re.split(rb"[\x1d-\x1f]", piece.raw)]


@pytest.mark.parametrize(("name", "least"), [("jazz_1k.mrc", 100), ("lul_fre_500.mrc", 900), ("hebrew.marc", 100)])
def test_real_values_read_as_pymarc_reads_them(name: str, least: int) -> None:
    special = [v for v in values(name) if not v.isascii() or b"\x1b" in v]
    assert len(special) >= least
    for value in special:
        ours, lost = decode_marc8_counted(value)
        if lost:
            assert name == "hebrew.marc"  # one title there holds a 7F inside of its Hebrew
            continue
        assert ours == marc8_to_unicode(value)


def test_french_and_hebrew_titles() -> None:
    titles: dict[str, list[str]] = {}
    for name in ("lul_fre_500.mrc", "hebrew.marc"):
        path = REAL / name
        if not path.exists():
            pytest.skip(f"{path} is not here")
        with path.open("rb") as stream:
            records = [parse(p.raw, decode_marc8).record for p in split_iso2709(stream)]
        titles[name] = [f.first("a") for r in records for f in r.of("245", "880")]
    assert "L'autre monde, mythes et légendes :" in titles["lul_fre_500.mrc"]
    assert "Études critiques sur l'abbaye de Saint-Wandrille /" in titles["lul_fre_500.mrc"]
    assert "Mémoires du comte de Paroy :" in titles["lul_fre_500.mrc"]
    hebrew = [t for t in titles["hebrew.marc"] if re.search("[\u05d0-\u05ea]", t)]
    assert len(hebrew) >= 20
    assert not any(re.search("[\u05d0-\u05ea] [\u05b0-\u05bc]", t) for t in hebrew)
