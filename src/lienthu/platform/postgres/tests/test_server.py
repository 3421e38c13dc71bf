"""The life of the server: shared, left, killed, found again."""

from __future__ import annotations

import fcntl
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from lienthu.platform.postgres import (
    CannotStart,
    EmbeddedPostgres,
    Lease,
    ToolFailed,
    cluster,
    locks,
    pidfile,
    processes,
    sockets,
)

pytestmark = pytest.mark.slow


def count(lease: Lease) -> int:
    with psycopg.connect(lease.dsn) as connection:
        row = connection.execute("select count(*) from loan").fetchone()
    assert row
    return int(row[0])


def lend(folder: Path, seconds: float = 0.0) -> None:
    """A whole command: come, write, stay a while, go."""
    with EmbeddedPostgres(folder).ensure() as lease, psycopg.connect(lease.dsn) as connection:
        connection.execute("insert into loan (note) values ('mượn')")
        connection.commit()
        time.sleep(seconds)
    os._exit(0)


def hold(folder: Path, seconds: float = 60.0) -> None:
    EmbeddedPostgres(folder).ensure()
    (folder / f"held-{os.getpid()}").touch()
    time.sleep(seconds)


def until(condition: Callable[[], object], seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def held_by(server: EmbeddedPostgres, process) -> bool:
    return (server.data_dir / f"held-{process.pid}").exists()


def test_first_start_makes_a_vietnamese_database(short_path):
    server = EmbeddedPostgres(short_path / "postgres")
    assert server.status() == "absent"
    with server.ensure() as lease:
        assert server.status() == "running"
        with psycopg.connect(lease.dsn) as connection:
            row = connection.execute(
                "select lower('Đ'), upper('ệ'), 'ĐIỆN BIÊN' ~* 'điện biên', current_database(), "
                "current_user, current_setting('server_encoding'), current_setting('listen_addresses')"
            ).fetchone()
            connection.execute("create extension vector")
        assert row == ("đ", "Ệ", True, "lienthu", "lienthu", "UTF8", "")
        assert lease.parameters["host"] == str(short_path / "postgres" / "run")
    assert server.status() == "stopped"
    assert server.pid() is None


def test_lease_can_be_released_twice(server):
    lease = server.ensure()
    lease.release()
    lease.release()
    assert lease.released
    assert server.status() == "stopped"


def test_last_one_out_stops_the_server(server, fork):
    other = fork(hold, server.data_dir)
    until(lambda: held_by(server, other))
    with server.ensure():
        pid = server.pid()
    assert server.pid() == pid, "the other one still holds a lease"
    with server.ensure():
        other.kill()
        other.join()
    assert server.status() == "stopped"


def test_killed_owner_leaves_a_server_that_the_next_one_uses_and_stops(server, fork):
    owner = fork(hold, server.data_dir)
    until(lambda: held_by(server, owner))
    owner.kill()
    owner.join()
    assert server.status() == "running"
    pid = server.pid()
    with server.ensure() as lease:
        assert server.pid() == pid
        assert count(lease) == 0
    assert server.status() == "stopped"


def test_forked_child_holds_a_lease_of_its_own(server, fork):
    lease = server.ensure()
    child = fork(hold, server.data_dir)
    until(lambda: held_by(server, child))
    lease.release()
    assert server.status() == "running"
    child.kill()
    child.join()
    server.ensure().release()
    assert server.status() == "stopped"


def test_forked_child_that_asks_for_nothing_keeps_nothing_up(server, fork):
    lease = server.ensure()
    fork(time.sleep, 60)
    lease.release()
    assert server.status() == "stopped"


def test_program_given_the_lease_keeps_the_server_up(server):
    lease = server.ensure()
    heir = subprocess.Popen(["sleep", "60"], pass_fds=(lease.fileno(),))
    lease.release()
    assert server.status() == "running"
    heir.kill()
    heir.wait()
    server.ensure().release()
    assert server.status() == "stopped"


def test_program_not_given_the_lease_does_not_carry_it_off(server):
    lease = server.ensure()
    child = subprocess.Popen(["sleep", "60"], close_fds=False)
    lease.release()
    assert server.status() == "stopped"
    child.kill()
    child.wait()


def test_sixty_of_sixty_commands_succeed_among_random_kills(server, fork):
    chance = random.Random(1912)
    written = 0
    for round_number in range(20):
        victims = [fork(lend, server.data_dir, chance.random() / 10) for _ in range(2)]
        commands = [fork(lend, server.data_dir, chance.random() / 20) for _ in range(3)]
        for victim in victims:
            time.sleep(chance.random() * 0.15)
            victim.kill()
        for command in commands:
            command.join(60)
        assert [command.exitcode for command in commands] == [0, 0, 0], f"round {round_number}"
        written += 3
        if round_number % 5 == 4 and (pid := server.pid()):
            os.kill(pid, signal.SIGKILL)
    with server.ensure() as lease:
        assert written <= count(lease) <= written + 40
    assert server.status() == "stopped"


def test_server_killed_under_load_comes_back_with_all_that_was_committed(server, fork):
    def load(dsn: str) -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            while True:
                connection.execute("insert into loan (note) select 'sách' from generate_series(1, 2000)")

    lease = server.ensure()
    loads = [fork(load, lease.dsn) for _ in range(2)]
    until(lambda: count(lease) >= 20_000)
    seen = count(lease)
    pid = server.pid()
    os.kill(pid, signal.SIGKILL)
    with server.ensure() as second:
        assert second.dsn == lease.dsn
        assert server.pid() not in (None, pid)
        assert count(second) >= seen
        assert count(second) % 2000 == 0
    for process in loads:
        process.join(5)
        assert process.exitcode == 1, "the load lost its connection"
    lease.release()
    assert server.status() == "stopped"


def test_server_killed_while_it_starts_is_started_again(server):
    killed: list[int] = []

    def kill_the_first() -> None:
        until(server.pid)
        killed.append(server.pid())
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_the_first)
    killer.start()
    lease = server.ensure()
    killer.join()
    with server.ensure() as second:
        assert count(second) == 0
        assert server.pid() != killed[0]
    lease.release()


