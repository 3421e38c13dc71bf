"""Read the answers of OAI-PMH 2.0: the page as a whole, and each record in it by itself.

A parser of XML stops at the first error and takes the rest of the page with it. So the records are cut out of the page
first, what is left of it is read strictly, and each record on its own, with the repairs of MARCXML. Nothing external is
ever loaded; a page with a document type is refused.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final, NamedTuple

from lxml import etree

from lienthu.foundation.marc.from_dublin_core import from_dublin_core
from lienthu.foundation.marc.marcxml import local_name, parse_element, record_in
from lienthu.foundation.marc.model import Record
from lienthu.foundation.marc.problems import Problem, seen

NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/"
MAX_FRAME: Final = 1 << 30  # a length that a kept file claims beyond this is damage

_P: Final = rb"(?:[A-Za-z_][\w.\-]{0,60}:)?"
_COMMENT: Final = rb"(?:<!--(?:(?!-->).){0,500}-->\s*)?"
_START: Final = re.compile(rb"<" + _P + rb"record(?:\s[^<>]*)?>\s*" + _COMMENT + rb"(?=<" + _P + rb"header[\s/>])")
_END: Final = re.compile(rb"</" + _P + rb"record\s*>")
_AFTER: Final = re.compile(rb"<" + _P + rb"resumptionToken[\s/>]|</" + _P + rb"(?:ListRecords|GetRecord)\s*>")
_ROOT: Final = re.compile(rb"<" + _P + rb"OAI-PMH[\s/>]")
_CLOSED: Final = re.compile(rb"</" + _P + rb"OAI-PMH\s*>")
_DECLARED: Final = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._\-]{1,40})")
_PREFIXES: Final = re.compile(rb"xmlns:([A-Za-z_][\w.\-]*)\s*=\s*[\"']")
_FRAME: Final = re.compile(rb'<\?oai-page length="(\d{1,12})" encoding="([A-Za-z0-9._\-]{0,40})"\?>\n')
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class BadPage(Exception):
    """The answer is no whole OAI-PMH document. ``code``: ``not-oai``, ``cut-off``, ``malformed`` or ``doctype``."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class Token(NamedTuple):
    """A resumption token with what stood beside it; ``value`` "" closes a list. Sizes are None where not given."""

    value: str
    cursor: int | None
    complete_size: int | None


class Header(NamedTuple):
    """What a record's header and its ``about`` say.

    ``origins``: the repositories it went through before, newest first; keys are the names of the OAI provenance schema
    (harvestDate, altered, baseURL, identifier, datestamp, metadataNamespace).
    """

    identifier: str
    datestamp: str
    deleted: bool
    sets: tuple[str, ...]
    origins: tuple[dict[str, str], ...]


class Page(NamedTuple):
    """An answer: its records as bytes, and what stood around them. ``token`` None: the list has no token at all."""

    response_date: str
    errors: tuple[tuple[str, str], ...]
    records: tuple[bytes, ...]
    token: Token | None
    encoding: str
    prefixes: frozenset[str]
    envelope: etree._Element


class OaiPiece(NamedTuple):
    """One record of a kept list. ``record`` is None for a deleted one and where ``problem`` says why there is none."""

    raw: bytes
    header: Header | None
    record: Record | None
    problem: Problem | None
    repairs: tuple[Problem, ...] = ()


def read_page(body: bytes, charset: str = "") -> Page:
    """Take an answer apart. ``charset`` is what the transport says; a declaration in the document comes before it.

    Raises BadPage for anything but a whole document; a damaged record inside it does no harm here.
    """
    body, encoding = _in_utf8(body, charset)
    root = _ROOT.search(body)
    if root is None:
        raise BadPage("not-oai", body[:60].decode("utf-8", "replace"))
    if b"<!DOCTYPE" in body[: root.start()] or b"<!ENTITY" in body[: root.start()]:
        raise BadPage("doctype")
    if not _CLOSED.search(body, max(root.start(), len(body) - 4096)):
        raise BadPage("cut-off", f"{len(body)} bytes")
    slices, rest = _cut(body, root.start())
    before = body[: slices[0][0]] if slices else body
    try:
        envelope = parse_element(rest[root.start() :], encoding, set(), [])
    except etree.XMLSyntaxError as e:
        raise BadPage("malformed", str(e)[:200]) from e
    errors, token, date = [], None, ""
    for element in envelope.iter():
        name = local_name(element.tag) if isinstance(element.tag, str) else ""
        if name == "error":
            errors.append((element.get("code") or "", " ".join((element.text or "").split())[:300]))
        elif name == "resumptionToken":
            sizes = (_number(element.get("cursor")), _number(element.get("completeListSize")))
            token = Token((element.text or "").strip(), *sizes)
        elif name == "responseDate" and not date:
            date = (element.text or "").strip()
    records = tuple(body[start:end] for start, end in slices)
    prefixes = frozenset(p.decode() for p in _PREFIXES.findall(before))
    return Page(date, tuple(errors), records, token, encoding, prefixes, envelope)


def header_of(raw: bytes, encoding: str = "utf-8", prefixes: Iterable[str] = ()) -> Header | None:
    """The header of one record as cut out of a page; None where it cannot be read."""
    try:
        return _header(parse_element(raw, encoding, set(prefixes), []))
    except etree.XMLSyntaxError:
        return None


