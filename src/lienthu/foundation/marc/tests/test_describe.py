"""The crosswalk, on records as Vietnamese libraries type them and on damaged ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lienthu.foundation.marc.describe import MATERIAL_TYPES, Description, Host, Link, Person, describe
from lienthu.foundation.marc.describe.identifiers import isbn13, isbns_in, issn
from lienthu.foundation.marc.describe.isbd import trim, unbracket
from lienthu.foundation.marc.describe.languages import marc_language, marc_languages
from lienthu.foundation.marc.iso2709 import leader_encoding, parse
from lienthu.foundation.marc.marc8 import decode_marc8
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.normalise import normalise
from lienthu.foundation.marc.split import split_iso2709

LEADER = "00000nam a2200000 a 4500"
F008 = "240115s1998    vm            000 1 vie d"


def field(line: str) -> Field:
    """ "245 10 $a Truyện Kiều $c Nguyễn Du" or "001 123"; # is a blank indicator."""
    tag = line[:3]
    if tag < "010":
        return Field(tag, data=line[4:])
    subfields = tuple((part[0], part[1:].strip()) for part in line[6:].split("$")[1:])
    return Field(tag, line[4].replace("#", " "), line[5].replace("#", " "), subfields)


def record(*lines: str, leader: str = LEADER, f008: str = F008) -> Record:
    fields = [field(line) for line in lines]
    return Record(leader, (Field("008", data=f008), *fields) if f008 else tuple(fields))


def described(*lines: str, leader: str = LEADER, f008: str = F008) -> Description:
    return describe(record(*lines, leader=leader, f008=f008))


def test_a_vietnamese_book_as_the_national_library_describes_it() -> None:
    d = described(
        "001  000123 ",
        "020 ## $a 978-604-1-00001-8 (bìa cứng) : $c 52000đ",
        "041 0# $a vie",
        "082 04 $2 23 $a 895.9/221",
        "100 0# $a Nguyễn Du, $d 1766-1820. $e tác giả",
        "245 10 $a Truyện Kiều : $b thơ / $c Nguyễn Du ; Đào Duy Anh khảo chứng.",
        "250 ## $a Tái bản lần thứ 2.",
        "260 ## $a H. : $b Văn học, $c 1998.",
        "300 ## $a 312 tr. : $b minh hoạ ; $c 21 cm.",
        "490 0# $a Tủ sách vàng ; $v T. 5.",
        "650 #7 $2 btkkhcn $a Văn học cổ điển. $z Việt Nam.",
        "651 #7 $a Việt Nam",
        "653 ## $a Thơ Nôm; Truyện thơ. $a Kiều",
        "700 0# $a Đào Duy Anh, $e khảo chứng.",
        "520 ## $a Truyện thơ lục bát.",
    )
    assert d.control_number == "000123"
    assert (d.title, d.title_proper, d.subtitle) == ("Truyện Kiều : thơ", "Truyện Kiều", "thơ")
    assert d.responsibility == "Nguyễn Du ; Đào Duy Anh khảo chứng"
    assert d.authors == (
        Person("Nguyễn Du", "tác giả", "1766-1820", "100"),
        Person("Đào Duy Anh", "khảo chứng", "", "700"),
    )
    assert (d.place, d.publisher, d.date_text, d.year) == ("Hà Nội", "Văn học", "1998", 1998)
    assert d.edition == "Tái bản lần thứ 2"
    assert d.extent == "312 tr. : minh hoạ ; 21 cm"
    assert (d.series, d.series_volume) == (("Tủ sách vàng",), "T. 5")
    assert d.languages == ("vie",)
    assert d.classification == ("895.9221",)
    assert d.isbns == ("9786041000018",)
    assert d.subjects == ("Văn học cổ điển -- Việt Nam", "Việt Nam", "Thơ Nôm", "Truyện thơ", "Kiều")
    assert d.places == ("Việt Nam",)
    assert d.summary == "Truyện thơ lục bát."
    assert d.material_type == "book"
    assert d.acquired == "2024-01-15"
    assert not d.online
    assert not d.audience_children
    assert d.host is None


