"""MARCXML from libraries, harvesters and text editors; and ours against the schema."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from lienthu.foundation.marc import iso2709
from lienthu.foundation.marc.marc8 import decode_marc8
from lienthu.foundation.marc.marcxml import NAMESPACE, XmlPiece, read, write, write_collection
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.normalise import normalise
from lienthu.foundation.marc.problems import PROBLEMS
from lienthu.foundation.marc.split import split_iso2709

SHARED = Path(__file__).resolve().parents[6] / "shared" / "data"
LEADER = "00000nam a2200000 a 4500"


def book(number: int, title: str = "Số đỏ & Giông tố") -> Record:
    return Record(
        LEADER, (Field("001", data=f"b{number}"), Field("245", "1", "0", (("a", title), ("c", "Vũ Trọng Phụng"))))
    )


def bare(number: int, title: str = "Số đỏ") -> str:
    """A record as a file carries it, without namespace."""
    return (
        f"<record><leader>{LEADER}</leader><controlfield tag='001'>b{number}</controlfield>"
        f'<datafield tag="245" ind1="1" ind2="0"><subfield code="a">{title}</subfield></datafield></record>'
    )


def test_a_broken_record_is_told_by_its_byte() -> None:
    broken = bare(2).replace("</subfield>", "")
    data = f"<collection>{bare(1, 'Bến không chồng')}\n{broken}\n{bare(3)}</collection>".encode()
    found = list(read(io.BytesIO(data)))
    assert [p.problem is None for p in found] == [True, False, True]
    assert [p.offset for p in found] == [m.start() for m in re.finditer(b"<record>", data)]


def prefixed(record: str, prefix: str) -> str:
    return re.sub("<(/?)", rf"<\1{prefix}:", record)


def stands_at(data: bytes, offset: int, raw: bytes) -> bool:
    """Whether these bytes are there in the file, which may be UTF-16."""
    text = raw.decode("utf-8", "replace")
    wide = (text.encode("utf-16-le", "replace"), text.encode("utf-16-be", "replace"))
    return data[offset:].startswith((raw, *wide))


def pieces(source: str | bytes, **options: int) -> list[XmlPiece]:
    data = source.encode() if isinstance(source, str) else source
    found = list(read(io.BytesIO(data), **options))
    assert all(stands_at(data, p.offset, p.raw) for p in found)
    assert all((p.record is None) != (p.problem is None) for p in found)
    return found


def titles(found: list[XmlPiece]) -> list[str | None]:
    return [p.record and next(p.record.of("245")).first("a") for p in found]


def outcome(found: list[XmlPiece]) -> list[str]:
    """Per piece the number of the record, or the code of its problem."""
    return [p.record.control_number if p.record else p.problem.code if p.problem else "" for p in found]


def codes(piece: XmlPiece) -> list[str]:
    return [p.code for p in piece.repairs]


def test_a_collection_of_ours() -> None:
    out = io.BytesIO()
    assert write_collection([book(1), book(2)], out) == 2
    found = pieces(out.getvalue())
    assert [p.record for p in found] == [book(1), book(2)]
    assert not any(p.repairs for p in found)


@pytest.mark.parametrize(
    "source",
    [
        bare(1),
        f"<collection>{bare(1)}</collection>",
        f"<collection xmlns='{NAMESPACE}'>{bare(1)}</collection>",
        bare(1).replace("<record>", f"<record xmlns='{NAMESPACE}' type='Bibliographic'>"),
        f"<m:collection xmlns:m='{NAMESPACE}'>{prefixed(bare(1), 'm')}</m:collection>",
        prefixed(bare(1), "marc"),
        f"<?xml version='1.0'?>\n<!-- <record> in a comment --><collection>\n{bare(1)}\n</collection>\n",
        f"<!DOCTYPE collection SYSTEM 'http://example.org/marc.dtd'><collection>{bare(1)}</collection>",
        "\ufeff" + bare(1),
    ],
)  # fmt: skip
def test_with_and_without_namespace_prefix_and_wrapper(source: str) -> None:
    (piece,) = pieces(source)
    assert titles([piece]) == ["Số đỏ"]
    assert piece.record
    assert piece.record.leader == LEADER
    assert not piece.repairs


def test_records_wrapped_by_oai_pmh() -> None:
    found = pieces(
        "<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'><ListRecords>"
        f"<record><header><identifier>x:1</identifier></header><metadata>{bare(1)}</metadata></record>"
        "<record><header status='deleted'><identifier>x:2</identifier></header></record>"
        f"<record><header/><metadata>{bare(3)}</metadata><about/></record>"
        "<resumptionToken/></ListRecords></OAI-PMH>"
    )
    assert outcome(found) == ["b1", "b3"]


def test_records_wrapped_by_sru() -> None:
    found = pieces(
        "<zs:searchRetrieveResponse xmlns:zs='http://www.loc.gov/zing/srw/'><zs:records><zs:record>"
        f"<zs:recordData>{bare(1)}</zs:recordData></zs:record></zs:records></zs:searchRetrieveResponse>"
    )
    assert outcome(found) == ["b1"]


@pytest.mark.parametrize(
    "broken",
    [
        bare(2).replace("</subfield>", ""),
        bare(2).replace("</record>", ""),
        bare(2).replace('ind1="1"', "ind1=1"),
        bare(2).replace("<datafield", "<<datafield"),
        bare(2)[:60],
    ],
)
def test_reading_goes_on_behind_a_broken_record(broken: str) -> None:
    found = pieces(f"<collection>{bare(1)}{broken}{bare(3)}{bare(4)}</collection>")
    assert outcome(found)[0] == "b1"
    assert outcome(found)[1] in ("xml-malformed", "xml-unclosed")
    assert outcome(found)[2:] == ["b3", "b4"]
    assert b"b2" in found[1].raw or len(broken) == 60
    assert found[1].raw.decode() == broken


@pytest.mark.parametrize(
    "damaged",
    [
        bare(2).replace("<record>", "<recor>"),
        bare(2).replace("<record>", ""),
        bare(2).replace("<record>", "<recor>").replace("</record>", "</recor>"),
        bare(2).replace("record>", "rec>") + "<!-- <leader>x</leader> -->",
    ],
)
@pytest.mark.parametrize("before", ["", bare(1), f"<!-- {bare(9)} -->" + bare(1)])
@pytest.mark.parametrize("after", ["", bare(3), "<x/>" * 2000 + bare(3)])
def test_a_record_whose_start_tag_is_damaged_is_kept(damaged: str, before: str, after: str) -> None:
    """Rule IMP-11."""
    data = f"<?xml version='1.0'?><collection>{before}\n{damaged}{after}</collection>".encode()
    for found in (pieces(data), list(read(Trickle(data)))):
        expected = ["b1"] * bool(before) + ["xml-unclosed"] + ["b3"] * bool(after)
        assert outcome(found) == expected
        kept = found[expected.index("xml-unclosed")]
        assert kept.raw.startswith(damaged.partition("<!--")[0].encode())
        assert data[kept.offset :].startswith(kept.raw)


def test_a_lost_start_tag_among_harvested_records() -> None:
    wrapped = "<record><header/><metadata>{}</metadata></record>".format
    found = pieces(f"<ListRecords>{wrapped(bare(1))}{wrapped(bare(2)[8:])}{wrapped(bare(3))}</ListRecords>")
    assert outcome(found) == ["b1", "xml-malformed", "b3"]
    assert b"b2" in found[1].raw


@given(st.integers(1, 4), st.sampled_from(["<record>", "</record>", "record>", "<leader>", "</leader>"]), st.booleans())
@settings(deadline=None)
def test_no_damaged_tag_makes_a_record_vanish(number: int, tag: str, wrapped: bool) -> None:
    records = [bare(n).replace(tag, tag[: len(tag) // 2] if n == number else tag) for n in (1, 2, 3, 4)]
    if wrapped:
        records = [f"<record><header/><metadata>{r}</metadata></record>" for r in records]
    found = pieces(f"<collection>{''.join(records)}</collection>")
    for n in (1, 2, 3, 4):
        assert any(f">b{n}<".encode() in p.raw for p in found)
    assert {f"b{n}" for n in (1, 2, 3, 4) if n not in (number, number + 1)} <= set(outcome(found))
    assert len(outcome(found)) == len(set(outcome(found)))


def test_fields_without_end_outside_of_a_record_are_cut() -> None:
    found = pieces(bare(1) + "<recor><leader>x</leader>" + "<datafield/>" * 100_000 + bare(2), max_record=300_000)
    assert [*dict.fromkeys(outcome(found))] == ["b1", "oversized", "xml-unclosed", "b2"]
    assert b"".join(p.raw for p in found).count(b"<datafield/>") == 100_000


DUBLIN_CORE = "<oai_dc:dc><dc:title>Số đỏ</dc:title></oai_dc:dc>"


@pytest.mark.parametrize(
    "other",
    [
        "<record><varfield id='245'><subfield label='a'>Số đỏ</subfield></varfield></record>",
        f"<record>{DUBLIN_CORE}</record>",
        f"<record><header><identifier>x:2</identifier></header><metadata>{DUBLIN_CORE}</metadata></record>",
        bare(2).upper(),
        "<Record><Leader>x</Leader></Record>",
        "<record>Số đỏ</record>",
    ],
)
def test_a_record_in_another_format_is_told(other: str) -> None:
    """Rules IMP-11 and IMP-14: it is counted."""
    names = "xmlns:oai_dc='x:1' xmlns:dc='x:2'"
    found = pieces(f"<collection {names}>{bare(1)}{other}{bare(3)}</collection>")
    assert outcome(found) == ["b1", "xml-not-marc", "b3"]
    assert found[1].raw.decode() == other
    assert outcome(pieces(f"<collection {names}>{other}{other}</collection>")) == ["xml-not-marc"] * 2


def test_one_in_another_format_that_is_not_closed() -> None:
    """Unlike an element around the record: that one is closed behind it."""
    other = "<record><varfield id='245'>Số đỏ</varfield>"
    found = pieces(f"<collection>{other}{bare(1)}{bare(2)}</collection>")
    assert sorted(outcome(found)) == ["b1", "b2", "xml-unclosed"]
    around = "<record><number>7</number><marc>{}</marc></record>".format
    assert outcome(pieces(f"<records>{around(bare(1))}{around(bare(2))}</records>")) == ["b1", "b2"]
    assert outcome(pieces(f"<collection>{bare(1)}{other}")) == ["b1", "xml-unclosed"]


def test_text_outside_of_the_subfields_is_kept() -> None:
    """Rule IMP-10."""
    field = '<datafield tag="500" ind1=" " ind2=" ">LOST<subfield code="a">t</subfield>AND<?x y?>THIS</datafield>'
    (piece,) = pieces(f"<record>\n<leader>{LEADER}</leader>\n{field}\n ALSO <!-- x -->\n</record>")
    assert piece.record
    assert list(piece.record.fields) == [
        Field("500", subfields=(("a", "LOST"), ("a", "t"), ("a", "AND"), ("a", "THIS"))),
        Field("XXX", subfields=(("a", "ALSO"),)),
    ]
    assert codes(piece) == ["xml-text"] * 3 + ["bad-tag"]


def test_a_file_cut_off() -> None:
    found = pieces(f"<collection>{bare(1)}{bare(2)[:-30]}")
    assert outcome(found) == ["b1", "xml-unclosed"]


@pytest.mark.parametrize(
    ("title", "read_as", "code"),
    [
        ("Cha & con", "Cha & con", "xml-ampersand"),
        ("Cha &amp; con & mẹ", "Cha & con & mẹ", "xml-ampersand"),
        ("Hồ\x0b Xuân\x1f Hương", "Hồ Xuân Hương", "xml-characters"),
        ("Hồ&#11; Xuân&#x1F; Hương&#9;", "Hồ Xuân Hương\t", "xml-characters"),
        ("Caf&eacute;&nbsp;Ph&uacute;", "Café\xa0Phú", "xml-named-entity"),
        ("AT&T&unknown;", "AT&T&unknown;", "xml-ampersand"),
    ],
)
def test_what_xml_forbids_but_everybody_understands(title: str, read_as: str, code: str) -> None:
    (piece,) = pieces(bare(1, title))
    assert titles([piece]) == [read_as]
    assert code in codes(piece)


def test_escapes_need_no_repair() -> None:
    (piece,) = pieces(bare(1, "A &lt;&amp;&gt; <![CDATA[<record>&B</record>]]>&#273;"))
    assert titles([piece]) == ["A <&> <record>&B</record>đ"]
    assert not piece.repairs


def test_declared_and_real_encodings() -> None:
    def coded(declared: str, real: str) -> XmlPiece:
        text = f'<?xml version="1.0" encoding="{declared}"?><collection>{bare(1, "Mémoires")}</collection>'
        (piece,) = pieces(text.encode(real))
        assert titles([piece]) == ["Mémoires"]
        return piece

    assert not coded("UTF-8", "utf-8").repairs
    assert not coded("ISO-8859-1", "latin-1").repairs
    assert not coded("windows-1252", "cp1252").repairs
    assert not coded("UTF-16", "utf-16").repairs
    assert codes(coded("ISO-8859-1", "utf-8")) == ["xml-encoding"]
    assert codes(coded("x-unknown", "utf-8")) == ["xml-encoding"]
    (wrong,) = pieces(b'<?xml version="1.0" encoding="UTF-8"?>' + bare(1, "Mémoires").encode("latin-1"))
    assert titles([wrong]) == ["M\ufffdmoires"]
    assert codes(wrong) == ["xml-encoding"]


BOMB = "<!DOCTYPE c [<!ENTITY a 'x'><!ENTITY b '&a;&a;&a;'>]>"
OUTSIDE = "<!DOCTYPE c [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"


@pytest.mark.parametrize("declaration", [BOMB, OUTSIDE, BOMB.replace("<!ENTITY a", "<!ENTITY % a")])
def test_entity_declarations_are_refused(declaration: str) -> None:
    for source in (declaration + bare(1, "&a;"), f"<?xml version='1.0'?>\n{declaration}<collection>{bare(1)}"):
        assert outcome(pieces(source)) == ["xml-entities"]


def test_an_entity_inside_a_record_is_never_resolved() -> None:
    found = pieces(bare(1, f"{OUTSIDE}&a;") + bare(2))
    assert outcome(found) == ["xml-malformed", "b2"]


@pytest.mark.parametrize(
    ("record", "fields", "code"),
    [
        ("<datafield tag='245' ind1='' ind2='0'><subfield code='a'>x</subfield></datafield>",
         [Field("245", " ", "0", (("a", "x"),))], None),
        ("<datafield tag='245'><subfield code='a'>x</subfield></datafield>",
         [Field("245", " ", " ", (("a", "x"),))], None),
        ("<datafield tag='245' ind1='10' ind2='é'><subfield code='a'>x</subfield></datafield>",
         [Field("245", "1", "0", (("a", "x"),))], None),
        ("<datafield tag='245' ind1='1' ind2='0'>x</datafield>",
         [Field("245", "1", "0", (("a", "x"),))], "no-subfields"),
        ("<datafield tag='245' ind1='1' ind2='0'><subfield>x</subfield></datafield>",
         [Field("245", "1", "0", (("a", "x"),))], "bad-subfield-code"),
        ("<datafield tag='001' ind1=' ' ind2=' '><subfield code='a'>7</subfield></datafield>",
         [Field("001", data="7")], "control-field-subfields"),
        ("<controlfield tag='245'>x</controlfield>", [Field("245", subfields=(("a", "x"),))], "no-subfields"),
        ("<controlfield tag='1'>x</controlfield>", [Field("001", data="x")], "bad-tag"),
        ("<datafield tag='245' ind1='1' ind2='0'><subfield code='a'>H<sub>2</sub>O</subfield></datafield>",
         [Field("245", "1", "0", (("a", "H2O"),))], None),
        ("<controlfield tag='001'>1</controlfield><note>x</note>", [Field("001", data="1")], "xml-shape"),
    ],
)  # fmt: skip
def test_odd_elements(record: str, fields: list[Field], code: str | None) -> None:
    (piece,) = pieces(f"<record><leader>{LEADER}</leader>{record}</record>")
    assert piece.record
    assert list(piece.record.fields) == fields
    assert code is None or code in codes(piece)


def test_a_record_without_fields() -> None:
    assert outcome(pieces(f"<record><leader>{LEADER}</leader></record><record/>")) == ["no-fields", "no-fields"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", []),
        ("  \n", []),
        ("<collection/>", []),
        (f"<collection xmlns='{NAMESPACE}'></collection>", []),
        ("<collection><!-- nothing --></collection>", []),
        ("<collection><book><title>x</title></book></collection>", ["no-records"]),
        ("no XML at all", ["no-records"]),
        ("<html><body>Not found</body></html>", ["no-records"]),
        ("<record", ["no-records"]),
        ("<record>" + "x" * 100, ["no-records"]),
    ],
)
def test_files_without_records(source: str, expected: list[str]) -> None:
    assert outcome(pieces(source)) == expected


class Counting(io.RawIOBase):
    """Many records made as they are read, to see how far ahead the reader goes."""

    def __init__(self, parts: list[bytes]) -> None:
        self._parts = iter(parts)
        self._left = b""
        self.given = 0

    def read(self, size: int = -1, /) -> bytes:
        while len(self._left) < size and (part := next(self._parts, b"")):
            self._left += part
        head, self._left = self._left[:size], self._left[size:]
        self.given += len(head)
        return head


def test_memory_is_bounded() -> None:
    record = bare(1).encode()
    stream = Counting([b"<collection>", *[record] * 20_000, b"</collection>"])
    reader = read(stream)
    next(reader)
    assert stream.given < 1_000_000
    assert sum(1 for _ in reader) == 19_999


def test_a_record_without_end_is_cut() -> None:
    endless = b"<record><leader>x</leader>" + b"y" * 2_000_000
    found = pieces(endless + bare(2).encode(), max_record=500_000)
    assert outcome(found) == ["oversized", "b2"]
    assert len(found[0].raw) < 1_500_000


class Trickle(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(5)


FRAGMENTS = st.sampled_from(
    [
        *(bare(1), bare(2, "<![CDATA[<record>]]>"), bare(3)[:70], bare(4)[30:], "<record>", "</record>"),
        *("<record/>", "<x:record a='>'>", "<![CDATA[", "]]>", "<!--", "-->", "&", "<", "\ufffe\0", " ", "ố"),
    ]
)


@given(st.lists(FRAGMENTS, max_size=10).map("".join), st.sampled_from([100, 10_000_000]))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_pieces(source: str, max_record: int) -> None:
    found = pieces(source, max_record=max_record)
    assert all(p.problem is None or p.problem.code in PROBLEMS for p in found)
    data = source.encode()
    for piece in found:
        assert piece.raw in data
        assert all(p.code in PROBLEMS for p in piece.repairs)
    if max_record > len(data):
        assert [p[:4] for p in read(Trickle(data), max_record=max_record) if p.record] == [
            p[:4] for p in found if p.record
        ]


@given(st.binary(max_size=200))
def test_any_bytes_give_pieces(data: bytes) -> None:
    for piece in pieces(b"<record><leader>" + data + b"</record>"):
        assert piece.problem is None or piece.problem.code in PROBLEMS


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    path = SHARED / "schemas" / "marcxml" / "MARC21slim.xsd"
    if not path.exists():
        pytest.skip(f"{path} is not here")
    return etree.XMLSchema(etree.parse(path))


def test_one_record_is_valid(schema: etree.XMLSchema) -> None:
    odd = Record(
        LEADER,
        (*book(1).fields, Field("500", "1", " ", (("a", "<&>\"'\0\x0b\ufffe\r\n\ud800"), ("9", ""))), Field("501")),
    )
    document = etree.fromstring(write(odd))
    schema.assertValid(document)
    assert document.xpath("string(//*[@tag='500']/*[1])") == "<&>\"'\r\n"


@pytest.mark.parametrize("name", ["jazz_1k.mrc", "lul_fre_500.mrc", "nepali.marc", "hebrew.marc", "FSL.marc"])
def test_real_records_are_valid_and_come_back(schema: etree.XMLSchema, name: str) -> None:
    path = SHARED / "marc" / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    decode = bytes.decode if name in ("nepali.marc", "FSL.marc") else decode_marc8
    with path.open("rb") as stream:
        records = [normalise(iso2709.parse(p.raw, decode).record) for p in split_iso2709(stream)]
    out = io.BytesIO()
    assert write_collection(records, out) == len(records)
    schema.assertValid(etree.fromstring(out.getvalue()))
    assert [p.record for p in pieces(out.getvalue())] == records
