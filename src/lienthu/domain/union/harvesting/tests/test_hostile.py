"""Repositories that are slow, broken or hostile (HAR-9 to HAR-12, HAR-14)."""

from __future__ import annotations

import gzip
import random
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from lienthu.domain.catalog.models import ImportBatch, Quarantined
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.harvesting import net, oai, policy
from lienthu.domain.union.harvesting.errors import REASONS, Failure
from lienthu.domain.union.harvesting.models import HarvestEvent, HarvestRun
from lienthu.domain.union.harvesting.services import listing, runs
from lienthu.domain.union.harvesting.tests.cast import HARVESTER, counts, harvested, log, source_for, titles
from lienthu.domain.union.harvesting.tests.repository import Repository, dublin_core, marcxml, on_page, once, served
from lienthu.domain.union.services.conduct import run_batch  # noqa: F401  (the import path these tests go through)
from lienthu.platform.models import AuditEntry

pytestmark = pytest.mark.django_db
XML = {"Content-Type": "text/xml"}


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def repository() -> Iterator[Repository]:
    with served(Repository()) as r:
        for n in range(1, 9):
            r.put(f"oai:thu.vn:{n}", marcxml(str(n), f"Đất mỏ tập {n}"))
        yield r


# ----------------------------------------------------------------------------------------------------------- waiting


@pytest.mark.parametrize("status", [503, 429])
@pytest.mark.parametrize("as_date", [False, True])
def test_who_says_when_to_come_again_is_asked_then(
    tinh: Library, repository: Repository, status: int, as_date: bool
) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=120), usegmt=True)
    repository.faults.append(once(on_page(2, status, {"Retry-After": later if as_date else "120"})))
    harvest = source_for(tinh, repository)
    run = runs.open_run(harvest.pk, reason="schedule", actor=HARVESTER)
    run = runs.work(run.pk, actor=HARVESTER, patience=5)
    assert run.status == "running"
    assert run.wait_until is not None
    left = (run.wait_until - datetime.now(UTC)).total_seconds()
    assert 100 < left <= 121
    asked = len(repository.asked)
    assert runs.work(run.pk, actor=HARVESTER, patience=5).status == "running"
    assert len(repository.asked) == asked, "nobody is asked before the time"
    HarvestRun.objects.filter(pk=run.pk).update(wait_until=datetime.now(UTC))
    assert runs.work(run.pk, actor=HARVESTER).status == "done"
    assert counts(run) == {"read": 8, "created": 8}


def test_waiting_doubles_with_jitter_and_has_a_bound() -> None:
    chance = random.Random(1)
    for attempt in range(1, 12):
        waits = [policy.wait_for(attempt, None, chance).total_seconds() for _ in range(50)]
        bound = min(300.0, 2.0**attempt)
        assert bound / 2 <= min(waits) < max(waits) <= bound
    assert policy.wait_for(1, 10.0**9, chance) == policy.MAX_WAIT
    assert policy.wait_for(1, 0, chance) == timedelta(seconds=1)


def test_a_repository_that_is_down_is_given_up_after_some_attempts(tinh: Library) -> None:
    with served(Repository()) as r:
        harvest = source_for(tinh, r)
    run = harvested(harvest)  # nobody listens any more
    assert (run.status, run.stop_code) == ("stopped", "unreachable")
    assert log(run).count("waits") == policy.ATTEMPTS - 1
    harvest.refresh_from_db()
    assert harvest.next_at is not None
    assert harvest.next_at < datetime.now(UTC) + timedelta(hours=1, minutes=1), "it is tried again within the hour"


def test_a_repository_that_always_asks_to_wait_is_given_up_in_the_end(tinh: Library, repository: Repository) -> None:
    repository.faults.append(lambda _: (503, {"Retry-After": "1"}, b""))
    run = harvested(source_for(tinh, repository))
    assert run.stop_code == "waited-too-long"
    assert len(repository.asked) == policy.WAITS


# -------------------------------------------------------------------------------------------------------- broken XML


def broken(repository: Repository, raw: str) -> None:
    repository.put("oai:thu.vn:hong", "")
    repository.records["oai:thu.vn:hong"].raw = raw
    repository.put("oai:thu.vn:sau", marcxml("s", "Đứng sau"))


