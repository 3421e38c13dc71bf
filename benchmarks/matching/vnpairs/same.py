"""Ways in which two libraries describe the same manifestation differently: the positive kinds."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from vnpairs import damage
from vnpairs.chance import Chance
from vnpairs.practice import PLACES, PRACTICES, PUBLISHERS, Practice
from vnpairs.publication import Publication, isbn13


@dataclass(frozen=True)
class Side:
    """One of the two records to be written; ``harm`` says what happens to the text of which fields."""

    publication: Publication
    practice: Practice
    harm: damage.Damage | None = None
    tags: frozenset[str] = frozenset()
    """Fields the harm is limited to; none: all that hold text."""


Two = tuple[Side, Side]
Way = Callable[[Publication, Chance], Two | None]

FULL = [p for p in PRACTICES if not p.brief]
BRIEF = [p for p in PRACTICES if p.brief]
TITLE = frozenset({"245"})


def two(p: Publication, chance: Chance, *, full: bool = True) -> Two:
    """Two libraries; a fifth of the time of one practice, as the different pairs often are."""
    left, right = chance.shuffled(FULL if full else PRACTICES)[:2]
    if chance.percent(20):
        right = left
    return Side(p, left), Side(p, right)


def both(pair: Two, **changes: object) -> Two:
    """The same choice overruled in both libraries."""
    left, right = pair
    return (
        replace(left, practice=replace(left.practice, **changes)),
        replace(right, practice=replace(right.practice, **changes)),
    )


def practised(side: Side, **changes: object) -> Side:
    """One choice of one library overruled."""
    return replace(side, practice=replace(side.practice, **changes))


def without(side: Side, *dropped: str) -> Side:
    """A library that leaves fields out."""
    return practised(side, dropped=side.practice.dropped | set(dropped))


def published(side: Side, **changes: object) -> Side:
    """Another reading of the same title page."""
    return replace(side, publication=replace(side.publication, **changes))


def _named(p: Publication) -> bool:
    return bool(p.people) and not p.people[0].body


def plain(p: Publication, chance: Chance) -> Two:
    return two(p, chance, full=False)


def name_order(p: Publication, chance: Chance) -> Two | None:
    main = p.people[0] if p.people else None
    if not main or main.role or main.body or main.pen:
        return None
    left, right = two(p, chance)
    order = chance.one(("family", "given"))
    left = practised(left, order="direct", foreign_direct=True, dates=True)
    return left, practised(right, order=order, foreign_direct=False, dates=chance.percent(50))


def initials(p: Publication, chance: Chance) -> Two | None:
    if not _named(p) or all(x.pen or x.foreign for x in p.people) or p.kind == "thesis":
        return None
    left, right = two(p, chance)
    return left, practised(right, initials=True)


def pen_name(p: Publication, chance: Chance) -> Two | None:
    if not any(x.pen and x.real for x in p.people):
        return None
    left, right = two(p, chance)
    return left, practised(right, real_name=True)


def publisher_words(p: Publication, chance: Chance) -> Two | None:
    if not any(name in PUBLISHERS for name in p.publishers):
        return None
    left, right = two(p, chance)
    forms = ("{}", "Nxb. {}", "NXB {}", "Nhà xuất bản {}", "Nxb {}", "NXB. {}")
    a, b = chance.shuffled(forms)[:2]
    return practised(left, publisher=a), practised(right, publisher=b, publisher_form=chance.below(3))


def place_words(p: Publication, chance: Chance) -> Two | None:
    if p.place not in PLACES:
        return None
    left, right = two(p, chance)
    a, b = chance.shuffled(range(len(PLACES[p.place])))[:2]
    return practised(left, place=a), practised(right, place=b)


def responsibility_words(p: Publication, chance: Chance) -> Two | None:
    if not any(x.role for x in p.people):
        return None
    left, right = two(p, chance)
    a, b = chance.shuffled(range(5))[:2]
    return practised(left, role=a, editor_main=False), practised(right, role=b, editor_main=chance.percent(60))


def missing_fields(p: Publication, chance: Chance) -> Two | None:
    left, right = two(p, chance)
    held = {"pages": p.pages, "publisher": p.publishers, "people": p.people, "place": p.place}
    held |= {"series": p.series, "edition": p.edition}
    weak = chance.shuffled([name for name, value in held.items() if value])[: chance.between(1, 3)]
    words = len(p.title.split())
    if "people" in weak and (words < 5 or p.kind == "thesis" or {"publisher", "pages"} <= set(weak)):
        weak.remove("people")
    if "people" in weak and "publisher" in weak and words < 7:
        weak.remove("publisher")  # a common title with neither would be anybody's
    if "edition" in weak and "publisher" in weak:
        weak.remove("edition")
    return left, without(right, "isbn", *(weak or ["place"]))


def brief_and_full(p: Publication, chance: Chance) -> Two | None:
    left = Side(p, chance.one(FULL))
    right = Side(p, replace(chance.one(BRIEF), dropped=frozenset({"isbn"})))
    if not p.people or p.part:
        return left, right
    return left, without(right, *chance.shuffled(("place", "series"))[:1])


def subtitle_place(p: Publication, chance: Chance) -> Two | None:
    if not p.rest:
        return None
    left, right = two(p, chance)
    return practised(left, rest="b"), practised(right, rest=chance.one(("a", "none")))


def parallel_title(p: Publication, chance: Chance) -> Two | None:
    if not p.parallel:
        return None
    left, right = two(p, chance)
    return practised(left, parallel=True), practised(right, parallel=False)


def volume_words(p: Publication, chance: Chance) -> Two | None:
    if not p.part or not p.part.isdigit():
        return None
    left, right = two(p, chance)
    numerals = chance.one(("arabic", "roman", "words"))
    where = chance.one(("a", "b", "n", "extent"))
    words = 1 if numerals != "arabic" else chance.below(4)
    return practised(left, part=0, part_where="n"), practised(right, part=words, part_where=where, numerals=numerals)


def edition_missing(p: Publication, chance: Chance) -> Two | None:
    if not p.edition:
        return None
    left, right = two(p, chance)
    return practised(left, edition=True), practised(right, edition=False)


EDITIONS = (
    (r"^Tái bản lần thứ (\d+)", (r"Tái bản lần \1", r"In lần thứ {next}", r"T.b. lần thứ \1", r"TB lần \1")),
    (r"^In lần thứ (\d+)", (r"In lần \1", r"Xuất bản lần thứ \1", r"Lần thứ \1")),
    (r"có sửa chữa(, bổ sung|và bổ sung)?", ("có s.ch. bổ sung", "có sửa chữa và bổ sung")),
    (r"có chỉnh lý,? ?(và )?bổ sung", ("có chỉnh lí và bổ sung", "có chỉnh lý bổ sung")),
)


def edition_words(p: Publication, chance: Chance) -> Two | None:
    said = p.edition
    for pattern, forms in EDITIONS:
        found = re.search(pattern, said)
        if found:
            form = chance.one(forms)
            if "{next}" in form:  # the first reprint is the second printing
                form = form.format(next=int(found[1]) + 1)
            said = re.sub(pattern, form, said, count=1)
    if said == p.edition:
        return None
    left, right = two(p, chance)
    return left, published(right, edition=said)


def tone_placement(p: Publication, chance: Chance) -> Two | None:
    text = " ".join((p.title, p.rest, *(x.name for x in p.people), *p.publishers))
    if damage.tone_on_first(text, chance) == damage.tone_on_second(text, chance):
        return None
    left, right = two(p, chance)
    return replace(left, harm=damage.tone_on_first), replace(right, harm=damage.tone_on_second)


def i_and_y(p: Publication, chance: Chance) -> Two | None:
    text = " ".join((p.title, p.rest, *p.publishers))
    if damage.i_for_y(text, chance) == damage.y_for_i(text, chance):
        return None
    left, right = two(p, chance)
    return replace(left, harm=damage.i_for_y), replace(right, harm=damage.y_for_i)


def harmed(harm: damage.Damage, tags: frozenset[str] = frozenset()) -> Way:
    """One of two libraries has damaged text."""

    def way(p: Publication, chance: Chance) -> Two | None:
        if harm(p.title, chance) == p.title:
            return None
        left, right = two(p, chance, full=not tags)
        if harm in (damage.without_marks, damage.question_marks, damage.tcvn3_undecoded):
            right = practised(right, place=min(right.practice.place, 1))
        return left, replace(right, harm=harm, tags=tags)

    return way


def capital_title(p: Publication, chance: Chance) -> Two | None:
    left, right = two(p, chance)
    return practised(left, upper=False), practised(right, upper=True)


def year_words(p: Publication, chance: Chance) -> Two | None:
    if not p.year or p.kind in ("article", "serial"):
        return None
    left, right = two(p, chance)
    form = chance.one(("[{}]", "c{}", "[{}?]", "cop. {}", "©{}", "{} [in 1.000 bản]"))
    return practised(left, year="{}"), practised(right, year=form)


def year_unsure(p: Publication, chance: Chance) -> Two | None:
    if not p.year or p.edition or p.kind in ("article", "serial", "thesis") or p.relation == "annual" or p.year > 2012:
        return None
    left, right = two(p, chance)
    if chance.percent(50):
        return left, without(right, "year")
    return left, published(right, year_text=f"[{p.year // 10}-?]")


def year_off_by_one(p: Publication, chance: Chance) -> Two | None:
    """Copyright and deposit years differ by one; the number, the pages and the ISBN agree."""
    if not p.isbn or not p.pages or p.edition or p.kind != "book" or p.relation == "annual" or p.facts.get("school"):
        return None
    left, right = two(p, chance, full=True)
    step = chance.one((-1, 1))
    form = chance.one(("c{}", "[{}]", "©{}")) if step < 0 else chance.one(("[{}]", "{} [nộp lưu chiểu]", "[{}?]"))
    right = published(right, year_text=form.format(p.year + step))
    return both((left, right), isbn="13")


def pages_differ(p: Publication, chance: Chance) -> Two | None:
    if p.pages < 60 or p.kind != "book":
        return None
    left, right = two(p, chance, full=chance.percent(60))
    return left, published(right, pages=p.pages + chance.one((-2, -1, 1, 2, 3)))


def isbn_lengths(p: Publication, chance: Chance) -> Two | None:
    if not p.isbn:
        return None
    left, right = two(p, chance)
    return practised(left, isbn="13"), practised(right, isbn=chance.one(("10", "10", "hyphens")))


def isbn_absent(p: Publication, chance: Chance) -> Two | None:
    if not p.isbn:
        return None
    left, right = two(p, chance, full=False)
    return practised(left, isbn="13"), without(right, "isbn")


def isbn_wrong(p: Publication, chance: Chance) -> Two | None:
    """One library mistyped a digit, or took over the number of another book."""
    if not p.isbn or not p.people:
        return None
    left, right = two(p, chance)
    if chance.percent(70):
        at = chance.between(7, 11)
        wrong = p.isbn[:at] + str((int(p.isbn[at]) + chance.between(1, 8)) % 10) + p.isbn[at + 1 :]
    else:
        wrong = isbn13(f"other/{p.key}")
    return both((left, published(right, bad_isbn=wrong)), isbn="13")


def isbn_cancelled(p: Publication, chance: Chance) -> Two | None:
    if not p.isbn:
        return None
    left, right = two(p, chance)
    return practised(left, isbn="13"), practised(right, isbn="cancelled")


def set_isbn(p: Publication, chance: Chance) -> Two | None:
    """One record of a volume carries the number of the volume, the other that of the set."""
    if not p.part or not p.set_isbn:
        return None
    left, right = two(p, chance)
    return published(left, set_isbn="", isbn=p.isbn or isbn13(p.key)), published(right, isbn="")


def language_absent(p: Publication, chance: Chance) -> Two | None:
    if not p.original and p.language == "vie":
        return None
    left, right = two(p, chance)
    return practised(left, fixed=True), without(right, "language")


def joint_publisher(p: Publication, chance: Chance) -> Two | None:
    if len(p.publishers) < 2:
        return None
    left, right = two(p, chance)
    return practised(left, joint="all"), practised(right, joint=chance.one(("first", "first", "last")))


def fuller_statement(p: Publication, chance: Chance) -> Two | None:
    if len(p.people) < 2:
        return None
    left, right = two(p, chance)
    return left, practised(right, statement="first")


def copied(p: Publication, chance: Chance) -> Two:
    """Both took over one record; one added or dropped something small."""
    how = chance.one(FULL)
    left, right = Side(p, how), Side(p, how)
    small = chance.below(5)
    if small == 0 and how.subjects and p.subjects:
        return left, practised(right, subjects="")
    if small == 1 and p.kind != "article":
        return left, practised(right, size="{} cm" if how.size == "{}cm" else "{}cm", pages="{} tr")
    if small == 2 and how.fixed:
        return left, practised(right, fixed=False)
    if small == 3 and p.people:
        return left, practised(right, role=how.role + 1, dates=not how.dates)
    return left, practised(right, publisher="Nxb {}" if how.publisher != "Nxb {}" else "{}", isbd=not how.isbd)


def scale_words(p: Publication, chance: Chance) -> Two | None:
    scale = p.facts.get("scale", "")
    number = re.search(r"1:([\d.]+)", scale)
    if not number:
        return None
    bare = number[1].replace(".", "")
    forms = (
        f"1:{bare}",
        f"Tỉ lệ 1/{bare}",
        f"Tỷ lệ 1:{number[1].replace('.', ' ')}",
        f"1/{number[1]}",
        f"Scale 1:{bare}",
    )
    left, right = two(p, chance)
    return left, published(right, facts={**p.facts, "scale": chance.one(forms)})


def host_words(p: Publication, chance: Chance) -> Two | None:
    if p.kind != "article":
        return None
    left, right = two(p, chance)
    a, b = chance.shuffled(range(3))[:2]
    return practised(left, role=0, part=a), practised(right, role=chance.one((1, 3)), part=b)


def thesis_words(p: Publication, chance: Chance) -> Two | None:
    if p.kind != "thesis":
        return None
    left, right = two(p, chance)
    right = practised(right, role=1 if left.practice.role % 2 == 0 else 2)
    if chance.percent(40):
        right = without(right, "publisher")
    return left, right


def whole_set(p: Publication, chance: Chance) -> Two | None:
    """The record of all volumes at once: "3 tập", "3 t.", "T.1-3"."""
    if p.kind != "book" or p.part != "1" or p.facts.get("school"):
        return None
    count = chance.between(2, 5)
    together = as_set(p, count)
    left, right = two(together, chance)
    right = published(
        right, facts={**p.facts, "extent": chance.one((f"{count} t.", f"Trọn bộ {count} tập", f"{count} vol."))}
    )
    if chance.percent(40):
        right = published(right, title=f"{p.title}. T.1-{count}")
    return left, right


def as_set(p: Publication, count: int) -> Publication:
    """All volumes as one publication."""
    number = p.set_isbn or (isbn13(f"set/{p.family}") if p.isbn else "")
    facts = {**p.facts, "extent": f"{count} tập"}
    return replace(p, part="", part_name="", pages=0, isbn=number, set_isbn="", facts=facts)


WAYS: dict[str, tuple[int, Way]] = {
    # kind: share, way
    "plain": (45, plain),
    "copied": (40, copied),
    "name-order": (36, name_order),
    "initials": (25, initials),
    "pen-name": (25, pen_name),
    "publisher-words": (28, publisher_words),
    "place-words": (22, place_words),
    "responsibility-words": (28, responsibility_words),
    "fuller-statement": (16, fuller_statement),
    "missing-fields": (40, missing_fields),
    "brief-and-full": (44, brief_and_full),
    "subtitle-place": (30, subtitle_place),
    "parallel-title": (10, parallel_title),
    "volume-words": (36, volume_words),
    "whole-set": (14, whole_set),
    "edition-missing": (22, edition_missing),
    "edition-words": (20, edition_words),
    "tone-placement": (28, tone_placement),
    "i-and-y": (22, i_and_y),
    "decomposed": (22, harmed(damage.decomposed)),
    "marks-missing": (36, harmed(damage.without_marks)),
    "tcvn3": (32, harmed(damage.tcvn3_undecoded)),
    "tcvn3-capitals": (22, harmed(damage.tcvn3_capitals_lost, TITLE)),
    "scanned": (28, harmed(damage.scanned, frozenset({"245", "100", "260"}))),
    "mistyped": (28, harmed(damage.mistyped, TITLE)),
    "capitals": (12, capital_title),
    "year-words": (24, year_words),
    "year-unsure": (16, year_unsure),
    "year-off-by-one": (18, year_off_by_one),
    "pages-differ": (26, pages_differ),
    "isbn-lengths": (20, isbn_lengths),
    "isbn-absent": (20, isbn_absent),
    "isbn-wrong": (18, isbn_wrong),
    "isbn-cancelled": (10, isbn_cancelled),
    "set-isbn": (14, set_isbn),
    "language-absent": (12, language_absent),
    "joint-publisher": (18, joint_publisher),
    "scale-words": (8, scale_words),
    "host-words": (12, host_words),
    "thesis-words": (14, thesis_words),
}
TEST_ONLY: dict[str, tuple[int, Way]] = {
    "vni": (8, harmed(damage.vni_undecoded)),
    "viqr": (8, harmed(damage.viqr)),
    "utf8-twice": (10, harmed(damage.utf8_twice)),
    "eth-for-d": (8, harmed(damage.eth_for_d)),
    "question-marks": (8, harmed(damage.question_marks)),
}
