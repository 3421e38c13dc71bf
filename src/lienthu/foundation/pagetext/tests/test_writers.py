"""DIG-4."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from lxml import etree

from lienthu.foundation.kernel.refusal import Refused
from lienthu.foundation.pagetext.alto import NAMESPACE, read_alto, write_alto
from lienthu.foundation.pagetext.hocr import write_hocr
from lienthu.foundation.pagetext.model import Block, Box, Line, PageText, Word
from lienthu.foundation.pagetext.plain import write_plain
from lienthu.foundation.pagetext.tests.pages import PAGE, any_page

SCHEMA = Path(__file__).resolve().parents[6] / "shared/data/schemas/alto/alto-4-4.xsd"
XLINK = b"""<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/1999/xlink">
<attributeGroup name="simpleLink"/><attribute name="href" type="anyURI"/><attribute name="type" type="string"/>
<attribute name="role" type="string"/><attribute name="arcrole" type="string"/><attribute name="title" type="string"/>
<attribute name="show" type="string"/><attribute name="actuate" type="string"/></schema>"""
EMPTY = PageText(800, 1200)


class _Local(etree.Resolver):
    def resolve(self, url: str, public_id: str, context: object) -> object:
        return self.resolve_string(XLINK, context) if url.endswith("xlink.xsd") else None


@cache
def schema() -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Local())
    return etree.XMLSchema(etree.parse(str(SCHEMA), parser))


@pytest.mark.skipif(not SCHEMA.exists(), reason="the ALTO schema is not beside the checkout (shared/data/schemas/alto)")
@pytest.mark.parametrize("page", [PAGE, EMPTY, PageText(9, 9, PAGE.blocks, ("xyz", "?"), "corrected")])
def test_alto_is_valid(page: PageText) -> None:
    schema().validate(etree.fromstring(write_alto(page, image="tập 1/0001.tif", number=7)))
    assert [str(error) for error in schema().error_log] == []


@given(any_page)
def test_alto_is_read_back_to_the_same_page(page: PageText) -> None:
    assert read_alto(write_alto(page)) == page
    assert read_alto(write_alto(page)).digest == page.digest


def test_alto_of_others_is_read_whatever_its_version_and_unit() -> None:
    theirs = """<?xml version="1.0"?><alto xmlns="http://www.loc.gov/standards/alto/ns-v2#"><Description>
    <MeasurementUnit>mm10</MeasurementUnit></Description><Layout><Page WIDTH="2100" HEIGHT="2970" ID="P">
    <PrintSpace><ComposedBlock ID="c"><TextBlock ID="b" HPOS="100" VPOS="200" WIDTH="1000" HEIGHT="90">
    <TextLine ID="l" HPOS="100" VPOS="200" WIDTH="1000" HEIGHT="90">
    <String ID="s" CONTENT="Đông Pháp" HPOS="100" VPOS="200" WIDTH="400" HEIGHT="90" WC="0.5"/><SP/>
    <String CONTENT="thời" HPOS="99999" VPOS="200" WIDTH="4" HEIGHT="4"/><HYP CONTENT="-"/>
    </TextLine><TextLine/><TextLine><String CONTENT=" "/></TextLine></TextBlock></ComposedBlock></PrintSpace></Page>
    </Layout></alto>"""
    page = read_alto(theirs.encode(), width=2480, height=3508)
    assert page.text == "Đông Pháp thời-"
    first, second, third = page.words()
    assert first.box.x == round(100 * 2480 / 2100)
    assert (first.confidence, third.confidence) == (50, 100)
    assert second.x + second.w == round(500 * 2480 / 2100)
    assert third.box == Box(2480, round(200 * 3508 / 2970), 0, round(204 * 3508 / 2970) - round(200 * 3508 / 2970))
    with pytest.raises(Refused) as refused:
        read_alto(theirs.encode())
    assert refused.value.code == "no-page-size"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no xml",
        b"<html/>",
        f'<alto xmlns="{NAMESPACE}"/>'.encode(),
        b'<!DOCTYPE alto [<!ENTITY a "b">]><alto>&a;</alto>',
        b'<!DOCTYPE alto [<!ENTITY a SYSTEM "file:///etc/passwd">]><alto><Page WIDTH="5" HEIGHT="5"/></alto>',
        f'<alto xmlns="{NAMESPACE}"><Layout><Page WIDTH="nan" HEIGHT="5"/></Layout></alto>'.encode(),
        b'<alto><Page WIDTH="5" HEIGHT="5"><TextBlock><TextLine><String CONTENT="a" WC="sure"/></TextLine></TextBlock>'
        b"</Page></alto>",
        f'<alto xmlns="{NAMESPACE}"><Layout><Page WIDTH="1e300" HEIGHT="5"/></Layout></alto>'.encode(),
    ],
)
def test_what_is_no_alto_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_alto(data)
    assert refused.value.code == "no-alto"


def test_hocr_says_the_same_words_at_the_same_places() -> None:
    document = "".join(write_hocr([PAGE, EMPTY], title="Vùng mỏ & biển", images=['a "b".jpg']))
    root = etree.fromstring(document.encode())
    words = root.findall(".//{*}span[@class='ocrx_word']")
    assert [word.text for word in words] == [word.text for word in PAGE.words()]
    places = [tuple(map(int, re.findall(r"\d+", word.get("title") or ""))) for word in words]
    assert places == [(w.x, w.y, w.x + w.w, w.y + w.h, w.confidence) for w in PAGE.words()]
    pages = root.findall(".//{*}div[@class='ocr_page']")
    assert [page.get("title") for page in pages] == [
        'image "a \\"b\\".jpg"; bbox 0 0 2480 3508; ppageno 0',
        "bbox 0 0 800 1200; ppageno 1",
    ]
    assert root.get("lang") == "vi"


def test_plain_text_has_a_form_feed_between_pages() -> None:
    text = "".join(write_plain([PAGE, EMPTY, PAGE]))
    assert text.split("\f") == [PAGE.text + "\n", "", PAGE.text + "\n"]


def test_columns_are_written_without_spaces() -> None:
    column = Line((Word("大", 5, 0, 9, 9), Word("南", 5, 10, 9, 9)))
    page = PageText(1000, 1000, (Block((column,)),), ("chi_tra_vert",))
    assert b"<SP" not in write_alto(page)
    assert 'lang="zh-Hant"' in "".join(write_hocr([page]))
