"""Who may see and read what, as sentences; and that no combination of facts gives more than the audiences say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from lienthu.domain.digital import policy
from lienthu.domain.digital.policy import (
    PUBLIC,
    SIGNED,
    STAFF_EVERYWHERE,
    Access,
    Act,
    Block,
    Concern,
    ObjectFacts,
    PageFacts,
    PublishFacts,
    Reader,
    RightsFacts,
    Rule,
    Status,
)
from lienthu.domain.digital.shipped.reading import shipped_rules

TODAY = date(2026, 11, 22)
HALONG, BARRACKS = 1, 2
RULES = tuple(s.rule for s in shipped_rules())

VISITOR = Reader()
SIGNED_IN = Reader(frozenset({PUBLIC, SIGNED}))
IN_THE_ROOM = Reader(frozenset({PUBLIC, policy.premises(HALONG)}))
DIGITISER = Reader(frozenset({PUBLIC, SIGNED, policy.member(HALONG), policy.staff(HALONG)}))
ADMIN = Reader(frozenset({PUBLIC, SIGNED, STAFF_EVERYWHERE}))
SOLDIER = Reader(frozenset({PUBLIC, SIGNED, policy.member(BARRACKS)}))

PLAN = ObjectFacts(7, HALONG, published=True, taken_down=False, hidden=False, rights=RightsFacts(Status.OFFICIAL))
NOVEL = replace(PLAN, rights=RightsFacts(Status.IN_COPYRIGHT, copies_held=2))
MANUAL = ObjectFacts(8, BARRACKS, published=True, taken_down=False, hidden=True, rights=RightsFacts(Status.OFFICIAL))


def may(facts: ObjectFacts, reader: Reader, act: Act, on: date = TODAY, page: PageFacts | None = None) -> bool:
    return policy.decide(facts, reader, act, RULES, on, page or PageFacts()).allowed


def block(facts: ObjectFacts, reader: Reader, act: Act, page: PageFacts | None = None) -> Block | None:
    return policy.decide(facts, reader, act, RULES, TODAY, page or PageFacts()).block


def test_an_official_text_is_open_to_everyone() -> None:
    assert may(PLAN, VISITOR, Act.READ)
    assert block(PLAN, VISITOR, Act.DOWNLOAD) is Block.NO_DOWNLOAD
    assert may(replace(PLAN, rights=RightsFacts(Status.OFFICIAL, download=True)), VISITOR, Act.DOWNLOAD)
    assert block(PLAN, VISITOR, Act.WORK) is Block.STAFF_ONLY


def test_without_rights_nothing_is_published_and_nobody_reads() -> None:
    """RGT-1."""
    assert policy.decide_publication(PublishFacts(has_rights=False, pages_ready=9)).block is Block.NO_RIGHTS
    assert policy.decide_publication(PublishFacts(has_rights=True, pages_ready=0)).block is Block.NO_PAGES
    assert policy.decide_publication(PublishFacts(has_rights=True, pages_ready=1)).allowed


def test_what_speaks_against_publishing_is_told() -> None:
    """RGT-16."""
    assert policy.concerns_about(PublishFacts(True, 8)) == ()
    assert policy.concerns_about(PublishFacts(True, 8, pages_failed=7)) == (Concern.PAGES_FAILED,)
    assert policy.concerns_about(PublishFacts(True, 8, pages_waiting=1)) == (Concern.PAGES_WAITING,)
    assert policy.concerns_about(PublishFacts(True, 8, personal_data=True)) == (Concern.NOBODY_CLOSED,)
    assert policy.concerns_about(PublishFacts(True, 8, personal_data=True, pages_closed=1)) == ()
    for facts in (replace(PLAN, rights=None), replace(PLAN, published=False)):
        assert block(facts, SIGNED_IN, Act.SEE) is Block.NOT_THERE
        assert may(facts, DIGITISER, Act.READ)


def test_the_rule_of_the_day_decides() -> None:
    """RGT-2."""
    kept = RightsFacts(Status.IN_COPYRIGHT, copies_held=1)
    assert policy.decide_access(kept, RULES, date(2022, 12, 31)) is Access.PREMISES
    assert policy.decide_access(kept, RULES, date(2023, 1, 1)) is Access.SEATS
    assert policy.decide_access(kept, (), TODAY) is Access.CLOSED
    both = (Rule(Status.OFFICIAL, Access.OPEN, date.min), Rule(Status.OFFICIAL, Access.PREMISES, date.min))
    assert policy.decide_access(RightsFacts(Status.OFFICIAL), both, TODAY) is Access.PREMISES


def test_what_is_hidden_is_there_for_its_own_people_only() -> None:
    """RGT-3."""
    for stranger in (VISITOR, SIGNED_IN, DIGITISER, ADMIN):
        decision = policy.decide(MANUAL, stranger, Act.SEE, RULES, TODAY)
        assert (decision.allowed, decision.block, decision.visible) == (False, Block.NOT_THERE, False)
        assert not may(MANUAL, stranger, Act.READ)
    assert may(MANUAL, SOLDIER, Act.READ)
    assert not may(replace(MANUAL, rights=None), SOLDIER, Act.SEE)


def test_protection_and_permission_run_out() -> None:
    """RGT-4."""
    late = RightsFacts(Status.IN_COPYRIGHT, protected_until=TODAY)
    assert policy.decide_access(late, RULES, TODAY) is Access.CLOSED  # no copy held
    assert policy.decide_access(late, RULES, date(2026, 11, 23)) is Access.OPEN
    leave = RightsFacts(Status.PERMITTED, permission=Access.OPEN, permission_until=TODAY)
    assert policy.decide_access(leave, RULES, TODAY) is Access.OPEN
    assert policy.decide_access(leave, RULES, date(2026, 11, 23)) is Access.CLOSED


def test_a_closed_page_is_for_staff_only() -> None:
    """RGT-6."""
    names = PageFacts(closed=True)
    for act in (Act.FIND, Act.READ, Act.DOWNLOAD):
        assert block(PLAN, SIGNED_IN, act, names) is Block.PAGE_CLOSED
        assert may(PLAN, DIGITISER, act, page=names)
    assert may(PLAN, VISITOR, Act.READ)


def test_as_many_read_as_copies_are_held() -> None:
    """RGT-7."""
    assert block(NOVEL, VISITOR, Act.READ) is Block.SIGN_IN
    assert may(NOVEL, SIGNED_IN, Act.FIND)
    assert block(NOVEL, SIGNED_IN, Act.READ) is Block.SEAT_NEEDED
    assert may(NOVEL, replace(SIGNED_IN, seats=frozenset({NOVEL.id})), Act.READ)
    assert policy.audiences(NOVEL, RULES, TODAY).seats == 2
    none_held = replace(NOVEL, rights=RightsFacts(Status.IN_COPYRIGHT, copies_held=0))
    assert block(none_held, replace(SIGNED_IN, seats=frozenset({NOVEL.id})), Act.READ) is Block.CLOSED
    for copies in (None, 0):  # also where the holder of the rights allows seats
        facts = RightsFacts(Status.PERMITTED, permission=Access.SEATS, copies_held=copies)
        assert block(replace(NOVEL, rights=facts), SIGNED_IN, Act.READ) is Block.CLOSED


def test_what_nobody_answers_for_is_read_in_the_rooms_of_the_library() -> None:
    orphan = replace(PLAN, rights=RightsFacts(Status.UNKNOWN))
    assert block(orphan, SIGNED_IN, Act.READ) is Block.PREMISES_ONLY
    assert may(orphan, IN_THE_ROOM, Act.READ)
    elsewhere = replace(PLAN, rights=RightsFacts(Status.UNKNOWN, premises=frozenset({3})))
    assert not may(elsewhere, IN_THE_ROOM, Act.READ)


def test_what_was_taken_down_is_gone_for_readers() -> None:
    """RGT-8."""
    gone = replace(PLAN, taken_down=True)
    decision = policy.decide(gone, SIGNED_IN, Act.SEE, RULES, TODAY)
    assert (decision.block, decision.visible) == (Block.TAKEN_DOWN, False)
    assert may(gone, DIGITISER, Act.READ)
    assert may(gone, ADMIN, Act.READ)
    assert block(replace(MANUAL, taken_down=True), VISITOR, Act.SEE) is Block.NOT_THERE


def test_in_a_closed_house_too_its_rooms_are_rooms() -> None:
    """RGT-17: who belongs there reads there, not at home; who only stands there does not read."""
    orphan = replace(MANUAL, rights=RightsFacts(Status.UNKNOWN))
    there = frozenset({policy.premises(BARRACKS)})
    on_duty = Reader(SOLDIER.tokens | there | {policy.inside(BARRACKS, BARRACKS)})
    assert block(orphan, SOLDIER, Act.READ) is Block.PREMISES_ONLY
    assert may(orphan, on_duty, Act.READ)
    assert block(orphan, Reader(frozenset({PUBLIC}) | there), Act.READ) is Block.NOT_THERE
    elsewhere = replace(orphan, rights=RightsFacts(Status.UNKNOWN, premises=frozenset({HALONG})))
    assert block(elsewhere, on_duty, Act.READ) is Block.PREMISES_ONLY
    assert may(elsewhere, Reader(SOLDIER.tokens | {policy.inside(BARRACKS, HALONG)}), Act.READ)
    assert policy.houses_among(policy.audiences(elsewhere, RULES, TODAY).read) == {HALONG}


TOKENS = st.frozensets(
    st.sampled_from(
        [PUBLIC, SIGNED, STAFF_EVERYWHERE]
        + [token(i) for token in (policy.premises, policy.member, policy.staff) for i in (HALONG, BARRACKS)]
        + [policy.inside(of, at) for of in (HALONG, BARRACKS) for at in (HALONG, BARRACKS)]
    )
)
RIGHTS = st.none() | st.builds(
    RightsFacts,
    status=st.sampled_from(Status),
    copies_held=st.sampled_from([None, 0, 1, 3]),
    protected_until=st.sampled_from([None, date(2000, 1, 1), TODAY, date(2050, 1, 1)]),
    permission=st.none() | st.sampled_from(Access),
    permission_until=st.sampled_from([None, date(2000, 1, 1), date(2050, 1, 1)]),
    download=st.booleans(),
    premises=st.frozensets(st.sampled_from([HALONG, BARRACKS])),
)
FACTS = st.builds(
    ObjectFacts,
    id=st.just(7),
    library_id=st.sampled_from([HALONG, BARRACKS]),
    published=st.booleans(),
    taken_down=st.booleans(),
    hidden=st.booleans(),
    rights=RIGHTS,
)


@given(FACTS, TOKENS, st.sampled_from([frozenset(), frozenset({7})]), st.booleans())
def test_more_is_never_allowed_than_the_audiences_say(
    facts: ObjectFacts, tokens: frozenset[str], seats: frozenset[int], closed: bool
) -> None:
    """RGT-5: what the index filters by and what a request is answered by are the same sets."""
    reader, page = Reader(tokens, seats), PageFacts(closed)
    opened = policy.audiences(facts, RULES, TODAY)
    allowed = {act: policy.decide(facts, reader, act, RULES, TODAY, page).allowed for act in Act}
    works = bool(tokens & opened.work)
    assert allowed[Act.SEE] == (works or bool(tokens & opened.see))
    assert not allowed[Act.FIND] or works or tokens & opened.find
    assert not allowed[Act.READ] or works or tokens & opened.read
    assert not allowed[Act.DOWNLOAD] or works or tokens & opened.download
    assert allowed[Act.WORK] == works
    # each act needs those before it
    assert allowed[Act.DOWNLOAD] <= allowed[Act.READ] <= allowed[Act.FIND] <= allowed[Act.SEE]
    own = {policy.member(facts.library_id), policy.staff(facts.library_id)}
    if facts.hidden:
        assert not allowed[Act.SEE] or tokens & own
    if (facts.rights is None or facts.taken_down or not facts.published) and not works:
        assert not any(allowed.values())


def carried(members: frozenset[int], houses: frozenset[int]) -> frozenset[str]:
    """The tokens of somebody who signed in, belongs to these libraries and stands in the rooms of those."""
    return (
        frozenset({PUBLIC, SIGNED})
        | {policy.member(i) for i in members}
        | {policy.premises(i) for i in houses}
        | {policy.inside(i, j) for i in members for j in houses}
    )


@given(FACTS, *[st.frozensets(st.sampled_from([HALONG, BARRACKS]))] * 2)
def test_what_is_read_on_the_premises_is_read_nowhere_else(
    facts: ObjectFacts, members: frozenset[int], houses: frozenset[int]
) -> None:
    """RGT-17: hidden or not."""
    opened = policy.audiences(facts, RULES, TODAY)
    if opened.access is not Access.PREMISES:
        return
    assert facts.rights is not None
    rooms = facts.rights.premises or {facts.library_id}
    reads = policy.decide(facts, Reader(carried(members, houses)), Act.READ, RULES, TODAY).allowed
    assert reads == bool(houses & rooms and (not facts.hidden or facts.library_id in members))
