"""What every search engine behind Liên Thư must do, one small library at a time (SEA-3, 7, 14, 16, 18)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lienthu.domain.discovery.backends.base import IndexMissing
from lienthu.domain.discovery.parsing import parse
from lienthu.domain.discovery.query import MAX_RESULT_WINDOW, SearchRequest
from lienthu.domain.discovery.tests.cast import BACKENDS, Backend, ask, fill, ids, publication
from lienthu.domain.discovery.understanding import without_accents
from lienthu.foundation.marc.model import Field

ISBN = "9786049573224"


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    """Each engine with an empty index."""
    return BACKENDS[request.param](tmp_path / "index")


def found(backend: Backend, q: str, **request: object) -> set[int]:
    return set(ids(ask(backend.reader, q, **request)))


# --------------------------------------------------------------------------------------------------- words (SEA-3)


@pytest.fixture
def bays(backend: Backend) -> Backend:
    """Hạ Long, Hà Long, and a catalogue that lost its diacritics."""
    fill(backend, [
        publication(1, "Vịnh Hạ Long"), publication(2, "Làng Hà Long"), publication(3, "Vinh Ha Long"),
        publication(4, "Biển Đông"),
    ])  # fmt: skip
    return backend


def test_a_word_with_diacritics_is_answered_by_that_word_and_by_unmarked_texts(bays: Backend) -> None:
    assert found(bays, "Hạ Long") == {1, 3}
    assert found(bays, "hà long") == {2, 3}
    assert found(bays, "Hã Long") == {3}


def test_that_word_stands_before_the_unmarked_text(bays: Backend) -> None:
    assert ids(ask(bays.reader, "Hạ Long")) == [1, 3]


def test_a_word_without_diacritics_is_answered_by_all_that_fold_to_it(bays: Backend) -> None:
    assert found(bays, "ha long") == {1, 2, 3}
    assert found(bays, "HA LONG") == {1, 2, 3}


def test_đ_is_d_where_diacritics_are_left_out(bays: Backend) -> None:
    assert found(bays, "bien dong") == found(bays, "biển đông") == {4}


@pytest.mark.parametrize("typed", ["hoà bình", "hòa bình", "HOÀ BÌNH", "hòa bi\u0300nh", "hoa binh"])
def test_the_place_of_the_tone_mark_and_the_form_of_unicode_do_not_matter(backend: Backend, typed: str) -> None:
    fill(backend, [publication(1, "Chiến tranh và hoà bình"), publication(2, "Chiến tranh và hòa bình")])
    assert found(backend, typed) == {1, 2}


def test_i_and_y_are_one_where_diacritics_are_left_out(backend: Backend) -> None:
    fill(backend, [publication(1, "Kĩ thuật"), publication(2, "Kỹ thuật")])
    assert found(backend, "ky thuat") == found(backend, "ki thuat") == {1, 2}
    assert found(backend, "kỹ thuật") == {2}


def test_a_plan_that_gave_up_diacritics_is_answered_like_one_without(bays: Backend) -> None:
    assert set(ids(ask(bays.reader, without_accents(parse("Hã Long"))))) == {1, 2, 3}


def test_all_words_are_required_unless_fewer_are_asked_for(bays: Backend) -> None:
    plan = parse("vịnh hạ đông")
    assert ids(ask(bays.reader, plan)) == []
    assert set(ids(ask(bays.reader, replace(plan, needed=2)))) == {1, 3}
    assert set(ids(ask(bays.reader, replace(plan, needed=1)))) == {1, 3, 4}


def test_a_beginning_finds_all_words_that_begin_so(backend: Backend) -> None:
    """SEA-16: also where there are more of them than fifty, the most that the engine's own query looks at."""
    fill(backend, [publication(n, f"Nga{n:03}") for n in range(1, 121)])
    assert len(found(backend, "nga*", size=200)) == 120
    assert len(found(backend, "nga01*", size=200)) == 10
    assert found(backend, "n" * 2000 + "*") == set()


# -------------------------------------------------------------------------------- phrases, scopes, exclusions (SEA-16)


