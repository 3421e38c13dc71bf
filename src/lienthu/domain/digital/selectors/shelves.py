"""Lists of what a reader may know of: collections, and the objects in them. They ask the policy themselves (RGT-5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from lienthu.domain.digital import policy
from lienthu.domain.digital.access import facts_of_objects, rules_in_force
from lienthu.domain.digital.models import Collection, DigitalObject, RightsRecord
from lienthu.domain.digital.policy import Act, Reader
from lienthu.foundation.vietnamese.collation import sort_key


@dataclass(frozen=True, slots=True)
class Shelf:
    """A part of a list: objects with library and collection; ``after`` asks for the next part, None at the end.

    ``readable``: ids of those that the reader may read now, whose pictures may be shown.
    """

    objects: list[DigitalObject]
    after: int | None
    readable: frozenset[int]


def houses_of(reader: Reader) -> frozenset[int]:
    """The libraries whose own people the reader is one of."""
    return frozenset(
        int(number)
        for kind, _, number in (token.partition(":") for token in reader.tokens)
        if kind in ("member", "staff") and number.isdigit()
    )


def _published(reader: Reader) -> QuerySet[DigitalObject]:
    """What could be on a shelf of this reader; the policy decides on each."""
    has_rights = Exists(RightsRecord.objects.filter(object=OuterRef("pk")))
    open_house = Q(library__closed=False) & (Q(collection=None) | Q(collection__closed=False))
    return DigitalObject.objects.filter(
        has_rights, open_house | Q(library_id__in=houses_of(reader)), published_at__isnull=False, taken_down=False
    )


def objects_for(
    reader: Reader,
    *,
    collection_id: int | None = None,
    library_id: int | None = None,
    loose: bool = False,
    kind: str = "",
    after: int | None = None,
    size: int = 24,
) -> Shelf:
    """Published objects that the reader may know of, the newest first, by keyset. ``loose``: those in no collection."""
    rows = _standing(reader, collection_id, library_id, loose=loose).select_related("library", "collection")
    if kind:
        rows = rows.filter(kind=kind)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows[: size + 1])
    facts, on = facts_of_objects(found[:size]), timezone.localdate()
    rules = rules_in_force(on)
    seen = [o for o in found[:size] if policy.decide(facts[o.pk], reader, Act.SEE, rules, on).allowed]
    readable = frozenset(o.pk for o in seen if policy.decide(facts[o.pk], reader, Act.READ, rules, on).allowed)
    return Shelf(seen, found[size - 1].pk if len(found) > size else None, readable)


def _standing(
    reader: Reader, collection_id: int | None, library_id: int | None, *, loose: bool
) -> QuerySet[DigitalObject]:
    rows = _published(reader).order_by("-pk")
    if collection_id is not None:
        rows = rows.filter(collection_id=collection_id)
    if library_id is not None:
        rows = rows.filter(library_id=library_id)
    if loose:
        rows = rows.filter(collection=None)
    return rows


def starts_of_parts(
    reader: Reader, *, collection_id: int | None = None, library_id: int | None = None, loose: bool = False, size: int
) -> list[int]:
    """The first object of each part of a list, where it is cut into parts of this size: one query."""
    place = Window(RowNumber(), order_by=F("pk").desc())
    rows = _standing(reader, collection_id, library_id, loose=loose).annotate(part=(place - 1) % size)
    return list(rows.filter(part=0).values_list("pk", flat=True))


def collections_for(reader: Reader) -> list[Collection]:
    """The collections that the reader may know of, by name. Closed ones are for their own people (RGT-3)."""
    open_house = Q(closed=False, library__closed=False)
    rows = Collection._default_manager.filter(open_house | Q(library_id__in=houses_of(reader)))
    return in_their_order(rows.select_related("library"))


def in_their_order(rows: Iterable[Collection]) -> list[Collection]:
    """Collections by the place they were given, those at the same place by name as Vietnamese is sorted."""
    return sorted(rows, key=lambda c: (c.place, sort_key(c.name), c.pk))


def collection_for(code: str, reader: Reader) -> Collection | None:
    """The collection of this code, None where there is none or where the reader may not know of it."""
    open_house = Q(closed=False, library__closed=False)
    found = Collection._default_manager.filter(open_house | Q(library_id__in=houses_of(reader)), code=code)
    return found.select_related("library").first()


def kinds_on(reader: Reader, collection_id: int | None = None) -> dict[str, int]:
    """How many objects of each kind stand there, for filters."""
    rows = _published(reader)
    if collection_id is not None:
        rows = rows.filter(collection_id=collection_id)
    return dict(rows.order_by().values_list("kind").annotate(n=Count("pk")).values_list("kind", "n"))


def counts_by_collection(reader: Reader) -> dict[int, int]:
    """Objects in each collection, of those that the reader may know of: one query."""
    rows = _published(reader).filter(collection__isnull=False).order_by()
    return dict(rows.values_list("collection_id").annotate(n=Count("pk")).values_list("collection_id", "n"))


def published_count() -> int:
    """How many objects everybody may know of: one query."""
    return _published(Reader()).count()
