"""Rule PRS-5: METS that the schema accepts and that tells the whole object again when it is read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthu.foundation.preservation import mets
from lienthu.foundation.preservation.mets import Division, Document, File, Page
from lienthu.foundation.preservation.premis import Event, Rights
from lienthu.foundation.preservation.tests.mets_xsd import complaints

SHA = "0" * 64
NEWSPAPER = Document(
    object_id="urn:lienthu:digital:abcdefghijkl",
    label="Báo Quảng Ninh & phụ trương <1964>",
    kind="newspaper",
    created="2026-11-22T08:30:00Z",
    modified="2026-11-22T09:30:00Z",
    creator="Thư viện tỉnh Quảng Ninh",
    description={"title": ("Báo Quảng Ninh",), "creator": ("Tỉnh ủy", "Ủy ban"), "date": ("1964",)},
    files=(
        File("masters/trang 1.tif", "image/tiff", 123, SHA, "master"),
        File("masters/0002.tif", "image/tiff", 0, SHA, "master"),
        File("text/1.xml", "text/xml", 5, SHA, "text"),
    ),
    pages=(Page(7, "i", files=("masters/0002.tif",)), Page(1, "", files=("masters/trang 1.tif", "text/1.xml")),
        Page(9, "12a")),
    parts=(
        Division(
            "issue", "Số 1", (7, 1), {"date": ("1964-01-05",)},
            (Division("article", "Vịnh Hạ Long", (1,)), Division("article", "漢喃", (1,))),
        ),
        Division("issue", "Số 2", (9,), {"date": ("1964-01-12",)}),
    ),
    events=(Event("e1", "ingestion", "2026-11-22T08:30:00Z", "chi", "12 tệp"),
        Event("e2", "fixity check", "2026-11-23", "máy")),
    rights=(
        Rights("r1", "copyright", "publicdomain", "Luật SHTT, điều 27", begins="2026-01-01", ends="2030-12-31"),
        Rights("r2", "license", "https://creativecommons.org/licenses/by/4.0/"),
        Rights("r3", "statute", "Điều 25", "bản sao", restriction="on the premises"),
        Rights("r4", "other", "thỏa thuận"),
    ),
)  # fmt: skip


def test_what_was_written_is_read() -> None:
    assert mets.read(mets.write(NEWSPAPER)) == NEWSPAPER


def test_the_schema_accepts_it() -> None:
    assert complaints(mets.write(NEWSPAPER)) == []
    bare = replace(NEWSPAPER, files=(), pages=(), parts=(), events=(), rights=(), description={})
    assert complaints(mets.write(bare)) == []
    assert complaints(mets.write(NEWSPAPER).replace(b"ORDERLABEL", b"ODERLABEL")), "the schema is asked indeed"


def test_a_volume_of_many_pages() -> None:
    pages = tuple(Page(n, str(n), files=(f"m/{n}.tif",)) for n in range(1, 3001))
    files = tuple(File(f"m/{n}.tif", "image/tiff", n, SHA, "master") for n in range(1, 3001))
    volume = replace(NEWSPAPER, pages=pages, files=files, parts=())
    assert mets.read(mets.write(volume)) == volume


def test_what_names_nothing_is_not_written() -> None:
    with pytest.raises(KeyError):
        mets.write(replace(NEWSPAPER, files=()))
    with pytest.raises(KeyError):
        mets.write(replace(NEWSPAPER, parts=(Division("chapter", "?", (99,)),)))


NESTED = replace(NEWSPAPER, parts=(Division("chapter", "", parts=()),))
for _ in range(30):
    NESTED = replace(NESTED, parts=(Division("chapter", "", parts=NESTED.parts),))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<mets/>",
        b"not xml",
        b'<!DOCTYPE m [<!ENTITY e SYSTEM "file:///etc/passwd">]><m>&e;</m>',
        b'<mets:mets xmlns:mets="http://www.loc.gov/METS/"/>',
        mets.write(NEWSPAPER).replace(b'FILEID="file-1"', b'FILEID="file-99"'),
        mets.write(NEWSPAPER).replace(b'"phys-7"', b'"phys-seven"'),
        mets.write(NEWSPAPER).replace(b"SHA-256", b"MD5"),
        mets.write(NEWSPAPER).replace(b">publicdomain<", b"><").replace(b">copyright<", b">magic<"),
        mets.write(NESTED),
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        mets.read(data)


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=12)
SHORT = st.lists(WORDS, min_size=1, max_size=2).map(tuple)


@settings(max_examples=40, deadline=None)
@given(data=st.data(), label=WORDS, path=WORDS)
def test_any_words_come_back(data: st.DataObject, label: str, path: str) -> None:
    described = data.draw(st.dictionaries(st.sampled_from(mets.ELEMENTS), SHORT, max_size=3))
    part = Division("chapter", data.draw(WORDS), (1,), described)
    document = Document(
        "urn:x", label, "book", "2026-11-22T08:30:00Z", "2026-11-22T08:30:00Z", data.draw(WORDS), described,
        (File(path, "image/tiff", 1, SHA, "master"),), (Page(1, data.draw(WORDS), files=(path,)),), (part,),
    )  # fmt: skip
    assert mets.read(mets.write(document)) == document


def test_what_xml_cannot_hold_is_left_out() -> None:
    told = mets.read(mets.write(replace(NEWSPAPER, label="a\x00b\ufffec\x1b")))
    assert told.label == "abc"