HEADER = "<header><identifier>oai:thu.vn:hong</identifier><datestamp>2026-01-01</datestamp></header>"
MARC = "<metadata>" + marcxml("h", "Hỏng") + "</metadata>"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (f"<record>{HEADER}<metadata><record><leader>x</record></metadata></record>", "xml-malformed"),
        (f"<record>{HEADER}<metadata><record>", "xml-malformed"),
        (f"<record>{HEADER}</record>", "oai-no-metadata"),
        (f"<record>{HEADER}<metadata><mods xmlns='http://www.loc.gov/mods/v3'/></metadata></record>", "oai-metadata"),
        (f"<record><header><datestamp>2026-01-01</datestamp></header>{MARC}</record>", "oai-header"),
    ],
)
def test_a_damaged_record_costs_no_other(tinh: Library, repository: Repository, raw: str, code: str) -> None:
    broken(repository, raw)
    run = harvested(source_for(tinh, repository))
    assert run.status == "done"
    assert counts(run) == {"read": 10, "created": 9, "quarantined": 1}
    piece = Quarantined.objects.get()
    assert piece.code == code
    assert bytes(piece.raw).decode().startswith("<record>")
    assert "oai:thu.vn:sau" in titles(tinh)


def test_what_can_be_repaired_is_repaired(tinh: Library, repository: Repository) -> None:
    bad = marcxml("h", "Than & đá").replace("&amp;", "&").replace("Than", "Than\x01&nbsp;mỏ&#x2;")
    broken(repository, f"<record>{HEADER}<metadata>{bad}</metadata></record>")
    run = harvested(source_for(tinh, repository))
    assert counts(run) == {"read": 10, "created": 10, "repaired": 1}
    assert titles(tinh)["oai:thu.vn:hong"] == "Than mỏ & đá"


def page_of(repository: Repository, *titles_: str) -> bytes:
    records = "".join(
        f"<record><header><identifier>oai:thu.vn:x{n}</identifier><datestamp>2026-01-01</datestamp></header>"
        f"<metadata>{marcxml(f'x{n}', title)}</metadata></record>"
        for n, title in enumerate(titles_)
    )
    return repository.document(f"<ListRecords>{records}</ListRecords>")


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1258", "utf-16", "utf-8"])
def test_pages_in_other_character_sets_are_read(tinh: Library, repository: Repository, declared: str) -> None:
    title = "Café Hà" if declared != "utf-16" else "Đất mỏ Hạ Long"
    text = page_of(repository, title).decode().replace('encoding="UTF-8"', f'encoding="{declared}"')
    body = text.encode(declared, "xmlcharrefreplace") if declared != "utf-8" else text.encode("latin-1", "replace")
    repository.faults.append(on_page(1, 200, XML, body))
    run = harvested(source_for(tinh, repository))
    assert counts(run)["created"] == 1
    if declared == "utf-8":  # bytes that are not what they are declared to be: read as far as they can be, and reported
        batch = run.batches.get().batch
        assert batch.problem_counts["xml-encoding"] == 1
        assert titles(tinh)["oai:thu.vn:x0"].startswith("Caf")
    else:
        assert titles(tinh)["oai:thu.vn:x0"] == title


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<html><body>502 Bad Gateway</body></html>", "not-oai"),
        (b"", "not-oai"),
        (b'<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>', "cut-off"),
        (b'<?xml version="1.0"?><OAI-PMH><a></b></OAI-PMH>', "malformed"),
    ],
)
def test_an_answer_that_is_no_page_stops_the_run_there(
    tinh: Library, repository: Repository, body: bytes, code: str
) -> None:
    repository.faults.append(on_page(2, 200, XML, body))
    run = harvested(source_for(tinh, repository))
    assert (run.status, run.stop_code, run.pages) == ("stopped", code, 1)
    assert counts(run) == {"read": 3, "created": 3}
    assert str(REASONS[code])


def test_a_page_cut_off_on_the_way_is_asked_for_again(tinh: Library, repository: Repository) -> None:
    body = page_of(repository, "Một", "Hai")
    cut = {**XML, "X-Claims-Length": str(len(body))}
    repository.faults.append(once(on_page(1, 200, cut, body[:-100])))
    run = harvested(source_for(tinh, repository))
    assert (run.status, counts(run)) == ("done", {"read": 8, "created": 8})


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE OAI-PMH SYSTEM "http://127.0.0.1:1/evil.dtd">',
    ],
)
def test_an_entity_bomb_and_an_external_dtd_are_not_read(tinh: Library, repository: Repository, declared: str) -> None:
    body = page_of(repository, "Một").replace(b"<OAI-PMH", declared.encode() + b"<OAI-PMH", 1)
    repository.faults.append(on_page(1, 200, XML, body))
    run = harvested(source_for(tinh, repository))
    assert (run.status, run.stop_code, counts(run)) == ("stopped", "doctype", {})
    assert len([q for q in repository.asked if q["verb"] == "ListRecords"]) == 1, "such a one is not asked again"


