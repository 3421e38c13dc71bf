"""What stands on the board, for those who may know of it. Rules WFL-9, WFL-10."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from lienthu.domain.digital import policy
from lienthu.domain.digital.board import STAGES, Share, shares
from lienthu.domain.digital.models import Collection, DigitalObject, Project, StageMove
from lienthu.domain.digital.policy import Reader
from lienthu.domain.digital.selectors.shelves import houses_of


def own_libraries(reader: Reader) -> frozenset[int]:
    """The libraries in which this person digitises."""
    prefix = policy.staff(0)[:-1]
    return frozenset(
        int(t.removeprefix(prefix)) for t in reader.tokens if t.startswith(prefix) and t != policy.STAFF_EVERYWHERE
    )


def worked_on(reader: Reader) -> QuerySet[DigitalObject]:
    """The objects that this person may work on: what the one door would let through (RGT-3)."""
    seen = Q(library_id__in=own_libraries(reader))
    if policy.STAFF_EVERYWHERE in reader.tokens:
        seen |= Q(library__closed=False) & (Q(collection=None) | Q(collection__closed=False))
    return DigitalObject.objects.filter(seen)


def projects_of(reader: Reader) -> QuerySet[Project]:
    """The projects of which this person may know."""
    seen = Q(library_id__in=own_libraries(reader))
    if policy.STAFF_EVERYWHERE in reader.tokens:
        seen |= Q(library__closed=False) & (Q(collection=None) | Q(collection__closed=False))
    return Project.objects.filter(seen).select_related("library").order_by("closed", "due", "name")


def collections_known(reader: Reader) -> QuerySet[Collection]:
    """The collections of which this person may know, to choose one of (RGT-3)."""
    open_house = Q(closed=False, library__closed=False)
    return Collection._default_manager.filter(open_house | Q(library_id__in=houses_of(reader)))


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cards are shown."""

    project: int | None = None
    assignee: int | None = None
    late_on: date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One stage: how many there are, and the first of them."""

    stage: str
    count: int
    cards: list[DigitalObject]


def board(reader: Reader, filters: Filters, *, limit: int = 30) -> list[Column]:
    """All stages with their first cards, urgent ones on top: three queries."""
    found = worked_on(reader)
    if filters.project is not None:
        found = found.filter(project_id=filters.project)
    if filters.assignee is not None:
        found = found.filter(assignee_id=filters.assignee)
    if filters.late_on is not None:
        found = found.filter(due__lt=filters.late_on).exclude(stage="published")
    for word in filters.words.split()[:8]:
        found = found.filter(title__icontains=word)
    counts = dict(found.order_by().values_list("stage").annotate(n=Count("id")))
    ranked = found.annotate(
        rank=Window(RowNumber(), partition_by="stage", order_by=["-priority", "due", "-id"])
    ).values("id", "rank")
    first = DigitalObject.objects.filter(pk__in=[row["id"] for row in ranked.filter(rank__lte=limit)]).select_related(
        "project", "assignee", "library"
    )
    cards: dict[str, list[DigitalObject]] = {stage: [] for stage in STAGES}
    for card in sorted(first, key=lambda o: (-o.priority, o.due or date.max, -o.pk)):
        cards[card.stage].append(card)
    return [Column(stage, counts.get(stage, 0), cards[stage]) for stage in STAGES]


def shares_of(project: Project) -> dict[str, Share]:
    """How far a project is against its declared list: one query (WFL-10)."""
    counts = project.volumes.order_by().values_list("stage").annotate(n=Count("id"))
    return shares(list(counts), project.declared_titles)


def moves_of(obj: DigitalObject) -> list[StageMove]:
    """The steps of an object, newest first."""
    return list(obj.moves.order_by("-id"))
