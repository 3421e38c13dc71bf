"""What a manifest says, of whatever version: gathered once, few queries (PRE-2)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from lienthu.domain.digital import licences
from lienthu.domain.digital.access import Opened
from lienthu.domain.digital.description import Elements
from lienthu.domain.digital.models import DigitalObject
from lienthu.domain.digital.policy import Access, Act, Status
from lienthu.domain.digital.selectors.describing import description_of, told_records
from lienthu.domain.digital.selectors.volumes import PageLine, Volume, newest_text, rights_of, volume_for
from lienthu.faces.protocols.iiif import words

BEHAVIOR = {"map": "individuals", "photographs": "individuals", "document": "individuals"}
FORMAT = 8
"""Rises when manifests are written differently: part of their ETags."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One object as one class of readers sees it."""

    opened: Opened
    volume: Volume
    rights: str
    access: Access
    may_read: bool
    may_find: bool
    may_download: bool
    staff: bool
    described: Elements

    @property
    def object(self) -> DigitalObject:
        """The object itself."""
        return self.opened.object

    @property
    def restricted(self) -> bool:
        """Whether some readers have to show who they are before they get pictures."""
        return self.access in (Access.SIGNED, Access.PREMISES, Access.SEATS)

    def has_picture(self, page: PageLine) -> bool:
        """Whether a picture is promised: closed pages are for staff only (RGT-6), as are objects closed to readers."""
        return page.ready and (self.staff or not (page.closed or self.access is Access.CLOSED))

    def layers(self, page: PageLine) -> tuple[str, ...]:
        """The layers of text that this class of readers may have of a page."""
        return self.volume.texts.get(page.pk, ()) if self.may_read and self.has_picture(page) else ()

    def state(self, page: PageLine) -> str:
        """Why a page has no picture; "" where it has one."""
        if page.missing:
            return words.MISSING_PAGE
        if page.closed and not self.has_picture(page):
            return words.CLOSED_PAGE
        return "" if page.ready else words.WAITING_PAGE

    def metadata(self) -> list[tuple[str, list[str]]]:
        """Labels and values, empty ones left out."""
        pairs = [(words.TITLE, [self.object.title])]
        pairs += [(label, list(self.described.get(element, ()))) for element, label in words.ELEMENTS.items()]
        if (collection := self.object.collection) is not None:
            pairs.append((words.COLLECTION, [collection.name]))
        pairs.append((words.PAGES, [str(len(self.volume.pages))]))
        return [(label, values) for label, values in pairs if values]


def shown(opened: Opened) -> Shown:
    """Gather it: four queries beside those of the door, two more for an object with a catalogue record."""
    rights = rights_of(opened.object.pk)
    statement = licences.statement_of(Status(rights.status), rights.licence) if rights is not None else ""
    described = description_of(opened.object)
    return Shown(opened, volume_for(opened), statement, opened.audiences.access, *_class_of(opened), described)


def _class_of(opened: Opened) -> tuple[bool, bool, bool, bool]:
    return opened.may(Act.READ), opened.may(Act.FIND), opened.may(Act.DOWNLOAD), opened.may(Act.WORK)


def key_of(opened: Opened, site: str, name: str) -> str:
    """What a document depends on: the object, its record, its newest text, the class of reader, our format (PRE-3)."""
    obj = opened.object
    parts = (
        FORMAT,
        name,
        site,
        obj.public_id,
        obj.version,
        (obj.record_id, told_records([obj]).get(obj.pk, 0)),
        newest_text(obj.pk),
        obj.library.name,
        obj.collection.name if obj.collection else "",
        opened.audiences.access,
        _class_of(opened),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:40]
