"""What the tests of these pages share: files as libraries send them, people signed in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lienthu.domain.catalog.models import ImportBatch
from lienthu.domain.network.models import Library
from lienthu.domain.union.services.conduct import run_batch
from lienthu.foundation.marc import iso2709
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.vietnamese.encodings import ENCODERS
from lienthu.platform.actor import Actor
from lienthu.platform.models import User

WORKER = Actor.system("worker")
LEADER = "00000nam a2200000 a 4500"


def page(name: str, *args: Any) -> str:
    return reverse(f"staff:{name}", args=args)


def of(user: User, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def record(number: str, title: str, by: str = "", *, barcode: str = "", year: str = "2004") -> Record:
    fields = [Field("001", data=number)] if number else []
    fields.append(Field("008", data=f"040101s{year}    vm            000 0 vie d"))
    if by:
        fields.append(Field("100", "1", " ", (("a", by),)))
    fields.append(Field("245", "1", "0", (("a", title),)))
    if barcode:
        fields.append(Field("852", " ", " ", (("b", "Kho mượn"), ("h", "895.922"), ("p", barcode))))
    return Record(LEADER, tuple(fields))


def iso_file(records: Sequence[Record]) -> bytes:
    return b"".join(iso2709.write(r) for r in records)


def tcvn3_file(records: Sequence[Record]) -> bytes:
    """As an old system writes it: every value in TCVN3, lengths to match, leader silent about it."""
    out = []
    for r in records:
        directory, data = b"", b""
        for f in r.fields:
            if f.is_control:
                body = f.data.encode()
            else:
                body = (f.ind1 + f.ind2).encode() + b"".join(
                    b"\x1f" + code.encode() + ENCODERS["tcvn3"](value) for code, value in f.subfields
                )
            body += b"\x1e"
            directory += f"{f.tag}{len(body):04}{len(data):05}".encode()
            data += body
        base = 24 + len(directory) + 1
        total = base + len(data) + 1
        leader = f"{total:05}nam  22{base:05} a 4500".encode()
        out.append(leader + directory + b"\x1e" + data + b"\x1d")
    return b"".join(out)


def upload(client: Client, library: Library, data: bytes, name: str = "sach.mrc", **said: Any) -> Any:
    asked = {"library": library.pk, "file": SimpleUploadedFile(name, data), **said}
    return client.post(page("import_new"), asked, follow=False)


def handed_over(client: Client, library: Library, data: bytes, name: str = "sach.mrc", **said: Any) -> ImportBatch:
    """Upload a file and return its batch."""
    response = upload(client, library, data, name, **said)
    assert response.status_code == 302, response.content.decode()[:2000]
    return ImportBatch.objects.latest("pk")


def run_waiting() -> None:
    """What the worker would do."""
    for batch in ImportBatch.objects.filter(status=ImportBatch.Status.QUEUED).order_by("pk"):
        run_batch(batch.pk, actor=WORKER)