@pytest.mark.parametrize(
    "a",
    [
        "Truyện Kiều : thơ / Nguyễn Du ; Đào Duy Anh khảo chứng",
        "Truyện Kiều: thơ/ Nguyễn Du ; Đào Duy Anh khảo chứng.",
        "Truyện Kiều : thơ /Nguyễn Du ; Đào Duy Anh khảo chứng",
    ],
)
def test_a_whole_isbd_string_in_subfield_a_is_taken_apart(a: str) -> None:
    d = described(f"245 10 $a {a}")
    assert (d.title_proper, d.subtitle) == ("Truyện Kiều", "thơ")
    assert d.responsibility == "Nguyễn Du ; Đào Duy Anh khảo chứng"


@pytest.mark.parametrize("a", ["Mạng TCP/IP", "Toán 1 / 2", "Hạ Long: di sản", "Hỏi / đáp?/"])
def test_punctuation_that_belongs_to_a_title_stays(a: str) -> None:
    d = described(f"245 10 $a {a}")
    if a.startswith("Hỏi"):
        assert d.title_proper == "Hỏi"  # an ISBD slash: nothing tells it apart
    else:
        assert (d.title_proper, d.subtitle, d.responsibility) == (a, "", "")


def test_parallel_title_part_and_medium() -> None:
    d = described(
        "245 10 $a Từ điển Việt - Anh = $b Vietnamese-English dictionary. $n Tập 1, $p A-L / $c Bùi Phụng",
        "246 31 $a Viet-Anh",
    )
    assert d.title == "Từ điển Việt - Anh = Vietnamese-English dictionary"
    assert d.title_proper == "Từ điển Việt - Anh"
    assert d.subtitle == ""
    assert d.part == "Tập 1. A-L"
    assert d.other_titles == ("Vietnamese-English dictionary", "Viet-Anh")
    one_field = described("245 10 $a Từ điển = Dictionary : Việt - Anh")
    assert one_field.title_proper == "Từ điển"
    assert one_field.other_titles == ("Dictionary",)
    assert one_field.subtitle == "Việt - Anh"


def test_without_245_the_best_title_there_is() -> None:
    assert described("246 30 $a Nhan đề khác").title == "Nhan đề khác"
    assert described("880 10 $6 245-00/$1 $a 金雲翹").title == "金雲翹"
    assert described().title == ""


def test_names_stay_as_the_source_gives_them() -> None:
    d = described(
        "100 1# $a Phụng, Vũ Trọng, $d 1912-1939",
        "700 1# $a Lênin, V. I.",
        "700 0# $a Nguyễn Văn Huyên, $c GS. TS., $e chủ biên",
        "700 0# $a Trần Nhân Tông, $c Vua Việt Nam, $d 1258-1308",
        "700 1# $a Phụng, Vũ Trọng, $d 1912-1939, $e người viết tựa",
        "710 1# $a Việt Nam. $b Bộ Giáo dục và Đào tạo.",
        "710 2# $a Thư viện tỉnh Quảng Ninh $b Phòng Địa chí",
        "711 2# $a Hội nghị Thư viện $n (2 : $d 1998 : $c Hạ Long)",
        "700 1# $a King, Martin Luther, $c Jr. $4 aut",
    )
    names = [p.name for p in d.authors]
    assert names == [
        "Phụng, Vũ Trọng",
        "Lênin, V. I.",
        "Nguyễn Văn Huyên",
        "Trần Nhân Tông, Vua Việt Nam",
        "Việt Nam. Bộ Giáo dục và Đào tạo",
        "Thư viện tỉnh Quảng Ninh. Phòng Địa chí",
        "Hội nghị Thư viện (2 : 1998 : Hạ Long)",
        "King, Martin Luther, Jr.",
    ]
    assert d.authors[0] == Person("Phụng, Vũ Trọng", "người viết tựa", "1912-1939", "100")
    assert d.authors[2].role == "chủ biên"
    assert d.authors[-1].role == "aut"


