"""``lienthu worker``: the process that runs background jobs."""

from __future__ import annotations

import argparse
import fcntl
from io import IOBase

from lienthu.platform.processes import die_with_parent, tune_for_bulk

MIGRATES = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def run(options: argparse.Namespace) -> int:
    """Until SIGTERM or SIGINT: a running import stops after its chunk and goes on when a worker is there again."""
    from procrastinate.contrib.django import app

    from lienthu.domain.union.jobs import take_up_interrupted

    app.perform_import_paths()
    die_with_parent()
    tune_for_bulk()
    alone = _only_worker()
    take_up_interrupted(all_are_dead=alone is not None)
    worker_app = app.with_connector(app.connector.get_worker_connector())
    with worker_app.replace_connector(worker_app.connector):
        worker_app.run_worker(
            queues=None, concurrency=1, install_signal_handlers=True, delete_jobs="successful",
            shutdown_graceful_timeout=20,
        )  # fmt: skip
    return 0


def _only_worker() -> IOBase | None:
    """A held lock when this is the only worker there can be: the embedded database has no other machines."""
    from django.conf import settings

    if settings.ENV.database_url:
        return None
    handle = (settings.DATA_DIR / "worker.lock").open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    return handle
