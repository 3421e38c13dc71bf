"""METS 1.12: what an object is, its pages in order, its files with their digests, and its history, for any system.

The document names files by their logical paths in the object. Pages are divisions of the physical structure in their
order; contents and issues are the logical one, tied to pages by structural links, as the digital libraries that show
METS expect it. PREMIS tells events and rights, Dublin Core what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, unquote

from lxml import etree

from lienthu.foundation.preservation.premis import Event, Rights, read_event, read_rights, write_event, write_rights
from lienthu.foundation.preservation.xml import Element, child, parse, words

METS: Final = "http://www.loc.gov/METS/"
XLINK: Final = "http://www.w3.org/1999/xlink"
DC: Final = "http://purl.org/dc/elements/1.1/"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA: Final = f"{METS} http://www.loc.gov/standards/mets/mets.xsd"
ELEMENTS: Final = (
    "title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format", "identifier",
    "source", "language", "relation", "coverage", "rights",
)  # fmt: skip
DEEPEST: Final = 20

Description = Mapping[str, Sequence[str]]
"""Dublin Core: element → values."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of the object: logical path, media type, size in bytes, SHA-256 in hex; ``use`` in the words of METS."""

    path: str
    media_type: str
    size: int
    sha256: str
    use: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page by its lasting number, with its label ("iv", "12a") and the paths of its files, in its place."""

    seq: int
    label: str
    kind: str = "page"
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Division:
    """A part of the contents: a chapter, an issue; the pages it covers by their numbers, its own description."""

    kind: str
    label: str
    pages: tuple[int, ...] = ()
    description: Description = field(default_factory=dict)
    parts: tuple[Division, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One object as METS tells it. Times are RFC 3339."""

    object_id: str
    label: str
    kind: str
    created: str
    modified: str
    creator: str
    description: Description
    files: tuple[File, ...] = ()
    pages: tuple[Page, ...] = ()
    parts: tuple[Division, ...] = ()
    events: tuple[Event, ...] = ()
    rights: tuple[Rights, ...] = ()


# ----------------------------------------------------------------------------------------------------------- writing


