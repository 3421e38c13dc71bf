"""Read and write MARCXML (Library of Congress, MARC 21 XML schema)."""

from __future__ import annotations

import codecs
import html
import re
import threading
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import BinaryIO, Final, NamedTuple

from lxml import etree

from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.problems import Problem, seen, shown
from lienthu.foundation.marc.repair import (
    CODES,
    INDICATORS,
    LEADER_LENGTH,
    data_field,
    legal_tag,
    repaired_leader,
)
from lienthu.foundation.marc.xmlscan import MAX_RECORD, Element, Scanner

NAMESPACE: Final = "http://www.loc.gov/MARC21/slim"


class XmlPiece(NamedTuple):
    """One record element: ``offset`` is that of its first byte, ``raw`` its source as it was (UTF-16 as UTF-8).

    Exactly one of ``record`` and ``problem`` is set; ``repairs`` tells what reading the record took.
    """

    offset: int
    raw: bytes
    record: Record | None
    problem: Problem | None
    repairs: tuple[Problem, ...] = ()


_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FORBIDDEN_REFERENCE: Final = re.compile(r"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[0-8bcefBCEF]|1[0-9a-fA-F]));")
_BARE_AMPERSAND: Final = re.compile(r"&(?!(?:#[0-9]{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});)")
_NAMED_ENTITY: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,30});")
_PREFIX: Final = re.compile(r"[<\s]/?([A-Za-z_][\w.\-]*):[A-Za-z_]")


def read(stream: BinaryIO, *, max_record: int = MAX_RECORD) -> Iterator[XmlPiece]:
    """Yield every record element of ``stream``: bare, in a ``collection``, or wrapped by OAI-PMH or SRU. Rule IMP-11.

    A record that is not well formed, even after the repairs that cannot change its meaning, is a piece with a
    problem, and reading goes on behind it; so are fields outside of any record element, and record elements of other
    formats than MARCXML but for the deleted ones of OAI-PMH. External things are never loaded; a file that declares
    entities is refused by one piece with the problem ``xml-entities``. A stream without any record yields one piece
    that says so, unless it is an empty collection. Memory is bounded by ``max_record`` bytes.
    """
    scanner = Scanner(stream, max_record=max_record)
    any_yet = False
    for element in scanner:
        any_yet = True
        piece = _piece(element, scanner)
        if piece is not None:
            yield piece
    if scanner.refused:
        yield XmlPiece(0, scanner.first_bytes, None, Problem("xml-entities"))
    elif not any_yet and not scanner.is_container and scanner.first_bytes.strip():
        problem = Problem("no-records", shown(scanner.first_bytes))
        yield XmlPiece(0, scanner.first_bytes, None, problem)


def _piece(element: Element, scanner: Scanner) -> XmlPiece | None:
    """The record of one element; None for a deleted one of OAI-PMH."""
    raw = element.raw
    if element.problem:
        return XmlPiece(element.offset, raw, None, Problem(element.problem, shown(raw[-40:])))
    notes: list[Problem] = []
    try:
        root = parse_element(raw, scanner.encoding, scanner.prefixes, notes)
        record = record_in(root, notes)
    except etree.XMLSyntaxError as error:
        return XmlPiece(element.offset, raw, None, Problem("xml-malformed", str(error)))
    if record is None:
        return None if _is_deleted(root) else XmlPiece(element.offset, raw, None, Problem("xml-not-marc", _held(root)))
    if not record.fields:
        return XmlPiece(element.offset, raw, None, Problem("no-fields"))
    return XmlPiece(element.offset, raw, record, None, tuple(notes))


def _is_deleted(root: etree._Element) -> bool:
    headers = (e for e in root if isinstance(e.tag, str) and local_name(e.tag) == "header")
    return any((e.get("status") or "").strip().lower() == "deleted" for e in headers)


def _held(root: etree._Element) -> str:
    """The names of the first elements in it, to tell what it is instead."""
    names = dict.fromkeys(local_name(e.tag) for e in root.iterdescendants() if isinstance(e.tag, str))
    return ", ".join(list(names)[:5])[:60]


