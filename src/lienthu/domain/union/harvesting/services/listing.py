"""Fetch a list of a repository, page by page, and hand the records over as batches (rules HAR-3 to HAR-14)."""

from __future__ import annotations

import hashlib
import time
from datetime import timedelta
from types import TracebackType
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lienthu.domain.catalog.origin_selectors import own_repositories
from lienthu.domain.catalog.provenance import is_echo
from lienthu.domain.catalog.reading import HARVESTED
from lienthu.domain.catalog.services import batches
from lienthu.domain.union.harvesting import oai, policy, spool
from lienthu.domain.union.harvesting.errors import Failure, HarvestRefused
from lienthu.domain.union.harvesting.models import HarvestBatch, HarvestRun, HarvestSource
from lienthu.domain.union.harvesting.net import Client
from lienthu.domain.union.harvesting.services.place import note, save_place
from lienthu.domain.union.harvesting.services.sources import password_of
from lienthu.foundation.marc import oaipmh
from lienthu.platform.actor import Actor

PART_RECORDS = 10_000
PART_BYTES = 32 * 1024 * 1024
_LONGEST_PAUSE: Final = 1.0
_NAMESPACES: Final = {"oai_dc": "http://www.openarchives.org/OAI/2.0/oai_dc/"}
_MARC: Final = "http://www.loc.gov/MARC21/slim"


class Line:
    """The connection to one repository while a process works on a run; polite: it rests as long as the answer took."""

    def __init__(self) -> None:
        self._client: Client | None = None
        self._rest_until = 0.0

    def __enter__(self) -> Line:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None) -> None:
        if self._client:
            self._client.close()

    def client(self, harvest: HarvestSource) -> Client:
        """The client, made when first asked for. Raises Failure where the password cannot be read."""
        if self._client is None:
            try:
                password = password_of(harvest)
            except HarvestRefused as e:
                raise Failure("secret") from e
            agent = f"LienThu ({settings.PUBLIC_URL or 'OAI-PMH harvester'})"
            self._client = Client(
                harvest.address, user_agent=agent, username=harvest.username, password=password,
                private=harvest.private_allowed,
            )  # fmt: skip
        time.sleep(max(0.0, self._rest_until - time.monotonic()))
        return self._client

    def rest(self, began: float) -> None:
        """Leave the repository as much time for others as the answer took."""
        now = time.monotonic()
        self._rest_until = now + min(_LONGEST_PAUSE, now - began)


def fetch(run: HarvestRun, line: Line, actor: Actor) -> None:
    """The next page of the run's list: its records to the spool, its place into the run. Raises Failure, Transient."""
    if not run.began:
        _begin(run, line)
        return
    harvest = run.harvest
    client = line.client(harvest)
    asked_at, began = timezone.now(), time.monotonic()
    try:
        page = oai.list_records(
            client, token=run.token, prefix=harvest.prefix, set_spec=harvest.set_spec, list_from=run.list_from
        )
    except oai.TokenDied:
        _begin_again(run, "token-died")
        return
    finally:
        line.rest(began)
    token = page.token.value if page.token else ""
    digest = hashlib.blake2b(b"\0".join(page.records), digest_size=16).hexdigest()
    if token and (token == run.token or not page.records) and digest == run.page_digest:
        raise Failure("token-loop", token[:200])
    own = own_repositories()
    kept = [raw for raw in page.records if not _is_echo(raw, page, own)]
    run.server_time = run.server_time or policy.harvest_time(oai.moment(page.response_date), asked_at)
    if kept:
        try:
            run.spool_bytes = spool.append(run, oaipmh.frame(page, kept))
        except spool.Lost:
            _begin_again(run, "spool-lost")
            return
    run.spool_records += len(kept)
    run.pages, run.requests = run.pages + 1, run.requests + 1
    run.listed += len(page.records)
    run.echoed += len(page.records) - len(kept)
    run.token, run.page_digest = token, digest
    if page.token and page.token.complete_size is not None:
        run.complete_size = page.token.complete_size
    run.attempts, run.wait_until = 0, None
    if not token:
        run.phase = HarvestRun.Phase.CLOSING
    save_place(run)
    if token and (run.spool_records >= PART_RECORDS or run.spool_bytes >= PART_BYTES):
        hand_over(run, actor)


def hand_over(run: HarvestRun, actor: Actor) -> None:
    """Make the spooled pages a batch of the library, and take it in hand: one transaction."""
    harvest = run.harvest
    try:
        path = spool.keep(run)
    except spool.Lost:
        _begin_again(run, "spool-lost")
        return
    with transaction.atomic():
        number = run.batches.count() + 1
        batch = batches.receive(
            path, library=harvest.library, actor=actor, filename=f"{harvest.code}-{run.pk}-{number}.oai.xml",
            source_code=harvest.source.code, fmt=HARVESTED,
            options={
                "background": True,
                "harvest": {
                    "source": harvest.code, "run": run.pk, "base_url": harvest.address,
                    "namespace": _NAMESPACES.get(harvest.prefix, _MARC), "at": timezone.now().isoformat(),
                },
            },
        )  # fmt: skip
        HarvestBatch.objects.create(run=run, batch=batch)
        run.batch, run.spool_bytes, run.spool_records = batch, 0, 0
        save_place(run)


def _begin(run: HarvestRun, line: Line) -> None:
    """Ask who the repository is, and from when on the list is wanted."""
    harvest = run.harvest
    client, began = line.client(harvest), time.monotonic()
    try:
        repository = oai.identify(client)
    finally:
        line.rest(began)
    if repository.is_a_union:
        raise Failure("union-of-another", harvest.address)
    since = None if run.full else harvest.since
    run.list_from = policy.list_from(since, timedelta(minutes=harvest.overlap_minutes), by_day=repository.by_day)
    run.began, run.requests, run.attempts, run.wait_until = True, run.requests + 1, 0, None
    with transaction.atomic():
        HarvestSource.objects.filter(pk=harvest.pk).update(repository=repository.facts)
        save_place(run)
    note(run, "began", repository=repository.facts.get("repositoryName", ""), since=run.list_from)


def _begin_again(run: HarvestRun, code: str) -> None:
    """Begin the list again from the last whole harvest: nobody can say what stood on the pages not seen (HAR-13)."""
    run.restarts += 1
    note(run, code, page=run.pages, token=run.token[:200])
    run.token, run.page_digest, run.complete_size = "", "", None
    if code == "spool-lost":
        run.spool_bytes = run.spool_records = 0
    if run.restarts > policy.RESTARTS:
        run.phase, run.stop_code = HarvestRun.Phase.CLOSING, "token-died"
    save_place(run)


def _is_echo(raw: bytes, page: oaipmh.Page, own: frozenset[str]) -> bool:
    """Whether the record, or any repository it went through, is of this install. Parsed only where that may be."""
    folded = raw.lower()
    if not any(name.encode() in folded for name in own):
        return False
    header = oaipmh.header_of(raw, page.encoding, page.prefixes)
    if header is None:
        return False
    return is_echo([header.identifier, *(o.get("identifier", "") for o in header.origins)], own)
