"""Watched folders and SFTP servers: files are taken when whole, and put aside with a report (HAR-20, HAR-21)."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from django.conf import settings as django_settings

from lienthu.domain.catalog.models import BibRecord, ImportBatch
from lienthu.domain.catalog.tests.cast import book, iso_file
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.harvesting.boxes.base import may_be_taken
from lienthu.domain.union.harvesting.errors import HarvestRefused
from lienthu.domain.union.harvesting.models import HarvestRun, HarvestSource
from lienthu.domain.union.harvesting.services import dropping, runs, sources
from lienthu.domain.union.harvesting.tests.cast import HARVESTER, counts, harvested, log, source_for
from lienthu.domain.union.tests.cast import assert_union_is_sound

pytestmark = pytest.mark.django_db
Fill = Callable[..., None]


@pytest.fixture
def tinh() -> Library:
    return make_library("VN-QNTV", "Thư viện tỉnh")


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "hộp nhận"
    folder.mkdir()
    return folder


def lay(folder: Path, name: str, *titles: str) -> Path:
    path = folder / name
    path.write_bytes(iso_file([book(title, number=f"{name}-{n}") for n, title in enumerate(titles)]))
    return path


def rest_of(folder: Path) -> list[str]:
    """What lies in a folder, without the stamp of when it was put there."""
    return sorted(p.name.split("-", 3)[-1] for p in folder.iterdir()) if folder.is_dir() else []


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files need not rest before they are taken."""
    monkeypatch.setattr(dropping, "QUIET", dropping.timedelta(0))


# ----------------------------------------------------------------------------------------------------------- folders


@pytest.mark.usefixtures("at_once")
def test_files_are_imported_and_put_aside_with_a_report(tinh: Library, inbox: Path) -> None:
    lay(inbox, "a.mrc", "Đất mỏ", "Vùng mỏ")
    lay(inbox, "b.mrc", "Than Quảng Ninh")
    (inbox / "thư.txt").write_text("Kính gửi Thư viện tỉnh. " * 20)
    run = harvested(source_for(tinh, str(inbox), kind="folder"))
    assert (run.status, run.listed, run.pages) == ("done", 3, 3)
    assert counts(run) == {"read": 3, "created": 3}
    assert rest_of(inbox / "done") == ["a.mrc", "a.mrc.txt", "b.mrc", "b.mrc.txt"]
    assert rest_of(inbox / "failed") == ["thư.txt", "thư.txt.txt"]
    assert sorted(p.name for p in inbox.iterdir()) == ["done", "failed"]
    report = next((inbox / "done").glob("*a.mrc.txt")).read_text()
    assert "created: 2" in report
    assert "thư.txt" in next((inbox / "failed").glob("*.txt.txt")).read_text()
    assert log(run).count("file-done") == 2
    assert [b.batch.filename for b in run.batches.order_by("id")] == ["a.mrc", "b.mrc"]
    assert_union_is_sound()
    assert harvested(run.harvest).listed == 0


def test_a_file_is_taken_when_it_has_rested(tinh: Library, inbox: Path) -> None:
    harvest = source_for(tinh, str(inbox), kind="folder")
    path = lay(inbox, "a.mrc", "Đất mỏ")
    run = runs.open_run(harvest.pk, reason="command", actor=HARVESTER)
    run = runs.work(run.pk, actor=HARVESTER)
    assert (run.status, run.wait_until is not None, run.began) == ("running", True, False)
    path.write_bytes(path.read_bytes() + iso_file([book("Viết tiếp", number="9")]))  # the copying goes on meanwhile
    run = harvested(harvest)
    assert (run.status, run.listed, "file-waits" in log(run)) == ("done", 0, True)
    HarvestSource.objects.update(sightings={"a.mrc": _rested(harvest, "a.mrc")})
    run = harvested(harvest)
    assert counts(run) == {"read": 2, "created": 2}


def _rested(harvest: HarvestSource, name: str) -> list[Any]:
    size, changed, since, taken = HarvestSource.objects.get(pk=harvest.pk).sightings[name]
    return [size, changed, since - dropping.QUIET.total_seconds(), taken]


@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("a.mrc", True), ("Sách mới 2026.xlsx", True), ("a.mrc.part", False), (".a.mrc", False), ("a.mrc~", False),
        ("~$a.xlsx", False), ("a.tmp", False), ("a.FILEPART", False), ("", False), ("..", False), ("a/b", False),
        ("a\nb", False), ("x" * 300, False),
    ],
)  # fmt: skip
def test_names_of_unfinished_files_are_left_alone(name: str, taken: bool) -> None:
    assert may_be_taken(name) is taken


