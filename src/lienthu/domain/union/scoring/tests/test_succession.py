"""Serials that changed their title are two, whichever record says so and by whatever it names the other (MAT-27)."""

from __future__ import annotations

from typing import Any

import pytest

from lienthu.domain.catalog.tests.cast import book
from lienthu.domain.union.fingerprint import Fingerprint
from lienthu.domain.union.scoring.features import succession
from lienthu.domain.union.scoring.model import Verdict, score_pair
from lienthu.domain.union.scoring.rules import shipped
from lienthu.domain.union.scoring.tests.cast import print_of
from lienthu.foundation.marc.model import Field

SERIAL = "00000nas a2200000 a 4500"
OLD_ISSN, NEW_ISSN = "0866-7349", "1859-1531"


def serial(title: str, *, issn: str = "", links: tuple[tuple[str, str, str], ...] = (), **said: Any) -> Fingerprint:
    """A journal; ``links``: tag, subfield, value."""
    more = [Field("022", subfields=(("a", issn),))] if issn else []
    more += [Field(tag, "0", "0", ((code, value),)) for tag, code, value in links]
    given = {"year": 1995, "publisher": "Sở Văn hoá Quảng Ninh", "leader": SERIAL, "more": more, **said}
    return print_of(book(title, **given))


@pytest.mark.parametrize(
    "link",
    [("785", "t", "Hạ Long mới"), ("785", "t", "Tạp chí Hạ Long mới."), ("785", "x", NEW_ISSN),
     ("785", "w", "(VN-QN)s2"), ("780", "w", "s2")],
)  # fmt: skip
def test_a_serial_that_names_the_other_is_another(link: tuple[str, str, str]) -> None:
    earlier = serial("Hạ Long", issn=OLD_ISSN, links=(link,))
    later = serial("Hạ Long mới", issn=NEW_ISSN, number="s2")
    for a, b in ((earlier, later), (later, earlier)):
        assert succession.level(a, b) == "differ"
        assert score_pair(a, b, shipped()).verdict is Verdict.DIFFERENT


def test_it_holds_where_everything_else_agrees() -> None:
    """The title may hardly have changed: "Văn nghệ Hạ Long" and "Văn nghệ  Hạ Long" under another ISSN."""
    later = serial("Văn nghệ Hạ Long", links=(("780", "x", OLD_ISSN),))
    earlier = serial("Văn nghệ Hạ Long")
    assert score_pair(earlier, later, shipped()).verdict is Verdict.SAME, "without the number nothing tells them apart"
    numbered = serial("Văn nghệ Hạ Long", issn=OLD_ISSN)
    assert score_pair(numbered, later, shipped()).verdict is Verdict.DIFFERENT


def test_two_records_of_one_serial_are_one_though_only_one_tells_of_its_past() -> None:
    one = serial("Hạ Long", issn=OLD_ISSN, links=(("780", "t", "Vùng mỏ"), ("785", "x", NEW_ISSN)))
    for other in (serial("Hạ Long", issn=OLD_ISSN), serial("Hạ Long", issn=OLD_ISSN, links=(("780", "t", "Vùng mỏ"),))):
        assert succession.level(one, other) == "none"
        assert score_pair(one, other, shipped()).verdict is Verdict.SAME


def test_a_serial_that_kept_its_title_is_not_told_from_itself() -> None:
    """780 $t with the serial's own title says nothing of a record that has only the title."""
    one = serial("Hạ Long", links=(("780", "t", "Hạ Long"),))
    assert one.neighbours == ()
    assert succession.level(one, serial("Hạ Long")) == "none"


def test_books_have_no_succession() -> None:
    assert print_of(book("Hạ Long", number="1", more=[Field("780", "0", "0", (("t", "Vùng mỏ"),))])).neighbours == ()