def test_two_people_of_the_same_name_and_other_dates_stay_two() -> None:
    d = described("100 0# $a Lê Văn A, $d 1900-1960", "700 0# $a Lê Văn A, $d 1970-")
    assert [p.dates for p in d.authors] == ["1900-1960", "1970-"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["260 ## $a H. : Văn học, 1998"], ("Hà Nội", "Văn học", "1998")),
        (["260 ## $a Tp. HCM : $b Nxb. Trẻ, $c 2001"], ("TP. Hồ Chí Minh", "Nxb. Trẻ", "2001")),
        (["260 ## $a [K.đ.] : $b [k.nxb.], $c [19--]"], ("", "", "[19--]")),
        (["260 ## $a [S.l. : $b s.n., $c 1975]"], ("", "", "1975")),
        (["260 ## $a [Vinh :] $b [s.n.]., $c 1975"], ("Vinh", "", "1975")),
        (["260 ## $a [Hạ Long] : $b Sở Văn hoá, $c [2003?]"], ("Hạ Long", "Sở Văn hoá", "[2003?]")),
        (
            [
                "264 #2 $a Huế : $b Phát hành, $c 2012",
                "264 #1 $a H. : $b Kim Đồng, $c 2011",
                "264 #4 $c ©2010",
            ],
            ("Hà Nội", "Kim Đồng", "2011"),
        ),
        (
            ["260 ## $a Paris : $b Seuil, $c 1990", "264 #1 $a H. : $b Thế giới, $c 1991"],
            ("Hà Nội", "Thế giới", "1991"),
        ),
    ],
)
def test_imprints(lines: list[str], expected: tuple[str, str, str]) -> None:
    d = described("245 10 $a X", *lines, f008="")
    assert (d.place, d.publisher, d.date_text) == expected


def test_h_is_hanoi_only_in_vietnamese_records() -> None:
    english = F008[:35] + "eng d"
    assert described("245 10 $a X", "260 ## $a H. : $b Y", f008=english).place == "H."


def test_the_year_prefers_008_then_the_imprint_then_the_host() -> None:
    assert described("264 #1 $c 2005").year == 1998
    assert described("264 #1 $c [2005]", f008=F008[:7] + "uuuu" + F008[11:]).year == 2005
    assert described("773 0# $t Báo Quảng Ninh $g Số 5 (3/2010)", f008="").year == 2010
    assert described("264 #4 $c ©2010", f008="").year == 2010
    assert described(f008="").year is None


def test_isbns_become_thirteen_digits_and_wrong_ones_are_kept_apart() -> None:
    d = described(
        "020 ## $a 0-306-40615-2",
        "020 ## $a 9780306406157 (pbk.)",
        "020 ## $a 9780306406158",
        "020 ## $z 080442957X",
        "020 ## $a 50000đ",
        "024 3# $a 9786041000018",
        "022 ## $a 0378-5955",
        "022 ## $a 0378-5954",
    )
    assert d.isbns == ("9780306406157", "9786041000018")
    assert d.isbns_other == ("9780306406158", "9780804429573")
    assert d.issns == ("0378-5955",)


def test_check_digits() -> None:
    assert isbn13("080442957x") == "9780804429573"
    assert isbn13("9790260000438") == ""  # ISMN
    assert isbn13("") == ""
    assert isbn13("٠٣٠٦٤٠٦١٥٢") == ""
    assert isbns_in("ISBN 0306406152 : 978-0-306-40615-7") == (["9780306406157", "9780306406157"], [])
    assert isbns_in("") == ([], [])
    assert issn("ISSN 2434-561x") == "2434-561X"
    assert issn("12345678") == ""


@pytest.mark.parametrize(
    ("text", "trimmed"),
    [
        ("Truyện Kiều /", "Truyện Kiều"),
        ("Nguyễn Du.", "Nguyễn Du"),
        ("312 tr.", "312 tr."),
        ("Smith, Jr.", "Smith, Jr."),
        ("Jackson, Samuel L.,", "Jackson, Samuel L."),
        ("Vitamin C.", "Vitamin C"),
        ("Và những người khác...", "Và những người khác..."),
        ("H. :", "H."),
        ("U.S.", "U.S."),
        ("Đồng ý.", "Đồng ý"),
        (" ;:,/ ", ""),
        ("[Hà Nội] :", "[Hà Nội]"),
        ("C+", "C"),
        ("Ai? :", "Ai?"),
        ("[s.n.].", "[s.n.]"),
        ("(Sách thiếu nhi).", "(Sách thiếu nhi)"),
        (".", ""),
    ],
)
def test_trim(text: str, trimmed: str) -> None:
    assert trim(text) == trimmed