# --------------------------------------------------------------------------------------------------------- too large


def client(repository: Repository, **options: int) -> net.Client:
    return net.Client(repository.address, user_agent="test", private=True, **options)


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_is_bounded_also_after_unpacking(repository: Repository, packed: bool) -> None:
    body = b"x" * 3_000_000
    headers = {"Content-Encoding": "gzip"} if packed else {}
    repository.faults.append(lambda _: (200, headers, gzip.compress(body) if packed else body))
    with pytest.raises(Failure) as refused:
        client(repository, max_bytes=1_000_000).get("verb=Identify")
    assert refused.value.code == "too-large"
    assert client(repository, max_bytes=4_000_000).get("verb=Identify").body == body


@pytest.mark.parametrize("body", [b"no gzip at all", gzip.compress(b"x" * 100_000)[:-20], zlib.compress(b"abc")[:3]])
def test_bad_packing_is_a_bad_answer(repository: Repository, body: bytes) -> None:
    repository.faults.append(lambda _: (200, {"Content-Encoding": "gzip"}, body))
    with pytest.raises(Failure) as refused:
        client(repository).get("verb=Identify")
    assert refused.value.code == "cut-off"


# ------------------------------------------------------------------------------------------- where it may not go


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.1.2.3", "192.168.0.9", "169.254.169.254", "0.0.0.0", "[::1]", "[fe80::1]",
     "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "2130706433", "0x7f.1"],
)  # fmt: skip
def test_addresses_inside_are_not_reached(tinh: Library, host: str) -> None:
    run = harvested(source_for(tinh, f"http://{host}:9/oai", private_allowed=False))
    assert (run.status, run.stop_code) == ("stopped", "address")
    assert run.requests == 0


def test_an_administrator_may_allow_the_house_but_not_the_cloud() -> None:
    assert net.reachable("192.168.0.9", 80, private=True)
    for never in ("169.254.169.254", "0.0.0.0", "fe80::1", "224.0.0.1"):
        with pytest.raises(net.AddressRefused):
            net.reachable(never, 80, private=True)


def test_a_redirect_does_not_lead_inside(monkeypatch: pytest.MonkeyPatch, repository: Repository) -> None:
    """The repository is outside, as far as the guard knows; what it points to is not."""
    inside = Repository()
    with served(inside):
        outside = f":{repository.address.split(':')[2].split('/')[0]}"
        real = net.reachable

        def as_if_outside(host: str, port: int, *, private: bool) -> list[object]:
            return real(host, port, private=private or f":{port}" == outside)

        monkeypatch.setattr(net, "reachable", as_if_outside)
        repository.faults.append(lambda _: (302, {"Location": inside.address + "?verb=Identify"}, b""))
        with pytest.raises(Failure) as refused:
            net.Client(repository.address, user_agent="test").get("verb=Identify")
    assert refused.value.code == "address"
    assert not inside.asked


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x"])
def test_a_redirect_leads_to_the_web_only(repository: Repository, target: str) -> None:
    repository.faults.append(lambda _: (301, {"Location": target}, b""))
    with pytest.raises(Failure) as refused:
        client(repository).get("verb=Identify")
    assert refused.value.code == "address"


def test_redirects_without_end_are_noticed_and_others_followed(tinh: Library, repository: Repository) -> None:
    with served(Repository()) as moved:
        moved.faults.append(
            lambda q: (301, {"Location": f"{repository.address}?{'&'.join(f'{k}={v}' for k, v in q.items())}"}, b"")
        )
        run = harvested(source_for(tinh, moved))
        assert (run.status, run.listed) == ("done", 8)
    repository.faults.append(lambda q: (301, {"Location": repository.address + "?verb=Identify"}, b""))
    with pytest.raises(Failure) as refused:
        client(repository).get("verb=Identify")
    assert refused.value.code == "too-many-redirects"


# ------------------------------------------------------------------------------------------------------ passwords


