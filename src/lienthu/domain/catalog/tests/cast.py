"""What the tests of the catalogue and of what stands on it share: books as libraries describe them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from django.db import transaction

from lienthu.domain.catalog.content import Arrival, content_of
from lienthu.domain.catalog.models import BibRecord, ImportBatch, Source
from lienthu.domain.catalog.selectors import rules_of
from lienthu.domain.catalog.services import batches
from lienthu.domain.catalog.services.apply import Applied, apply
from lienthu.domain.network.models import Library
from lienthu.foundation.marc import iso2709
from lienthu.foundation.marc.model import Field, Record
from lienthu.foundation.marc.normalise import normalise
from lienthu.foundation.vietnamese.encodings import ENCODERS
from lienthu.platform.actor import Actor

CLERK = Actor.system("clerk")
LEADER = "00000nam a2200000 a 4500"
_hashes = count(1)


def book(
    title: str,
    *,
    number: str = "",
    by: str | Sequence[str] = "",
    year: int | None = None,
    publisher: str = "",
    subtitle: str = "",
    part: str = "",
    edition: str = "",
    isbn: str | Sequence[str] = "",
    language: str = "vie",
    leader: str = LEADER,
    host: str = "",
    host_number: str = "",
    subjects: Sequence[str] = (),
    barcodes: Sequence[str] = (),
    shelf: str = "",
    entered: str = "040101",
    more: Sequence[Field] = (),
) -> Record:
    """A record that says what it is given and nothing else."""
    date = f"s{year}    " if year else "nuuuuuuuu"
    fields = [Field("001", data=number)] if number else []
    fields.append(Field("008", data=f"{entered}{date}vm            000 0 {language or '   '} d"))
    fields += [Field("020", subfields=(("a", i),)) for i in ([isbn] if isinstance(isbn, str) else isbn) if i]
    names = [by] if isinstance(by, str) else list(by)
    if names and names[0]:
        fields.append(Field("100", "1", " ", (("a", names[0]),)))
    parts = (("a", title), ("b", subtitle), ("n", part))
    fields.append(Field("245", "1", "0", tuple((code, value) for code, value in parts if value)))
    if edition:
        fields.append(Field("250", subfields=(("a", edition),)))
    if publisher or year:
        imprint = (("b", publisher), ("c", str(year or "")))
        fields.append(Field("260", subfields=tuple((code, value) for code, value in imprint if value)))
    fields += [Field("650", " ", "4", (("a", subject),)) for subject in subjects]
    fields += [Field("700", "1", " ", (("a", name),)) for name in names[1:]]
    if host or host_number:
        linked = (("t", host), ("w", host_number))
        fields.append(Field("773", "0", " ", tuple((code, value) for code, value in linked if value)))
    for barcode in barcodes:
        fields.append(Field("852", subfields=(("b", "Kho mượn"), ("h", shelf or "895.922"), ("p", barcode))))
    if shelf and not barcodes:
        fields.append(Field("852", subfields=(("b", "Kho mượn"), ("h", shelf))))
    return normalise(Record(leader, (*fields, *more)))


def article(title: str, **said: object) -> Record:
    """A component part, such as an article of a journal."""
    return book(title, leader="00000nab a2200000 a 4500", **said)


def iso_file(records: Sequence[Record]) -> bytes:
    """The records as a library's file."""
    return b"".join(iso2709.write(r) for r in records)


def encoded(record: Record, encoding: str, *, claims: str = " ") -> bytes:
    """A record as an old system writes it: every value in ``encoding``; leader position 9 says ``claims``."""
    directory, data = b"", b""
    for f in record.fields:
        if f.is_control:
            body = f.data.encode()
        else:
            body = (f.ind1 + f.ind2).encode() + b"".join(
                b"\x1f" + code.encode() + ENCODERS[encoding](value) for code, value in f.subfields
            )
        body += b"\x1e"
        directory += f"{f.tag}{len(body):04}{len(data):05}".encode()
        data += body
    base = 24 + len(directory) + 1
    leader = f"{base + len(data) + 1:05}nam {claims}22{base:05} a 4500".encode()
    return leader + directory + b"\x1e" + data + b"\x1d"


def open_batch(library: Library, code: str = "main", sha256: str = "") -> ImportBatch:
    """A batch without a file, for writing records by hand."""
    return ImportBatch.objects.create(
        source=batches.source_of(library, code), library=library, filename="sach.mrc",
        sha256=sha256 or f"{next(_hashes):064x}", size=1, format="iso2709", uploaded_by="clerk",
    )  # fmt: skip


def arrivals(records: Sequence[Record], source: Source) -> list[Arrival]:
    """Records as they arrive from a file of this source."""
    rules = rules_of(source)
    return [Arrival(n, iso2709.write(r), "utf-8", content_of(r, rules)) for n, r in enumerate(records)]


def write(batch: ImportBatch, *records: Record) -> Applied:
    """Write these records as one chunk of a batch."""
    source = Source.objects.get(pk=batch.source_id)
    with transaction.atomic():
        return apply(arrivals(records, source), source=source, batch_id=batch.pk, raw_format="iso2709")


def bring(library: Library, *records: Record, source: str = "main") -> Applied:
    """A library hands over these records, in a file of their own."""
    return write(open_batch(library, source), *records)


def held(library: Library, number: str, source: str = "main") -> BibRecord:
    """The library's record with this control number."""
    return BibRecord.objects.get(library=library, source__code=source, identity=f"001:{number}")