def test_unbracket() -> None:
    assert unbracket("[Hà Nội]") == "Hà Nội"
    assert unbracket("[Hà] Nội [x]") == "[Hà] Nội [x]"
    assert unbracket("[1975") == "1975"


def test_languages() -> None:
    assert described("041 1# $a vie $h eng").languages == ("vie",)
    assert described("041 0# $a engfre").languages == ("eng", "fre", "vie")
    assert described("041 0# $a Tiếng Việt", f008="").languages == ("vie",)
    assert described(f008=F008[:35] + "||| d").languages == ()
    assert marc_language("vn") == "vie"
    assert marc_language("fra") == "fre"
    assert marc_language("klingon") == ""
    assert marc_languages("  ") == []


SERIAL_008 = "240115c19989999vm dr p       0   a0vie d"


@pytest.mark.parametrize(
    ("expected", "leader", "f008", "lines"),
    [
        ("book", "00000nam a2200000 a 4500", F008, ["300 ## $a 200 tr. + 1 CD-ROM"]),
        ("serial", "00000nas a2200000 a 4500", SERIAL_008, []),
        ("article", "00000nab a2200000 a 4500", F008, ["773 0# $t Báo Quảng Ninh"]),
        ("article", "00000nam a2200000 a 4500", F008, ["773 0# $t Báo Quảng Ninh $g Số 5, tr. 3"]),
        ("book", "00000nam a2200000 a 4500", F008, ["020 ## $a 9786041000018", "773 0# $t Tuyển tập $g T.1"]),
        ("map", "00000nem a2200000 a 4500", F008, []),
        ("score", "00000ncm a2200000 a 4500", F008, []),
        ("audio", "00000njm a2200000 a 4500", F008, []),
        ("audio", "00000nim a2200000 a 4500", F008, []),
        ("audiobook", "00000nim a2200000 a 4500", F008, ["655 #7 $a Sách nói"]),
        ("audiobook", "00000nim a2200000 a 4500", F008, ["653 ## $a sách nói"]),
        ("video", "00000ngm a2200000 a 4500", F008, []),
        ("picture", "00000nkm a2200000 a 4500", F008, []),
        ("electronic", "00000nmm a2200000 a 4500", F008, []),
        ("electronic", LEADER, F008[:23] + "o" + F008[24:], ["300 ## $a 1 online resource (320 p.)"]),
        ("electronic", LEADER, F008[:23] + "s" + F008[24:], []),
        ("book", LEADER, F008[:23] + "s" + F008[24:], ["300 ## $a 320 tr."]),
        ("electronic", LEADER, F008, ["300 ## $a 1 tệp PDF (320 tr.)"]),
        ("electronic", LEADER, F008, ["245 10 $a X $h [tài liệu điện tử]"]),
        ("audio", LEADER, F008, ["245 10 $a X $h [sound recording]"]),
        ("map", LEADER, F008, ["336 ## $a cartographic image $b cri $2 rdacontent"]),
        ("audiobook", LEADER, F008, ["336 ## $a lời nói"]),
        ("book", LEADER, F008, ["336 ## $a text $b txt"]),
        ("thesis", LEADER, F008, ["502 ## $a Luận án Tiến sĩ"]),
        ("book", LEADER, F008, ["502 ## $a Trích từ tạp chí Văn nghệ"]),
        ("thesis", LEADER, F008[:24] + "m" + F008[25:], []),
        ("thesis", "00000ntm a2200000 a 4500", F008, ["502 ## $a Luận văn"]),
        ("manuscript", "00000ntm a2200000 a 4500", F008, []),
        ("kit", "00000nom a2200000 a 4500", F008, []),
        ("object", "00000nrm a2200000 a 4500", F008, []),
        ("mixed", "00000npc a2200000 a 4500", F008, []),
        ("book", "", "", []),
        ("video", "", "", ["300 ## $a 1 DVD (90 phút)"]),
    ],
)
def test_material_types(expected: str, leader: str, f008: str, lines: list[str]) -> None:
    assert described(*lines, leader=leader, f008=f008).material_type == expected