def test_a_password_is_sent_to_its_own_host_and_stands_nowhere_in_clear(tinh: Library, repository: Repository) -> None:
    secret = "mật khẩu rất dài 1234"
    harvest = source_for(tinh, repository, username="lan", secret=secret)
    harvested(harvest)
    assert all(h["Authorization"].startswith("Basic ") for h in repository.headers)
    harvest.refresh_from_db()
    assert secret not in harvest.secret
    told = [
        *AuditEntry.objects.values_list("detail", flat=True),
        *HarvestEvent.objects.values_list("detail", flat=True),
    ]
    assert secret not in str(told)
    with served(Repository()) as thief:
        repository.faults.append(lambda _: (302, {"Location": thief.address + "?verb=Identify"}, b""))
        harvested(harvest)
        assert thief.headers
        assert not any("Authorization" in h for h in thief.headers)


def test_a_refused_password_stops_the_run_and_says_so(tinh: Library, repository: Repository) -> None:
    repository.faults.append(lambda _: (401, {"WWW-Authenticate": "Basic"}, b""))
    run = harvested(source_for(tinh, repository))
    assert (run.status, run.stop_code, len(repository.asked)) == ("stopped", "credentials", 1)


def test_a_password_of_another_install_is_asked_for_again(
    tinh: Library, repository: Repository, settings: object
) -> None:
    harvest = source_for(tinh, repository, username="lan", secret="bí mật")
    settings.SECRET_KEY = "another install"
    assert harvested(harvest).stop_code == "secret"


# -------------------------------------------------------------------------------------------------- other refusals


def test_errors_of_the_protocol_are_told(tinh: Library, repository: Repository) -> None:
    run = harvested(source_for(tinh, repository, prefix="mods"))
    assert (run.status, run.stop_code) == ("stopped", "oai-error")
    assert run.stop_detail.startswith("cannotDisseminateFormat")


def test_errors_of_the_protocol_may_come_with_a_status_of_http(tinh: Library, repository: Repository) -> None:
    body = repository.document('<error code="noRecordsMatch">None</error>')
    repository.faults.append(on_page(1, 404, XML, body))
    assert harvested(source_for(tinh, repository)).status == "done"


def test_the_union_of_another_is_not_taken_for_records_of_a_library(tinh: Library, repository: Repository) -> None:
    repository.described = "<description><x><sampleIdentifier>oai:b.vn:union/4711</sampleIdentifier></x></description>"
    run = harvested(source_for(tinh, repository))
    assert (run.status, run.stop_code, run.listed) == ("stopped", "union-of-another", 0)


def test_what_is_no_repository_is_told(tinh: Library, repository: Repository) -> None:
    repository.faults.append(lambda _: (404, {}, b"<html>nothing here</html>"))
    assert harvested(source_for(tinh, repository)).stop_code == "not-found"


def test_dublin_core_of_a_repository_without_marc(tinh: Library, repository: Repository) -> None:
    repository.put("oai:thu.vn:dc", dublin_core(title="Vịnh Hạ Long", date="2020-05-01", language="vi"))
    run = harvested(source_for(tinh, repository, prefix="oai_dc"))
    assert counts(run)["created"] == 9


def test_what_could_not_be_imported_is_asked_for_again(
    tinh: Library, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HAR-15: the next run does not go on behind the part that failed."""
    monkeypatch.setattr(listing, "PART_RECORDS", 3)
    harvest = source_for(tinh, repository)

    def fails(batch_id: int, **_: object) -> None:
        ImportBatch.objects.filter(pk=batch_id).update(status=ImportBatch.Status.FAILED)
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(runs, "run_batch", fails)
        run = runs.open_run(harvest.pk, reason="command", actor=HARVESTER)
        for _ in range(8):
            with suppress(RuntimeError):
                run = runs.work(run.pk, actor=HARVESTER)
    assert (run.status, run.stop_code, run.token) == ("stopped", "import", "")
    again = harvested(harvest)
    assert (again.status, again.continues) == ("done", None)
    assert len(titles(tinh)) == 8


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_clock_that_was_never_set_stops_no_harvest(said: str) -> None:
    """HAR-3."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    since = policy.harvest_time(oai.moment(said), now)
    assert now - timedelta(days=2) < since <= now
    assert policy.list_from(since, timedelta(days=30), by_day=True).startswith("2026-10")
