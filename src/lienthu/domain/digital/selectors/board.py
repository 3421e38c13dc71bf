"""What stands on the board, for those who may know of it. Rules WFL-9, WFL-10."""

from __future__ import annotations

import re
from collections.abc import Collection as Collection_
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Count, DateField, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from lienthu.domain.digital import policy
from lienthu.domain.digital.board import STAGES, Share, shares
from lienthu.domain.digital.models import Collection, DigitalObject, Project, Stage, StageMove
from lienthu.domain.digital.policy import Reader
from lienthu.domain.digital.selectors.shelves import houses_of, in_their_order


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
    seen = Collection._default_manager.filter(open_house | Q(library_id__in=houses_of(reader)))
    return seen.select_related("library").order_by("place", "name", "pk")


def every_collection() -> list[Collection]:
    """All collections, for the command line: whoever can start it can read the disk."""
    return in_their_order(Collection._default_manager.select_related("library"))


@dataclass(frozen=True, slots=True)
class Holding:
    """How much a collection holds: all its objects, and those that are with readers."""

    objects: int = 0
    published: int = 0


def holdings_of(collection_ids: Collection_[int]) -> dict[int, Holding]:
    """How much these collections hold: one query. None for those that hold nothing."""
    rows = DigitalObject.objects.filter(collection_id__in=collection_ids).order_by().values_list("collection_id")
    shown = Q(published_at__isnull=False, taken_down=False)
    counted = rows.annotate(n=Count("pk"), shown=Count("pk", filter=shown))
    return {pk: Holding(n, published) for pk, n, published in counted if pk is not None}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cards are shown. ``late_on``: due before that day and not published; ``due_by``: due by then."""

    project: int | None = None
    scope: str = ""
    library: int | None = None
    assignee: int | None = None
    unassigned: bool = False
    late_on: date | None = None
    due_by: date | None = None
    returned: bool = False
    stage: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class After:
    """Where a part of a column begins: behind the card of this urgency, this day and this number."""

    priority: int
    ends: date
    pk: int

    def __str__(self) -> str:
        return f"{self.priority}.{self.ends.isoformat()}.{self.pk}"

    @classmethod
    def read(cls, text: str) -> After | None:
        """What ``str`` wrote; None for anything else."""
        found = _AFTER.fullmatch(text)
        if found is None:
            return None
        try:
            return cls(int(found[1]), date.fromisoformat(found[2]), int(found[3]))
        except ValueError:
            return None


_AFTER: Final = re.compile(r"(-?[0-9]{1,2})\.([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]{1,18})")
_NEVER: Final = date.max


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One stage: how many there are, some of them (``ends``: their day or their project's), and how to go on."""

    stage: str
    count: int
    cards: list[DigitalObject]
    after: After | None = None


def chosen(reader: Reader, filters: Filters) -> QuerySet[DigitalObject]:
    """The objects that the filters leave, with ``ends``: the day they are due, their own or their project's."""
    found = worked_on(reader).annotate(ends=Coalesce("due", "project__due", Value(_NEVER), output_field=DateField()))
    if filters.project is not None:
        found = found.filter(project_id=filters.project)
    if filters.scope:
        found = found.filter(project__scope=filters.scope)
    if filters.library is not None:
        found = found.filter(library_id=filters.library)
    if filters.assignee is not None:
        found = found.filter(assignee_id=filters.assignee)
    if filters.unassigned:
        found = found.filter(assignee=None).exclude(stage=Stage.PUBLISHED)
    if filters.late_on is not None:
        found = found.filter(ends__lt=filters.late_on).exclude(stage=Stage.PUBLISHED)
    if filters.due_by is not None:
        found = found.filter(ends__lte=filters.due_by).exclude(stage=Stage.PUBLISHED)
    if filters.returned:
        found = found.exclude(returned="")
    if filters.stage:
        found = found.filter(stage=filters.stage)
    if filters.words.strip():
        found = found.filter(title_words__begun=filters.words)
    return found


def board(reader: Reader, filters: Filters, *, limit: int = 30) -> list[BoardColumn]:
    """All stages with their first cards, urgent ones on top: three queries."""
    found = chosen(reader, filters)
    counts = stage_counts(reader, filters)
    first = [_in_order(found.filter(stage=stage)).values_list("pk", flat=True)[:limit] for stage in STAGES]
    cards: dict[str, list[DigitalObject]] = {stage: [] for stage in STAGES}
    for card in _in_order(found.filter(pk__in=list(first[0].union(*first[1:], all=True)))).select_related(
        "project", "assignee", "library"
    ):
        cards[card.stage].append(card)
    return [
        BoardColumn(stage, n, cards[stage], _behind(cards[stage]) if n > len(cards[stage]) else None)
        for stage in STAGES
        for n in (counts.get(stage, 0),)
    ]


def column(reader: Reader, filters: Filters, stage: str, *, after: After | None = None, limit: int = 30) -> BoardColumn:
    """A further part of one stage: two queries."""
    found = chosen(reader, filters).filter(stage=stage)
    rows = _in_order(found)
    if after is not None:
        same = Q(priority=after.priority)
        rows = rows.filter(
            Q(priority__lt=after.priority)
            | (same & Q(ends__gt=after.ends))
            | (same & Q(ends=after.ends, pk__lt=after.pk))
        )
    cards = list(rows.select_related("project", "assignee", "library")[: limit + 1])
    more = len(cards) > limit
    return BoardColumn(stage, found.count(), cards[:limit], _behind(cards[:limit]) if more else None)


def stage_counts(reader: Reader, filters: Filters) -> dict[str, int]:
    """How many objects stand at each stage: one query."""
    return dict(chosen(reader, filters).order_by().values_list("stage").annotate(n=Count("id")))


def _in_order(found: QuerySet[DigitalObject]) -> QuerySet[DigitalObject]:
    return found.order_by("-priority", F("ends"), "-pk")


def _behind(cards: Sequence[DigitalObject]) -> After | None:
    if not cards:
        return None
    last = cards[-1]
    return After(last.priority, ends_of(last) or _NEVER, last.pk)


def ends_of(obj: DigitalObject) -> date | None:
    """When the work on it is due: its own day, or its project's (``project`` loaded with it)."""
    return obj.due or (obj.project.due if obj.project is not None else None)


def shares_of(reader: Reader, project: Project) -> dict[str, Share]:
    """How far a project is against its declared list, by what this person may know of (RGT-3): one query (WFL-10)."""
    counts = worked_on(reader).filter(project=project).order_by().values_list("stage").annotate(n=Count("id"))
    return shares(list(counts), project.declared_titles)


def shares_of_list(reader: Reader, scope: str) -> tuple[dict[str, Share], int]:
    """How far everything of one declared list is, over all its projects, and how many of them declare no number.

    Where one of them declares none there is no percentage of the whole either (WFL-10). Two queries.
    """
    projects = projects_of(reader).filter(scope=scope).order_by()
    said = projects.aggregate(n=Sum("declared_titles"), silent=Count("pk", filter=Q(declared_titles=None)))
    counts = stage_counts(reader, Filters(scope=scope))
    return shares(list(counts.items()), None if said["silent"] else said["n"]), said["silent"]


def moves_of(obj: DigitalObject) -> list[StageMove]:
    """The steps of an object, newest first."""
    return list(obj.moves.order_by("-id"))