def test_articles_carry_their_host() -> None:
    d = described(
        "245 10 $a Hạ Long hôm nay / $c Trần Văn B",
        "773 0# $a Tỉnh uỷ $t Báo Quảng Ninh. $d 2010 $g Số 5, tr. 12 $x 0378-5955 $w (VN-QN)000123",
        leader="00000nab a2200000 a 4500",
    )
    assert d.host == Host("Báo Quảng Ninh", "000123", "0378-5955", "", "Số 5, tr. 12", "")


def test_links_are_web_addresses_only() -> None:
    d = described(
        "856 40 $u https://example.vn/a $y Toàn văn",
        "856 42 $3 Mục lục $u http://example.vn/toc",
        "856 41 $u javascript:alert(1)",
        "856 4# $u www.example.vn/b",
        "856 4# $u file:///C:/x.pdf",
    )
    assert d.links == (
        Link("https://example.vn/a", "Toàn văn", "resource"),
        Link("http://example.vn/toc", "Mục lục", "contents"),
        Link("http://www.example.vn/b", "", "resource"),
    )
    assert d.online
    assert not described("856 42 $3 Mục lục $u http://example.vn/toc").online


def test_linked_fields_give_the_original_script() -> None:
    d = described(
        "100 0# $6 880-01 $a Nguyễn Du",
        "245 10 $6 880-02 $a Đoạn trường tân thanh",
        "880 0# $6 100-01/$1 $a 阮攸",
        "880 10 $6 245-02/$1 $a 斷腸新聲 : $b 金雲翹 / $c 阮攸",
        "880 13 $6 246-00/$1 $a 金雲翹新傳",
        "880 #4 $6 650-03/$1 $a 文學",
        "880 ## $a không có $6",
    )
    assert d.title == "Đoạn trường tân thanh"
    assert d.title_original_script == "斷腸新聲 : 金雲翹"
    assert d.other_titles == ("金雲翹新傳",)
    assert d.other_names == ("阮攸",)
    assert d.subjects == ("文學",)


@pytest.mark.parametrize(
    ("expected", "leader", "f008", "lines"),
    [
        (True, LEADER, F008[:22] + "j" + F008[23:], []),
        (False, LEADER, F008[:22] + "e" + F008[23:], []),
        (False, "00000nas a2200000 a 4500", SERIAL_008[:22] + "a" + SERIAL_008[23:], []),
        (False, "00000nem a2200000 a 4500", F008[:22] + "a" + F008[23:], []),
        (True, LEADER, F008, ["521 ## $a Dành cho thiếu nhi"]),
        (True, LEADER, F008, ["653 ## $a Văn học thiếu nhi"]),
        (True, LEADER, F008, ["650 #0 $a Animals $v Juvenile fiction"]),
        (False, LEADER, F008, ["653 ## $a Bảo vệ trẻ em"]),
    ],
)
def test_for_children(expected: bool, leader: str, f008: str, lines: list[str]) -> None:
    assert described(*lines, leader=leader, f008=f008).audience_children is expected


@pytest.mark.parametrize(
    ("f008", "day"),
    [("000229", "2000-02-29"), ("230229", ""), ("991231", "1999-12-31"), ("000000", ""), ("٠٠", "")],
)
def test_the_day_of_entry(f008: str, day: str) -> None:
    assert described(f008=f008.ljust(6) + F008[6:]).acquired == day


def utf8(data: bytes) -> str:
    return data.decode("utf-8")


