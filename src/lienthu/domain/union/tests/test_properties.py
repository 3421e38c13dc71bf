"""Whatever arrives, changes, goes or is decided, in any order: the union is sound, and decisions can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lienthu.domain.catalog.models import BibRecord, Source
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.errors import UnionRefused
from lienthu.domain.union.fingerprint import fingerprint, match_keys
from lienthu.domain.union.models import Act, Membership, PairDecision
from lienthu.domain.union.services import decide
from lienthu.domain.union.services.attach import Incoming, attach, remove
from lienthu.domain.union.tests.cast import assert_union_is_sound
from lienthu.foundation.marc.describe import Description
from lienthu.foundation.marc.describe.values import Person
from lienthu.platform.actor import Actor

pytestmark = pytest.mark.django_db
LAN = Actor(None, "Lan")
RECORDS = 7

BOOK = Description(
    title="Số đỏ", title_proper="Số đỏ", authors=(Person("Vũ Trọng Phụng"),), publisher="Văn học", year=1998,
    languages=("vie",), place="Hà Nội", extent="255 tr.",
)  # fmt: skip
ISBN = "9786049573224"
# the same edition in several dresses, another one, a poor record that fits both, and another book
DRESSES = [
    BOOK,
    BOOK._replace(publisher="Nxb. Văn học", authors=(Person("Phụng, Vũ Trọng"),)),
    BOOK._replace(title="So do", title_proper="So do"),
    BOOK._replace(isbns=(ISBN,)),
    BOOK._replace(isbns=(ISBN,), year=None, publisher=""),
    BOOK._replace(year=2014, edition="Tái bản lần thứ 2"),
    BOOK._replace(year=None),
    BOOK._replace(title="Giông tố", title_proper="Giông tố", year=1936),
]

record = st.integers(0, RECORDS - 1)
arrivals = st.dictionaries(record, st.integers(0, len(DRESSES) - 1), min_size=1, max_size=3)
coming = st.one_of(
    st.tuples(st.just("arrive"), arrivals),
    st.tuples(st.just("arrive"), arrivals),
    st.tuples(st.just("withdraw"), st.sets(record, min_size=1, max_size=2)),
)
deciding = st.one_of(
    st.tuples(
        st.just("say"),
        st.lists(st.tuples(record, record, st.sampled_from(["same", "different", "later"])), min_size=1, max_size=3),
    ),
    st.tuples(st.just("apart"), record),
    st.tuples(st.just("bring"), st.tuples(record, record)),
    st.tuples(st.just("split"), st.sets(record, min_size=1, max_size=3)),
    st.tuples(st.just("merge"), st.sets(record, min_size=2, max_size=3)),
    st.tuples(st.just("revert"), st.integers(0, 5)),
)
anything = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Play:
    """Seven records of one library that arrive in dresses, and a librarian."""

    def __init__(self, library: Library) -> None:
        source = Source.objects.create(library=library, code="play")
        self.ids = [
            BibRecord.objects.create(
                library=library,
                source=source,
                identity=f"001:{n}",
                content_digest=b"",
                deleted=True,
                datestamp=timezone.now(),
            ).pk
            for n in range(RECORDS)
        ]

    def do(self, step: tuple[str, Any]) -> None:
        """One step. What the union refuses leaves it as it was."""
        kind, what = step
        before = standing(), Act.objects.count()
        try:
            with transaction.atomic():
                getattr(self, kind)(what)
        except UnionRefused:
            assert (standing(), Act.objects.count()) == before

    def arrive(self, chunk: dict[int, int]) -> None:
        """Records come, or come again in another dress."""
        incoming = []
        for n, dress in sorted(chunk.items()):
            new = BibRecord.objects.filter(pk=self.ids[n], deleted=True).update(deleted=False)
            print_ = fingerprint(DRESSES[dress])
            incoming.append(Incoming(self.ids[n], bool(new), print_, match_keys(print_), dress))
        attach(incoming)

    def withdraw(self, numbers: set[int]) -> None:
        """Records go."""
        ids = [self.ids[n] for n in numbers]
        BibRecord.objects.filter(pk__in=ids).update(deleted=True)
        remove(ids)

    def say(self, pairs: list[tuple[int, int, str]]) -> None:
        """A word on pairs."""
        said = {(min(a, b), max(a, b)): v for a, b, v in pairs if a != b}
        decide.decide_pairs([(self.ids[a], self.ids[b], v) for (a, b), v in said.items()], actor=LAN)

    def apart(self, n: int) -> None:
        """One record set apart."""
        decide.set_apart(self.ids[n], actor=LAN)

    def bring(self, pair: tuple[int, int]) -> None:
        """One record brought to the other's publication."""
        place = Membership.objects.filter(record_id=self.ids[pair[1]]).first()
        if place is not None:
            decide.bring_together(self.ids[pair[0]], place.cluster_id, actor=LAN)

    def split(self, numbers: set[int]) -> None:
        """Those of the records that stand with the first of them leave together."""
        places = dict(
            Membership.objects.filter(record_id__in=[self.ids[n] for n in numbers]).values_list(
                "record_id", "cluster_id"
            )
        )
        if places:
            first = places[min(places)]
            decide.split_off([r for r, c in places.items() if c == first], actor=LAN)

    def merge(self, numbers: set[int]) -> None:
        """Their publications become one."""
        found = Membership.objects.filter(record_id__in=[self.ids[n] for n in numbers])
        clusters = list(found.values_list("cluster_id", flat=True))
        if clusters:
            decide.merge_clusters(clusters, actor=LAN)

    def revert(self, nth: int) -> None:
        """The nth act from the end is taken back."""
        acts = list(Act.objects.order_by("-id")[nth : nth + 1])
        if acts:
            decide.revert(acts[0].pk, actor=LAN)