@pytest.mark.usefixtures("at_once")
def test_links_folders_and_pipes_are_left_alone(tinh: Library, inbox: Path, tmp_path: Path) -> None:
    secret = lay(tmp_path, "mật.mrc", "Không được đọc")
    (inbox / "link.mrc").symlink_to(secret)
    (inbox / "thu-muc.mrc").mkdir()
    os.mkfifo(inbox / "ong.mrc")
    run = harvested(source_for(tinh, str(inbox), kind="folder"))
    assert (run.status, run.listed) == ("done", 0)
    assert not BibRecord.objects.exists()


@pytest.mark.usefixtures("at_once")
def test_a_link_that_took_a_files_place_is_not_followed(
    tinh: Library, inbox: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, path = lay(tmp_path, "mật.mrc", "Không được đọc"), lay(inbox, "a.mrc", "Đất mỏ")
    harvest = source_for(tinh, str(inbox), kind="folder")
    run = runs.open_run(harvest.pk, reason="command", actor=HARVESTER)
    run = runs.work(run.pk, actor=HARVESTER, seconds=0)
    path.unlink()
    path.symlink_to(secret)
    run = harvested(harvest)
    assert (run.status, run.stop_code) == ("stopped", "folder")
    assert not BibRecord.objects.exists()


def test_a_folder_that_is_not_there_stops_the_run(tinh: Library, tmp_path: Path) -> None:
    run = harvested(source_for(tinh, str(tmp_path / "không có"), kind="folder"))
    assert (run.status, run.stop_code) == ("stopped", "folder")


def test_the_data_folder_is_no_watched_folder(tinh: Library) -> None:
    with pytest.raises(HarvestRefused):
        source_for(tinh, str(django_settings.DATA_DIR / "files"), kind="folder")


@pytest.mark.usefixtures("at_once")
def test_a_file_too_large_is_put_aside(tinh: Library, inbox: Path, settings: Any) -> None:
    settings.MAX_IMPORT_FILE_BYTES = 50
    lay(inbox, "a.mrc", "Đất mỏ")
    run = harvested(source_for(tinh, str(inbox), kind="folder"))
    assert (run.status, rest_of(inbox / "failed")) == ("done", ["a.mrc", "a.mrc.txt"])


@pytest.mark.usefixtures("at_once")
def test_a_process_killed_between_import_and_putting_aside_imports_nothing_twice(
    tinh: Library, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    lay(inbox, "a.mrc", "Đất mỏ")
    lay(inbox, "b.mrc", "Vùng mỏ")
    harvest = source_for(tinh, str(inbox), kind="folder")
    for module, name in ((runs, "run_batch"), (dropping, "_put_aside"), (dropping, "note"), (dropping, "save_place")):
        run = runs.open_run(harvest.pk, reason="command", actor=HARVESTER)
        with monkeypatch.context() as m:
            m.setattr(module, name, dies)
            with pytest.raises(KeyboardInterrupt):
                runs.work(run.pk, actor=HARVESTER)
    run = harvested(harvest)
    assert (run.status, HarvestRun.objects.count()) == ("done", 1)
    assert [(b.filename, b.created) for b in ImportBatch.objects.order_by("id")] == [("a.mrc", 1), ("b.mrc", 1)]
    assert rest_of(inbox / "done") == ["a.mrc", "a.mrc.txt", "b.mrc", "b.mrc.txt"]


# -------------------------------------------------------------------------------------------------------------- SFTP


@dataclass
class Sftp:
    """A real SFTP server for one user over a folder."""

    folder: Path
    key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))
    port: int = 0
    read_only: bool = False
    user_key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))

    @property
    def address(self) -> str:
        return f"sftp://127.0.0.1:{self.port}/nhan"


