"""What the libraries hand over can be read, is what it says it is, and clusters as expected."""

import io
from collections import Counter
from functools import cache

import pytest

from lienthu.faces.cli.sample.contributions import Contribution, contributions, expected_clusters
from lienthu.faces.cli.sample.holders import HOLDERS
from lienthu.faces.cli.sample.network import load_network
from lienthu.faces.cli.sample.records import SAMPLE_NOTE
from lienthu.faces.cli.sample.works import load_works
from lienthu.foundation.marc import iso2709, marcjson, marcxml
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.holdings import PRESETS, read_items
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.split import split_iso2709
from lienthu.foundation.marc.tabular import ROW_HOLDING_RULES, read_csv, read_rows, read_xlsx
from lienthu.foundation.vietnamese.encodings import DECODERS
from lienthu.foundation.vietnamese.text import nfc
from lienthu.foundation.vietnamese.tokens import folded_tokens

CODES = [holder.code for holder in HOLDERS]


@cache
def handed_over(seed: int = 1) -> dict[str, Contribution]:
    return {c.library_code: c for c in contributions(seed)}


@cache
def records_of(code: str) -> tuple[Record, ...]:
    given = handed_over()[code]
    stream = io.BytesIO(given.data)
    if given.format == "iso2709":
        decode = DECODERS[given.encoding]
        return tuple(iso2709.parse(piece.raw, decode).record for piece in split_iso2709(stream))
    if given.format in ("marcxml", "marcjson"):
        reader = marcxml.read if given.format == "marcxml" else marcjson.read
        return tuple(piece.record for piece in reader(stream) if piece.record)
    if given.format == "csv":
        table = read_csv(stream, decode=DECODERS[given.encoding])
    else:
        table = read_xlsx(stream)
    assert given.mapping is not None
    mapping = {i: given.mapping[heading] for i, heading in enumerate(table.headers)}
    return tuple(piece.record for piece in read_rows(table, table.headers, mapping) if piece.record)


def named(code: str) -> dict[str, Record]:
    """Control number, or position where there is none, and record."""
    return {r.control_number or f"#{i:04d}": r for i, r in enumerate(records_of(code), 1)}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    again = {c.library_code: c.data for c in contributions(1)}
    assert again == {code: c.data for code, c in handed_over().items()}
    assert {c.data for c in contributions(2)}.isdisjoint(again.values())


def test_there_are_as_many_records_as_promised() -> None:
    total = sum(c.records for c in handed_over().values())
    assert 900 <= total <= 1_300
    assert total == sum(len(members) for members in expected_clusters(1).values())
    assert all(expected_clusters(1).values()), "a work that no library holds"


def test_clusters_have_one_to_six_members_from_different_libraries() -> None:
    sizes = Counter(len(members) for members in expected_clusters(1).values())
    assert set(sizes) == {1, 2, 3, 4, 5, 6}
    assert sum(n for size, n in sizes.items() if size > 1) >= 150
    for members in expected_clusters(1).values():
        assert len({library for library, _ in members}) == len(members)


def test_every_contributor_is_a_library_that_exists_today() -> None:
    today = {lib.code for lib in load_network().libraries if lib.valid_to is None}
    assert set(CODES) <= today
    closed = {lib.code for lib in load_network().libraries if lib.closed}
    assert "VN-QNLV01" in closed & set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_record_of_the_file_is_read_and_is_the_work_it_should_be(code: str) -> None:
    works = {w.key: w for w in load_works()}
    expected = {
        number: works[key]
        for key, members in expected_clusters(1).items()
        for library, number in members
        if library == code
    }
    found = named(code)
    assert found.keys() == expected.keys()
    for number, record in found.items():
        seen, work = describe(record), expected[number]
        assert folded_tokens(seen.title_proper)[: len(folded_tokens(work.title))] == folded_tokens(work.title)
        assert seen.year in (work.year, None)
        assert any(SAMPLE_NOTE in nfc(note) for note in seen.notes)
        if handed_over()[code].mapping is None:
            assert seen.material_type == work.material_type


@pytest.mark.parametrize("code", CODES)
def test_barcodes_are_unique_in_the_library(code: str) -> None:
    preset = handed_over()[code].holdings
    rules = ROW_HOLDING_RULES if preset == "table" else PRESETS[preset]
    barcodes = [item.barcode for record in records_of(code) for item in read_items(record, rules)]
    assert len(barcodes) > 30
    assert all(barcodes)
    assert len(set(barcodes)) == len(barcodes)


def test_articles_point_to_their_host_in_the_same_library() -> None:
    provincial = named("VN-QNTV")
    hosts = [describe(r).host for r in provincial.values()]
    pointing = [h for h in hosts if h is not None]
    assert len(pointing) >= 50
    assert all(h.control_number in provincial for h in pointing)


def test_each_file_has_the_faults_it_is_there_for() -> None:
    given = handed_over()
    lengths = [
        problem.code
        for piece in split_iso2709(io.BytesIO(given["VN-QN06793"].data))
        for problem in iso2709.parse(piece.raw, DECODERS["tcvn3"]).repairs
    ]
    assert "record-length" in lengths
    assert any(piece.repairs for piece in split_iso2709(io.BytesIO(given["VN-QN06712"].data)))
    assert "\u0323" in given["VN-QN07093"].data.decode("utf-8")
    assert not any(r.control_number for r in records_of("VN-QN07132"))
    assert "Ã" in given["VN-QN06994"].data.decode("utf-8")
    inverted = [f.first("a") for r in records_of("VN-QNDHHL") for f in r.of("100")]
    assert sum("," in name for name in inverted) > len(inverted) / 2
    abbreviated = [f.first("a") for r in records_of("VN-QNDHCN") for f in r.of("260")]
    assert any(place.startswith("H.") for place in abbreviated)
    with pytest.raises(UnicodeDecodeError):
        given["VN-QNTH01"].data.decode("utf-8")