@pytest.fixture
def shelf(backend: Backend) -> Backend:
    """Books by and about one another."""
    fill(backend, [
        publication(1, "Đất mỏ", by="Võ Huy Tâm", year=1961, subjects=["Công nhân mỏ -- Việt Nam"], isbn=ISBN,
                    shelf=["895.92 / V500"], barcodes=["QN-0001"], number="tv 17"),
        publication(2, "Mỏ đất sét", by="Lê Văn Đất", subjects=["Địa chất"]),
        publication(3, "Võ Huy Tâm, nhà văn vùng mỏ", by="Nhiều tác giả", subjects=["Nhà văn"]),
        publication(4, "Thư viện và thư mục", by="Phan Văn", subjects=["Thư viện học"]),
        publication(5, "断腸新聲", by="Nguyễn Du", more=[Field("880", "1", "0", (("6", "245-01"), ("a", "斷腸新聲")))]),
    ])  # fmt: skip
    return backend


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ('"đất mỏ"', {1}),
        ("đất mỏ", {1, 2}),
        ('"dat mo"', {1}),
        ('"mỏ đất"', {2}),
        ('"đất mỏ võ"', set()),  # no phrase runs from a title into a name
        ("nhande:mỏ", {1, 2, 3}),
        ("tacgia:đất", {2}),
        ("tg:tâm", {1}),
        ('author:"Võ Huy Tâm"', {1}),
        ('title:"võ huy tâm"', {3}),
        ("chude:mỏ", {1}),
        ('subject:"công nhân mỏ"', {1}),
        ("mỏ -sét", {1, 3}),
        ('mỏ -"nhà văn"', {1, 2}),
        ("mỏ -tg:tâm", {2, 3}),
        ("thư*", {4}),
        ("thu v*", {4}),
        ("mỏ* vùng", {3}),
        ("tg:nguy*", {5}),
        ("腸", {5}),
        ('"斷腸"', {5}),
        ('"V500"', {1}),
    ],
)
def test_what_can_be_typed(shelf: Backend, typed: str, wanted: set[int]) -> None:
    assert found(shelf, typed) == wanted


@pytest.mark.parametrize(
    "typed",
    [ISBN, "978-604-957-322-4", "604-957-322-8", "isbn:9786049573224", "id:QN-0001", "id:qn0001", "so:TV17"],
)
def test_numbers_find_their_publication(shelf: Backend, typed: str) -> None:
    assert ids(ask(shelf.reader, typed)) == [1]


def test_only_exclusions_leave_everything_else(shelf: Backend) -> None:
    assert found(shelf, "-mỏ") == {4, 5}


def test_nothing_typed_finds_everything(shelf: Backend) -> None:
    assert found(shelf, "") == {1, 2, 3, 4, 5}


def test_what_nobody_has_is_not_found(shelf: Backend) -> None:
    answer = ask(shelf.reader, "xyz không có", facets={"library": 10})
    assert (answer.total, answer.hits, answer.facets, answer.years) == (0, (), {"library": ()}, ())


def test_the_book_that_was_named_stands_before_books_about_it(backend: Backend) -> None:
    fill(backend, [
        publication(1, "Truyện Kiều của Nguyễn Du", by="Truyện Kiều", subjects=["Truyện Kiều", "Kiều"]),
        publication(2, "Bình giảng Truyện Kiều, Truyện Kiều trong nhà trường", subjects=["Truyện Kiều"]),
        publication(3, "Truyện Kiều", by="Nguyễn Du"),
    ])  # fmt: skip
    for typed in ("truyện kiều", "truyen kieu", "TRUYỆN KIỀU"):
        assert ids(ask(backend.reader, typed))[0] == 3


def test_titles_weigh_more_than_notes(backend: Backend) -> None:
    noted = publication(1, "Tuyển tập", more=[Field("520", subfields=(("a", "Có truyện về than đá Quảng Ninh."),))])
    fill(backend, [noted, publication(2, "Than đá Quảng Ninh và những truyện khác")])
    assert ids(ask(backend.reader, "than đá")) == [2, 1]


# --------------------------------------------------------------------------------------------------- facets (SEA-7)