@contextmanager
def serving(server: Sftp) -> Iterator[Sftp]:
    class Door(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return True

        def validate_password(self, username: str, password: str) -> bool:
            return (username, password) == ("lan", "bí mật")

        def public_key_auth_supported(self) -> bool:
            return True

        def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
            return key == server.user_key.convert_to_public()

    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: Any) -> None:
            super().__init__(channel, chroot=str(server.folder))

        def rename(self, oldpath: bytes, newpath: bytes) -> Any:
            if server.read_only:
                raise asyncssh.SFTPPermissionDenied("read only")
            return super().rename(oldpath, newpath)

    loop = asyncio.new_event_loop()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1", server.port, server_factory=Door, server_host_keys=[server.key], sftp_factory=Files
        )

    acceptor = loop.run_until_complete(listen())
    server.port = acceptor.get_port()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(acceptor.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[Sftp]:
    folder = tmp_path / "sftp"
    (folder / "nhan").mkdir(parents=True)
    with serving(Sftp(folder)) as server:
        yield server


def over(tinh: Library, server: Sftp, **facts: Any) -> HarvestSource:
    return source_for(tinh, server.address, **{"kind": "sftp", "username": "lan", "secret": "bí mật", **facts})


@pytest.mark.usefixtures("at_once")
def test_files_are_fetched_from_an_sftp_server_and_put_aside_there(tinh: Library, sftp: Sftp) -> None:
    inbox = sftp.folder / "nhan"
    lay(inbox, "a.mrc", "Đất mỏ", "Vùng mỏ")
    (inbox / "thu.txt").write_text("Kính gửi Thư viện tỉnh. " * 20)
    lay(inbox, "b.mrc.part", "Chưa xong")
    harvest = over(tinh, sftp)
    run = harvested(harvest)
    assert (run.status, run.stop_code, counts(run)) == ("done", "", {"read": 2, "created": 2})
    assert rest_of(inbox / "done") == ["a.mrc", "a.mrc.txt"]
    assert rest_of(inbox / "failed") == ["thu.txt", "thu.txt.txt"]
    assert (inbox / "b.mrc.part").exists()
    harvest.refresh_from_db()
    assert harvest.host_key.startswith("ssh-ed25519 ")


@pytest.mark.usefixtures("at_once")
def test_a_key_proves_who_we_are(tinh: Library, sftp: Sftp) -> None:
    lay(sftp.folder / "nhan", "a.mrc", "Đất mỏ")
    run = harvested(over(tinh, sftp, secret=sftp.user_key.export_private_key().decode()))
    assert (run.status, counts(run)) == ("done", {"read": 1, "created": 1})


def test_a_wrong_password_stops_the_run(tinh: Library, sftp: Sftp) -> None:
    run = harvested(over(tinh, sftp, secret="sai"))
    assert (run.status, run.stop_code) == ("stopped", "credentials")
    assert harvested(over(tinh, sftp, secret="-----BEGIN nothing")).stop_code == "credentials"


def test_another_key_of_the_server_is_not_believed(tinh: Library, sftp: Sftp) -> None:
    harvest = over(tinh, sftp)
    assert harvested(harvest).status == "done"
    with serving(Sftp(sftp.folder)) as impostor:
        HarvestSource.objects.filter(pk=harvest.pk).update(address=impostor.address)
        assert harvested(harvest).stop_code == "host-key"
        sources.forget_host_key(harvest.pk, actor=HARVESTER)
        assert harvested(harvest).status == "done"


@pytest.mark.usefixtures("at_once")
def test_a_server_that_lets_us_only_read_gives_each_file_once(tinh: Library, sftp: Sftp) -> None:
    inbox = sftp.folder / "nhan"
    path = lay(inbox, "a.mrc", "Đất mỏ")
    sftp.read_only = True
    harvest = over(tinh, sftp)
    assert counts(harvested(harvest)) == {"read": 1, "created": 1}
    assert harvested(harvest).listed == 0
    path.write_bytes(iso_file([book("Đất mỏ, bản mới", number="a.mrc-0")]))
    assert counts(harvested(harvest)) == {"read": 1, "updated": 1}


def test_a_folder_that_the_server_does_not_have_is_told(tinh: Library, sftp: Sftp) -> None:
    run = harvested(source_for(tinh, sftp.address + "/khong-co", kind="sftp", username="lan", secret="bí mật"))
    assert (run.status, run.stop_code) == ("stopped", "sftp")


def test_an_sftp_server_inside_is_not_reached(tinh: Library, sftp: Sftp) -> None:
    assert harvested(over(tinh, sftp, private_allowed=False)).stop_code == "address"


def test_a_server_that_is_down_is_tried_again_and_given_up(tinh: Library, tmp_path: Path) -> None:
    (tmp_path / "nhan").mkdir()
    with serving(Sftp(tmp_path)) as server:
        harvest = over(tinh, server)
    run = harvested(harvest)
    assert (run.status, run.stop_code) == ("stopped", "unreachable")
    assert "waits" in log(run)
