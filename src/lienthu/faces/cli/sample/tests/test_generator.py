"""The generator: repeatable, labelled, with the share of duplicates it promises and words as real data has them."""

import time
import tracemalloc
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import islice, pairwise

import pytest

from lienthu.faces.cli.sample.generator import LIBRARIES, generate, generate_after, generate_iso2709, generate_labelled
from lienthu.faces.cli.sample.publications import isbn_of, publication
from lienthu.foundation.marc import iso2709
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.marc.describe.identifiers import isbn13
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.validate import validate
from lienthu.foundation.vietnamese.tokens import folded_tokens

MANY = 20_000


@pytest.fixture(scope="module")
def labelled() -> list[tuple[Record, int]]:
    return list(generate_labelled(MANY, 1))


def test_a_seed_repeats_itself_and_the_beginning_does_not_depend_on_the_total() -> None:
    assert list(generate(300, 5)) == list(islice(generate(1_000_000, 5), 300))
    assert list(generate(300, 5)) != list(generate(300, 6))


def test_records_are_valid_nfc_and_labelled_synthetic(labelled: list[tuple[Record, int]]) -> None:
    for record, _ in labelled[:3_000]:
        assert validate(record) == ()
        assert [f.first("a") for f in record.of("599")] == ["synthetic"]
        assert all(f.first("a").strip(" /:.") for f in record.of("245"))
        assert len(record.control("008")) == 40
        assert unicodedata.is_normalized("NFC", "".join(v for f in record.fields for _, v in f.subfields))
    assert len({record.control_number for record, _ in labelled}) == MANY


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5])
def test_the_share_of_duplicates_is_as_asked(share: float) -> None:
    numbers = [number for _, number in generate_labelled(MANY, 3, duplicate_share=share)]
    assert 1 - len(set(numbers)) / MANY == pytest.approx(share, abs=0.01)
    assert all(number <= position for position, number in enumerate(numbers))


def test_a_duplicate_describes_the_same_thing_for_another_library(labelled: list[tuple[Record, int]]) -> None:
    first = {number: record for position, (record, number) in enumerate(labelled) if position == number}
    differing = 0
    for position, (record, number) in enumerate(labelled):
        if position == number:
            continue
        ours, theirs = describe(record), describe(first[number])
        assert ours.year == theirs.year
        assert folded_tokens(ours.title_proper) == folded_tokens(theirs.title_proper)
        here, there = ({f.first("a") for f in r.of("852")} for r in (record, first[number]))
        assert here.isdisjoint(there)
        differing += ours != theirs
    assert differing > 0.18 * MANY


def test_iso_2709_is_what_the_codec_writes() -> None:
    assert list(generate_iso2709(500, 2)) == [iso2709.write(record) for record in generate(500, 2)]


def test_isbns_are_valid_and_each_publication_has_its_own() -> None:
    isbns = [isbn_of(number) for number in range(0, 300_000, 2)]
    assert len(set(isbns)) == len(isbns)
    assert all(isbn13(isbn) == isbn and isbn.startswith("978604") for isbn in isbns[:2_000])


def test_words_types_and_languages_are_spread_as_in_real_catalogues(labelled: list[tuple[Record, int]]) -> None:
    words: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    types: Counter[str] = Counter()
    pairs: set[tuple[str, str]] = set()
    for _, number in labelled:
        p = publication(1, number)
        tokens = f"{p.title} {p.subtitle}".lower().split()
        words.update(tokens)
        pairs.update(pairwise(tokens))
        languages[p.language] += 1
        types[p.material] += 1
    print(f"{len(words)} words, {len(pairs)} pairs in {MANY} records")
    assert len(words) > 5_000
    assert len(words) + len(pairs) > 20_000
    ranked = [n for _, n in words.most_common()]
    assert ranked[0] > 5 * ranked[50] > 25 * ranked[2_000]
    assert sum(n == 1 for n in ranked) > len(ranked) / 4
    assert languages["vie"] / MANY == pytest.approx(0.88, abs=0.02)
    assert types["book"] / MANY == pytest.approx(0.75, abs=0.02)
    assert len(types) == 12


def test_libraries_can_be_named() -> None:
    codes = {f.first("a") for r in generate(500, libraries=("A", "B")) for f in r.of("852")}
    assert codes == {"A", "B"}
    assert {f.first("a") for r in generate(2_000) for f in r.of("852")} == set(LIBRARIES)


def test_impossible_demands_are_refused() -> None:
    with pytest.raises(ValueError, match="duplicate_share"):
        generate_labelled(1, duplicate_share=1.5)
    with pytest.raises(ValueError, match="libraries"):
        generate_labelled(1, libraries=())


def consume(stream: Iterator[Record], count: int) -> None:
    for _ in islice(stream, count):
        pass


def test_memory_does_not_grow_with_the_number_of_records() -> None:
    stream = generate(1_000_000)
    consume(stream, 6_000)
    tracemalloc.start()
    consume(stream, 500)
    before, _ = tracemalloc.get_traced_memory()
    consume(stream, 2_000)
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 150_000


def test_what_comes_after_is_new_or_describes_what_is_held() -> None:
    held = list(generate_labelled(400, 7))
    titles = {tuple(folded_tokens(describe(record).title_proper)) for record, _ in held}
    coming = list(generate_after(400, 200, 7))
    assert {r.control_number for r, _ in coming}.isdisjoint(r.control_number for r, _ in held)
    assert sum(again for _, again in coming) / 200 == pytest.approx(0.5, abs=0.1)
    assert all(tuple(folded_tokens(describe(record).title_proper)) in titles for record, again in coming if again)
    assert coming[50:] == list(generate_after(400, 150, 7, skip=50))


def test_speed_is_printed() -> None:
    consume(generate(100), 100)
    for name, stream in (("records", generate(5_000)), ("ISO 2709", generate_iso2709(5_000))):
        start = time.process_time()
        count = sum(1 for _ in stream)
        print(f"{name}: {count / (time.process_time() - start):,.0f} for each second of one processor")
        assert count == 5_000
