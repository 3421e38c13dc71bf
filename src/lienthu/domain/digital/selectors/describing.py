"""What an object is: its own description over its record's (WFL-25), and what its pages suggest (DIG-9)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from django.db.models import Q

from lienthu.domain.catalog import selectors as catalog
from lienthu.domain.digital import description
from lienthu.domain.digital.access import Opened
from lienthu.domain.digital.models import DigitalObject, Layer, Page
from lienthu.domain.digital.policy import Act
from lienthu.domain.digital.selectors.texts import texts_of_pages
from lienthu.foundation.marc.describe import describe
from lienthu.foundation.pagetext.title_page import Suggestion, suggest

_FIRST: Final = 8
_LAST: Final = 4


def told_records(objects: Iterable[DigitalObject]) -> dict[int, int]:
    """Object id → the revision of its record, where that is told to whoever may see the object: one query.

    Not told: withdrawn records, and those of closed libraries but of the object's own, which is hidden as they are.
    """
    wanted = {o.pk: o for o in objects if o.record_id is not None}
    known = catalog.standings_of({o.record_id for o in wanted.values() if o.record_id is not None}) if wanted else {}
    found = {}
    for pk, obj in wanted.items():
        record = known.get(obj.record_id or 0)
        if record is not None and (not record.closed or record.library_id == obj.library_id):
            found[pk] = record.revision
    return found


def descriptions_of(objects: Collection[DigitalObject]) -> dict[int, dict[str, list[str]]]:
    """Object id → its description for readers, by element (WFL-25): two queries, none where no object has a record."""
    told = told_records(objects)
    wanted = {o.record_id for o in objects if o.pk in told and o.record_id is not None}
    marc = catalog.marc_of(sorted(wanted)) if wanted else {}
    records = {pk: description.of_record(describe(record)) for pk, record in marc.items()}
    return {
        o.pk: description.merged(
            o.title, description.own_elements(o.description), records.get(o.record_id or 0, {}) if o.pk in told else {}
        )
        for o in objects
    }


def description_of(obj: DigitalObject) -> dict[str, list[str]]:
    """The same of one object."""
    return descriptions_of([obj])[obj.pk]


def record_description_of(obj: DigitalObject) -> dict[str, list[str]]:
    """What the record of an object says of it, where that is told; the object's own elements left out of account."""
    if not told_records([obj]):
        return {}
    record = catalog.marc_of([obj.record_id or 0]).get(obj.record_id or 0)
    return description.of_record(describe(record)) if record is not None else {}


def suggestions_for(opened: Opened) -> list[Suggestion]:
    """Suggestions from the first and last pages, each with the ``seq`` of its page: for those who work on it.

    Three queries, however long the volume. Raises AccessDenied.
    """
    opened.require(Act.WORK)
    pages = Page.objects.filter(object=opened.object).exclude(state=Page.State.MISSING)
    first = list(pages.order_by("position")[:_FIRST])
    last = pages.filter(~Q(pk__in=[page.pk for page in first])).order_by("-position")[:_LAST]
    chosen = [*first, *reversed(last)]
    texts = texts_of_pages([page.pk for page in chosen], [Layer.ORIGINAL], content=True)
    return suggest([(page.seq, texts[page.pk][0].words()) for page in chosen if page.pk in texts])
