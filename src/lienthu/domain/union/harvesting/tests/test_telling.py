"""A library hears by mail of a source that went stale (HAR-23)."""

from __future__ import annotations

import email
import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message
from typing import Any

import pytest
from django.core import mail
from django.core.mail import get_connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from lienthu.config import env
from lienthu.domain.network.models import Library
from lienthu.domain.network.tests.factories import make_library
from lienthu.domain.union.harvesting import jobs
from lienthu.domain.union.harvesting.models import HarvestRun, HarvestSource
from lienthu.domain.union.harvesting.services.telling import tell_of_stale
from lienthu.domain.union.harvesting.tests.cast import source_for

pytestmark = pytest.mark.django_db
URL = "https://kho.example.vn/oai"


@pytest.fixture
def stale() -> HarvestSource:
    library = make_library("VN-QNTV", "Thư viện tỉnh")
    Library.objects.filter(pk=library.pk).update(email="tvqn@example.vn")
    harvest = source_for(library, URL, schedule="24h", name="Kho địa chí")
    HarvestSource.objects.update(last_done_at=timezone.now() - timedelta(hours=73), next_at=None)
    return harvest


def told() -> list[dict[str, Any]]:
    """What a worker is to do about it."""
    found = ProcrastinateJob.objects.filter(task_name="harvest.tell_of_stale", status="todo")
    return [dict(job.args) for job in found]


def test_the_library_is_told_once(stale: HarvestSource) -> None:
    HarvestRun.objects.create(harvest=stale, status="stopped", reason="schedule", stop_code="unreachable")
    jobs.start_due(0)
    jobs.start_due(0)
    (job,) = told()
    jobs.tell_of_stale(**job)
    (sent,) = mail.outbox
    assert (sent.to, "Kho địa chí" in sent.subject) == (["tvqn@example.vn"], True)
    assert "Thư viện tỉnh" in sent.body
    assert timezone.localtime(HarvestSource.objects.get().last_done_at).strftime("%d/%m/%Y") in sent.body
    assert "Kho dữ liệu không trả lời" in sent.body, "why it stopped"
    assert "quá hạn" in sent.body, "in Vietnamese, whoever's language the worker last spoke"


def test_a_source_that_was_harvested_meanwhile_is_not_told_of(stale: HarvestSource) -> None:
    jobs.start_due(0)
    HarvestSource.objects.update(stale_since=None, last_done_at=timezone.now())
    jobs.tell_of_stale(**told()[0])
    assert mail.outbox == []


def test_without_an_address_of_the_library_the_site_is_told(stale: HarvestSource, settings: Any) -> None:
    Library.objects.update(email="")
    jobs.start_due(0)
    assert tell_of_stale(stale.pk) is None, "there is nobody to write to"
    settings.ADMIN_EMAIL = "quantri@example.vn"
    assert tell_of_stale(stale.pk) == "quantri@example.vn"


def test_a_name_of_two_lines_makes_no_header(stale: HarvestSource) -> None:
    HarvestSource.objects.update(name="Kho\nBcc: all@example.vn", stale_since=timezone.now())
    tell_of_stale(stale.pk)
    assert mail.outbox[0].message()["Bcc"] is None
    assert mail.outbox[0].recipients() == ["tvqn@example.vn"]


class _Smtp(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as taking one message needs."""

    def handle(self) -> None:
        self._say("220 thu.example.vn")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "DATA":
                self._say("354 go on")
                lines = []
                while (text := self.rfile.readline()) != b".\r\n":
                    lines.append(text)
                self.server.taken.append(email.message_from_bytes(b"".join(lines)))
            self._say("221 bye" if verb == "QUIT" else "250 ok")
            if verb == "QUIT":
                return

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def smtp() -> Iterator[tuple[int, list[Message]]]:
    with socketserver.TCPServer(("127.0.0.1", 0), _Smtp) as server:
        taken: list[Message] = []
        server.taken = taken
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], taken
        server.shutdown()


def test_it_goes_through_a_real_mail_server(
    stale: HarvestSource, smtp: tuple[int, list[Message]], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, taken = smtp
    monkeypatch.setenv("LIENTHU_MAIL_URL", f"smtp+plain://127.0.0.1:{port}")
    server = env.read().mail
    assert server is not None
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
    assert get_connection().port == port
    jobs.start_due(0)
    assert tell_of_stale(stale.pk) == "tvqn@example.vn"
    (message,) = taken
    assert message["To"] == "tvqn@example.vn"
    assert "Kho địa chí" in message.get_payload(decode=True).decode()


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("smtp://thu:m%40t@thu.example.vn", ("thu.example.vn", 587, "thu", "m@t", "starttls")),
        ("smtps://thu.example.vn:4465", ("thu.example.vn", 4465, "", "", "tls")),
        ("smtp+plain://localhost", ("localhost", 25, "", "", "")),
    ],
)
def test_a_mail_server_is_read_from_its_address(
    text: str, server: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIENTHU_MAIL_URL", text)
    found = env.read().mail
    assert found is not None
    assert (found.host, found.port, found.user, found.password, found.security) == server
    assert "m@t" not in repr(found)


@pytest.mark.parametrize(
    "text", ["mail.example.vn", "http://a:mật-khẩu@b", "smtp://", "smtp://a:b@c:port", "smtp://c/x"]
)
def test_what_is_no_mail_server_is_refused_without_repeating_the_password(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIENTHU_MAIL_URL", text)
    with pytest.raises(SystemExit) as refused:
        env.read()
    assert "LIENTHU_MAIL_URL" in str(refused.value)
    assert "mật-khẩu" not in str(refused.value)
