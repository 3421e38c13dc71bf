"""As root: who runs the server, and what stays untouched."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import psycopg
import pytest

from lienthu.platform.postgres import CannotStart, EmbeddedPostgres, accounts, binaries

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else"),
]

NOBODY = pwd.getpwnam("nobody")


def modes(path: Path) -> list[tuple[int, int, int]]:
    return [(p.stat().st_mode, p.stat().st_uid, p.stat().st_gid) for p in (path, *path.parents)]


def answers(server: EmbeddedPostgres) -> bool:
    with server.ensure() as lease, psycopg.connect(lease.dsn) as connection:
        return connection.execute("select 1").fetchone() == (1,)


@pytest.fixture
def no_namespaces(monkeypatch):
    monkeypatch.setattr(accounts, "namespace_prefix", lambda folder: None)


@pytest.fixture
def copied(copy, short_path):
    """A cluster of root's in a folder that everybody may enter."""
    short_path.chmod(0o755)
    return copy


def test_namespace_leaves_closed_parents_and_owners_alone(copied, short_path):
    if not accounts.namespace_prefix(short_path):
        pytest.skip("user namespaces are forbidden here")
    short_path.chmod(0o700)
    before = modes(copied.data_dir)
    assert answers(copied)
    assert modes(copied.data_dir) == before
    assert {p.stat().st_uid for p in copied.data_dir.rglob("*")} == {0}


def test_namespace_probe_fails_for_a_folder_out_of_reach(short_path):
    os.chown(short_path, NOBODY.pw_uid, NOBODY.pw_gid)
    assert accounts.namespace_prefix(short_path) is None


def test_without_namespaces_an_unprivileged_user_runs_it(copied, short_path, no_namespaces, monkeypatch):
    monkeypatch.setattr(accounts, "FALLBACK_USERS", ("no such user", "nobody"))
    before = modes(short_path)
    with copied.ensure() as lease:
        assert os.stat(f"/proc/{copied.pid()}").st_uid == NOBODY.pw_uid
        with psycopg.connect(lease.dsn) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    assert modes(short_path) == before
    assert copied.layout.data.stat().st_uid == NOBODY.pw_uid
    assert copied.data_dir.stat().st_uid == 0
    assert answers(copied), "again, as the owner that it has now"


def test_without_namespaces_a_new_cluster_is_made_by_the_user(short_path, no_namespaces):
    short_path.chmod(0o755)
    assert answers(EmbeddedPostgres(short_path / "postgres"))


def test_without_namespaces_a_closed_parent_is_named(copied, short_path, no_namespaces):
    short_path.chmod(0o700)
    with pytest.raises(CannotStart, match="may not enter") as refused:
        copied.ensure()
    assert refused.value.code == "closed-folder"
    assert str(short_path) in refused.value.what
    assert short_path.stat().st_mode & 0o777 == 0o700


def test_neither_way_open_says_what_to_do(copied, no_namespaces, monkeypatch):
    monkeypatch.setattr(accounts, "user_prefix", lambda uid, gid: None)
    with pytest.raises(CannotStart, match="DATABASE_URL") as refused:
        copied.ensure()
    assert refused.value.code == "root"


def test_state_folder_of_a_service_user_stays_his(short_path):
    program = binaries.binary("postgres")
    prefix = accounts.user_prefix(NOBODY.pw_uid, NOBODY.pw_gid)
    if not prefix or not accounts._succeeds([*prefix, str(program), "--version"]):
        pytest.skip("nobody may not run the programs here")
    os.chown(short_path, NOBODY.pw_uid, NOBODY.pw_gid)
    server = EmbeddedPostgres(short_path / "postgres")
    with server.ensure():
        assert os.stat(f"/proc/{server.pid()}").st_uid == NOBODY.pw_uid
    assert {p.stat().st_uid for p in short_path.rglob("*")} == {NOBODY.pw_uid}
