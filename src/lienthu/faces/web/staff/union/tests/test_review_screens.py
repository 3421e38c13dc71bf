"""The queue, a pair, obvious series, the list of decisions: who gets in, what is decided, what it costs."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone

from lienthu.domain.catalog.tests.cast import book, held
from lienthu.domain.network.models import Library
from lienthu.domain.network.policy import Permission, Role
from lienthu.domain.network.tests.factories import make_admin, make_person
from lienthu.domain.union.models import Act, PairDecision
from lienthu.domain.union.review_selectors import find_pairs, series_groups, series_pairs
from lienthu.domain.union.services.decide import decide_pairs
from lienthu.domain.union.tests.cast import imported
from lienthu.faces.web.staff.tests.cast import of
from lienthu.faces.web.staff.union import urls
from lienthu.faces.web.staff.union.progress import note_decided, note_undone, progress_of
from lienthu.faces.web.staff.union.tests.conftest import Pair, made_doubtful
from lienthu.platform.actor import Actor

pytestmark = pytest.mark.django_db
QUEUE = "/staff/union/"
JSON = {"Accept": "application/json"}
MINH = Actor(None, "Minh")


def shown(response: Any) -> list[str]:
    """The pairs on a page, in order."""
    return re.findall(r'data-pair="([\d-]+)"', response.content.decode())


def keys(pairs: list[Pair]) -> list[str]:
    return [f"{left}-{right}" for left, right in pairs]


def say(client: Client, pair: Pair, verdict: str, **more: str) -> Any:
    return client.post(reverse("staff_union:decide"), {"pair": f"{pair[0]}-{pair[1]}", "verdict": verdict, **more})


def verdicts() -> dict[Pair, str]:
    standing = PairDecision.objects.filter(withdrawn_by=None)
    return {(d.left_id, d.right_id): d.verdict for d in standing}


# ------------------------------------------------------------------------------------------------------- who gets in


def addresses(pair: Pair, cluster: int, act: int) -> list[str]:
    args = {
        "pair": list(pair), "why": list(pair), "cluster": [cluster], "split": [cluster], "merge": [cluster],
        "act": [act], "act_revert": [act], "series_group": ["volumes", 1, 1], "source_rank": ["title"],
    }  # fmt: skip
    return [
        reverse(f"staff_union:{p.name}", args=args.get(str(p.name), [])) for p in urls.urlpatterns
        if isinstance(p, URLPattern) and "<int:version>" not in str(p.pattern)
    ]  # fmt: skip


def test_only_union_editors_and_administrators_get_in(doubtful: list[Pair], tinh: Library, editor: Client) -> None:
    act = decide_pairs([(*doubtful[0], "later")], actor=MINH)
    assert act is not None
    urls_ = addresses(doubtful[1], held(tinh, "1").membership.cluster_id, act.pk)
    refused = [of(make_person("hoa", (Role.LIBRARIAN, tinh))), of(make_person("thu", (Role.LIBRARY_MANAGER, tinh)))]
    refused.append(of(make_person("an", (Role.READER, tinh))))
    admin = of(make_admin())
    for url in urls_:
        for client in refused:
            assert client.get(url).status_code in (403, 405), url
            assert client.post(url).status_code in (403, 405), url
        assert Client().get(url).status_code in (302, 405), url
        for client in (editor, admin):
            assert client.get(url).status_code in (200, 302, 404, 405), url
    assert verdicts() == {doubtful[0]: "later"}


def test_every_view_declares_its_permission() -> None:
    for pattern in urls.urlpatterns:
        assert pattern.callback.staff_permission == Permission.EDIT_UNION, pattern.name


def test_the_work_area_is_offered_to_those_who_may(editor: Client, tinh: Library) -> None:
    assert f'href="{QUEUE}"' in editor.get("/staff/").content.decode()
    librarian = of(make_person("hoa", (Role.LIBRARIAN, tinh)))
    assert f'href="{QUEUE}"' not in librarian.get("/staff/").content.decode()


# --------------------------------------------------------------------------------------------------------- the queue


def test_the_queue_shows_one_pair_and_has_the_next_ones_ready(editor: Client, doubtful: list[Pair]) -> None:
    page = editor.get(QUEUE)
    assert shown(page) == keys(doubtful)
    articles = re.findall(r"<article[^>]*>", page.content.decode())
    assert ["hidden" in a for a in articles] == [False] + [True] * 5


def test_a_word_by_script_takes_few_statements_however_long_the_queue(editor: Client, doubtful: list[Pair]) -> None:
    editor.get(QUEUE)
    taken = []
    for pair, verdict in zip(doubtful, ["different", "later", "different"], strict=False):
        with CaptureQueriesContext(connection) as queries:
            answer = editor.post(
                reverse("staff_union:decide"), {"pair": f"{pair[0]}-{pair[1]}", "verdict": verdict}, headers=JSON
            )
        assert answer.status_code == 200, answer.content
        taken.append(len(queries))
    assert max(taken) <= 40, taken
    assert answer.json()["done"] == 3
    assert verdicts() == {doubtful[0]: "different", doubtful[1]: "later", doubtful[2]: "different"}


def test_the_pairs_ahead_cost_the_same_however_many_they_are(editor: Client, doubtful: list[Pair]) -> None:
    with CaptureQueriesContext(connection) as all_six:
        assert len(shown(editor.get(reverse("staff_union:pairs")))) == 6
    with CaptureQueriesContext(connection) as one:
        answer = editor.get(reverse("staff_union:pairs"), {"score_to": "36"})
    assert shown(answer) == keys(doubtful[5:])
    assert len(all_six) == len(one)


def test_a_word_by_a_plain_form_leads_to_the_next_pair(editor: Client, doubtful: list[Pair]) -> None:
    answer = say(editor, doubtful[0], "same", score_from="38")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{QUEUE}?score_from=38"
    assert shown(editor.get(answer.headers["Location"])) == keys(doubtful[1:5])
    assert verdicts() == {doubtful[0]: "same"}


def test_the_last_word_is_taken_back_and_the_pair_is_there_again(editor: Client, doubtful: list[Pair]) -> None:
    say(editor, doubtful[0], "different")
    say(editor, doubtful[1], "same")
    answer = editor.post(reverse("staff_union:undo"), headers=JSON)
    assert answer.json()["done"] == 1
    assert verdicts() == {doubtful[0]: "different"}
    editor.post(reverse("staff_union:undo"))
    assert shown(editor.get(QUEUE)) == keys(doubtful)
    assert editor.post(reverse("staff_union:undo"), headers=JSON).status_code == 409


def test_a_contradiction_is_told_and_nothing_is_written(editor: Client, doubtful: list[Pair], tinh: Library) -> None:
    left, right = doubtful[0]
    third = held(tinh, "5").pk
    say(editor, (left, right), "same")
    say(editor, (left, third), "different")
    answer = editor.post(reverse("staff_union:decide"), {"pair": f"{third}-{right}", "verdict": "same"}, headers=JSON)
    assert answer.status_code == 409
    assert "contradicts" in answer.json()["message"]
    assert len(verdicts()) == 2


@pytest.mark.parametrize(
    "posted",
    [{}, {"pair": "1-1", "verdict": "same"}, {"pair": "x", "verdict": "same"}, {"pair": "1-2", "verdict": "perhaps"},
     {"pair": f"1-{10**30}", "verdict": "same"}],
)  # fmt: skip
def test_what_is_no_word_is_refused(editor: Client, posted: dict[str, str]) -> None:
    assert editor.post(reverse("staff_union:decide"), posted, headers=JSON).status_code == 422
    assert not Act.objects.exists()


def test_records_of_closed_libraries_are_not_there(editor: Client, doubtful: list[Pair], ha_long: Library) -> None:
    Library.objects.filter(pk=ha_long.pk).update(closed=True)
    assert shown(editor.get(QUEUE)) == []
    assert editor.get(reverse("staff_union:pair", args=doubtful[0])).status_code == 404
    assert say(editor, doubtful[0], "same").status_code == 404
    assert not Act.objects.exists()
    assert shown(of(make_admin()).get(QUEUE)) == keys(doubtful)


def test_what_was_said_of_closed_libraries_is_not_taken_back(
    editor: Client, doubtful: list[Pair], ha_long: Library
) -> None:
    say(editor, doubtful[0], "different")
    act = Act.objects.get()
    Library.objects.filter(pk=ha_long.pk).update(closed=True)
    assert editor.post(reverse("staff_union:undo"), {"act": act.pk}, headers=JSON).status_code == 409
    answer = editor.post(reverse("staff_union:act_revert", args=[act.pk]), follow=True)
    assert f"There is no decision {act.pk}" in answer.content.decode()
    assert Act.objects.count() == 1
    for at in (reverse("staff_union:acts"), reverse("staff_union:act", args=[act.pk])):
        assert reverse("staff_union:act_revert", args=[act.pk]) not in editor.get(at).content.decode()
    admin = of(make_admin())
    assert reverse("staff_union:act_revert", args=[act.pk]) in admin.get(reverse("staff_union:acts")).content.decode()
    admin.post(reverse("staff_union:act_revert", args=[act.pk]))
    assert Act.objects.count() == 2
    revert = Act.objects.latest("pk")
    assert editor.post(reverse("staff_union:undo"), {"act": revert.pk}, headers=JSON).status_code == 409
    assert Act.objects.count() == 2, "nor is what took it back"


def test_filters(editor: Client, doubtful: list[Pair], tinh: Library) -> None:
    imported(tinh, book("Bản đồ Quảng Ninh", number="m1", leader="00000nem a2200000 a 4500"))
    pair = made_doubtful(held(tinh, "m1").pk, doubtful[0][0], 0.3)
    assert shown(editor.get(QUEUE, {"material": "map"})) == keys([pair])
    assert shown(editor.get(QUEUE, {"score_from": "43", "score_to": "56"})) == keys(doubtful[1:4])
    assert editor.get(QUEUE, {"score_from": "60", "score_to": "50"}).status_code == 422
    assert editor.get(QUEUE, {"library": "999999"}).status_code == 422
    say(editor, doubtful[0], "later")
    assert shown(editor.get(QUEUE, {"kind": "later"})) == keys(doubtful[:1])


def test_what_the_records_say_is_never_markup(editor: Client, tinh: Library, ha_long: Library) -> None:
    imported(tinh, book("<script>alert(1)</script> & <b>x", number="x"))
    imported(ha_long, book("<script>alert(2)</script> & <i>x", number="x"))
    made_doubtful(held(tinh, "x").pk, held(ha_long, "x").pk, 0.5)
    text = editor.get(QUEUE).content.decode()
    assert "<script>alert" not in text
    assert "<b>x" not in text
    assert "piece--differs" in text


def test_nothing_doubtful(editor: Client) -> None:
    assert "Nothing is doubtful" in editor.get(QUEUE).content.decode()


# ------------------------------------------------------------------------------------------------------------ series


def test_an_obvious_series_is_decided_in_one_act_and_taken_back(
    editor: Client, volumes: list[Pair], doubtful: list[Pair], tinh: Library, ha_long: Library
) -> None:
    libraries = tuple(sorted((tinh.pk, ha_long.pk)))
    groups = series_groups()
    assert [(g.kind, g.libraries, g.pairs) for g in groups] == [("volumes", libraries, 4)]
    url = reverse("staff_union:series_group", args=["volumes", *libraries])
    assert url in editor.get(reverse("staff_union:series")).content.decode()
    page = editor.get(url).content.decode()
    assert re.findall(r'name="pair" value="([\d-]+)" checked', page) == keys(volumes)
    editor.post(url, {"pair": keys(volumes[:3])})
    assert verdicts() == dict.fromkeys(volumes[:3], "different")
    act = Act.objects.get()
    assert [p.row.left for p in series_pairs(groups[0].kind, groups[0].libraries)] == [volumes[3][0]]
    editor.post(reverse("staff_union:act_revert", args=[act.pk]), {"back": "https://evil.example/"})
    assert verdicts() == {}
    assert series_groups()[0].pairs == 4


def test_no_tick_decides_nothing(editor: Client, volumes: list[Pair], tinh: Library, ha_long: Library) -> None:
    url = reverse("staff_union:series_group", args=["volumes", tinh.pk, ha_long.pk])
    assert editor.post(url).status_code == 302
    assert not Act.objects.exists()
    assert editor.get(reverse("staff_union:series_group", args=["nonsense", tinh.pk, ha_long.pk])).status_code == 404


def test_the_queue_of_obvious_series_only(volumes: list[Pair], doubtful: list[Pair]) -> None:
    found = find_pairs(limit=3, series_only=True)
    assert [(v.row.left, v.row.right) for v in found.pairs] == sorted(volumes, reverse=True)[:3]
    rest = find_pairs(found.onward, limit=3, series_only=True)
    assert [(v.row.left, v.row.right) for v in rest.pairs] == sorted(volumes, reverse=True)[3:]
    assert rest.onward is None


# --------------------------------------------------------------------------------------------------- acts and sitting


def test_a_way_back_leads_nowhere_else(editor: Client, doubtful: list[Pair]) -> None:
    say(editor, doubtful[0], "same")
    act = Act.objects.get()
    answer = editor.post(reverse("staff_union:act_revert", args=[act.pk]), {"back": "https://evil.example/"})
    assert answer.headers["Location"] == reverse("staff_union:acts")
    page = editor.get(answer.headers["Location"]).content.decode()
    assert "taken back" in page
    assert editor.get(reverse("staff_union:act", args=[act.pk])).status_code == 200
    assert editor.get(reverse("staff_union:act", args=[act.pk + 999])).status_code == 404


def test_the_pace_of_a_sitting(client: Client) -> None:
    session = client.session
    start = timezone.now()
    for n in range(11):
        note_decided(session, n, now=start + timedelta(seconds=n * 4))
    found = progress_of(session, start + timedelta(seconds=41))
    assert (found.done, found.per_hour, found.last_act) == (11, 900, 10)
    note_undone(session, 10, now=start + timedelta(seconds=42))
    assert progress_of(session, start + timedelta(seconds=43)).last_act == 9
    assert progress_of(session, start + timedelta(hours=1)).done == 0
