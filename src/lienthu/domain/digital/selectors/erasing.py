"""What an erasing would take, and what was erased. Rule PRS-14."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from lienthu.domain.digital.models import (
    Delivery,
    DigitalObject,
    Erasure,
    MasterFile,
    Page,
    PageText,
    RightsRecord,
    Section,
    ShelvedPage,
)
from lienthu.domain.digital.policy import Reader
from lienthu.domain.digital.selectors.shelves import houses_of

_WRITTEN = Q(source__in=("corrected", "typed"))


@dataclass(frozen=True, slots=True)
class Loss:
    """What goes with an object. ``texts``: all versions; ``written``: those of them that people wrote."""

    pages: int
    files: int
    bytes: int
    texts: int
    written: int
    sections: int
    rights: int
    uploads: int


def loss_of(obj: DigitalObject) -> Loss:
    """What erasing this object would take: seven queries, however many pages there are."""
    files = MasterFile.objects.filter(object=obj).aggregate(n=Count("pk"), bytes=Sum("size"))
    texts = PageText.objects.filter(page__object=obj).aggregate(n=Count("pk"), written=Count("pk", filter=_WRITTEN))
    removed = ShelvedPage.objects.filter(act__object=obj, act__kind="removed").values("page_key")
    kept = PageText.objects.filter(page_id__in=removed).aggregate(n=Count("pk"), written=Count("pk", filter=_WRITTEN))
    return Loss(
        pages=Page.objects.filter(object=obj).count(),
        files=files["n"],
        bytes=files["bytes"] or 0,
        texts=texts["n"] + kept["n"],
        written=texts["written"] + kept["written"],
        sections=Section.objects.filter(object=obj).count(),
        rights=RightsRecord.objects.filter(object=obj).count(),
        uploads=Delivery.objects.filter(object=obj).exclude(state=Delivery.State.DONE).count(),
    )


def erasures(reader: Reader, *, before: int | None = None, size: int = 50) -> list[Erasure]:
    """What was erased, newest first, behind ``before``; of closed libraries and collections only to their own people.

    One query.
    """
    open_house = ~Q(facts__contains={"closed": True}) & Q(library__closed=False)  # older rows do not say it
    found: QuerySet[Erasure] = Erasure.objects.filter(open_house | Q(library_id__in=houses_of(reader)))
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.select_related("library").order_by("-pk")[:size])