@pytest.fixture
def network(backend: Backend) -> Backend:
    """Four libraries, two areas, three languages."""
    fill(backend, [
        publication(1, "Mỏ một", held_by=["A", "B"], area="hg", year=1961, language="vie", by="Võ Huy Tâm"),
        publication(2, "Mỏ hai", held_by=["A"], area="hg", year=1965, language="eng"),
        publication(3, "Mỏ ba", held_by=["B"], area="cp", year=1978, language="vie"),
        publication(4, "Mỏ bốn", held_by=["C"], area="cp", language="fre"),
        publication(5, "Biển năm", held_by=["D"], area="cp", year=1999, language="vie"),
    ])  # fmt: skip
    return backend


SIZES = {"library": 10, "language": 10, "area": 10}


def counts(backend: Backend, q: str, facet: str, **request: object) -> dict[str, int]:
    values = ask(backend.reader, q, facets=SIZES, **request).facets[facet]
    return {v.value: v.count for v in values}


def test_facets_are_counted_over_all_hits_not_over_the_page(network: Backend) -> None:
    assert counts(network, "mỏ", "library", size=1) == {"A": 2, "B": 2, "C": 1}
    assert counts(network, "", "language") == {"vie": 3, "eng": 1, "fre": 1}


def test_values_of_one_facet_are_alternatives_and_different_facets_add_up(network: Backend) -> None:
    assert found(network, "mỏ", filters={"library": ("A",)}) == {1, 2}
    assert found(network, "mỏ", filters={"library": ("A", "C")}) == {1, 2, 4}
    assert found(network, "mỏ", filters={"library": ("A", "C"), "language": ("vie", "fre")}) == {1, 4}
    assert found(network, "mỏ", filters={"library": ()}) == {1, 2, 3, 4}


def test_a_facet_is_counted_without_its_own_choice(network: Backend) -> None:
    chosen = {"filters": {"library": ("A",)}}
    assert counts(network, "mỏ", "library", **chosen) == {"A": 2, "B": 2, "C": 1}
    assert counts(network, "mỏ", "language", **chosen) == {"vie": 1, "eng": 1}
    both = {"filters": {"library": ("A",), "language": ("vie",)}}
    assert counts(network, "mỏ", "library", **both) == {"A": 1, "B": 2}
    assert counts(network, "mỏ", "language", **both) == {"vie": 1, "eng": 1}


def test_a_count_is_what_choosing_the_value_finds(network: Backend) -> None:
    for facet in SIZES:
        for value, count in counts(network, "mỏ", facet).items():
            assert len(found(network, "mỏ", filters={facet: (value,)})) == count


def test_what_was_chosen_is_shown_even_where_nothing_is_left(network: Backend) -> None:
    values = ask(network.reader, "biển", facets=SIZES, filters={"library": ("A",)}).facets["library"]
    assert [(v.value, v.count, v.selected) for v in values] == [("D", 1, False), ("A", 0, True)]


def test_only_as_many_values_as_asked_for(network: Backend) -> None:
    assert len(ask(network.reader, "", facets={"library": 2}).facets["library"]) == 2


def test_years_are_counted_by_decade_and_without_their_own_choice(network: Backend) -> None:
    assert ask(network.reader, "mỏ", facets=SIZES).years == ((1960, 2), (1970, 1))
    chosen = ask(network.reader, "mỏ", facets=SIZES, year_from=1970, year_to=1979)
    assert (ids(chosen), chosen.years) == ([3], ((1960, 2), (1970, 1)))


@pytest.mark.parametrize(
    ("years", "wanted"),
    [
        ((1961, 1965), {1, 2}),
        ((1962, None), {2, 3, 5}),
        ((None, 1961), {1}),
        ((1990, 1980), set()),
        ((0, 9999), {1, 2, 3, 5}),
    ],
)
def test_a_range_of_years_holds_its_ends(
    network: Backend, years: tuple[int | None, int | None], wanted: set[int]
) -> None:
    assert found(network, "", year_from=years[0], year_to=years[1]) == wanted


# --------------------------------------------------------------------------------------------- order, pages (SEA-14)


def test_titles_are_in_vietnamese_order(backend: Backend) -> None:
    """Letters before tones, syllable by syllable: ă after a, đ after d, ngang huyền hỏi ngã sắc nặng."""
    titles = "A lô|Anh hùng|Ánh sáng|Ăn mày|Ba tư|Cam|Chanh|Dừa|Đào|Ha|Hà|Hả|Hã|Há|Hạ|Hát|Lê|Lý|Ơn|Ư|Y".split("|")
    fill(backend, [publication(n, title) for n, title in list(enumerate(titles, 1))[::-1]])
    assert [titles[n - 1] for n in ids(ask(backend.reader, sort="title", size=50))] == titles