def parse_element(raw: bytes, encoding: str, prefixes: set[str], notes: list[Problem]) -> etree._Element:
    """The element tree of one record, cut out of a document that declares ``encoding`` and namespace ``prefixes``.

    Repairs that cannot change the meaning are made and noted. Raises ``XMLSyntaxError`` if they do not help.
    """
    if encoding in ("utf-8", "utf8", "us-ascii", "ascii"):
        try:
            return _tree(raw, prefixes)
        except etree.XMLSyntaxError:
            pass
    text = _decoded(raw, encoding, notes)
    try:
        return _tree(text.encode("utf-8", "surrogatepass"), prefixes)
    except etree.XMLSyntaxError:
        repaired = _repaired(text, notes)
        return _tree(repaired.encode(), prefixes | set(_PREFIX.findall(repaired)))


def _tree(raw: bytes, prefixes: set[str]) -> etree._Element:
    if not prefixes:
        return etree.fromstring(raw, _parser())
    declarations = "".join(f' xmlns:{p}="{NAMESPACE}"' for p in sorted(prefixes) if p not in ("xml", "xmlns"))
    wrapped = b"<r" + declarations.encode() + b">" + raw + b"</r>"
    return etree.fromstring(wrapped, _parser())[0]


_local: Final = threading.local()


def _parser() -> etree.XMLParser:
    """One parser a thread: making one costs more than parsing a record."""
    parser: etree.XMLParser | None = getattr(_local, "parser", None)
    if parser is None:
        # No entity can be declared inside of an element, so none is ever resolved; the options say it once more.
        parser = etree.XMLParser(
            encoding="utf-8",
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
        )
        _local.parser = parser
    return parser


def _decoded(raw: bytes, encoding: str, notes: list[Problem]) -> str:
    """The text, by the declared encoding unless the bytes are evidently in another."""
    try:
        declared = codecs.lookup(encoding).name
    except LookupError:
        notes.append(Problem("xml-encoding", seen("encoding-unknown", encoding)))
        declared = "utf-8"
    try:
        text = raw.decode()
        if declared not in ("utf-8", "ascii") and not raw.isascii():
            notes.append(Problem("xml-encoding", seen("encoding-is-utf-8", encoding)))
        return text
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode(declared)
    except (UnicodeDecodeError, LookupError):
        notes.append(Problem("xml-encoding", seen("encoding-is-not", encoding)))
        return raw.decode("utf-8", "replace")


def _repaired(text: str, notes: list[Problem]) -> str:
    """The same record without what XML does not allow but every reader understands."""
    fixed, count = _FORBIDDEN.subn("", text)
    fixed, references = _FORBIDDEN_REFERENCE.subn("", fixed)
    if count + references:
        notes.append(Problem("xml-characters", str(count + references)))
    fixed, named = _NAMED_ENTITY.subn(_named_entity, fixed)
    if named:
        notes.append(Problem("xml-named-entity", str(named)))
    fixed, bare = _BARE_AMPERSAND.subn("&amp;", fixed)
    if bare:
        notes.append(Problem("xml-ampersand", str(bare)))
    return fixed


def _named_entity(match: re.Match[str]) -> str:
    char = html.unescape(match[0])
    return _escaped(char) if char != match[0] else f"&amp;{match[1]};"


@lru_cache(maxsize=256)
def local_name(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]


def record_in(root: etree._Element, notes: list[Problem]) -> Record | None:
    """The record in an element, or None if it has neither leader nor fields."""
    leader = ""
    fields: list[Field] = []
    seen = False
    loose = [root.text or ""]  # text that stands in no field
    for child in root:
        if (tail := child.tail) and not tail.isspace():
            loose.append(tail)
        if not isinstance(child.tag, str):
            continue
        name = local_name(child.tag)
        if name == "datafield":
            fields.append(_data_field(child, notes))
        elif name == "controlfield":
            fields.append(_control_field(child, notes))
        elif name == "leader":
            leader = child.text or ""
        else:
            notes.append(Problem("xml-shape", name))
            continue
        seen = True
    if not seen and (len(root) or (root.text or "").strip()):
        return None
    for text in loose:
        if text := text.strip():
            fields.append(Field(legal_tag("", notes), subfields=(("a", text),)))
    if len(leader) != LEADER_LENGTH or not (leader.isascii() and leader.isprintable() and leader[6].isalpha()):
        leader = repaired_leader(leader.strip("\r\n\t") if len(leader) > LEADER_LENGTH else leader, notes)
    return Record(leader, tuple(fields))


