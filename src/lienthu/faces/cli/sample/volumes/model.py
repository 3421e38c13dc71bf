"""What a sample volume is, for whoever takes it in: files, description, rights, order of pages. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

Material = Literal["book", "newspaper", "map", "manuscript", "document", "hannom", "learning"]
OwnerGroup = Literal["public", "education", "armed_forces"]
Status = Literal["official_text", "public_domain", "own_work", "in_copyright"]
"""Outside copyright by law; term over; made for this sample by the project; protected."""
Layer = Literal["original", "transcription", "translation"]


@dataclass(frozen=True, slots=True)
class Creator:
    """Somebody responsible: name in direct order, role in Vietnamese, years of life if known."""

    name: str
    role: str = "tác giả"
    dates: str = ""
    corporate: bool = False


@dataclass(frozen=True, slots=True)
class DublinCore:
    """The description of a volume. ``date`` is EDTF, "" where unknown; languages are ISO 639-2 codes."""

    title: str
    creators: tuple[Creator, ...] = ()
    date: str = ""
    place: str = ""
    publisher: str = ""
    languages: tuple[str, ...] = ("vie",)
    subtitle: str = ""
    subjects: tuple[str, ...] = ()
    description: str = ""
    original_title: str = ""


@dataclass(frozen=True, slots=True)
class Rights:
    """The facts from which access is derived.

    ``basis`` is the rule in words, ``basis_date`` when that rule came into force or the statement was made; ``copies``
    how many copies the library holds, None where the number does not matter; ``licence`` the address of a licence or
    statement.
    """

    status: Status
    basis: str
    basis_date: date
    licence: str
    copies: int | None = None
    holder: str = ""
    term: str = ""
    closed: bool = False
    """For nobody but the people of the library's own group."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents; pages count from 1."""

    title: str
    page: int
    level: int = 1


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of a newspaper and the pages that it is made of."""

    number: str
    date: date
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class ClosedPage:
    """A page that stays closed although the volume is open, and why."""

    page: int
    reason: str


@dataclass(frozen=True, slots=True)
class AlignedLine:
    """One line of a Hán-Nôm text in its layers; ``page`` counts from 1.

    ``column`` is where its characters stand, [x, y, w, h] in pixels, but for the skew of the scan.
    """

    page: int
    number: int
    original: str
    transcription: str
    translation: str
    column: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class SampleVolume:
    """One sample volume, ready to be taken in.

    ``path`` is a PDF file or a folder of page images in the order of their names. ``labels`` has what the page is
    called in the volume, one for each page. ``texts`` is what truly stands on each page, for measuring recognition.
    ``ocr_languages`` are names of traineddata; () where no recognition is wanted.
    """

    key: str
    path: Path
    library: str
    record: str
    """Control number of the work's record in the library's main source, "" where Dublin Core alone describes it."""
    dc: DublinCore
    material: Material
    collection: str
    owner: OwnerGroup
    rights: Rights
    pages: int
    labels: tuple[str, ...]
    texts: tuple[str, ...]
    contents: tuple[Entry, ...] = ()
    issues: tuple[Issue, ...] = ()
    closed_pages: tuple[ClosedPage, ...] = ()
    lines: tuple[AlignedLine, ...] = ()
    ocr_languages: tuple[str, ...] = ("vie",)
    dpi: int = 200
    vertical: bool = False
    right_to_left: bool = False
