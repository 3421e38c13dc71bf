"""Search in the text of all pages, against a real small index."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lienthu.domain.digital import policy
from lienthu.domain.digital.access import opened_for
from lienthu.domain.digital.models import AccessRule, Collection, DigitalObject, Layer, OwnerGroup, Page
from lienthu.domain.digital.policy import Access, Act, Reader, Rule, Status
from lienthu.domain.digital.selectors.objects import objects_by_id
from lienthu.domain.digital.selectors.rules import rules_of
from lienthu.domain.digital.services import publishing
from lienthu.domain.digital.services.collecting import close_collection
from lienthu.domain.digital.services.rules import set_rules
from lienthu.domain.digital.shipped.reading import StatedRule
from lienthu.domain.digital.tests.cast import CLERK
from lienthu.domain.discovery.fulltext import selectors
from lienthu.domain.discovery.fulltext.indexing import PageIndexer
from lienthu.domain.discovery.fulltext.query import page_search_from
from lienthu.domain.discovery.fulltext.selectors import search_pages
from lienthu.domain.discovery.fulltext.tests.cast import pages_of, search, titles, volume, write
from lienthu.domain.network.models import Library
from lienthu.domain.network.services.libraries import Particulars, update_library
from lienthu.domain.network.services.periods import Description
from lienthu.domain.network.tests.factories import TESTS, make_library
from lienthu.platform.services import changes

pytestmark = pytest.mark.django_db

SIGNED_IN = Reader(frozenset({policy.PUBLIC, policy.SIGNED}))


# --------------------------------------------------------------------------------------------- results (FTS-9, FTS-1)


def test_the_volume_is_the_unit_with_its_best_pages_and_their_number(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-9."""
    volume(tinh, ["than đá ở mỏ", "không", *["nói về than"] * 5], "Mỏ than")
    volume(tinh, ["than than than"], "Lò")
    indexer.drain()
    result = search("than")
    assert (result.total, result.pages_total) == (2, 7)
    assert {v.title: v.pages for v in result.volumes} == {"Mỏ than": 6, "Lò": 1}
    assert [len(v.best) for v in result.volumes] in ([1, 3], [3, 1])
    snippet = next(v for v in result.volumes if v.title == "Lò").best[0].snippet
    assert snippet is not None
    assert snippet.parts == (("than than than", True),)


