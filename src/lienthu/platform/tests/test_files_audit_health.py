"""Kept files, the audit trail, and the sign of life."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from lienthu.platform.actor import Actor
from lienthu.platform.health import health
from lienthu.platform.models import AuditEntry, User
from lienthu.platform.services import accounts, audit, files

# ------------------------------------------------------------------------------------------------------------ files


def kept(settings: Any) -> list[Path]:
    return [p for p in Path(settings.FILES_DIR).rglob("*") if p.is_file()]


def test_a_file_is_kept_under_its_digest(settings: Any) -> None:
    stored = files.store([b"Vung ", b"", b"mo"])
    digest = hashlib.sha256(b"Vung mo").hexdigest()
    assert (stored.sha256, stored.size) == (digest, 7)
    assert stored.path == files.path_of(digest) == Path(settings.FILES_DIR) / digest[:2] / digest
    assert stored.path.read_bytes() == b"Vung mo"


def test_the_same_content_is_kept_once(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "a.mrc").write_bytes(b"Vung mo")
    assert files.store_path(tmp_path / "a.mrc") == files.store([b"Vung mo"])
    assert len(kept(settings)) == 1


def test_nothing_is_left_of_a_file_that_broke_off(settings: Any) -> None:
    def broken() -> Iterator[bytes]:
        yield b"Vung"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        files.store(broken())
    assert kept(settings) == []


def test_nor_of_one_that_found_no_room(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def disk_full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", disk_full)
    with pytest.raises(OSError, match="No space"):
        files.store([b"Vung mo"])
    assert kept(settings) == []


def test_an_empty_file_and_an_unreadable_one(settings: Any, tmp_path: Path) -> None:
    assert files.store([]).size == 0
    with pytest.raises(OSError, match="nowhere"):
        files.store_path(tmp_path / "nowhere.mrc")


def test_other_people_of_the_machine_cannot_look_into_the_folder(settings: Any) -> None:
    stored = files.store([b"Vung mo"])
    for folder in (Path(settings.FILES_DIR), stored.path.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


# ------------------------------------------------------------------------------------------------------ audit trail


@pytest.mark.django_db
def test_an_act_is_written_down_with_who_what_and_on_what() -> None:
    lan = User.objects.create_user("lan", display_name="Nguyễn Thị Lan")
    audit.record("test.done", lan, actor=Actor(lan.pk, str(lan)), library_id=7, read=3, names=["a"])
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_name, entry.action) == (lan, "Nguyễn Thị Lan", "test.done")
    assert (entry.object_type, entry.object_id) == ("platform.user", str(lan.pk))
    assert (entry.library_id, entry.detail) == (7, {"read": 3, "names": ["a"]})


@pytest.mark.django_db
def test_the_system_acts_under_its_own_name() -> None:
    audit.record("test.done", None, actor=Actor.system("x" * 200))
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_name, entry.object_type, entry.object_id) == (None, "x" * 120, "", "")


@pytest.mark.django_db
def test_who_acted_stays_known_when_the_account_is_gone() -> None:
    lan = User.objects.create_user("lan", display_name="Lan")
    audit.record("test.done", lan, actor=Actor(lan.pk, "Lan"))
    lan.delete()
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.actor_name) == (None, "Lan")


@pytest.mark.django_db
def test_an_act_that_is_rolled_back_was_not_done() -> None:
    with transaction.atomic():
        audit.record("test.done", None, actor=Actor.system("test"))
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_accounts_are_opened_and_given_new_passwords_with_a_trace() -> None:
    for password, name in (("biển xanh", "Lan"), ("núi cao", "")):
        user = accounts.open_account("lan", password, actor=Actor.system("cli"), display_name=name)
        assert user.check_password(password)
    assert (User.objects.count(), user.display_name) == (1, "Lan")
    entries = AuditEntry.objects.order_by("id")
    assert [e.action for e in entries] == ["account.opened", "account.password_set"]
    assert not any("biển" in str(e.detail) or "núi" in str(e.detail) for e in entries)


# ------------------------------------------------------------------------------------------------------------ health


@pytest.mark.django_db
def test_a_database_that_answers_is_a_sign_of_life() -> None:
    assert health().ok
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": True, "index": False})


@pytest.mark.django_db
def test_one_that_does_not_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(connection, "cursor", gone)
    assert not health().ok
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "failing", "database": False, "index": False})
