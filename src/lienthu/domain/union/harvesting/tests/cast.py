"""What the tests of harvesting share: sources, and harvests that do not wait for real."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from lienthu.domain.catalog.models import BibRecord
from lienthu.domain.network.models import Library
from lienthu.domain.union.harvesting.models import HarvestRun, HarvestSource
from lienthu.domain.union.harvesting.selectors import counts_of_runs
from lienthu.domain.union.harvesting.services import runs, sources
from lienthu.domain.union.harvesting.tests.repository import Repository
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.normalise import from_canonical
from lienthu.platform.actor import Actor

HARVESTER = Actor.system("harvester")


def source_for(library: Library, repository: Repository | str, **facts: Any) -> HarvestSource:
    """A source of the library; addresses of this machine are allowed unless told otherwise."""
    given = {
        "name": "Thư viện thử", "kind": "oai", "private_allowed": True,
        "address": repository if isinstance(repository, str) else repository.address,
        **facts,
    }  # fmt: skip
    code = given.pop("code", f"thu-{HarvestSource.objects.count() + 1}")
    return sources.create_source(code=code, library=library, facts=sources.SourceFacts(**given), actor=HARVESTER)


def harvested(harvest: HarvestSource, *, full: bool = False, most: int = 400) -> HarvestRun:
    """Harvest to the end; where it has to wait, the clock is turned forward."""
    run = runs.open_run(harvest.pk, reason="command", actor=HARVESTER, full=full)
    for _ in range(most):
        run = runs.work(run.pk, actor=HARVESTER, seconds=0)
        if run.status != "running":
            return run
        if run.wait_until:
            HarvestRun.objects.filter(pk=run.pk).update(wait_until=timezone.now() - timedelta(seconds=1))
    raise AssertionError(f"the run does not end: {run.stop_code} {run.phase} {run.attempts}")


def counts(run: HarvestRun) -> dict[str, int]:
    """The counts of a run that are not 0."""
    return {name: n for name, n in counts_of_runs([run.pk])[run.pk].items() if n}


def log(run: HarvestRun) -> list[str]:
    """The codes of the run's log, oldest first."""
    return list(run.events.order_by("id").values_list("code", flat=True))


def kept(library: Library) -> dict[str, Record]:
    """What the catalogue holds of the library: identity without its kind -> record."""
    rows = BibRecord.objects.filter(library=library, deleted=False)
    return {r.identity.partition(":")[2]: from_canonical(r.revisions.get(number=r.revision).marc) for r in rows}


def titles(library: Library) -> dict[str, str]:
    """Identity -> title of what the catalogue holds of the library."""
    return {i: f.first("a") if (f := r.first("245")) else "" for i, r in kept(library).items()}
