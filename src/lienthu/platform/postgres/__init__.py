"""PostgreSQL inside the install: `EmbeddedPostgres(folder).ensure()` gives a lease with a `dsn`."""

from lienthu.platform.postgres.binaries import binary
from lienthu.platform.postgres.errors import CannotStart, ToolFailed
from lienthu.platform.postgres.server import EmbeddedPostgres, Lease

__all__ = ["CannotStart", "EmbeddedPostgres", "Lease", "ToolFailed", "binary"]