def test_unknown_years_stand_last_in_both_directions(backend: Backend) -> None:
    fill(backend, [
        publication(1, "Mỏ một", year=1961), publication(2, "Mỏ hai"), publication(3, "Mỏ ba", year=1999),
        publication(4, "Mỏ bốn", year=1930),
    ])  # fmt: skip
    assert ids(ask(backend.reader, "mỏ", sort="year_desc")) == [3, 1, 4, 2]
    assert ids(ask(backend.reader, "mỏ", sort="year_asc")) == [4, 1, 3, 2]


def test_the_newest_come_first_when_asked_or_when_nothing_was_typed(backend: Backend) -> None:
    fill(backend, [
        publication(1, "Mỏ một", added="2020-05-05"), publication(2, "Mỏ hai", added="2024-05-05"),
        publication(3, "Mỏ ba", added="2022-05-05"),
    ])  # fmt: skip
    assert ids(ask(backend.reader, "mỏ", sort="newest")) == ids(ask(backend.reader)) == [2, 3, 1]


@pytest.mark.parametrize("sort", ["relevance", "title", "year_desc", "newest"])
def test_pages_hold_every_publication_once(backend: Backend, sort: str) -> None:
    fill(backend, [publication(n, f"Mỏ {n}", year=1950 + n % 3) for n in range(1, 24)])
    pages = [ids(ask(backend.reader, "mỏ", sort=sort, page=page, size=5)) for page in range(1, 7)]
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3, 0]
    assert sorted(n for page in pages for n in page) == list(range(1, 24))
    assert ask(backend.reader, "mỏ", page=9, size=5).total == 23


