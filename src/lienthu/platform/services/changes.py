"""The change feed: news travels upwards as rows, written with the act, drained in batches by those who listen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from lienthu.platform.services.epoch import bump_at_commit

_subscriptions: Mapping[str, tuple[str, ...]] = {}


def subscribe(subscriptions: Mapping[str, tuple[str, ...]]) -> None:
    """Set who listens to what. Called once, by the configuration."""
    global _subscriptions
    _subscriptions = subscriptions


def publish(topic: str, keys: Iterable[int], *, bulk: bool = False) -> None:
    """Tell everyone who listens to ``topic`` that these keys changed. Part of the caller's transaction.

    ``bulk`` news, of imports and the like, is told when no other waits. Raises KeyError for a topic nobody declared:
    news that is lost by a typing error is a fault.
    """
    consumers = _subscriptions[topic]
    keys = sorted(set(keys))
    if not keys:
        return
    bump_at_commit()
    given = "{" + ",".join(map(str, keys)) + "}"  # of very many keys the driver's own writing takes longer than this
    with connection.cursor() as cursor:
        for consumer in consumers:
            cursor.execute(
                "INSERT INTO platform_change (consumer, topic, key, bulk, at) "
                "SELECT %s, %s, key, %s, now() FROM unnest(%s::bigint[]) AS key",
                [consumer, topic, bulk, given],
            )


@dataclass(frozen=True, slots=True)
class News:
    """Keys that wait for a consumer, oldest first, each with the rows that say so."""

    rows: Mapping[int, Sequence[int]]
    bulk: bool

    def of(self, keys: Iterable[int]) -> list[int]:
        """The rows that tell of these keys."""
        return [row for key in keys for row in self.rows[key]]


def look(consumer: str, limit: int, *, bulk: bool, after: int = 0, alone: bool = False) -> News:
    """Up to ``limit`` waiting rows of one kind, held in hand until the caller's transaction ends.

    Rows that another holds are passed over, and those up to ``after``. What was dealt with is given to ``settle``;
    everything else waits on. Who is the only one to deal with this consumer's news (``alone``) takes nothing in hand:
    each row held is a row written.
    """
    with connection.cursor() as cursor:
        waiting = (
            "SELECT id, key FROM platform_change WHERE consumer = %s AND bulk = %s AND id > %s ORDER BY id LIMIT %s"
        )
        cursor.execute(
            waiting if alone else f"{waiting} FOR UPDATE SKIP LOCKED",
            [consumer, bulk, after, limit],
        )
        found: dict[int, list[int]] = {}
        for row, key in cursor.fetchall():
            found.setdefault(key, []).append(row)
    return News(found, bulk)


def settle(rows: Sequence[int]) -> None:
    """Forget rows that were dealt with, in the transaction in which they were looked at."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM platform_change WHERE id = ANY(%s)", [list(rows)])


@contextmanager
def drain(consumer: str, limit: int) -> Iterator[list[int]]:
    """The keys of up to ``limit`` waiting rows, each once, bulk news last, otherwise oldest first.

    They are gone when the block ends well. If the block raises, everything stays waiting.
    """
    with transaction.atomic():
        news = look(consumer, limit, bulk=False)
        bulk = look(consumer, limit - sum(map(len, news.rows.values())), bulk=True)
        yield list(dict.fromkeys([*news.rows, *bulk.rows]))
        settle([*news.of(news.rows), *bulk.of(bulk.rows)])


def anything(*consumers: str) -> bool:
    """Whether news waits for one of them that is not bulk."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM platform_change WHERE consumer = ANY(%s) AND NOT bulk)", [list(consumers)]
        )
        return bool(cursor.fetchone()[0])


def keys_waiting(consumers: Sequence[str], limit: int) -> dict[str, list[int]] | None:
    """For each consumer the keys of the rows that wait, each once, newest first: one statement.

    None where more than ``limit`` rows wait for one of them. Takes nothing in hand.
    """
    # in the order of the index: by number alone the planner would read all that waits for others, after an import
    out: dict[str, dict[int, None]] = {consumer: {} for consumer in consumers}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.name, r.key FROM unnest(%s::text[]) AS c(name) CROSS JOIN LATERAL (SELECT id, key"
            " FROM platform_change WHERE consumer = c.name ORDER BY bulk DESC, id DESC LIMIT %s) r ORDER BY r.id DESC",
            [list(consumers), limit + 1],
        )
        rows = cursor.fetchall()
    if max(Counter(consumer for consumer, _ in rows).values(), default=0) > limit:
        return None
    for consumer, key in rows:
        out[consumer][key] = None
    return {consumer: list(keys) for consumer, keys in out.items()}


def waiting_among(consumer: str, keys: Sequence[int]) -> set[int]:
    """Of which of these keys news waits for ``consumer``: one statement. Takes nothing in hand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT key FROM platform_change WHERE consumer = %s AND key = ANY(%s)", [consumer, list(keys)]
        )
        return {key for (key,) in cursor.fetchall()}


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
