"""The parts that need no server."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

import pytest

from lienthu.platform.postgres import (
    CannotStart,
    accounts,
    binaries,
    binary,
    locks,
    logs,
    making,
    pidfile,
    processes,
    settings,
    sockets,
)
from lienthu.platform.postgres.cluster import Life, life_in_refusal

WHOLE = "4242\n/data\n1700000000\n5432\n/run\n\n  5432001   32770\nready   \n"


def test_pid_file_keeps_the_shared_memory_key(tmp_path):
    file = tmp_path / pidfile.NAME
    file.write_text(WHOLE)
    pidfile.disarm(file)
    assert file.read_text().splitlines() == [str(pidfile.NO_SUCH_PID), *WHOLE.splitlines()[1:]]


@pytest.mark.parametrize("text", ["", "4242", "4242\n/data\n1\n5432\n/run\n\n", "x\n" * 7])
def test_pid_file_without_key_goes(tmp_path, text):
    file = tmp_path / pidfile.NAME
    file.write_text(text)
    pidfile.disarm(file)
    assert not file.exists()
    pidfile.disarm(file)


@pytest.mark.parametrize(
    ("path", "fits"),
    [
        ("/var/lib/lienthu/postgres/run", True),
        ("/" + "a" * 92, True),
        ("/" + "a" * 93, False),
        ("/" + "ệ" * 31, False),
        ("/thư viện/run", True),
        ("/a,b/run", False),
        ("/a'b/run", False),
        ("/a\nb/run", False),
    ],
)
def test_socket_address(path, fits):
    assert sockets.fits(Path(path)) is fits


@pytest.mark.parametrize(
    ("message", "life"),
    [
        ('connection to server on socket "/r" failed: No such file or directory', Life.SILENT),
        ('connection to server on socket "/r" failed: Connection refused', Life.SILENT),
        ("connection … failed: FATAL:  the database system is starting up", Life.BUSY),
        (
            'connection to server on socket "/r" failed: FATAL:  the database system is shutting down',
            Life.BUSY,
        ),
        ('connection … failed: FATAL:  database "lienthu" does not exist', Life.NO_DATABASE),
        ("connection … failed: FATAL:  sorry, too many clients already", Life.READY),
        ("connection timeout expired", Life.SILENT),
    ],
)
def test_refusals(message, life):
    assert life_in_refusal(message) is life


@pytest.mark.parametrize(("gigabytes", "megabytes"), [(1, 128), (2, 128), (4, 256), (8, 512), (24, 512)])
def test_shared_buffers_follow_the_memory(gigabytes, megabytes):
    assert settings.shared_buffers_mb(gigabytes * 1024**3) == megabytes


def test_settings_quote_the_log_folder_and_know_versions():
    text = settings.render(memory=2 * 1024**3, log_folder="/thư viện/Đ'ăk", major=18)
    assert "log_directory = '/thư viện/Đ''ăk'\n" in text
    assert "io_workers" in text
    assert "io_workers" not in settings.render(memory=2 * 1024**3, log_folder="/l", major=16)
    assert "autovacuum_worker_slots" not in settings.render(memory=2 * 1024**3, log_folder="/l", major=17)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("FATAL:  could not write lock file: No space left on device", "disk-full"),
        ("could not open file: Permission denied", "permission"),
        ("[Errno 30] Read-only file system: 'x'", "read-only"),
        ("FATAL:  could not map anonymous shared memory: Cannot allocate memory", "memory"),
        ("FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use", "folder-in-use"),
        ('LOG:  unrecognized configuration parameter "x"', "settings"),
        ("PANIC:  could not locate a valid checkpoint record", "server-ended"),
    ],
)
def test_advice_fits_what_was_said(tmp_path, said, code):
    error = logs.explain("It did not start.", said, tmp_path)
    assert error.code == code
    assert said in str(error)
    assert error.advice in str(error)


def test_log_mark_shows_only_what_came_after(tmp_path):
    log = tmp_path / "server-Mon.log"
    log.write_text("old words\n")
    mark = logs.LogMark.here(tmp_path)
    with log.open("a") as out:
        out.write("new words\n")
    (tmp_path / logs.START_LOG).write_text("first words\nredirecting log output to logging collector process\n")
    assert mark.said_since().splitlines() == ["new words", "first words"]
    log.write_text("")
    assert mark.said_since() == "first words"


def test_a_killed_server_gives_no_reason():
    killed = "LOG:  starting PostgreSQL\nFATAL:  the database system is starting up\n"
    assert logs.complaints(killed) == []
    assert logs.complaints(killed + "PANIC:  no checkpoint\n") == ["PANIC:  no checkpoint"]


def test_big_and_old_logs_are_emptied(tmp_path):
    big, old, fresh = (tmp_path / f"server-{day}.log" for day in ("Mon", "Tue", "Wed"))
    big.write_bytes(b"x" * (11 * 1024 * 1024))
    for path in (old, fresh):
        path.write_text("words")
    os.utime(old, (time.time() - 7 * 86400,) * 2)
    logs.tidy_logs(tmp_path)
    assert [path.stat().st_size for path in (big, old, fresh)] == [0, 0, 5]


def test_version_lines():
    assert binaries.parse_major("postgres (PostgreSQL) 18.4\n") == 18
    assert binaries.parse_major("postgres (PostgreSQL) 19beta1\n") == 19
    with pytest.raises(ValueError):
        binaries.parse_major("postgres 18")


def test_programs_needed_elsewhere_are_there():
    for name in ("pg_dump", "pg_restore", "pg_basebackup", "psql", "pg_isready", "pg_verifybackup"):
        assert os.access(binary(name), os.X_OK)
    with pytest.raises(FileNotFoundError):
        binary("pg_dumpster")
    with pytest.raises(FileNotFoundError):
        binary("../bin/psql")


def test_missing_wheel_is_explained(monkeypatch):
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    binaries.bin_folders.cache_clear()
    try:
        with pytest.raises(CannotStart, match="requirements"):
            binary("psql")
    finally:
        binaries.bin_folders.cache_clear()


def test_environment_drops_what_would_mislead(monkeypatch):
    monkeypatch.setenv("PGDATA", "/elsewhere")
    monkeypatch.setenv("PGSERVICE", "elsewhere")
    monkeypatch.setenv("LC_MESSAGES", "vi_VN.UTF-8")
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    kept = making.environment()
    assert [name for name in kept if name.startswith(("PG", "LC_", "LANG"))] == ["LC_ALL"]


def test_unreadable_version_is_damage(tmp_path):
    (tmp_path / "PG_VERSION").write_text("")
    with pytest.raises(CannotStart) as refused:
        making.major_of(tmp_path)
    assert refused.value.code == "damaged"
    assert making.major_of(tmp_path / "nothing") is None


def test_lock_is_shared_or_alone(tmp_path):
    one, two = (locks.open_lock(tmp_path / "lock") for _ in range(2))
    assert locks.try_lock(one, fcntl.LOCK_SH)
    assert locks.try_lock(two, fcntl.LOCK_SH)
    assert not locks.try_lock(two, fcntl.LOCK_EX)
    with pytest.raises(TimeoutError):
        locks.wait_lock(two, fcntl.LOCK_EX, 0.05)
    locks.close_lock(one, unlock=True)
    locks.close_lock(one, unlock=True)
    locks.wait_lock(two, fcntl.LOCK_EX, 1)
    locks.close_lock(two, unlock=True)


def test_forked_child_drops_inherited_locks(tmp_path):
    fd = locks.open_lock(tmp_path / "lock")
    assert locks.try_lock(fd, fcntl.LOCK_EX)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writing)
        os.read(reading, 1)
        os._exit(0)
    os.close(reading)
    locks.close_lock(fd, unlock=False)
    other = locks.open_lock(tmp_path / "lock")
    locks.wait_lock(other, fcntl.LOCK_EX, 5)
    locks.close_lock(other, unlock=True)
    os.close(writing)
    os.waitpid(child, 0)


def test_a_zombie_is_dead():
    child = os.fork()
    if child == 0:
        os._exit(0)
    while processes.birth(child) is not None:
        time.sleep(0.001)
    os.kill(child, 0)  # which finds it all the same
    assert processes.wait_gone(child, 1)
    os.waitpid(child, 0)
    assert processes.birth(os.getpid()) is not None


def test_working_folder_tells_processes_apart(tmp_path):
    assert processes.works_in(os.getpid(), Path.cwd()) is True
    assert processes.works_in(os.getpid(), tmp_path) is False
    assert processes.servers_in(tmp_path) == []
    assert processes.postmaster_of([os.getpid()]) == os.getpid()
    assert processes.postmaster_of([]) is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may use any folder")
def test_folder_of_another_user_is_refused():
    with pytest.raises(CannotStart, match="belongs to the user root"):
        accounts.account_for(Path("/"), Path("/"), Path("/bin/sh"))
