"""``lienthu prepare``: prepare or upgrade the data folder."""

from __future__ import annotations

import argparse
import json
import sys

from lienthu.faces.cli.ground import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--for-run is how ``lienthu run`` asks."""
    parser.add_argument("--for-run", action="store_true", help="also what `lienthu run` needs; tells it as JSON")
    parser.add_argument("--no-volumes", action="store_true", help="for run: do not load the digitised samples")
    parser.add_argument("--no-sample", action="store_true", help="for run: do not load the sample province")


def run(options: argparse.Namespace) -> int:
    """The data folder is made ready by the preparation every command does."""
    from django.conf import settings

    if not options.for_run:
        print(f"{settings.DATA_DIR} is ready.")
        return 0
    from lienthu.faces.cli.seeding import is_empty, sample_accounts, seed_province
    from lienthu.faces.cli.supervisor import port_is_free
    from lienthu.platform.static_files import collect

    env = settings.ENV
    if not port_is_free(env.host, env.port):
        raise Refusal(f"Port {env.port} of {env.host} is in use. Stop what runs there, or choose another: PORT=8001.")
    collect()
    if is_empty() and not options.no_sample:
        print("Loading the sample province (only this first time) …", file=sys.stderr, flush=True)
        seed_province()
        from lienthu.faces.cli.jobs import enqueue_sample_volumes

        if not options.no_volumes:
            enqueue_sample_volumes()
    ready = {
        "data": str(settings.DATA_DIR),
        "embedded": not env.database_url,
        "host": env.host,
        "port": env.port,
        "accounts": [[a.username, a.password, a.what] for a in sample_accounts()],
    }
    print(json.dumps(ready))
    return 0
