"""Pages of OAI-PMH are taken apart, and kept lists read again, whatever is in them (HAR-4, HAR-11)."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthu.foundation.marc.oaipmh import BadPage, frame, header_of, read, read_page

ROOT = '<?xml version="1.0" encoding="UTF-8"?><o:OAI-PMH xmlns:o="http://www.openarchives.org/OAI/2.0/" xmlns:m="http://www.loc.gov/MARC21/slim">'


def page(*records: str, token: str = "") -> bytes:
    return (
        f"{ROOT}<o:responseDate>2026-01-01T00:00:00Z</o:responseDate><o:request/><o:ListRecords>"
        f"{''.join(records)}{token}</o:ListRecords></o:OAI-PMH>"
    ).encode()


def one(n: int, title: str = "Đất mỏ") -> str:
    return (
        f"<o:record><!-- x --><o:header><o:identifier>oai:a:{n}</o:identifier><o:datestamp>2026-01-01</o:datestamp>"
        f"<o:setSpec>s</o:setSpec></o:header><o:metadata><m:record><m:leader>00000nam a2200000   4500</m:leader>"
        f'<m:datafield tag="245" ind1="0" ind2="0"><m:subfield code="a">{title}</m:subfield></m:datafield>'
        f"</m:record></o:metadata></o:record>"
    )


def test_prefixes_of_the_page_hold_for_its_records() -> None:
    got = read_page(
        page(one(1), one(2), token='<o:resumptionToken cursor="0" completeListSize="9"> a&amp;b </o:resumptionToken>')
    )
    assert got.token is not None
    assert (got.token.value, got.token.cursor, got.token.complete_size) == ("a&b", 0, 9)
    assert got.response_date == "2026-01-01T00:00:00Z"
    pieces = list(read(io.BytesIO(frame(got, got.records) + frame(got, got.records[1:]))))
    assert [p.header.identifier for p in pieces if p.header] == ["oai:a:1", "oai:a:2", "oai:a:2"]
    assert all(p.record and p.record.first("245") and not p.problem for p in pieces)
    assert pieces[0].raw == one(1).encode()
    header = header_of(got.records[0], got.encoding, got.prefixes)
    assert header is not None
    assert header.sets == ("s",)


def test_a_record_that_is_never_closed_ends_where_the_next_begins() -> None:
    got = read_page(page("<o:record><o:header><o:identifier>oai:a:0</o:identifier></o:header><o:metadata>", one(1)))
    assert len(got.records) == 2
    pieces = list(read(io.BytesIO(frame(got, got.records))))
    assert [p.problem.code if p.problem else "" for p in pieces] == ["xml-malformed", ""]


def test_cdata_and_comments_are_text() -> None:
    title = "<![CDATA[<record><notheader>]]>"
    (piece,) = read(io.BytesIO(frame(got := read_page(page(one(1, title))), got.records)))
    assert piece.record is not None
    assert piece.record.fields[-1].first("a") == "<record><notheader>"


def test_a_kept_list_that_was_damaged_says_so_and_ends() -> None:
    got = read_page(page(one(1)))
    whole = frame(got, got.records)
    for damaged in (whole[:-60], b"x" + whole, b'<?oai-page length="999999999999" encoding="utf-8"?>\n'):
        (piece,) = read(io.BytesIO(damaged))
        assert piece.problem is not None


@given(st.binary(max_size=300), st.integers(0, 400))
def test_any_bytes_give_a_page_or_a_refusal(noise: bytes, at: int) -> None:
    whole = page(one(1), one(2))
    body = whole[:at] + noise + whole[at:]
    try:
        got = read_page(body)
    except BadPage:
        return
    for piece in read(io.BytesIO(frame(got, got.records))):
        assert (piece.record is None) == (piece.problem is not None) or (piece.header and piece.header.deleted)


@pytest.mark.parametrize("body", [b"<OAI-PMH>", b"<OAI-PMH></OAI-PMH", b"\xff\xfe<", b"<a/>"])
def test_what_is_no_whole_page_is_refused(body: bytes) -> None:
    with pytest.raises(BadPage):
        read_page(body)
