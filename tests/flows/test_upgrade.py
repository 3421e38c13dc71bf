"""An install of an earlier version is brought up to date by any command; an index of another version is built anew."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

# The apps whose last migration can be taken back alone: nothing of another app stands on it.
_LAST = """
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
graph = executor.loader.graph
ours = {c.label for c in apps.get_app_configs() if c.name.startswith("lienthu.")} | {"axes"}
apps_here = sorted(ours & executor.loader.migrated_apps)
names = {app: sorted(name for a, name in graph.nodes if a == app) for app in apps_here}
several = {app: n for app, n in names.items() if len(n) > 1}
last = {(app, n[-1]) for app, n in several.items()}
back, stuck = {}, []
for app, n in several.items():
    plan = executor.migration_plan([(app, n[-2])])
    alone = all((m.app_label, m.name) in last for m, _ in plan)
    reversible = all(o.reversible for m, _ in plan for o in m.operations)
    if alone and reversible:
        back[app] = [n[-2], n[-1]]
    else:
        stuck.append(app)
print(json.dumps([back, stuck]))
"""
_BACK = """
from django.core.management import call_command
call_command("migrate", {app!r}, {to!r}, interactive=False, verbosity=0)
"""
_WAITING = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
print(json.dumps(len(executor.migration_plan(executor.loader.graph.leaf_nodes()))))
"""


def _schema(install: Any) -> list[Any]:
    with install.database() as c:
        columns = c.execute(
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
            " WHERE table_schema = 'public' ORDER BY 1, 2"
        ).fetchall()
        indexes = c.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1").fetchall()
        applied = c.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2").fetchall()
    return [columns, indexes, applied]


def test_any_command_upgrades_an_install_of_the_previous_state(install: Any, marc_record: Any, tmp_path: Path) -> None:
    """For every app with two or more migrations: back to the state before the last, with rows in it, then a command."""
    path = tmp_path / "one.mrc"
    path.write_bytes(marc_record("1", "Hòn Gai thành phố mỏ", ("852", "  ", "$bKho$hVN 959$pQN1")))
    with install.database():
        install.load(path)
        back, stuck = install.probe(_LAST)
        assert back, "no app to try it on"
        before, content = _schema(install), install.content()
        # without the prepare of the probe, which would migrate forwards again
        code = "import django; django.setup()\n" + "".join(
            _BACK.format(app=app, to=before_last) for app, (before_last, _) in sorted(back.items())
        )
        subprocess.run([sys.executable, "-c", code], env=install.environment, check=True, capture_output=True)
        applied = {(app, name) for app, name in install.sql("SELECT app, name FROM django_migrations")}
        assert not applied & {(app, last) for app, (_, last) in back.items()}
        done = install.lienthu("search", "hon gai", "--json")
        assert done.code == 0, done.err
        assert done.json["total"] == 1
        assert install.probe(_WAITING) == 0
        assert _schema(install) == before
        assert install.content() == content
        install.assert_counts_reconcile()
        install.assert_index_agrees()
    print(f"went back in {sorted(back)}; cannot go back in {stuck}")


def test_two_commands_upgrade_at_once(folders: Any) -> None:
    """A new data folder and several commands at the same moment: one prepares it, the others wait, all succeed."""
    install = folders("new")
    started = [install.start("status") for _ in range(3)]
    for process in started:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        assert "Traceback" not in err
        assert "records                0" in out
    assert install.probe(_WAITING) == 0


def test_an_index_of_another_version_is_built_anew(
    install: Any, marc_record: Any, tmp_path: Path, wait_until: Any
) -> None:
    path = tmp_path / "one.mrc"
    path.write_bytes(marc_record("1", "Hòn Gai thành phố mỏ"))
    index = install.folder / "index"

    def of_another_version() -> str:
        live = (index / "CURRENT").read_text().strip()
        version = live.partition("-")[0]
        old = f"v{int(version[1:]) - 1}-{live.partition('-')[2]}"
        (index / live).rename(index / old)
        (index / "CURRENT").write_text(old)
        return old

    with install.database():
        install.load(path)
        old = of_another_version()
        assert install.load(path)["unchanged"] == 1
        assert not (index / old).exists(), "a command that says the index is in step has built one it can read"
        install.assert_index_agrees()
        old = of_another_version()
        with install.serving() as system:
            wait_until(lambda: system.search("hòn gai")["total"] == 1, 20)
            assert system.search("hòn gai")["query"]["index_ready"]
            wait_until(lambda: not (index / old).exists(), 10)
        install.assert_index_agrees()
