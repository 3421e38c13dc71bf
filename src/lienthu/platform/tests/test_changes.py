"""The change feed: news is written with the act, told once to each listener, and never lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from lienthu.config.subscriptions import SUBSCRIPTIONS
from lienthu.platform.models import Change
from lienthu.platform.services import changes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _listeners() -> Iterator[None]:
    """A shelf that two consumers listen to, and one that nobody does."""
    changes.subscribe({"shelf": ("lan", "minh"), "attic": ()})
    yield
    changes.subscribe(SUBSCRIPTIONS)


def told(consumer: str, limit: int = 100) -> list[int]:
    with changes.drain(consumer, limit) as keys:
        return list(keys)


def test_every_listener_is_told_once_and_at_its_own_pace() -> None:
    changes.publish("shelf", [3, 1, 2])
    assert told("lan") == [1, 2, 3]
    assert (changes.waiting("lan"), changes.waiting("minh")) == (0, 3)
    assert told("lan") == []
    assert told("minh") == [1, 2, 3]


def test_the_oldest_news_comes_first_and_the_same_news_once() -> None:
    changes.publish("shelf", [5, 5])
    changes.publish("shelf", [4])
    changes.publish("shelf", [5])
    assert changes.waiting("lan") == 3
    assert told("lan") == [5, 4]


def test_a_drain_takes_no_more_than_asked_for() -> None:
    changes.publish("shelf", range(10))
    assert told("lan", 4) == [0, 1, 2, 3]
    assert told("lan", 100) == [4, 5, 6, 7, 8, 9]


def test_no_news_is_no_row() -> None:
    changes.publish("shelf", [])
    changes.publish("attic", [1])
    assert not Change.objects.exists()


def test_a_topic_that_nobody_declared_is_a_fault() -> None:
    with pytest.raises(KeyError):
        changes.publish("shelve", [1])


def test_news_of_an_act_that_is_rolled_back_was_never_told() -> None:
    with transaction.atomic():
        changes.publish("shelf", [1])
        transaction.set_rollback(True)
    assert changes.waiting("lan") == 0


def test_news_that_could_not_be_dealt_with_stays_waiting() -> None:
    changes.publish("shelf", [1, 2])
    with pytest.raises(ZeroDivisionError), changes.drain("lan", 10):
        raise ZeroDivisionError
    assert told("lan") == [1, 2]


def test_discarding_forgets_one_listeners_news_only() -> None:
    changes.publish("shelf", [1, 2])
    assert changes.discard("lan") == 2
    assert (changes.waiting("lan"), changes.waiting("minh")) == (0, 2)


@pytest.mark.django_db(transaction=True)
def test_what_another_has_in_hand_is_passed_over() -> None:
    changes.publish("shelf", [1, 2])
    given = connection.get_connection_params()
    wanted: dict[str, Any] = {k: given[k] for k in ("host", "port", "user", "password", "dbname") if given.get(k)}
    with psycopg.connect(**wanted) as other, connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '3s'")
        other.execute("SELECT id FROM platform_change WHERE consumer = 'lan' ORDER BY id LIMIT 1 FOR UPDATE")
        assert told("lan") == [2]
        cursor.execute("RESET lock_timeout")
    assert told("lan") == [1]


def test_the_topics_of_the_house_have_the_listeners_we_count_on() -> None:
    assert SUBSCRIPTIONS == {
        "cluster.changed": ("discovery", "union.harvest"),
        "authority.changed": ("discovery.authorities", "union.names"),
        "record.headings": ("discovery.headings", "union.headings"),
        "library.changed": ("discovery.libraries", "discovery.houses"),
        "digital.object": ("discovery.volumes", "digital.preservation"),
        "digital.page": ("discovery.pages", "digital.preservation_pages"),
        "digital.page_of_act": ("discovery.pages",),
        "digital.audiences": ("discovery.volumes",),
        "digital.restricted": ("digital.preservation_restricted",),
        "library.closedness": ("catalog.closedness",),
    }


def test_bulk_news_is_told_last() -> None:
    changes.publish("shelf", [1, 2], bulk=True)
    changes.publish("shelf", [9, 2])
    assert told("lan", 3) == [2, 9, 1]
    assert told("lan") == [2]


def test_of_what_was_looked_at_only_what_was_dealt_with_is_forgotten() -> None:
    changes.publish("shelf", [1, 2, 3], bulk=True)
    changes.publish("shelf", [2], bulk=True)
    with transaction.atomic():
        news = changes.look("lan", 100, bulk=True)
        assert list(news.rows) == [1, 2, 3]
        behind = changes.look("lan", 100, bulk=True, after=news.rows[1][0])
        assert behind.rows == {2: news.rows[2], 3: news.rows[3]}
        changes.settle(news.of([2, 3]))
    assert told("lan") == [1]


def test_whether_anything_waits_that_is_not_bulk() -> None:
    changes.publish("shelf", [1], bulk=True)
    assert not changes.anything("lan")
    changes.publish("shelf", [1])
    assert changes.anything("lan")
