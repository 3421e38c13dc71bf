"""A small OAI-PMH 2.0 repository over real HTTP, for tests: it keeps records, lists them in pages, and can misbehave.

Written from the protocol's text and without any code of ours, so that our reader is not tested by itself.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

OAI = 'xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
SCHEMA = "http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
Query = dict[str, str]
# status, headers, body; None: answer as usual
Fault = Callable[[Query], "tuple[int, dict[str, str], bytes] | None"]


def marcxml(number: str, title: str, *, by: str = "", shelf: str = "", barcode: str = "", more: str = "") -> str:
    """A MARCXML record."""
    author = (
        f'<datafield tag="100" ind1="1" ind2=" "><subfield code="a">{escape(by)}</subfield></datafield>' if by else ""
    )
    copy = (
        f'<datafield tag="852" ind1=" " ind2=" "><subfield code="h">{escape(shelf)}</subfield>'
        f'<subfield code="p">{escape(barcode)}</subfield></datafield>'
        if shelf or barcode
        else ""
    )
    control = f'<controlfield tag="001">{escape(number)}</controlfield>' if number else ""
    return (
        '<record xmlns="http://www.loc.gov/MARC21/slim"><leader>00000nam a2200000 a 4500</leader>'
        f'{control}<controlfield tag="008">040101s2004    vm            000 0 vie d</controlfield>{author}'
        f'<datafield tag="245" ind1="1" ind2="0"><subfield code="a">{escape(title)}</subfield></datafield>'
        f"{more}{copy}</record>"
    )


def dublin_core(**said: str | list[str]) -> str:
    """An oai_dc description."""
    elements = "".join(
        f"<dc:{name}>{escape(v)}</dc:{name}>"
        for name, values in said.items()
        for v in ([values] if isinstance(values, str) else values)
    )
    return (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/">{elements}</oai_dc:dc>'
    )


@dataclass
class Kept:
    """A record of the repository; ``metadata`` None: deleted."""

    identifier: str
    datestamp: datetime
    metadata: str | None
    sets: tuple[str, ...] = ()
    about: str = ""
    raw: str = ""  # stands in the list instead of all that


@dataclass
class Repository:
    """What it holds, and how it behaves."""

    page: int = 3
    granularity: str = "YYYY-MM-DDThh:mm:ssZ"
    records: dict[str, Kept] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    asked: list[Query] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    epoch: int = 1  # tokens of an earlier epoch are not known any more
    sizes: bool = True
    address: str = ""
    described: str = ""  # descriptions in Identify

    def put(self, identifier: str, metadata: str | None, *, at: datetime | None = None, **more: Any) -> None:
        """Keep a record, or a new state of it."""
        self.records.pop(identifier, None)
        self.records[identifier] = Kept(identifier, at or self.clock(), metadata, **more)

    def delete(self, identifier: str, *, at: datetime | None = None) -> None:
        """Keep only that there was a record."""
        self.put(identifier, None, at=at)

    # ---------------------------------------------------------------------------------------------------- answers

    def answer(self, query: Query) -> tuple[int, dict[str, str], bytes]:
        for fault in list(self.faults):
            if (found := fault(query)) is not None:
                return found
        verb = query.get("verb", "")
        if verb == "Identify":
            body = (
                "<Identify><repositoryName>Thư viện thử</repositoryName><baseURL>x</baseURL>"
                "<protocolVersion>2.0</protocolVersion><adminEmail>a@example.org</adminEmail>"
                "<earliestDatestamp>1990-01-01</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
                f"<granularity>{self.granularity}</granularity>{self.described}</Identify>"
            )
        elif verb == "ListRecords":
            body = self._list(query)
        else:
            body = '<error code="badVerb">No such verb</error>'
        return 200, {"Content-Type": "text/xml; charset=utf-8"}, self.document(body)

    def document(self, body: str) -> bytes:
        now = self.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH {OAI} xsi:schemaLocation="{SCHEMA}">'
            f"<responseDate>{now}</responseDate><request>{self.address}</request>{body}</OAI-PMH>"
        ).encode()

    def _list(self, query: Query) -> str:
        if token := query.get("resumptionToken"):
            parts = token.split("|")
            if len(parts) != 5 or parts[0] != str(self.epoch):
                return '<error code="badResumptionToken">Gone</error>'
            _, prefix, spec, since, start = parts
        else:
            prefix, spec, since, start = (
                query.get("metadataPrefix", ""),
                query.get("set", ""),
                query.get("from", ""),
                "0",
            )
            if prefix not in ("marcxml", "oai_dc"):
                return '<error code="cannotDisseminateFormat">No</error>'
            if since and len(since) != len(self._stamp(datetime.now(UTC))):
                return '<error code="badArgument">granularity</error>'
        rows = [
            r for r in self.records.values()
            if (not spec or spec in r.sets) and (not since or self._stamp(r.datestamp) >= since)
        ]  # fmt: skip
        if not rows:
            return '<error code="noRecordsMatch">None</error>'
        at = int(start)
        listed = "".join(self._record(r) for r in rows[at : at + self.page])
        size = f' completeListSize="{len(rows)}" cursor="{at}"' if self.sizes else ""
        if at + self.page < len(rows):
            value = escape(f"{self.epoch}|{prefix}|{spec}|{since}|{at + self.page}")
            closing = f"<resumptionToken{size}>{value}</resumptionToken>"
        else:
            closing = f"<resumptionToken{size}/>" if at else ""
        return f"<ListRecords>{listed}{closing}</ListRecords>"

    def _record(self, r: Kept) -> str:
        if r.raw:
            return r.raw
        sets = "".join(f"<setSpec>{s}</setSpec>" for s in r.sets)
        status = ' status="deleted"' if r.metadata is None else ""
        header = (
            f"<header{status}><identifier>{escape(r.identifier)}</identifier>"
            f"<datestamp>{self._stamp(r.datestamp)}</datestamp>{sets}</header>"
        )
        metadata = "" if r.metadata is None else f"<metadata>{r.metadata}</metadata>"
        return f"<record>{header}{metadata}{r.about}</record>"

    def _stamp(self, at: datetime) -> str:
        return at.astimezone(UTC).strftime("%Y-%m-%d" if len(self.granularity) == 10 else "%Y-%m-%dT%H:%M:%SZ")


def once(fault: Fault) -> Fault:
    """The same misbehaviour, the first time only."""
    left = [True]

    def misbehave(query: Query) -> tuple[int, dict[str, str], bytes] | None:
        if left and (found := fault(query)) is not None:
            left.clear()
            return found
        return None

    return misbehave


def on_page(number: int, status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> Fault:
    """Answer so instead of the list's page ``number`` (from 1), each time."""
    starts: dict[str, int] = {}

    def misbehave(query: Query) -> tuple[int, dict[str, str], bytes] | None:
        if query.get("verb") != "ListRecords":
            return None
        token = query.get("resumptionToken", "")
        page = starts.setdefault(token, len(starts) + 1)
        return (status, headers or {}, body) if page == number else None

    return misbehave


@contextmanager
def served(repository: Repository, tls: ssl.SSLContext | None = None) -> Iterator[Repository]:
    """The repository behind a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            query = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query, keep_blank_values=True).items()}
            repository.asked.append(query)
            repository.headers.append(dict(self.headers.items()))
            status, headers, body = repository.answer(query)
            self.send_response(status)
            length = headers.pop("X-Claims-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", length)
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                return
            if length != str(len(body)):
                self.close_connection = True

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    repository.address = f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}/oai"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield repository
    finally:
        server.shutdown()
        server.server_close()