def test_a_child_busy_after_its_server_was_killed_is_seen_out(server):
    lease = server.ensure()
    with psycopg.connect(lease.dsn, autocommit=True) as connection:
        busy = subprocess.Popen(
            [sys.executable, "-c", BUSY, lease.dsn], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(
            lambda: connection.execute(
                "select 1 from pg_stat_activity where query like 'select sum%' and state = 'active'"
            ).fetchone()
        )
    os.kill(server.pid(), signal.SIGKILL)
    begun = time.monotonic()
    server.ensure().release()
    assert time.monotonic() - begun < 12
    assert busy.wait(10) != 0
    lease.release()


BUSY = (
    "import psycopg, sys\n"
    "slow = 'select sum(length(md5(i::text))) from generate_series(1, 500000000) i'\n"
    "psycopg.connect(sys.argv[1]).execute(slow)"
)


@pytest.mark.parametrize(
    "left",
    [
        "",
        "12",
        "not a number\n",
        "{me}\n{data}\n1\n",
        "{me}\n{data}\n1700000000\n5432\n/tmp\n\n  9999999   99999\nready   \n",
    ],
    ids=["empty", "cut short", "nonsense", "a living stranger, cut short", "a living stranger"],
)
def test_false_pid_file_is_not_believed(server, left):
    file = server.layout.data / pidfile.NAME
    file.write_text(left.format(me=os.getpid(), data=server.layout.data))
    with server.ensure() as lease:
        assert count(lease) == 0
    assert not file.exists()


def test_pid_file_of_a_killed_server_naming_a_living_stranger_is_not_believed(server, fork):
    lease = server.ensure()
    os.kill(server.pid(), signal.SIGKILL)
    stranger = fork(time.sleep, 60)
    file = server.layout.data / pidfile.NAME
    lines = file.read_text().splitlines()
    file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
    (server.layout.run / (sockets.SOCKET_NAME + ".lock")).write_text(f"{stranger.pid}\n")
    with server.ensure() as second:
        assert count(second) == 0
    lease.release()


def test_pid_file_cut_while_the_server_runs_changes_nothing(server):
    with server.ensure():
        pid = server.pid()
        (server.layout.data / pidfile.NAME).write_text("1")
        with server.ensure() as lease:
            assert count(lease) == 0
            assert server.pid() == pid
    assert server.status() == "stopped"


def test_half_made_cluster_is_not_used(short_path, fork):
    folder = short_path / "postgres"
    for patience in (0.1, 0.3, 0.5):
        maker = fork(hold, folder)
        time.sleep(patience)
        maker.kill()
        maker.join()
    with EmbeddedPostgres(folder).ensure() as lease, psycopg.connect(lease.dsn) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    assert not list(folder.glob("data.new-*"))


def test_database_missing_after_a_kill_is_made(copy):
    with copy.ensure() as lease:
        postgres = copy.cluster.conninfo(Path(lease.parameters["host"]), "postgres")
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute("drop database lienthu")
        with copy.ensure() as second, psycopg.connect(second.dsn) as connection:
            assert connection.execute("select current_database()").fetchone() == ("lienthu",)


def test_long_vietnamese_path(server, tmp_path):
    folder = tmp_path / ("thư viện xã, " * 5) / ("kho sách địa phương " * 4).strip() / "postgres"
    shutil.copytree(server.layout.data, folder / "data")
    server = EmbeddedPostgres(folder)
    with server.ensure() as lease:
        link = Path(lease.parameters["host"])
        assert len(str(link)) < 60
        assert link.parent.stat().st_mode & 0o777 == 0o700
        assert count(lease) == 0
        assert server.status() == "running"
        shutil.rmtree(link.parent)  # a cleaner of /tmp
        with server.ensure() as second:
            assert count(second) == 0
        assert b"PostgreSQL" in server.run_tool("psql", ["-Atc", "select version()"])
    assert server.status() == "stopped"
    shutil.rmtree(link.parent)


def test_somebody_elses_short_folder_is_refused(tmp_path):
    folder = tmp_path / ("x" * 100) / "run"
    folder.mkdir(parents=True)
    private = sockets.short_folder(folder, os.geteuid())
    private.mkdir(mode=0o777)
    private.chmod(0o777)
    try:
        with pytest.raises(CannotStart, match="private folder") as refused:
            sockets.client_folder(folder)
        assert refused.value.code == "socket-folder"
    finally:
        private.rmdir()


def test_caller_sees_end_of_output_and_ctrl_c_spares_the_server(server):
    script = (
        "import sys, time; from pathlib import Path; from lienthu.platform.postgres import EmbeddedPostgres\n"
        "EmbeddedPostgres(Path(sys.argv[1])).ensure(); print('held', flush=True); time.sleep(60)"
    )
    command = subprocess.Popen(
        [sys.executable, "-c", script, server.data_dir],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a suite in the background ignores it
    )
    assert command.stdout.readline() == b"held\n"
    pid = server.pid()
    with server.ensure() as lease:
        os.killpg(command.pid, signal.SIGINT)
        out, error = command.communicate(timeout=40)  # ends only when nobody has the pipes open
        assert out == b""
        assert b"KeyboardInterrupt" in error
        assert server.pid() == pid
        assert count(lease) == 0
    assert server.status() == "stopped"


def test_leaving_python_releases_the_lease(server):
    script = (
        "import sys; from pathlib import Path; from lienthu.platform.postgres import EmbeddedPostgres\n"
        "EmbeddedPostgres(Path(sys.argv[1])).ensure(); sys.exit(3)"
    )
    assert subprocess.run([sys.executable, "-c", script, server.data_dir]).returncode == 3
    assert server.status() == "stopped"


def test_interrupted_start_leaves_no_server(server, monkeypatch):
    def interrupted(*_: object) -> bool:
        until(server.pid)
        raise KeyboardInterrupt

    monkeypatch.setattr(cluster.Cluster, "_await_ready", interrupted)
    with pytest.raises(KeyboardInterrupt):
        server.ensure()
    assert server.pid() is None
    monkeypatch.undo()
    with server.ensure() as lease:
        assert count(lease) == 0


def test_server_without_a_free_connection_counts_as_alive(server):
    with server.ensure() as lease:
        pid = server.pid()
        crowd = [psycopg.connect(lease.dsn) for _ in range(60)]
        with server.ensure():
            assert server.pid() == pid
        for connection in crowd:
            connection.close()


def test_stop_is_obeyed_whoever_holds_a_lease(server):
    lease = server.ensure()
    assert server.stop() is True
    assert server.status() == "stopped"
    assert server.stop() is False
    with server.ensure() as second:
        assert count(second) == 0
    assert server.status() == "running"
    lease.release()
    assert server.status() == "stopped"


def test_children_of_a_killed_server_keep_its_lock_until_they_are_gone(server):
    def lock_is_free() -> bool:
        fd = locks.open_lock(server.data_dir / "server.lock")
        try:
            return locks.try_lock(fd, fcntl.LOCK_EX)
        finally:
            locks.close_lock(fd, unlock=False)

    with server.ensure() as lease, psycopg.connect(lease.dsn) as connection:
        child = connection.info.backend_pid
        assert not lock_is_free()
        os.kill(child, signal.SIGSTOP)
        os.kill(server.pid(), signal.SIGKILL)
        until(lambda: server.pid() is None)
        assert not lock_is_free()
        os.kill(child, signal.SIGKILL)
        until(lock_is_free)


def test_removed_socket_is_survived(server, monkeypatch):
    monkeypatch.setattr(cluster, "_UNREACHABLE_SECONDS", 0.3)
    lease = server.ensure()
    sockets.clear(server.layout.run)
    with server.ensure() as second:
        assert count(second) == 0
    lease.release()


def test_replaced_data_folder_is_noticed(copy, server):
    lease = copy.ensure()
    with psycopg.connect(lease.dsn) as connection:
        connection.execute("insert into loan (note) values ('cũ')")
    copy.layout.data.rename(copy.data_dir / "old")
    shutil.copytree(server.layout.data, copy.layout.data)
    with copy.ensure() as second:
        assert count(second) == 0, "the old server must not answer for the new folder"
    lease.release()
    assert processes.servers_in(copy.data_dir / "old") == []


def test_dump_and_restore(server, tmp_path):
    with server.ensure() as lease:
        with psycopg.connect(lease.dsn) as connection:
            connection.execute("insert into loan (note) values ('Truyện Kiều')")
        dump = tmp_path / "dump"
        server.run_tool("pg_dump", ["--format=custom", f"--file={dump}"])
        server.run_tool("psql", ["-qc", "drop table loan"])
        server.run_tool("pg_restore", ["--dbname=lienthu", str(dump)])
        assert server.run_tool("psql", ["-Atc", "select note from loan"]).decode() == "Truyện Kiều\n"
        assert b"is running" in server.run_tool("pg_ctl", ["-D", str(server.layout.data), "status"])
        with pytest.raises(ToolFailed, match="syntax error"):
            server.run_tool("psql", ["-c", "selekt"])
        with pytest.raises(FileNotFoundError):
            server.run_tool("../../bin/sh")


def test_other_version_is_refused_with_advice(copy):
    (copy.layout.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(CannotStart, match="PostgreSQL 12") as refused:
        copy.ensure()
    assert refused.value.code == "other-version"
    assert "backup" in refused.value.advice


def test_wrong_setting_is_explained_and_leaves_nothing_behind(copy):
    local = copy.layout.data / "local.conf"
    local.write_text("work_mem = much\n")
    with pytest.raises(CannotStart, match=r"local\.conf") as refused:
        copy.ensure()
    assert refused.value.code == "settings"
    assert "work_mem" in refused.value.log
    local.write_text("work_mem = 5MB\n")
    with copy.ensure() as lease, psycopg.connect(lease.dsn) as connection:
        assert connection.execute("show work_mem").fetchone() == ("5MB",)


def test_settings_of_an_old_install_are_renewed(server):
    (server.layout.data / "lienthu.conf").write_text("jit = on\n")
    with server.ensure() as lease, psycopg.connect(lease.dsn) as connection:
        assert connection.execute("show jit").fetchone() == ("off",)