def test_the_deepest_page_is_answered(backend: Backend) -> None:
    fill(backend, [publication(1, "Mỏ")])
    assert ask(backend.reader, "mỏ", page=MAX_RESULT_WINDOW // 100, size=100).total == 1


# --------------------------------------------------------------------------------------------- suggestions (SEA-18)


def suggested(backend: Backend, prefix: str, limit: int = 10) -> list[tuple[str, str, int]]:
    return [(s.kind, s.text, s.count) for s in backend.reader.suggest(prefix, limit)]


def test_titles_persons_and_subjects_are_completed_most_held_first(backend: Backend) -> None:
    fill(backend, [
        publication(1, "Hạ Long", by="Hà Minh", subjects=["Hải dương học"]), publication(2, "Hà Nội", by="Hà Ân"),
        publication(3, "Hạ Long", by="Hà Ân"),
    ])  # fmt: skip
    assert suggested(backend, "ha") == [
        ("title", "Hạ Long", 2), ("title", "Hà Nội", 1), ("person", "Hà Ân", 2), ("person", "Hà Minh", 1),
        ("subject", "Hải dương học", 1),
    ]  # fmt: skip
    assert suggested(backend, "ha l") == [("title", "Hạ Long", 2)]
    assert suggested(backend, "x") == []


def test_persons_are_found_by_their_given_name(backend: Backend) -> None:
    fill(backend, [publication(1, "Số đỏ", by="Phụng, Vũ Trọng, 1912-1939")])
    for typed in ("vu trong", "trong ph", "phung"):
        assert suggested(backend, typed) == [("person", "Vũ Trọng Phụng", 1)]


def test_no_more_suggestions_of_a_kind_than_asked_for(backend: Backend) -> None:
    fill(backend, [publication(n, f"Hạ Long {n}") for n in range(1, 9)])
    assert len(suggested(backend, "ha", 3)) == 3


# ------------------------------------------------------------------------------------------- changes of the index


def test_what_is_not_committed_is_not_seen(backend: Backend) -> None:
    fill(backend, [publication(1, "Đất mỏ")])
    before = backend.reader.generation()
    backend.writer.put([publication(2, "Vùng mỏ")])
    assert found(backend, "mỏ") == {1}
    assert backend.reader.generation() == before
    backend.writer.commit()
    assert found(backend, "mỏ") == {1, 2}
    assert backend.reader.generation() != before


def test_what_was_remembered_is_forgotten_with_every_commit(backend: Backend) -> None:
    fill(backend, [publication(1, "Đất mỏ")])
    assert (ask(backend.reader).total, len(suggested(backend, "dat"))) == (1, 1)
    fill(backend, [publication(2, "Đất rừng phương Nam")])
    assert (ask(backend.reader).total, len(suggested(backend, "dat"))) == (2, 2)


def test_a_publication_put_twice_is_there_once(backend: Backend) -> None:
    for title in ("Đất mỏ", "Đất mỏ", "Vùng mỏ"):
        fill(backend, [publication(1, title, held_by=["A"])])
    answer = ask(backend.reader, "mỏ", facets={"library": 5})
    assert (answer.total, ids(answer)) == (1, [1])
    assert [(v.value, v.count) for v in answer.facets["library"]] == [("A", 1)]
    assert found(backend, "đất") == set()


def test_twice_in_one_commit_too(backend: Backend) -> None:
    fill(backend, [publication(1, "Đất mỏ"), publication(1, "Vùng mỏ")])
    assert (found(backend, "đất"), found(backend, "vùng")) == (set(), {1})


def test_what_was_replaced_or_removed_is_suggested_no_more(backend: Backend) -> None:
    fill(backend, [publication(1, "Đất mỏ"), publication(2, "Đạt danh"), publication(3, "Đất rừng")])
    fill(backend, [publication(1, "Vùng mỏ")])
    backend.writer.remove([2])
    backend.writer.commit()
    assert suggested(backend, "dat") == [("title", "Đất rừng", 1)]


def test_words_are_counted_in_publications(backend: Backend) -> None:
    fill(backend, [publication(1, "Hạ Long, Hạ Long"), publication(2, "Hà Long"), publication(3, "Ha Long")])
    assert [backend.reader.exact_count(w) for w in ("hạ", "hà", "ha", "hã")] == [1, 1, 1, 0]
    assert [backend.reader.folded_count(w) for w in ("ha", "long", "xyz")] == [3, 3, 0]


def test_removing_takes_away_and_nothing_else(backend: Backend) -> None:
    fill(backend, [publication(n, "Mỏ") for n in (1, 2, 12)])
    backend.writer.remove([1, 99])
    backend.writer.commit()
    assert found(backend, "mỏ") == {2, 12}


def test_a_deleted_index_is_missed_and_a_new_one_is_read_by_the_same_reader(backend: Backend) -> None:
    fill(backend, [publication(1, "Đất mỏ")])
    assert found(backend, "mỏ") == {1}
    backend.destroy()
    for question in (
        lambda: ask(backend.reader, "mỏ"), backend.reader.generation, lambda: backend.reader.suggest("dat", 5),
        lambda: backend.reader.exact_count("mỏ"),
    ):  # fmt: skip
        with pytest.raises(IndexMissing):
            question()
    backend.begin_anew()
    fill(backend, [publication(2, "Vùng mỏ")])
    assert found(backend, "mỏ") == {2}


def test_some_are_asked_for_and_some_left_out(backend: Backend) -> None:
    """SEA-25: which of these match, on whatever page they would stand; and a page without those told already."""
    fill(backend, [publication(n, f"Mỏ than {n}", year=1990 + n) for n in range(1, 31)] + [publication(99, "Biển")])
    plan, reader = parse("mỏ than"), backend.reader
    assert reader.among({3, 29, 99, 12345}, plan, SearchRequest(size=5)) == {3, 29}
    assert reader.among({3, 29, 99}, plan, SearchRequest(year_from=2000)) == {29}
    assert reader.among({3, 99}, parse(""), SearchRequest()) == {3, 99}
    assert reader.among(set(), plan, SearchRequest()) == set()
    first = reader.find(plan, SearchRequest(size=30), facet_sizes={})
    for begin in (0, 7, 28):
        part = reader.find(plan, SearchRequest(size=4, first=begin), facet_sizes={})
        assert ids(part) == ids(first)[begin : begin + 4]
    rest = reader.find(plan, SearchRequest(size=30), facet_sizes={}, without={1, 2, 99})
    assert (rest.total, set(ids(rest))) == (28, set(range(3, 31)))
    assert reader.find(parse(""), SearchRequest(), facet_sizes={}, without={1}).total == 30
