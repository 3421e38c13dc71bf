"""The server's settings, written to `lienthu.conf` before every start: an upgrade reaches old installs."""

from __future__ import annotations

import os
from pathlib import Path

FILE_NAME = "lienthu.conf"
LOCAL_FILE_NAME = "local.conf"
INCLUDE = f"include '{FILE_NAME}'"

MB = 1024 * 1024

_SMALL_SHM = 256 * MB


def memory_bytes() -> int:
    """Memory this process may count on: the machine's, or its control group's limit if that is lower."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            total = min(total, int(Path(limit).read_text()))
        except (OSError, ValueError):
            continue
    return total


def shared_buffers_mb(memory: int) -> int:
    """A sixteenth of the memory, 128 to 512 MB: the machine also runs the web server, search and OCR."""
    return max(128, min(512, memory // 16 // MB))


def _dynamic_memory_type() -> str:
    # Containers often have 64 MB of /dev/shm, which parallel queries and index builds overrun.
    try:
        shm = os.statvfs("/dev/shm")  # noqa: S108 -- only its size is asked
    except OSError:
        return "mmap"
    return "posix" if shm.f_frsize * shm.f_blocks >= _SMALL_SHM else "mmap"


def quoted(value: str) -> str:
    """A value in the syntax of postgresql.conf."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def render(*, memory: int, log_folder: str, major: int) -> str:
    """The text of `lienthu.conf` for a machine with `memory` bytes and a server of version `major`."""
    lines = [
        "# Written anew at every start: put your own settings into local.conf beside this file.",
        "listen_addresses = ''",
        "unix_socket_permissions = 0700",
        "max_connections = 60",
        "",
        f"shared_buffers = {shared_buffers_mb(memory)}MB",
        f"effective_cache_size = {max(256, memory // 2 // MB)}MB",
        "work_mem = 16MB",
        "maintenance_work_mem = 128MB",
        f"dynamic_shared_memory_type = {_dynamic_memory_type()}",
        "random_page_cost = 1.1",
        "jit = off",
        "",
        "synchronous_commit = on",
        "wal_level = replica",
        "wal_compression = on",
        "max_wal_size = 2GB",
        "min_wal_size = 80MB",
        "checkpoint_timeout = 15min",
        "checkpoint_completion_target = 0.9",
        "max_wal_senders = 4",
        "max_replication_slots = 4",
        "",
        "# After a bulk load visibility must follow soon, without stealing both cores. Imports see to statistics.",
        "autovacuum_max_workers = 2",
        "autovacuum_naptime = 30s",
        "autovacuum_vacuum_scale_factor = 0.1",
        "autovacuum_vacuum_insert_scale_factor = 0.5",
        "autovacuum_analyze_scale_factor = 0.3",
        "autovacuum_vacuum_cost_limit = 1000",
        "",
        "timezone = 'UTC'",
        "log_timezone = 'Asia/Ho_Chi_Minh'",
        "lc_messages = 'C'",
        "idle_in_transaction_session_timeout = 1h",
        "",
        "# One file for each weekday. Statements and details carry readers' names: they stay out of the log.",
        "logging_collector = on",
        f"log_directory = {quoted(log_folder)}",
        "log_filename = 'server-%a.log'",
        "log_file_mode = 0600",
        "log_rotation_age = 1d",
        "log_rotation_size = 0",
        "log_truncate_on_rotation = on",
        "log_line_prefix = '%m [%p] '",
        "log_error_verbosity = terse",
        "log_min_error_statement = panic",
        "log_lock_waits = on",
    ]
    if major >= 18:
        lines += ["io_method = worker", "io_workers = 2", "autovacuum_worker_slots = 4"]
    lines += ["", f"include_if_exists '{LOCAL_FILE_NAME}'"]
    return "\n".join(lines) + "\n"
