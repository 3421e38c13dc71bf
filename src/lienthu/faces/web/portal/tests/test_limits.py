"""Who searches by hand is never held up; who walks the facets is."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import RequestFactory

from lienthu.domain.discovery.cost import cost_of
from lienthu.domain.discovery.query import SearchRequest
from lienthu.platform.cost_limit import BURST, LIMITER, Limiter, charge, client_key


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock: Clock) -> Limiter:
    return Limiter(burst=60, refill=1, clock=clock)


def test_sixty_searches_at_once_then_one_a_second(limiter: Limiter, clock: Clock) -> None:
    assert [limiter.take("reader", 1) for _ in range(60)] == [0.0] * 60
    assert limiter.take("reader", 1) == pytest.approx(1)
    clock.now += 1
    assert limiter.take("reader", 1) == 0.0
    assert limiter.take("reader", 1) > 0


def test_a_refusal_takes_nothing(limiter: Limiter, clock: Clock) -> None:
    limiter.take("reader", 60)
    for _ in range(100):
        assert limiter.take("reader", 1) == pytest.approx(1)
    clock.now += 1
    assert limiter.take("reader", 1) == 0.0


def test_clients_do_not_pay_for_each_other(limiter: Limiter) -> None:
    limiter.take("crawler", 60)
    assert limiter.take("crawler", 1) > 0
    assert limiter.take("reader", 1) == 0.0


def test_a_bucket_never_holds_more_than_the_burst(limiter: Limiter, clock: Clock) -> None:
    limiter.take("reader", 1)
    clock.now += 10_000
    assert [limiter.take("reader", 30) for _ in range(2)] == [0.0, 0.0]
    assert limiter.take("reader", 1) > 0


def test_even_the_dearest_search_can_be_paid(limiter: Limiter) -> None:
    assert limiter.take("reader", 1000) == 0.0


def test_a_flood_of_addresses_keeps_memory_bounded(clock: Clock) -> None:
    limiter = Limiter(remembered=100, clock=clock)
    for n in range(1000):
        limiter.take(f"client {n}", 1)
    assert len(limiter._buckets) == 100


def test_three_filters_cost_double() -> None:
    one = cost_of(SearchRequest(filters={"library": ("VN-QNTV",)}))
    two = cost_of(SearchRequest(filters={"library": ("VN-QNTV",), "language": ("vie",)}))
    three = cost_of(SearchRequest(filters={"library": ("VN-QNTV", "VN-QNDHHL"), "language": ("vie",)}))
    assert cost_of(SearchRequest(q="số đỏ")) == 1
    assert 1 < one == two
    assert three == 2 * two
    assert cost_of(SearchRequest(year_from=1990, year_to=1999)) == one


def test_deep_pages_cost_more() -> None:
    assert cost_of(SearchRequest(q="a", page=3)) == 1
    assert cost_of(SearchRequest(q="a", page=500)) > 10


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("unknown", "unknown"),
    ],
)
def test_the_key_of_an_address(address: str, key: str) -> None:
    assert client_key(address) == key


def test_people_who_signed_in_are_not_charged(rf: RequestFactory, limiter: Limiter) -> None:
    limiter.take("203.0.113.7", 60)
    request = rf.get("/search/", REMOTE_ADDR="203.0.113.7")
    request.user = SimpleNamespace(is_authenticated=True)
    assert charge(request, 1, limiter) == 0
    request.user = SimpleNamespace(is_authenticated=False)
    assert charge(request, 1, limiter) == 1


def test_the_limit_can_be_switched_off(rf: RequestFactory, limiter: Limiter, settings) -> None:
    settings.COST_LIMITS = False
    limiter.take("203.0.113.7", 60)
    request = rf.get("/search/", REMOTE_ADDR="203.0.113.7")
    request.user = SimpleNamespace(is_authenticated=False)
    assert charge(request, 1, limiter) == 0


def test_a_crawler_of_facets_gets_a_polite_429(client, province) -> None:
    LIMITER.take("203.0.113.7", BURST)
    response = client.get("/search/", {"q": "truyện kiều", "language": "vie"}, REMOTE_ADDR="203.0.113.7")
    assert response.status_code == 429
    assert int(response["Retry-After"]) >= 1
    assert "Xin chờ một chút" in response.content.decode()
    assert client.get("/").status_code == 200


def test_programs_on_the_machine_itself_are_not_limited(rf: RequestFactory, limiter: Limiter) -> None:
    request = rf.get("/search/", REMOTE_ADDR="127.0.0.1")
    request.user = SimpleNamespace(is_authenticated=False)
    assert [charge(request, 60, limiter) for _ in range(5)] == [0] * 5
