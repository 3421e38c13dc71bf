"""The change feed: news travels upwards as rows, written with the act, drained in batches by those who listen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.db import connection, transaction

_subscriptions: Mapping[str, tuple[str, ...]] = {}


def subscribe(subscriptions: Mapping[str, tuple[str, ...]]) -> None:
    """Set who listens to what. Called once, by the configuration."""
    global _subscriptions
    _subscriptions = subscriptions


def publish(topic: str, keys: Iterable[int]) -> None:
    """Tell everyone who listens to ``topic`` that these keys changed. Part of the caller's transaction.

    Raises KeyError for a topic nobody declared: news that is lost by a typing error is a fault.
    """
    consumers = _subscriptions[topic]
    keys = sorted(set(keys))
    if not keys:
        return
    with connection.cursor() as cursor:
        for consumer in consumers:
            cursor.execute(
                "INSERT INTO platform_change (consumer, topic, key, at) "
                "SELECT %s, %s, key, now() FROM unnest(%s::bigint[]) AS key",
                [consumer, topic, keys],
            )


@contextmanager
def drain(consumer: str, limit: int) -> Iterator[list[int]]:
    """The keys of up to ``limit`` waiting rows, oldest first, each once. They are gone when the block ends well.

    Rows that another drainer holds are skipped. If the block raises, everything stays waiting.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, key FROM platform_change WHERE consumer = %s ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
            [consumer, limit],
        )
        rows = cursor.fetchall()
        yield list(dict.fromkeys(key for _id, key in rows))
        if rows:
            cursor.execute("DELETE FROM platform_change WHERE id = ANY(%s)", [[row[0] for row in rows]])


def waiting(consumer: str) -> int:
    """How many rows wait for ``consumer``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM platform_change WHERE consumer = %s", [consumer])
        return int(cursor.fetchone()[0])


def discard(consumer: str) -> int:
    """Forget what waits for ``consumer``, because it is about to look at everything anyway. Returns how much."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM platform_change WHERE consumer = %s", [consumer])
        return int(cursor.rowcount)