def test_words_are_read_as_in_the_catalogue_and_damaged_ones_are_found(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-1, FTS-2."""
    volume(tinh, ["Vịnh Hạ Long"], "đúng")
    volume(tinh, ["Vinh Ha Long"], "không dấu")
    volume(tinh, ["Vịnh Hà Lông"], "dấu khác")
    volume(tinh, ["Vịnh Hạ L0ng"], "hỏng")
    low = volume(tinh, ["trống"], "không chắc")
    write(pages_of(low)[0], "Vịnh Hạ Lòng", confidence=30)
    indexer.drain()
    assert titles("vịnh hạ long") == ["hỏng", "không chắc", "không dấu", "đúng"]
    order = [v.title for v in search("vịnh hạ long").volumes]
    assert order.index("đúng") < min(order.index("hỏng"), order.index("không chắc"))
    assert titles("vinh ha long") == ["dấu khác", "hỏng", "không chắc", "không dấu", "đúng"]
    assert titles('"hạ long"') == ["không dấu", "đúng"]
    volume(tinh, ["bạn đọc của tỉnh"], "bạn đọc")
    indexer.drain()
    assert (titles("bàn đọc"), search("bàn đọc").relaxed) == (["bạn đọc"], "accents")
    assert (titles('"đọc bạn"'), search('"đọc bạn"').relaxed) == (["bạn đọc"], "order")
    assert titles("") == titles("biển -long") == []


def test_keystrokes_are_read_where_they_stand_for_known_words(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-1: as SEA-4, with the words that this reader may find."""
    volume(tinh, ["đường sắt"], "mở")
    volume(tinh, ["tuyệt mật"], "đóng", status=Status.UNKNOWN)
    indexer.drain()
    assert search("dduwowngf").decoded == (("dduwowngf", "đường"),)
    assert search("tuyeetj").decoded == ()
    inside = Reader(frozenset({policy.PUBLIC, policy.premises(tinh.pk)}))
    assert search("tuyeetj", inside).decoded == (("tuyeetj", "tuyệt"),)


def test_ideographs_and_layers(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-3."""
    obj = volume(tinh, ["海東安邦路"], "Bia")
    volume(tinh, ["邦安"], "khác")
    write(pages_of(obj)[0], "Hải Đông, lộ An Bang", Layer.TRANSCRIPTION)
    indexer.drain()
    assert titles("安邦") == titles("東安邦") == titles("安邦路 an bang") == ["Bia"]
    assert titles("安") == ["Bia", "khác"]
    found = search("an bang").volumes[0].best[0].snippet
    assert found is not None
    assert found.layer == "transcription"


def test_narrowing_and_counts(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-9: volumes are counted, each facet without its own choice."""
    other = make_library("VN-HL", "Thư viện Hạ Long")
    local = Collection._default_manager.create(library=tinh, code="dia-chi", name="Địa chí")
    volume(tinh, ["than"] * 3, "A", collection=local, kind="map", description={"date": ["1926"]})
    volume(tinh, ["than"], "B", description={"date": ["1975"]})
    volume(other, ["than"], "C")
    indexer.drain()
    result = search("than", library="VN-QNTV")
    assert [v.title for v in result.volumes] == titles("than", library="VN-QNTV") or result.total == 2
    assert {v.value: v.count for v in result.facets["library"]} == {"VN-QNTV": 2, "VN-HL": 1}
    assert {v.value: v.count for v in result.facets["collection"]} == {"dia-chi": 1}
    assert result.labels["collection"] == {"dia-chi": "Địa chí"}
    assert result.years == ((1920, 1), (1970, 1))
    assert titles("than", collection="dia-chi") == titles("than", kind="map") == titles("than", year_to=1930) == ["A"]
    assert titles("than", library=["VN-HL", "VN-QNTV"], year_from=1970) == ["B"]
    assert titles("than", library="XX") == []


def test_volumes_are_turned_in_pages(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-9: each volume once, however many pages of one stand before the next."""
    volume(tinh, ["than than"] * 120, "to")
    for n in range(4):
        volume(tinh, ["một chút than"], f"nhỏ {n}")
    indexer.drain()
    turned = [titles("than", size=2, page=n) for n in (1, 2, 3, 4)]
    assert sorted(t for page in turned for t in page) == ["nhỏ 0", "nhỏ 1", "nhỏ 2", "nhỏ 3", "to"]
    assert "to" in turned[0]
    assert turned[3] == []


def test_the_number_of_queries_is_fixed(tinh: Library, indexer: PageIndexer, django_assert_num_queries: Any) -> None:
    """FTS-9."""
    for n in range(12):
        volume(tinh, ["than"] * 4, f"tập {n}")
    indexer.drain()
    search("than")
    with django_assert_num_queries(8):
        assert len(search("than", size=12).volumes) == 12
    with django_assert_num_queries(2):
        assert search("khôngcógì").total == 0


# --------------------------------------------------------------------------------------- who finds what (FTS-4, FTS-7)


def test_seats_let_find_but_only_who_sits_sees_words(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-4."""
    obj = volume(tinh, ["than"], status=Status.IN_COPYRIGHT, rights={"copies_held": 1})
    indexer.drain()
    assert titles("than") == []
    (found,) = search("than", SIGNED_IN).volumes
    assert (found.readable, found.best[0].seq, found.best[0].snippet) == (False, 1, None)
    (found,) = search("than", Reader(SIGNED_IN.tokens, frozenset({obj.pk}))).volumes
    assert found.readable
    assert found.best[0].snippet


def test_what_was_taken_down_is_gone_though_the_index_is_behind(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-7: from results and from every count."""
    obj = volume(tinh, ["than"], "mất")
    volume(tinh, ["than"], "còn")
    indexer.drain()
    publishing.take_down(obj.public_id, reason="x", actor=CLERK)
    result = search("than")
    assert ([v.title for v in result.volumes], result.total, result.facets["library"][0].count) == (["còn"], 1, 1)
    indexer.drain()
    assert titles("than") == ["còn"]
    publishing.lift_takedown(obj.public_id, reason="x", actor=CLERK)
    indexer.drain()
    assert titles("than") == ["còn", "mất"]


def test_a_page_that_was_closed_is_gone_though_the_index_is_behind(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-7."""
    obj = volume(tinh, ["than", "than"])
    indexer.drain()
    page = pages_of(obj)[0]
    Page.objects.filter(pk=page.pk).update(closed=True)
    for topic, key in (("digital.page", page.pk), ("digital.object", obj.pk)):
        changes.publish(topic, [key])
        assert (search("than").pages_total, [p.seq for p in search("than").volumes[0].best]) == (1, [2])
        indexer.drain()
        assert search("than").pages_total == 1
    staff = Reader(frozenset({policy.PUBLIC, policy.staff(tinh.pk)}))
    assert search("than", staff).pages_total == 2


def test_a_beginning_finds_all_words_that_begin_so(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-1: also where there are more of them than fifty, the most that the engine's own query looks at."""
    volume(tinh, [f"số nga{n:03}" for n in range(120)])
    indexer.drain()
    assert search("nga*").pages_total == 120


def test_nothing_is_told_where_more_waits_than_can_be_held_back(
    tinh: Library, indexer: PageIndexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FTS-7: the index is far behind: it may count what was closed since."""
    obj = volume(tinh, ["than", "than"])
    indexer.drain()
    monkeypatch.setattr(selectors, "_HELD_BACK", 2)
    publishing.take_down(obj.public_id, reason="x", actor=CLERK)
    changes.publish("digital.page", [p.pk for p in pages_of(obj)])
    assert search("than").index_ready, "two wait, both are held back"
    changes.publish("digital.page", [pages_of(obj)[0].pk])
    told = search_pages(page_search_from({"q": ["than"]}), Reader())
    assert (told.index_ready, told.total, told.facets) == (False, 0, {})
    indexer.drain()
    assert (search("than").index_ready, search("than").total) == (True, 0)


def test_a_library_that_closes_is_gone_at_once(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-7."""
    volume(tinh, ["than"])
    indexer.drain()
    update_library(
        library_id=tinh.pk,
        description=Description(name=tinh.name, type="public"),
        particulars=Particulars(closed=True),
        actor=TESTS,
    )
    assert titles("than") == []
    indexer.drain()
    assert titles("than") == []
    assert titles("than", Reader(frozenset({policy.PUBLIC, policy.member(tinh.pk)})))


def test_dates_change_what_is_found_on_the_day(tinh: Library, indexer: PageIndexer, monkeypatch: Any) -> None:
    """FTS-7: a permission that runs out closes on the day; the check of the day opens what became free."""
    today = timezone.localdate()
    volume(tinh, ["than"], "cho phép", status=Status.PERMITTED,
           rights={"permission": Access.OPEN, "permission_until": today})  # fmt: skip
    volume(tinh, ["than"], "hết hạn", status=Status.IN_COPYRIGHT, rights={"protected_until": today})
    indexer.drain()
    assert titles("than") == ["cho phép"]
    monkeypatch.setattr(timezone, "localdate", lambda *_: today + timedelta(days=1))
    assert titles("than") == []
    indexer.step()
    assert titles("than") == ["hết hạn"]
    assert not indexer.step()


def test_changed_rules_are_heeded(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-7: until the index has heard of rules that came in past the services, nothing is told."""
    volume(tinh, ["than"], status=Status.UNKNOWN)
    indexer.drain()
    assert titles("than") == []
    AccessRule.objects.create(
        status=Status.UNKNOWN, access=Access.OPEN, valid_from=timezone.localdate(), basis="x", certainty="found"
    )
    found = search_pages(page_search_from({"q": ["than"]}), Reader())
    assert (found.index_ready, found.total, found.facets) == (False, 0, {})
    indexer.drain()
    assert titles("than") == ["Kế hoạch 204"]


def test_what_a_rule_closes_is_not_counted_from_that_moment(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-7: neither before the index hears of the rule, nor while it looks at the objects."""
    collection = Collection.objects.create(library=tinh, code="cong-bao", name="Công báo")
    volume(tinh, ["than"], collection=collection)
    volume(tinh, ["than"], "Từ điển", status=Status.PUBLIC_DOMAIN)
    indexer.drain()
    assert search("than").total == 2
    closed = StatedRule(Rule(Status.OFFICIAL, Access.CLOSED, timezone.localdate()), "x", "found")
    set_rules(Status.OFFICIAL, [closed], seen=rules_of(Status.OFFICIAL).stamp, actor=CLERK)
    found = search_pages(page_search_from({"q": ["than"]}), Reader())
    assert (found.index_ready, found.total, found.facets, found.labels) == (False, 0, {}, {})
    indexer._heed_rules()
    found = search("than")  # the index still holds what it held: what has news is held back
    assert (found.total, found.pages_total, "collection" in found.labels) == (1, 1, False)
    indexer.drain()
    assert titles("than") == ["Từ điển"]


def test_what_a_closed_collection_holds_is_not_counted_from_that_moment(tinh: Library, indexer: PageIndexer) -> None:
    """FTS-7, DIG-10."""
    collection = Collection.objects.create(library=tinh, code="gia-pha", name="Gia phả")
    volume(tinh, ["than"], collection=collection)
    volume(tinh, ["than"], "Từ điển")
    indexer.drain()
    assert search("than").total == 2
    close_collection(collection.pk, actor=CLERK)
    for _ in range(2):
        found = search("than")
        assert (found.total, "collection" in found.labels) == (1, False)
        assert [v.title for v in found.volumes] == ["Từ điển"]
        indexer.drain()
    assert titles("than", Reader(frozenset({policy.PUBLIC, policy.member(tinh.pk)}))) == ["Kế hoạch 204", "Từ điển"]


NUMBERS = count(1)
READERS = st.frozensets(
    st.sampled_from(["signed", "staff:*", *(f"{kind}:{n}" for kind in ("premises", "member", "staff") for n in (0, 1))])
)
OBJECTS = st.lists(
    st.fixed_dictionaries(
        {
            "library": st.integers(0, 1),
            "status": st.sampled_from([None, *Status]),
            "copies": st.sampled_from([None, 0, 2]),
            "published": st.booleans(),
            "hidden": st.booleans(),
            "closed": st.lists(st.booleans(), min_size=1, max_size=3),
            "down": st.sampled_from(["no", "before", "after"]),
        }
    ),
    min_size=1,
    max_size=5,
)


@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(objects=OBJECTS, readers=st.lists(READERS, min_size=1, max_size=4))
def test_nobody_finds_counts_or_sees_a_word_that_the_policy_denies(
    objects: list[dict[str, Any]], readers: list[frozenset[str]], indexer: PageIndexer
) -> None:
    """FTS-4, FTS-7: the index against the policy, page by page, the index up to date and behind."""
    secret = chr(0x4E00 + next(NUMBERS))  # nothing is taken away between two examples: each has a word of its own
    libraries = [make_library(), make_library()]
    made = []
    for facts in objects:
        library = libraries[facts["library"]]
        closed = Collection._default_manager.create(
            library=library,
            code=f"c{len(made)}-{library.pk}",
            name="x",
            closed=True,
            owner_group=OwnerGroup.ARMED_FORCES,
        )
        rights = {"copies_held": facts["copies"]}
        obj = volume(
            library, [secret] * len(facts["closed"]), status=facts["status"], rights=rights,
            collection=closed if facts["hidden"] else None,
        )  # fmt: skip
        if not facts["published"]:
            DigitalObject.objects.filter(pk=obj.pk).update(published_at=None)
        for page, shut in zip(pages_of(obj), facts["closed"], strict=True):
            Page.objects.filter(pk=page.pk).update(closed=shut)
        if facts["down"] == "before":
            publishing.take_down(obj.public_id, reason="x", actor=CLERK)
        made.append(obj.pk)
    indexer.drain()
    for obj_id, facts in zip(made, objects, strict=True):
        if facts["down"] == "after":
            publishing.take_down(DigitalObject.objects.get(pk=obj_id).public_id, reason="x", actor=CLERK)
    for tokens in readers:
        who = Reader(frozenset({policy.PUBLIC, *(_real(t, libraries) for t in tokens)}))
        opened = opened_for(objects_by_id(made).values(), who)
        pages = list(Page.objects.filter(object_id__in=made))
        may = [p for p in pages if opened[p.object_id].may(Act.FIND, p)]
        result = search(secret, who, size=50)
        assert (result.total, result.pages_total) == (len({p.object_id for p in may}), len(may))
        assert sum(v.count for v in result.facets["library"]) == result.total
        for v in result.volumes:
            for p in v.best:
                page = next(x for x in pages if (x.object_id, x.seq) == (v.id, p.seq))
                assert opened[v.id].may(Act.FIND, page)
                assert (p.snippet is not None) == opened[v.id].may(Act.READ, page)


def _real(token: str, libraries: list[Library]) -> str:
    kind, _, number = token.partition(":")
    return f"{kind}:{libraries[int(number)].pk}" if number.isdigit() else token