def frame(page: Page, records: Iterable[bytes]) -> bytes:
    """The records as one block of a kept list: the format that ``read`` reads, each record as it came."""
    names = "".join(f' xmlns:{p}="{NAMESPACE}"' for p in sorted(page.prefixes) if p not in ("xml", "xmlns"))
    body = f"<ListRecords{names}>".encode() + b"\n".join(records) + b"</ListRecords>"
    return f'<?oai-page length="{len(body)}" encoding="{page.encoding}"?>\n'.encode() + body + b"\n"


def read(stream: BinaryIO) -> Iterator[OaiPiece]:
    """Every record of a kept list, in the order in which it came."""
    while line := stream.readline(200):
        found = _FRAME.fullmatch(line)
        length = int(found[1]) if found else MAX_FRAME
        body = stream.read(length) if length < MAX_FRAME else b""
        if not found or len(body) != length:
            yield OaiPiece(line + body, None, None, Problem("xml-malformed", seen("kept-list")))
            return
        stream.readline(2)
        slices, _rest = _cut(body)
        prefixes = {p.decode() for p in _PREFIXES.findall(body[: slices[0][0]] if slices else b"")}
        for start, end in slices:
            yield _piece(body[start:end], found[2].decode(), prefixes)


def _piece(raw: bytes, encoding: str, prefixes: set[str]) -> OaiPiece:
    notes: list[Problem] = []
    try:
        root = parse_element(raw, encoding, prefixes, notes)
    except etree.XMLSyntaxError as e:
        return OaiPiece(raw, None, None, Problem("xml-malformed", str(e)), tuple(notes))
    header = _header(root)
    if not header.identifier:
        return OaiPiece(raw, None, None, Problem("oai-header"), tuple(notes))
    if header.deleted:
        return OaiPiece(raw, header, None, None)
    held = _metadata(root)
    if held is None:
        return OaiPiece(raw, header, None, Problem("oai-no-metadata"), tuple(notes))
    name = local_name(held.tag)
    record = None
    if name == "record":
        record = record_in(held, notes)
    elif name in ("dc", "qualifieddc", "qdc"):
        record = from_dublin_core((local_name(e.tag), e.text or "") for e in held.iter() if isinstance(e.tag, str))
    if record is None:
        return OaiPiece(raw, header, None, Problem("oai-metadata", name[:60]), tuple(notes))
    if not record.fields:
        return OaiPiece(raw, header, None, Problem("no-fields"), tuple(notes))
    return OaiPiece(raw, header, record, None, tuple(notes))


def _metadata(root: etree._Element) -> etree._Element | None:
    """The element that holds the description: the child of ``metadata``, inside of a collection its first record."""
    for child in root:
        if isinstance(child.tag, str) and local_name(child.tag) == "metadata":
            for held in child:
                if isinstance(held.tag, str):
                    if local_name(held.tag) == "collection":
                        return next((e for e in held if isinstance(e.tag, str)), None)
                    return held
    return None


def _header(root: etree._Element) -> Header:
    identifier = datestamp = ""
    deleted = False
    sets: list[str] = []
    origins: list[dict[str, str]] = []
    for child in root:
        name = local_name(child.tag) if isinstance(child.tag, str) else ""
        if name == "header" and not identifier:
            deleted = (child.get("status") or "").strip().lower() == "deleted"
            for part in child:
                said = "".join(map(str, part.itertext())).strip() if isinstance(part.tag, str) else ""
                match local_name(part.tag) if isinstance(part.tag, str) else "":
                    case "identifier":
                        identifier = "".join(said.split())
                    case "datestamp":
                        datestamp = said
                    case "setSpec":
                        sets.append(said)
        elif name == "about":
            origins += _origins(child)
    return Header(identifier, datestamp, deleted, tuple(sets), tuple(origins))


def _origins(about: etree._Element) -> Iterator[dict[str, str]]:
    for element in about.iter():
        if isinstance(element.tag, str) and local_name(element.tag) == "originDescription":
            said = {name: value[:500] for name in ("harvestDate", "altered") if (value := element.get(name))}
            for part in element:
                name = local_name(part.tag) if isinstance(part.tag, str) else ""
                if name in ("baseURL", "identifier", "datestamp", "metadataNamespace"):
                    said[name] = (part.text or "").strip()[:500]
            yield said


def _cut(body: bytes, begin: int = 0) -> tuple[list[tuple[int, int]], bytes]:
    """Where each record behind ``begin`` starts and ends, and the page without them."""
    starts = [m.start() for m in _START.finditer(body, begin)]
    slices: list[tuple[int, int]] = []
    rest: list[bytes] = []
    at = 0
    for n, start in enumerate(starts):
        limit = starts[n + 1] if n + 1 < len(starts) else len(body)
        ends = [m.end() for m in _END.finditer(body, start, limit)]
        if not ends:  # never closed: up to the next one, or to what follows the last
            after = _AFTER.search(body, start, limit)
            ends = [after.start() if after else limit]
        rest.append(body[at:start])
        slices.append((start, ends[-1]))
        at = ends[-1]
    rest.append(body[at:])
    return slices, b"".join(rest)


def _in_utf8(body: bytes, charset: str) -> tuple[bytes, str]:
    """The document and the encoding it is in; UTF-16 is turned into UTF-8, all others are left as they came."""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(name, "replace").encode("utf-8", "replace"), "utf-8"
    found = _DECLARED.match(body)
    return body, (found[1].decode() if found else charset or "utf-8").lower()


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None
