"""Where the database is: the embedded PostgreSQL, whose lease this process holds, or the one DATABASE_URL names."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from psycopg.conninfo import conninfo_to_dict

from lienthu.config.env import Env
from lienthu.platform.postgres import EmbeddedPostgres, Lease

_lease: tuple[int, Lease] | None = None


def database_settings(env: Env) -> dict[str, Any]:
    """Django's DATABASES["default"] for this environment. Starts the embedded server when it is needed."""
    common = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {},
        "TEST": {"TEMPLATE": "template0"},
    }
    if env.database_url:
        return {**common, **_from_url(env.database_url)}
    keywords = conninfo_to_dict(hold_lease(env).dsn)
    options = {name: keywords[name] for name in ("sslmode", "gssencmode") if name in keywords}
    return {
        **common,
        "OPTIONS": options,
        "NAME": keywords.get("dbname", "lienthu"),
        "USER": keywords.get("user", "lienthu"),
        "HOST": keywords.get("host", ""),
        "PORT": str(keywords.get("port", "") or ""),
        "PASSWORD": keywords.get("password", "") or "",
    }


def hold_lease(env: Env) -> Lease:
    """This process's lease on the embedded server, taken once (again in a forked child: a lease is not inherited)."""
    global _lease
    if _lease is None or _lease[0] != os.getpid():
        _lease = (os.getpid(), EmbeddedPostgres(env.data_dir / "postgres").ensure())
    return _lease[1]


def release_lease() -> None:
    """Give the lease back; the last one to do so stops the server."""
    global _lease
    if _lease is not None and _lease[0] == os.getpid():
        _lease[1].release()
    _lease = None


def _from_url(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SystemExit("DATABASE_URL must begin with postgresql://")
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