def standing() -> dict[int, int]:
    """Where each record stands."""
    return dict(Membership.objects.values_list("record_id", "cluster_id"))


def words() -> set[tuple[int, int, str]]:
    """What stands of what people said."""
    return set(PairDecision.objects.filter(withdrawn_by=None).values_list("left_id", "right_id", "verdict"))


def assert_decisions_hold() -> None:
    """Forced pairs stand together, forbidden ones apart (CLU-5)."""
    at = standing()
    for left, right, verdict in words():
        if left in at and right in at and verdict != "later":
            assert (at[left] == at[right]) == (verdict == "same")


@pytest.fixture
def library() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@contextmanager
def a_play(library: Library) -> Iterator[Play]:
    """A union of its own; nothing of it stays."""
    with transaction.atomic():
        yield Play(library)
        transaction.set_rollback(True)


@anything
@given(st.lists(st.one_of(coming, coming, deciding), max_size=12))
def test_any_sequence_leaves_a_sound_union(library: Library, steps: list[tuple[str, Any]]) -> None:
    """JOIN-1, CLU-3 to CLU-7: at every step what stands is what forming everything from scratch gives."""
    with a_play(library) as play:
        for step in steps:
            play.do(step)
            assert_union_is_sound()
            assert_decisions_hold()


@anything
@given(st.lists(coming, min_size=1, max_size=4), st.lists(deciding, min_size=1, max_size=4))
def test_reverting_restores_places_addresses_and_words(
    library: Library, arrivals: list[tuple[str, Any]], decisions: list[tuple[str, Any]]
) -> None:
    """CLU-9, CLU-11: acts reverted from the last to the first give back every state; so do reverts reverted."""
    with a_play(library) as play:
        for step in arrivals:
            play.do(step)
        states = [(standing(), words())]
        acts: list[int] = []
        for step in decisions:
            play.do(step)
            if (act := Act.objects.order_by("-id").first()) is not None and act.pk not in acts:
                acts.append(act.pk)
                states.append((standing(), words()))
        for at in range(len(acts), 0, -1):
            back = decide.revert(acts[at - 1], actor=LAN)
            assert (standing(), words()) == states[at - 1]
            decide.revert(back.pk, actor=LAN)
            assert (standing(), words()) == states[at]
            last = Act.objects.order_by("-id")[0]
            decide.revert(last.pk, actor=LAN)
            assert (standing(), words()) == states[at - 1]
            assert_union_is_sound()


@anything
@given(st.dictionaries(record, st.integers(0, len(DRESSES) - 1), min_size=2), st.randoms(use_true_random=False))
def test_the_groups_do_not_depend_on_the_order_of_arrival(
    library: Library, dresses: dict[int, int], chance: Any
) -> None:
    """CLU-3: one by one in any order, in chunks or all at once, the same groups."""

    def groups(order: list[int], size: int) -> set[tuple[int, ...]]:
        with a_play(library) as play:
            for start in range(0, len(order), size):
                play.do(("arrive", {n: dresses[n] for n in order[start : start + size]}))
            number = {id_: n for n, id_ in enumerate(play.ids)}
            out: dict[int, list[int]] = {}
            for record_id, cluster in standing().items():
                out.setdefault(cluster, []).append(number[record_id])
            return {tuple(sorted(g)) for g in out.values()}

    order = sorted(dresses)
    shuffled = chance.sample(order, len(order))
    assert groups(order, 1) == groups(shuffled, 1) == groups(shuffled, 3) == groups(order, len(order))


@pytest.fixture
def play(library: Library) -> Play:
    return Play(library)


def test_undoing_a_merger_gives_the_former_addresses_back(play: Play) -> None:
    """CLU-9."""
    play.do(("arrive", {0: 0, 1: 1, 2: 7}))
    before = standing()
    assert len(set(before.values())) == 2
    play.do(("merge", {0, 2}))
    assert set(standing().values()) == {min(before.values())}
    decide.revert(Act.objects.get().pk, actor=LAN)
    assert standing() == before


def check_refused(act: Callable[[], object]) -> UnionRefused:
    with pytest.raises(UnionRefused) as caught:
        act()
    return caught.value


def test_a_word_against_a_chain_is_refused_and_names_the_word_it_contradicts(play: Play) -> None:
    """CLU-11."""
    play.do(("arrive", {0: 0, 1: 7, 2: 5}))
    a, b, c = play.ids[:3]
    decide.decide_pairs([(a, b, "same")], actor=Actor(None, "Minh"))
    decide.decide_pairs([(b, c, "different")], actor=LAN)
    refused = check_refused(lambda: decide.decide_pairs([(c, a, "same")], actor=LAN))
    assert refused.code == "decision-contradicts"
    assert (refused.left, refused.right, refused.verdict) == (b, c, "different")
    assert "Lan" in refused.message
    decide.decide_pairs([(b, c, "same")], actor=LAN)  # the very same pair: replaced
    refused = check_refused(lambda: decide.decide_pairs([(a, c, "different")], actor=LAN))
    assert refused.verdict == "same"
    assert len(set(standing().values())) == 1
