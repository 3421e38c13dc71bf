"""``lienthu status``: what is there, what waits."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(options: argparse.Namespace) -> int:
    """Print a few figures."""
    from django.conf import settings

    from lienthu.domain.catalog.models import BibRecord, ImportBatch
    from lienthu.domain.discovery.fulltext import indexing as pages
    from lienthu.domain.discovery.selectors import index_ready
    from lienthu.domain.discovery.services.indexing import CONSUMER
    from lienthu.domain.union.harvesting.models import HarvestSource
    from lienthu.domain.union.rule_selectors import reruns
    from lienthu.domain.union.selectors import cluster_count
    from lienthu.platform.services import changes

    print(f"data folder            {settings.DATA_DIR}")
    print(f"records                {BibRecord.objects.filter(deleted=False).count()}")
    print(f"publications           {cluster_count()}")
    print(f"imports not finished   {ImportBatch.objects.filter(status__in=['queued', 'running', 'undoing']).count()}")
    stale = HarvestSource.objects.filter(active=True, stale_since__isnull=False).count()
    print(f"harvest sources        {HarvestSource.objects.count()}, {stale} stale")
    print(f"index                  {'ready' if index_ready() else 'to be built'}")
    print(f"changes waiting        {changes.waiting(CONSUMER)}")
    print(f"page index             {'ready' if pages.ready() else 'to be built'}")
    print(f"pages waiting          {changes.waiting(pages.PAGES) + changes.waiting(pages.VOLUMES)}")
    for r in reruns():
        what = "trial of rule" if r.kind == "trial" else "comparing anew by rule"
        print(f"{what:<22} {r.rule_version}: {r.phase}, {r.done} of {r.total} records")
    return 0
