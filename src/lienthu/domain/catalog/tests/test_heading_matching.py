"""Whether a heading is an authority (AUT-4 to AUT-9): pure, order-independent, explained."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthu.domain.catalog.heading_matching import Candidate, Judged, Told, bag_of, digest_of, is_common, judge
from lienthu.foundation.marc.authority import Heading, read_heading


def heading(name: str, dates: str = "", kind: str = "person", number: str = "") -> Heading:
    tag = {"person": "100", "topic": "650", "place": "651", "body": "110"}[kind]
    pairs = [("a", name), *([("d", dates)] if dates else []), *([("0", number)] if number else [])]
    return read_heading(kind, tag, tuple(pairs))


def known(
    id_: int, name: str, years: str = "", *, form: str = "heading", kind: str = "person", **said: Any
) -> Candidate:
    birth, _, death = years.partition("-")
    return Candidate(
        id_, kind, form, name, name, name, int(birth) if birth else None, int(death) if death else None, **said
    )


def outcome(judged: list[Judged]) -> list[tuple[int, str]]:
    return [(j.authority, "linked" if j.linked else "suggested") for j in judged]


@pytest.mark.parametrize(
    ("written", "authority", "expected"),
    [
        # the same heading, however it is written
        (("Nguyễn Du", "1765-1820"), ("Nguyễn Du", "1765-1820"), "linked"),
        (("Du, Nguyễn,", "1765-1820"), ("Nguyễn Du", "1765-1820"), "linked"),
        (("Nguyễn Du", "1765-"), ("Nguyễn Du", "1765-1820"), "linked"),
        (("Tô Hoài", ""), ("Tô Hoài", "1920-2014"), "linked"),
        (("Lí Thường Kiệt", ""), ("Lý Thường Kiệt", ""), "linked"),
        # every Nguyễn is not the same: a name of many people needs years, or a person's word
        (("Nguyễn Văn Hùng", ""), ("Nguyễn Văn Hùng", "1960-"), "suggested"),
        (("Nguyễn Văn Hùng", ""), ("Nguyễn Văn Hùng", ""), "suggested"),
        (("Nguyễn Văn Hùng", "1960-"), ("Nguyễn Văn Hùng", "1960-"), "linked"),
        # years that contradict each other are two people
        (("Nguyễn Du", "1950-"), ("Nguyễn Du", "1765-1820"), None),
        (("Tô Hoài", "-1950"), ("Tô Hoài", "1920-2014"), None),
        # marks that contradict each other are two names; marks left out on one side may be the same
        (("Nguyễn Dũ", "1765-1820"), ("Nguyễn Du", "1765-1820"), None),
        (("Nguyen Du", "1765-1820"), ("Nguyễn Du", "1765-1820"), "suggested"),
        (("Tô Hoai", ""), ("Tô Hoài", ""), None),
    ],
)
def test_persons(written: tuple[str, str], authority: tuple[str, str], expected: str | None) -> None:
    found = outcome(judge(heading(*written), [known(1, *authority)]))
    assert found == ([(1, expected)] if expected else [])


def test_places_and_topics() -> None:
    assert judge(heading("Hạ Long", kind="place"), [known(1, "Hà Long", kind="place")]) == []
    assert outcome(judge(heading("Hạ Long", kind="place"), [known(1, "Hạ Long", kind="place")])) == [(1, "linked")]
    assert outcome(judge(heading("Ha Long", kind="place"), [known(1, "Hạ Long", kind="place")])) == [(1, "suggested")]
    other = [known(1, "Than", kind="topic", form="variant")]
    assert outcome(judge(heading("Than", kind="topic"), other)) == [(1, "linked")]
    assert judge(heading("Than", kind="place"), other) == []


def test_a_pen_name_links_with_years_and_is_suggested_without() -> None:
    pen = [known(1, "Nguyễn Sen", "1920-2014", form="variant")]
    assert outcome(judge(heading("Nguyễn Sen", "1920-2014"), pen)) == [(1, "linked")]
    assert outcome(judge(heading("Nguyễn Sen"), pen)) == [(1, "suggested")]


def test_a_number_links_whatever_the_name_says() -> None:
    candidates = [known(1, "Nguyễn Du"), known(2, "", identifiers=frozenset({"viaf:7"}))]
    (found,) = judge(heading("Nguyễn Du", number="viaf:7"), candidates)
    assert (found.authority, found.linked, found.reasons[0]["feature"]) == (2, True, "identifier")


def test_two_of_one_name_are_only_suggested_and_years_choose() -> None:
    two = [known(1, "Tô Hoài", "1920-2014"), known(2, "Tô Hoài", "1955-")]
    assert outcome(judge(heading("Tô Hoài"), two)) == [(1, "suggested"), (2, "suggested")]
    assert outcome(judge(heading("Tô Hoài", "1955-"), two)) == [(2, "linked")]


def test_nobody_is_published_before_birth() -> None:
    person = [known(1, "Tô Hoài", "1920-2014")]
    assert outcome(judge(heading("Tô Hoài"), person, year=1941)) == [(1, "linked")]
    assert judge(heading("Tô Hoài"), person, year=1925) == []


def test_reasons_say_what_was_compared() -> None:
    (found,) = judge(heading("Nguyễn Văn Hùng"), [known(1, "Nguyễn Văn Hùng", "1960-")])
    by_feature = {r["feature"]: r for r in found.reasons}
    assert set(by_feature) == {"name", "rivals", "dates", "rarity"}
    assert by_feature["dates"]["right"] == "1960-"
    assert by_feature["rarity"]["score"] == 0
    total = sum(r["weight"] for r in found.reasons)
    assert found.score == round(sum(r["score"] * r["weight"] for r in found.reasons) / total, 3)


def test_what_people_said_counts_before_the_rules() -> None:
    two = [known(1, "Tô Hoài", "1920-2014"), known(2, "Tô Hoài", "1955-")]
    assert outcome(judge(heading("Tô Hoài"), two, [Told(2, True, False)])) == [(2, "linked")]
    assert outcome(judge(heading("Tô Hoài"), two, [Told(2, False, False)])) == [(1, "linked")]
    # in this record it is another one than elsewhere
    told = [Told(2, True, False), Told(1, True, True)]
    assert outcome(judge(heading("Tô Hoài"), two, told)) == [(1, "linked")]
    # refused in this record only, although rules are sure
    assert judge(heading("Tô Hoài", "1955-"), two, [Told(2, False, True)]) == []


@pytest.mark.parametrize(
    ("name", "common"),
    [
        ("Nguyễn Văn Hùng", True),
        ("Trần Thị Mai", True),
        ("Hùng", True),
        ("Tô Hoài", False),
        ("Nguyễn Nhật Ánh", False),
        ("Nguyên Hồng", False),
        ("Nguyen Hong", True),
    ],
)
def test_names_of_many(name: str, common: bool) -> None:
    assert is_common(name) is common


NAMES = st.sampled_from(["Nguyễn Du", "Du, Nguyễn", "Nguyen Du", "Tô Hoài", "Nguyễn Dư", "Nguyễn Văn Hùng", "Hoài Tô"])
YEARS = st.sampled_from(["", "1765-1820", "1765-", "1960-", "-1820"])
CANDIDATES = st.lists(
    st.builds(known, st.integers(1, 4), NAMES, YEARS, form=st.sampled_from(["heading", "variant", "former"])),
    max_size=6,
)
TOLD = st.lists(
    st.builds(Told, st.integers(1, 4), st.booleans(), st.booleans()),
    max_size=3,
    unique_by=lambda t: (t.authority, t.here),
)


@given(
    name=NAMES, years=YEARS, candidates=CANDIDATES, told=TOLD, year=st.none() | st.integers(1700, 2020), data=st.data()
)
def test_the_order_does_not_matter_and_one_at_most_is_linked(
    name: str, years: str, candidates: list[Candidate], told: list[Told], year: int | None, data: st.DataObject
) -> None:
    written = heading(name, years)
    first = judge(written, candidates, told, year)
    again = judge(written, data.draw(st.permutations(candidates)), data.draw(st.permutations(told)), year)
    assert [(j.authority, j.linked, j.score) for j in again] == [(j.authority, j.linked, j.score) for j in first]
    assert not any(j.linked for j in first) or len(first) == 1
    refused = {t.authority for t in told if not t.same and t.here}
    assert not refused & {j.authority for j in first}


@given(name=st.text(max_size=40), years=YEARS)
def test_any_text_has_a_bag_and_a_digest(name: str, years: str) -> None:
    written = heading(name, years)
    assert len(bag_of(written.kind, written.name)) <= 160
    assert len(digest_of(written)) == 16