def write(document: Document) -> bytes:
    """As a METS document. Raises KeyError when a page names a file, or a part names a page, that is not there."""
    root = etree.Element(_m("mets"), nsmap={"mets": METS, "xlink": XLINK, "dc": DC, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", SCHEMA)
    for name, value in (("OBJID", document.object_id), ("LABEL", document.label), ("TYPE", document.kind)):
        root.set(name, words(value))
    _header(root, document)
    numbered = list(_walk(document.parts))
    if _says(document.description):
        _describe(root, "dmd-0", document.description)
    for number, division in enumerate(numbered, 1):
        if _says(division.description):
            _describe(root, f"dmd-{number}", division.description)
    _administer(root, document)
    ids = {file.path: f"file-{number}" for number, file in enumerate(document.files, 1)}
    _list_files(root, document.files, ids)
    _physical(root, document, ids)
    _logical(root, document)
    _link(root, document, numbered)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _header(root: Element, document: Document) -> None:
    header = etree.SubElement(root, _m("metsHdr"), CREATEDATE=document.created, LASTMODDATE=document.modified)
    agent = etree.SubElement(header, _m("agent"), ROLE="CREATOR", TYPE="ORGANIZATION")
    etree.SubElement(agent, _m("name")).text = words(document.creator)


def _describe(root: Element, name: str, description: Description) -> None:
    section = etree.SubElement(root, _m("dmdSec"), ID=name)
    data = _wrap(section, "DC")
    for element in ELEMENTS:
        for value in description.get(element, ()):
            etree.SubElement(data, f"{{{DC}}}{element}").text = words(value)


def _administer(root: Element, document: Document) -> None:
    if not document.rights and not document.events:
        return
    section = etree.SubElement(root, _m("amdSec"), ID="amd-0")
    for number, rights in enumerate(document.rights, 1):
        part = etree.SubElement(section, _m("rightsMD"), ID=f"rights-{number}")
        _wrap(part, "PREMIS:RIGHTS").append(write_rights(rights, document.object_id))
    for number, event in enumerate(document.events, 1):
        part = etree.SubElement(section, _m("digiprovMD"), ID=f"event-{number}")
        _wrap(part, "PREMIS:EVENT").append(write_event(event, document.object_id))


def _list_files(root: Element, files: Sequence[File], ids: Mapping[str, str]) -> None:
    if not files:
        return
    section = etree.SubElement(root, _m("fileSec"))
    groups: dict[str, Element] = {}
    for file in files:
        if file.use not in groups:
            groups[file.use] = etree.SubElement(section, _m("fileGrp"), USE=words(file.use))
        element = etree.SubElement(
            groups[file.use], _m("file"), ID=ids[file.path], MIMETYPE=words(file.media_type), SIZE=str(file.size),
            CHECKSUM=file.sha256, CHECKSUMTYPE="SHA-256",
        )  # fmt: skip
        place = etree.SubElement(element, _m("FLocat"), LOCTYPE="URL")
        place.set(_x("type"), "simple")
        place.set(_x("href"), quote(file.path))


def _physical(root: Element, document: Document, ids: Mapping[str, str]) -> None:
    structure = etree.SubElement(root, _m("structMap"), TYPE="PHYSICAL")
    whole = etree.SubElement(structure, _m("div"), ID="phys-0", TYPE="physSequence")
    if document.rights or document.events:
        whole.set("ADMID", "amd-0")
    for order, page in enumerate(document.pages, 1):
        div = etree.SubElement(whole, _m("div"), ID=f"phys-{page.seq}", TYPE=words(page.kind), ORDER=str(order))
        if page.label:
            div.set("ORDERLABEL", words(page.label))
        for path in page.files:
            etree.SubElement(div, _m("fptr"), FILEID=ids[path])


def _logical(root: Element, document: Document) -> None:
    structure = etree.SubElement(root, _m("structMap"), TYPE="LOGICAL")
    attributes = {"ID": "log-0", "TYPE": words(document.kind), "LABEL": words(document.label)}
    whole = etree.SubElement(structure, _m("div"), attributes)
    if _says(document.description):
        whole.set("DMDID", "dmd-0")
    number = 0

    def add(parent: Element, divisions: Sequence[Division]) -> None:
        nonlocal number
        for division in divisions:
            number += 1
            div = etree.SubElement(
                parent, _m("div"), ID=f"log-{number}", TYPE=words(division.kind), LABEL=words(division.label)
            )
            if _says(division.description):
                div.set("DMDID", f"dmd-{number}")
            add(div, division.parts)

    add(whole, document.parts)


def _link(root: Element, document: Document, numbered: Sequence[Division]) -> None:
    known = {page.seq for page in document.pages}
    section = etree.SubElement(root, _m("structLink"))
    _tie(section, "log-0", "phys-0")
    for number, division in enumerate(numbered, 1):
        for seq in division.pages:
            if seq not in known:
                raise KeyError(seq)
            _tie(section, f"log-{number}", f"phys-{seq}")


def _tie(section: Element, log: str, phys: str) -> None:
    link = etree.SubElement(section, _m("smLink"))
    link.set(_x("from"), log)
    link.set(_x("to"), phys)


def _says(description: Description) -> bool:
    """Whether there is anything to write: METS takes no empty section."""
    return any(description.get(element) for element in ELEMENTS)


def _wrap(section: Element, kind: str) -> Element:
    wrap = etree.SubElement(section, _m("mdWrap"), MDTYPE=kind)
    return etree.SubElement(wrap, _m("xmlData"))


def _walk(divisions: Sequence[Division]) -> Iterator[Division]:
    for division in divisions:
        yield division
        yield from _walk(division.parts)


# ----------------------------------------------------------------------------------------------------------- reading


def read(data: bytes) -> Document:
    """A document that ``write`` wrote, or one built the same way. Raises ValueError when it tells something else."""
    root = parse(data)
    if root.tag != _m("mets"):
        raise ValueError("this is not METS")
    try:
        return _read(root)
    except (KeyError, IndexError) as e:
        raise ValueError(f"a part of the METS document names another that is not there: {e}") from e


def _read(root: Element) -> Document:
    header = child(root, _m("metsHdr"))
    described = {_id(section): _dublin_core(section) for section in root.iterfind(_m("dmdSec"))}
    files, paths = _read_files(root)
    whole = child(_structure(root, "PHYSICAL"), _m("div"))
    pages = tuple(_read_page(div, paths) for div in sorted(whole.iterfind(_m("div")), key=_order))
    top = child(_structure(root, "LOGICAL"), _m("div"))
    ties: dict[str, list[int]] = {}
    for link in root.iterfind(f"{_m('structLink')}/{_m('smLink')}"):
        log, phys = link.get(_x("from"), ""), link.get(_x("to"), "")
        if phys != "phys-0":
            ties.setdefault(log, []).append(_seq(phys))
    return Document(
        object_id=root.get("OBJID", ""),
        label=root.get("LABEL", ""),
        kind=root.get("TYPE", ""),
        created=header.get("CREATEDATE", ""),
        modified=header.get("LASTMODDATE", ""),
        creator=child(header, _m("agent"), _m("name")).text or "",
        description=described[top.get("DMDID", "")] if top.get("DMDID") else {},
        files=files,
        pages=pages,
        parts=_read_parts(top, described, ties, DEEPEST),
        events=tuple(read_event(e) for e in _wrapped(root, "digiprovMD", "PREMIS:EVENT")),
        rights=tuple(read_rights(e) for e in _wrapped(root, "rightsMD", "PREMIS:RIGHTS")),
    )


def _read_files(root: Element) -> tuple[tuple[File, ...], dict[str, str]]:
    found: dict[str, File] = {}
    for group in root.iterfind(f"{_m('fileSec')}/{_m('fileGrp')}"):
        for element in group.iterfind(_m("file")):
            if element.get("CHECKSUMTYPE") != "SHA-256":
                raise ValueError("a file has no SHA-256")
            found[_id(element)] = File(
                path=unquote(child(element, _m("FLocat")).get(_x("href"), ""), errors="strict"),
                media_type=element.get("MIMETYPE", ""),
                size=_number(element.get("SIZE", "")),
                sha256=element.get("CHECKSUM", ""),
                use=group.get("USE", ""),
            )
    return tuple(found.values()), {name: file.path for name, file in found.items()}


def _read_page(div: Element, paths: Mapping[str, str]) -> Page:
    files = tuple(paths[pointer.get("FILEID", "")] for pointer in div.iterfind(_m("fptr")))
    return Page(_seq(_id(div)), div.get("ORDERLABEL", ""), div.get("TYPE", ""), files)


def _read_parts(
    parent: Element, described: Mapping[str, Description], ties: Mapping[str, list[int]], deepest: int
) -> tuple[Division, ...]:
    divisions = list(parent.iterfind(_m("div")))
    if divisions and not deepest:
        raise ValueError("the contents are nested too deep")
    return tuple(
        Division(
            kind=div.get("TYPE", ""),
            label=div.get("LABEL", ""),
            pages=tuple(ties.get(_id(div), ())),
            description=described[div.get("DMDID", "")] if div.get("DMDID") else {},
            parts=_read_parts(div, described, ties, deepest - 1),
        )
        for div in divisions
    )


def _structure(root: Element, kind: str) -> Element:
    for structure in root.iterfind(_m("structMap")):
        if structure.get("TYPE") == kind:
            return structure
    raise ValueError(f"there is no {kind.lower()} structure")


def _dublin_core(section: Element) -> Description:
    found: dict[str, tuple[str, ...]] = {}
    for element in child(section, _m("mdWrap"), _m("xmlData")):
        if isinstance(element.tag, str) and element.tag.startswith(f"{{{DC}}}"):
            name = element.tag.removeprefix(f"{{{DC}}}")
            found[name] = (*found.get(name, ()), element.text or "")
    return found


def _wrapped(root: Element, section: str, kind: str) -> Iterator[Element]:
    for wrap in root.iterfind(f"{_m('amdSec')}/{_m(section)}/{_m('mdWrap')}"):
        if wrap.get("MDTYPE") == kind:
            yield from child(wrap, _m("xmlData"))


def _id(element: Element) -> str:
    return element.get("ID", "")


def _order(div: Element) -> int:
    return _number(div.get("ORDER", ""))


def _seq(name: str) -> int:
    return _number(name.removeprefix("phys-"))


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 18:
        raise ValueError(f"not a number: {text[:40]!r}")
    return int(text)


def _m(name: str) -> str:
    return f"{{{METS}}}{name}"


def _x(name: str) -> str:
    return f"{{{XLINK}}}{name}"