def _control_field(element: etree._Element, notes: list[Problem]) -> Field:
    tag = legal_tag(element.get("tag") or "", notes)
    data = "".join(map(str, element.itertext())) if len(element) else element.text or ""
    if len(element):
        notes.append(Problem("control-field-subfields", tag))
    if tag < "010":
        return Field(tag, data=data)
    notes.append(Problem("no-subfields", tag))
    return Field(tag, subfields=(("a", data),))


def _data_field(element: etree._Element, notes: list[Problem]) -> Field:
    tag = legal_tag(element.get("tag") or "", notes)
    pairs: list[tuple[str, str]] = []
    sound = True
    if text := (element.text or "").strip():
        notes.append(Problem("xml-text" if len(element) else "no-subfields", tag))
        pairs.append(("a", text))
    for child in element:
        if not isinstance(child.tag, str):
            pass
        elif local_name(child.tag) != "subfield":
            notes.append(Problem("xml-shape", f"{tag} {local_name(child.tag)}"))
        else:
            code = child.get("code") or ""
            sound = sound and code in CODES
            pairs.append((code, "".join(map(str, child.itertext())) if len(child) else child.text or ""))
        if (tail := child.tail) and (text := tail.strip()):
            notes.append(Problem("xml-text", tag))
            pairs.append(("a", text))
    if tag < "010":
        notes.append(Problem("control-field-subfields", tag))
        return Field(tag, data=" ".join(value for _, value in pairs))
    # An empty attribute is how many programs write a blank indicator.
    indicators = (element.get("ind1") or " ") + (element.get("ind2") or " ")
    if sound and indicators in INDICATORS:
        return Field(tag, indicators[0], indicators[1], tuple(pairs))
    return data_field(tag, indicators, pairs, notes)


def _escaped(text: str) -> str:
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if "\r" in text:
        text = text.replace("\r", "&#13;")
    return text


def _text(text: str) -> str:
    return _escaped(text if text.isprintable() else _FORBIDDEN.sub("", text))


def _attribute(text: str) -> str:
    return _text(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")


def write(record: Record) -> bytes:
    """One ``record`` element in UTF-8, valid against MARC21slim.xsd if the record is normalised.

    Characters that XML 1.0 forbids are removed; fields without subfields, which the schema forbids, are left
    out.
    """
    return _element(record, f' xmlns="{NAMESPACE}"').encode("utf-8", "replace")


def write_collection(records: Iterable[Record], out: BinaryIO) -> int:
    """Write a whole MARCXML document, record by record; returns how many there were."""
    out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="{NAMESPACE}">\n'.encode())
    count = 0
    for record in records:
        out.write(_element(record, "").encode("utf-8", "replace") + b"\n")
        count += 1
    out.write(b"</collection>\n")
    return count


def _element(record: Record, attributes: str) -> str:
    control = [f"<record{attributes}><leader>{_text(record.leader)}</leader>"]
    data_fields: list[str] = []
    for tag, ind1, ind2, subfields, data in record.fields:
        if tag < "010":
            control.append(f'<controlfield tag="{_attribute(tag)}">{_text(data)}</controlfield>')
        elif subfields:
            data_fields.append(
                f'<datafield tag="{_attribute(tag)}" ind1="{_attribute(ind1)}" ind2="{_attribute(ind2)}">'
            )
            data_fields += [
                f'<subfield code="{_attribute(code)}">{_text(value)}</subfield>' for code, value in subfields
            ]
            data_fields.append("</datafield>")
    return "".join([*control, *data_fields, "</record>"])