@pytest.mark.parametrize(
    ("name", "count", "kinds"),
    [
        ("jazz_1k.mrc", 1000, {"audio", "book", "score", "video", "serial"}),
        ("lul_fre_500.mrc", 500, {"book", "thesis"}),
        ("nepali.marc", 96, {"book"}),
        ("hebrew.marc", 20, {"book"}),
        ("FSL.marc", 52, {"book"}),
    ],
)
def test_real_files(shared_data: Path, name: str, count: int, kinds: set[str]) -> None:
    described_records = []
    with (shared_data / "marc" / name).open("rb") as stream:
        for piece in split_iso2709(stream):
            mislabelled = name == "FSL.marc"
            decode = decode_marc8 if leader_encoding(piece.raw) == "marc-8" and not mislabelled else utf8
            described_records.append(describe(normalise(parse(piece.raw, decode).record)))
    assert len(described_records) == count
    assert {d.material_type for d in described_records} == kinds
    assert all(d.title for d in described_records)
    assert sum(d.year is not None for d in described_records) >= 0.9 * count
    for d in described_records:
        for text in (d.title, d.title_proper, d.publisher, d.place, *(p.name for p in d.authors)):
            assert not text.endswith((" ", "/", ":", ";", ",", "="))


ANY_TEXT = st.text(max_size=12)
NEAR_TEXT = st.one_of(ANY_TEXT, st.text(alphabet=" /:;,=.[]()-0129xXHhabĐ$", max_size=12))
TAG_NUMBERS = (
    "001 006 007 008 010 020 022 024 041 082 100 110 111 130 240 245 246 250 260 264 300 336 338 440 490 500"
    " 502 505 520 521 600 650 651 653 655 662 700 710 711 720 752 773 800 830 856 880 999"
)
TAGS = st.sampled_from(TAG_NUMBERS.split())
CODES = st.one_of(st.sampled_from(list("abcdefghijknpqtuvwxyz0123456789")), st.text(max_size=2))
FIELDS = st.one_of(
    st.builds(Field, tag=TAGS, data=NEAR_TEXT),
    st.builds(
        Field,
        tag=TAGS,
        ind1=st.text(max_size=1),
        ind2=st.text(max_size=1),
        subfields=st.lists(
            st.tuples(CODES, NEAR_TEXT),
            max_size=6,
        ).map(tuple),
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.builds(Record, leader=st.text(max_size=24), fields=st.lists(FIELDS, max_size=12).map(tuple)))
def test_any_record_can_be_described(any_record: Record) -> None:
    d = describe(any_record)
    assert d.material_type in MATERIAL_TYPES
    assert all(isbn13(i) == i for i in d.isbns)
    assert all(link.url.lower().startswith(("http://", "https://")) for link in d.links)
    assert not any(v == "" for v in (*d.subjects, *d.other_titles, *d.series, *d.languages))
    assert hash(d) is not None


def test_a_volume_names_its_set_by_number() -> None:
    d = described(
        "245 10 $a Hồ Chí Minh toàn tập. $n T.2, $p 1924 - 1929",
        "490 1# $a Hồ Chí Minh toàn tập ; $v T.2 $w (QNTV)BO-490",
        "830 #0 $a Hồ Chí Minh toàn tập ; $v T.2 $w (QNTV)BO-1 $w (OCoLC)99",
        "830 #0 $a Tủ sách khác $w BO-2",
    )
    assert d.set_link == Host("Hồ Chí Minh toàn tập", "BO-1", "", "", "T.2", "")
    assert (d.host, d.belongs_to) == (None, d.set_link)
    assert d.material_type == "book", "a volume is no article"


def test_the_other_headings_of_sets_and_490_alone() -> None:
    for line, title in (
        ("800 1# $a Võ Huy Tâm. $t Tuyển tập ; $v 1 $w X1", "Tuyển tập"),
        ("810 2# $a Tỉnh uỷ. $t Văn kiện ; $v 1 $w X1", "Văn kiện"),
        ("490 0# $a Tuyển tập ; $v 1 $w X1", "Tuyển tập"),
    ):
        link = described("245 10 $a Tập đầu", line).set_link
        assert link == Host(title, "X1", "", "", "1", "")
    assert described("245 10 $a Tập đầu", "830 #0 $a Tủ sách vàng ; $v 3").set_link is None


def test_a_host_that_is_named_by_number_comes_before_a_set() -> None:
    d = described("245 10 $a Bài", "773 0# $t Tạp chí $w T1", "830 #0 $a Chuyên đề $w S1")
    assert d.belongs_to == d.host
    unnumbered = described("245 10 $a Bài", "773 0# $t Tạp chí", "830 #0 $a Chuyên đề $w S1")
    assert unnumbered.belongs_to == unnumbered.set_link
