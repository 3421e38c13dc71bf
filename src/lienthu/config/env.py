"""The only reader of the environment. Everything that can be set from outside is listed here, once."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

CHECKOUT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, slots=True)
class Mail:
    """The server that takes our mail. ``security``: "starttls", "tls", or "" for a server on this machine."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: str


@dataclass(frozen=True, slots=True)
class Env:
    """What the environment says, typed.

    ``database_url`` empty means the embedded PostgreSQL inside ``data_dir``.
    """

    data_dir: Path
    database_url: str
    port: int
    host: str
    debug: bool
    allowed_hosts: tuple[str, ...]
    public_url: str
    admin_email: str
    mail: Mail | None
    secure: bool
    trusted_proxies: int
    supervised: bool
    cost_limits: bool
    fixity_nightly_bytes: int


def _flag(name: str) -> bool:
    return os.environ.get(name, "").strip().lower() in {"1", "true", "yes", "on"}


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        return int(text)
    except ValueError:
        raise SystemExit(f"{name} must be a whole number, not {text!r}.") from None


def _email(name: str) -> str:
    text = os.environ.get(name, "").strip()
    local, at, host = text.rpartition("@")
    if text and not (local and at and "." in host and text.isprintable() and " " not in text):
        raise SystemExit(f"{name} must be an e-mail address, not {text!r}.")
    return text


_MAIL: Final = {"smtp": ("starttls", 587), "smtps": ("tls", 465), "smtp+plain": ("", 25)}


def _mail(name: str) -> Mail | None:
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    try:
        parts = urlsplit(text)
        security, port = _MAIL[parts.scheme]
        if not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError
        return Mail(
            parts.hostname, parts.port or port, unquote(parts.username or ""), unquote(parts.password or ""), security
        )
    except (KeyError, ValueError):
        # without the text: it may hold a password
        raise SystemExit(f"{name} must look like smtp://user:password@host:587 (or smtps://, smtp+plain://).") from None


def read() -> Env:
    """Read the environment.

    LIENTHU_DATA (folder of all state, default ``var/`` in the checkout), DATABASE_URL (a PostgreSQL 15 or later;
    empty = embedded), HOST and PORT, LIENTHU_DEBUG, LIENTHU_ALLOWED_HOSTS (comma-separated), LIENTHU_PUBLIC_URL,
    LIENTHU_ADMIN_EMAIL (who answers for the site, told to programs that harvest it; mail is from there),
    LIENTHU_MAIL_URL (smtp://user:password@host:587 with STARTTLS, smtps:// with TLS, smtp+plain:// without),
    LIENTHU_SECURE (cookies over HTTPS only, HSTS), LIENTHU_TRUSTED_PROXIES (how many proxies set X-Forwarded-For),
    LIENTHU_FIXITY_NIGHTLY_GB (how much of the preservation store is read through each night),
    LIENTHU_SUPERVISED (set by ``lienthu run`` for its children), LIENTHU_NO_COST_LIMIT (benchmarks only).
    """
    hosts = tuple(h.strip() for h in os.environ.get("LIENTHU_ALLOWED_HOSTS", "").split(",") if h.strip())
    return Env(
        data_dir=Path(os.environ.get("LIENTHU_DATA") or CHECKOUT / "var").expanduser().resolve(),
        database_url=os.environ.get("DATABASE_URL", "").strip(),
        port=_number("PORT", 8000),
        host=os.environ.get("HOST", "127.0.0.1"),
        debug=_flag("LIENTHU_DEBUG"),
        allowed_hosts=hosts or ("127.0.0.1", "localhost", "[::1]"),
        admin_email=_email("LIENTHU_ADMIN_EMAIL"),
        mail=_mail("LIENTHU_MAIL_URL"),
        public_url=os.environ.get("LIENTHU_PUBLIC_URL", "").rstrip("/"),
        secure=_flag("LIENTHU_SECURE"),
        trusted_proxies=_number("LIENTHU_TRUSTED_PROXIES", 0),
        supervised=_flag("LIENTHU_SUPERVISED"),
        cost_limits=not _flag("LIENTHU_NO_COST_LIMIT"),
        fixity_nightly_bytes=_number("LIENTHU_FIXITY_NIGHTLY_GB", 20) << 30,
    )


def secret_key(data_dir: Path) -> str:
    """The signing key of this install: made once, kept in the data folder, readable by its owner only."""
    path = data_dir / "secret-key"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        data_dir.mkdir(parents=True, exist_ok=True)
        temporary = data_dir / f".secret-key-{os.getpid()}"
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "w") as f:
            f.write(secrets.token_urlsafe(50))
        try:
            os.link(temporary, path)  # whoever is first wins; all others read the winner's
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
        return path.read_text().strip()
