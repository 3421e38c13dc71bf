"""Exports: well-formed in every format, and Vietnamese names never cut."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from lienthu.foundation.marc.describe import Description, Person, describe
from lienthu.foundation.marc.describe.values import MATERIAL_TYPES, Host, Link
from lienthu.foundation.marc.export import STYLES, UnknownStyle, cite, to_bibtex, to_csl_json, to_dublin_core, to_ris
from lienthu.foundation.marc.export.bibtex import citation_key, escaped
from lienthu.foundation.marc.export.contributors import is_vietnamese_name, to_name, vietnamese_direct
from lienthu.foundation.marc.export.parts import place_in_host
from lienthu.foundation.marc.model import Field, Record

DC = "{http://purl.org/dc/elements/1.1/}"
DC_ELEMENTS = {
    *("title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format"),
    *("identifier", "source", "language", "relation", "coverage", "rights"),
}

KIEU = Description(
    title="Truyện Kiều : thơ",
    title_proper="Truyện Kiều",
    subtitle="thơ",
    authors=(Person("Nguyễn Du", "", "1766-1820", "100"), Person("Đào Duy Anh", "khảo chứng", "", "700")),
    publisher="Văn học",
    place="Hà Nội",
    year=1998,
    edition="Tái bản lần thứ 2",
    extent="312 tr. : minh hoạ ; 21 cm",
    languages=("vie",),
    isbns=("9786041000018",),
    control_number="000123",
)
ARTICLE = Description(
    title="Hạ Long hôm nay",
    title_proper="Hạ Long hôm nay",
    authors=(Person("Trần Văn Bình", "", "", "100"),),
    year=2010,
    languages=("vie",),
    material_type="article",
    host=Host("Báo Quảng Ninh", issn="0378-5955", part="Số 5 (3/2010), tr. 12-15"),
    links=(Link("https://baoquangninh.vn/x?a=1&b=2", "", "resource"),),
)
ENGLISH = Description(
    title="Bay of dragons : a history",
    title_proper="Bay of dragons",
    subtitle="a history",
    authors=(
        Person("Smith, John Adam", "", "1950-", "100"),
        Person("Sartre, Jean-Paul", "", "", "700"),
        Person("Nguyễn, Khắc Viện", "translator", "", "700"),
    ),
    publisher="Faber",
    place="London",
    year=2001,
    edition="2nd ed.",
    languages=("eng",),
)
EDITED = Description(
    title="Lịch sử Quảng Ninh",
    title_proper="Lịch sử Quảng Ninh",
    part="T. 1",
    authors=(Person("Phụng, Vũ Trọng", "chủ biên", "", "700"), Person("Lê Thị Mai", "chủ biên", "", "700")),
    publisher="Sở Văn hoá",
    place="Hạ Long",
    year=2003,
    languages=("vie",),
)
THESIS = Description(
    title="Du lịch Hạ Long",
    title_proper="Du lịch Hạ Long",
    authors=(Person("Nguyễn Thị Lan", "", "", "100"),),
    publisher="Đại học Hạ Long",
    place="Hạ Long",
    year=2019,
    languages=("vie",),
    material_type="thesis",
    notes=("Luận văn Thạc sĩ, Đại học Hạ Long, 2019",),
)
DAY = date(2024, 3, 5)


@pytest.mark.parametrize(
    ("desc", "style", "expected"),
    [
        (KIEU, "apa", "Nguyễn Du. (1998). Truyện Kiều: thơ (Tái bản lần thứ 2). Văn học."),
        (KIEU, "mla", "Nguyễn Du. Truyện Kiều: thơ. Tái bản lần thứ 2, Văn học, 1998."),
        (KIEU, "chicago", "Nguyễn Du. Truyện Kiều: thơ. Tái bản lần thứ 2. Hà Nội: Văn học, 1998."),
        (
            KIEU,
            "iso690",
            "NGUYỄN DU. Truyện Kiều: thơ. Tái bản lần thứ 2. Hà Nội: Văn học, 1998. ISBN 9786041000018.",
        ),
        (
            ARTICLE,
            "apa",
            "Trần Văn Bình. (2010). Hạ Long hôm nay. Báo Quảng Ninh, (5), 12–15. "
            "Truy cập ngày 05/03/2024, https://baoquangninh.vn/x?a=1&b=2",
        ),
        (
            ARTICLE,
            "mla",
            "Trần Văn Bình. “Hạ Long hôm nay.” Báo Quảng Ninh, số 5, 2010, tr. 12–15, "
            "https://baoquangninh.vn/x?a=1&b=2. Truy cập ngày 05/03/2024.",
        ),
        (
            ARTICLE,
            "chicago",
            "Trần Văn Bình. “Hạ Long hôm nay.” Báo Quảng Ninh, số 5 (2010): 12–15. "
            "Truy cập ngày 05/03/2024. https://baoquangninh.vn/x?a=1&b=2.",
        ),
        (
            ARTICLE,
            "iso690",
            "TRẦN VĂN BÌNH. Hạ Long hôm nay. Trong: Báo Quảng Ninh [online]. 2010, số 5, tr. 12–15. ISSN 0378-5955. "
            "[truy cập ngày 05/03/2024]. Truy cập tại: https://baoquangninh.vn/x?a=1&b=2",
        ),
        (
            ENGLISH,
            "apa",
            "Smith, J. A., & Sartre, J.-P. (2001). Bay of dragons: a history "
            "(translated by Nguyễn Khắc Viện; 2nd ed.). Faber.",
        ),
        (
            Description(
                title="X",
                title_proper="X",
                authors=(Person('Félice, Philippe de "Phil"', "", "", "100"),),
                languages=("fre",),
            ),
            "apa",
            "Félice, P. de. (n.d.). X.",
        ),
        (
            ENGLISH,
            "mla",
            "Smith, John Adam, and Jean-Paul Sartre. Bay of dragons: a history. "
            "Translated by Nguyễn Khắc Viện, 2nd ed., Faber, 2001.",
        ),
        (EDITED, "apa", "Vũ Trọng Phụng & Lê Thị Mai (chủ biên). (2003). Lịch sử Quảng Ninh. T. 1. Sở Văn hoá."),
        (
            EDITED,
            "iso690",
            "VŨ TRỌNG PHỤNG và LÊ THỊ MAI (chủ biên). Lịch sử Quảng Ninh. T. 1. Hạ Long: Sở Văn hoá, 2003.",
        ),
        (THESIS, "apa", "Nguyễn Thị Lan. (2019). Du lịch Hạ Long [Luận văn Thạc sĩ, Đại học Hạ Long]."),
        (THESIS, "chicago", "Nguyễn Thị Lan. “Du lịch Hạ Long.” Luận văn Thạc sĩ, Đại học Hạ Long. Hạ Long, 2019."),
        (Description(title="Ai đi?", title_proper="Ai đi?"), "apa", "Ai đi? (không năm)."),
    ],
)
def test_citations(desc: Description, style: str, expected: str) -> None:
    assert cite(desc, style, accessed=DAY) == expected


def test_an_unknown_style() -> None:
    with pytest.raises(UnknownStyle):
        cite(KIEU, "vancouver")


def test_many_authors() -> None:
    names = [Person(f"Nguyễn Văn {x}", "", "", "700") for x in ("An", "Bình", "Chi", "Dũng", "Em")]
    desc = Description(title="X", title_proper="X", authors=tuple(names), year=2000, languages=("vie",))
    assert cite(desc, "mla").startswith("Nguyễn Văn An, và những người khác. X.")
    assert cite(desc, "apa").startswith(
        "Nguyễn Văn An, Nguyễn Văn Bình, Nguyễn Văn Chi, Nguyễn Văn Dũng & Nguyễn Văn Em."
    )
    assert cite(desc, "iso690").startswith("NGUYỄN VĂN AN và những người khác. X.")


@pytest.mark.parametrize(
    ("name", "vietnamese"),
    [
        ("Nguyễn Du", True),
        ("Phụng, Vũ Trọng", True),
        ("Nguyen Van An", True),
        ("Trần Văn B", True),
        ("Hồ Chí Minh", True),
        ("Smith, John", False),
        ("Lao Tzu", False),
        ("Voltaire", False),
        ("Le Clézio, Jean-Marie", False),
        ("", False),
    ],
)
def test_which_names_are_vietnamese(name: str, vietnamese: bool) -> None:
    assert is_vietnamese_name(name) is vietnamese


@pytest.mark.parametrize(
    ("name", "direct"),
    [
        ("Phụng, Vũ Trọng", "Vũ Trọng Phụng"),
        ("Vũ, Trọng Phụng", "Vũ Trọng Phụng"),
        ("Du, Nguyễn", "Nguyễn Du"),
        ("Nguyễn Du", "Nguyễn Du"),
        ("Nguyễn,", "Nguyễn"),
    ],
)
def test_direct_form(name: str, direct: str) -> None:
    assert vietnamese_direct(name) == direct


def test_titles_after_a_vietnamese_name_and_fuller_forms_are_left_out() -> None:
    assert to_name(Person("Trần Nhân Tông, Vua Việt Nam")).direct == "Trần Nhân Tông"
    assert to_name(Person("Eliot, T. S. (Thomas Stearns)")).inverted == "Eliot, T. S."
    assert to_name(Person("King, Martin Luther, Jr.")).direct == "Martin Luther King Jr."


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("Số 5 (3/2010), tr. 12-15", ("", "5", "12–15")),
        ("Tập 2, số 3/4. - Trang 7", ("2", "3/4", "7")),
        ("Vol. 24, no. 9 (Sept. 1993), p. 235-48", ("24", "9", "235–48")),
        ("2010", ("", "", "")),
        ("", ("", "", "")),
    ],
)
def test_place_in_host(part: str, expected: tuple[str, str, str]) -> None:
    assert tuple(place_in_host(part)) == expected


def test_bibtex() -> None:
    assert to_bibtex(KIEU) == (
        "@book{nguyendu-1998-truyenkieu-000123,\n"
        "  author = {{Nguyễn Du}},\n"
        "  title = {{Truyện Kiều: thơ}},\n"
        "  edition = {Tái bản lần thứ 2},\n"
        "  publisher = {Văn học},\n"
        "  address = {Hà Nội},\n"
        "  year = {1998},\n"
        "  pagetotal = {312},\n"
        "  isbn = {9786041000018},\n"
        "  language = {vie}\n"
        "}\n"
    )
    assert "author = {Smith, John Adam and Sartre, Jean-Paul}" in to_bibtex(ENGLISH)
    assert to_bibtex(ARTICLE).startswith("@article{")
    assert "  pages = {12--15}" in to_bibtex(ARTICLE)
    assert "  url = {https://baoquangninh.vn/x?a=1&b=2}" in to_bibtex(ARTICLE)
    assert to_bibtex(THESIS).startswith("@mastersthesis{")
    assert escaped("50% & {A_#$}~^\\") == r"50\% \& \{A\_\#\$\}\textasciitilde{}\textasciicircum{}\textbackslash{}"


def test_keys_are_stable_and_differ_without_control_numbers() -> None:
    other = Description(title="Truyện Kiều", title_proper="Truyện Kiều", authors=KIEU.authors, year=1998)
    another = Description(
        title="Truyện Kiều", title_proper="Truyện Kiều", authors=KIEU.authors, year=1998, publisher="Trẻ"
    )
    assert citation_key(other) == citation_key(other)
    assert citation_key(other) != citation_key(another)


def test_ris() -> None:
    lines = to_ris(ARTICLE).split("\r\n")
    assert lines[0] == "TY  - NEWS"
    assert "AU  - Trần Văn Bình" in lines
    assert {"T2  - Báo Quảng Ninh", "IS  - 5", "SP  - 12", "EP  - 15", "SN  - 0378-5955"} <= set(lines)
    assert lines[-2:] == ["ER  - ", ""]
    assert "AU  - Smith, John Adam" in to_ris(ENGLISH)
    assert "A4  - Nguyễn Khắc Viện" in to_ris(ENGLISH)


def test_csl_json() -> None:
    item = to_csl_json(ENGLISH)
    assert item["author"][0] == {"family": "Smith", "given": "John Adam"}
    assert item["translator"] == [{"literal": "Nguyễn Khắc Viện"}]
    assert to_csl_json(KIEU)["author"] == [{"literal": "Nguyễn Du"}]
    assert to_csl_json(KIEU)["language"] == "vi"
    article = to_csl_json(ARTICLE)
    assert (article["type"], article["page"], article["issue"]) == ("article-newspaper", "12-15", "5")


def test_dublin_core() -> None:
    record = Record(
        "00000nam a2200000 a 4500",
        (
            Field("020", subfields=(("a", "9786041000018"),)),
            Field("100", "0", " ", (("a", "Nguyễn Du,"), ("d", "1766-1820."))),
            Field("245", "1", "0", (("a", "Truyện <Kiều> & :"), ("b", "thơ\x01 /"), ("c", "Nguyễn Du"))),
            Field("540", subfields=(("a", "Thuộc phạm vi công cộng"),)),
            Field("700", "0", " ", (("a", "Đào Duy Anh"),)),
        ),
    )
    root = etree.fromstring(to_dublin_core(record))
    assert root.tag == "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"
    assert [e.text for e in root.iter(f"{DC}title")] == ["Truyện <Kiều> & : thơ"]
    assert [e.text for e in root.iter(f"{DC}creator")] == ["Nguyễn Du, 1766-1820"]
    assert [e.text for e in root.iter(f"{DC}contributor")] == ["Đào Duy Anh"]
    assert [e.text for e in root.iter(f"{DC}identifier")] == ["urn:ISBN:9786041000018"]
    assert [e.text for e in root.iter(f"{DC}rights")] == ["Thuộc phạm vi công cộng"]


TEXT = st.one_of(st.text(max_size=15), st.text(alphabet="{}\\%&#_$~^ ,.Nguyễn\n\x00\x0b\ud800", max_size=15))
PEOPLE = st.builds(Person, name=TEXT, role=TEXT, dates=TEXT, heading_tag=st.sampled_from(["100", "110", "700", "711"]))
# describe() lets no others through
URLS = st.sampled_from(["https://a.example/x?y=1&z={2}#3_%7E", "http://thuvien.example/\u0111\u1ecdc"])
DESCRIPTIONS = st.builds(
    lambda **given: Description(**given),  # what is not given stays as it is by default
    title=TEXT,
    title_proper=TEXT,
    part=TEXT,
    authors=st.lists(PEOPLE, max_size=25).map(tuple),
    publisher=TEXT,
    place=TEXT,
    year=st.one_of(st.none(), st.integers(1000, 2100)),
    date_text=TEXT,
    edition=TEXT,
    extent=TEXT,
    languages=st.lists(st.sampled_from(["vie", "eng"]), max_size=2).map(tuple),
    material_type=st.sampled_from(MATERIAL_TYPES),
    notes=st.lists(TEXT, max_size=2).map(tuple),
    links=st.lists(st.builds(Link, url=URLS, label=TEXT, kind=st.just("resource")), max_size=1).map(tuple),
    host=st.one_of(st.none(), st.builds(Host, title=TEXT, part=TEXT)),
    control_number=TEXT,
)


@settings(max_examples=150, deadline=None)
@example(Description(material_type="article", host=Host("0", issn="\n")))
@given(DESCRIPTIONS)
def test_any_description_can_be_exported(desc: Description) -> None:
    for style in STYLES:
        assert "\n" not in cite(desc, style, accessed=DAY).replace(desc.links[0].url if desc.links else "", "")
    bib = to_bibtex(desc)
    bare = re.sub(r"\\[\\{}$&%#_]|\\text\w+\{\}", "", bib)
    assert bare.count("{") == bare.count("}")
    assert re.match(r"@[a-z]+\{[a-z0-9-]+,\n", bib)
    for line in to_ris(desc).split("\r\n")[:-1]:
        assert re.match(r"[A-Z][A-Z0-9]  - ", line)
    json.dumps(to_csl_json(desc))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["245", "100", "520", "650", "856", "500"]), TEXT), max_size=6))
def test_any_record_becomes_xml(fields: list[tuple[str, str]]) -> None:
    record = Record("", tuple(Field(tag, subfields=(("a", text), ("u", text))) for tag, text in fields))
    root = etree.fromstring(to_dublin_core(record))
    assert {etree.QName(child).localname for child in root} <= DC_ELEMENTS
    assert describe(record) is not None
