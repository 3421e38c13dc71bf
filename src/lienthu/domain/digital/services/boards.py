"""Projects, plans, and the steps of objects along the board. Rules WFL-9, WFL-10."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lienthu.domain.digital.board import Hindrance, StageFacts, decide_move
from lienthu.domain.digital.errors import DigitalRefused, StepRefused
from lienthu.domain.digital.models import Collection, DigitalObject, Kind, Project, Stage, StageMove
from lienthu.domain.digital.selectors.objects import progress_of
from lienthu.domain.digital.services.acts import lock, note
from lienthu.domain.network.models import Library
from lienthu.foundation.kernel.names import public_name
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.models import User
from lienthu.platform.services import audit, changes

MOST_PLANNED = 20_000


def facts_of(obj: DigitalObject) -> StageFacts:
    """What decides about the next step of an object: two queries."""
    progress = progress_of(obj.pk)
    return StageFacts(
        stage=obj.stage,
        pages=progress.pages,
        pictures_waiting=progress.pictures_waiting,
        failed=progress.failed,
        texts_waiting=progress.texts_waiting,
        described=bool(obj.description) or obj.record_id is not None,
    )


@transaction.atomic
def move_stage(public_id: str, to: str, *, reason: str = "", actor: Actor) -> DigitalObject:
    """Take an object a step along the board, or back with a reason (WFL-9). Raises StepRefused."""
    obj = lock(public_id)
    reason = clean(reason)[:500]
    if (hindrance := decide_move(facts_of(obj), to, reason=reason)) is not None:
        if hindrance is Hindrance.SAME:
            return obj
        raise StepRefused(hindrance)
    back = list(Stage).index(Stage(to)) < list(Stage).index(Stage(obj.stage))
    StageMove.objects.create(object=obj, before=obj.stage, after=to, reason=reason, by=actor.name[:120])
    before, obj.stage = obj.stage, to
    obj.returned = reason if back else ""
    note("digital.stage_moved", obj, actor=actor, before=before, after=to, reason=reason)
    return obj


@transaction.atomic
def assign(
    public_id: str, *, assignee: User | None, due: date | None, priority: int, project: Project | None, actor: Actor
) -> DigitalObject:
    """Say who does it, until when, how urgently, and in which project. Raises DigitalRefused for another library's."""
    obj = lock(public_id)
    if project is not None and project.library_id != obj.library_id:
        raise DigitalRefused(_("The project belongs to another library."))
    obj.assignee, obj.due, obj.project = assignee, due, project
    obj.priority = max(-9, min(9, priority))
    note("digital.assigned", obj, actor=actor, assignee=assignee.pk if assignee else None, priority=obj.priority)
    return obj


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """What is said of a project."""

    name: str
    scope: str = Project.Scope.OTHER
    declared_titles: int | None = None
    declared_source: str = ""
    collection: Collection | None = None
    profile: str = "document"
    languages: Sequence[str] = ("vie",)
    watched_folder: str = ""
    due: date | None = None
    closed: bool = False


@transaction.atomic
def create_project(code: str, library: Library, facts: ProjectFacts, *, actor: Actor) -> Project:
    """Begin a project. Raises DigitalRefused where the code is taken."""
    project = Project(library=library, code=code)
    _put(project, facts)
    try:
        with transaction.atomic():
            project.save()
    except IntegrityError as error:
        raise DigitalRefused(_("There is a project with this code already.")) from error
    audit.record("digital.project_created", project, actor=actor, library_id=library.pk, code=code)
    return project


@transaction.atomic
def amend_project(project_id: int, facts: ProjectFacts, *, actor: Actor) -> Project:
    """Change what is said of a project."""
    project = Project.objects.select_for_update().get(pk=project_id)
    _put(project, facts)
    project.save()
    audit.record("digital.project_amended", project, actor=actor, library_id=project.library_id, code=project.code)
    return project


def _put(project: Project, facts: ProjectFacts) -> None:
    if facts.collection is not None and facts.collection.library_id != project.library_id:
        raise DigitalRefused(_("The collection belongs to another library."))
    if not clean(facts.name):
        raise DigitalRefused(_("Give the project a name."))
    if facts.declared_titles is not None and facts.declared_titles < 0:
        raise DigitalRefused(_("The declared number cannot be below zero."))
    project.name, project.scope = clean(facts.name)[:200], facts.scope
    project.declared_titles, project.declared_source = facts.declared_titles, clean(facts.declared_source)[:300]
    project.collection, project.profile, project.languages = facts.collection, facts.profile, list(facts.languages)
    project.watched_folder, project.due, project.closed = facts.watched_folder.strip()[:500], facts.due, facts.closed


@dataclass(frozen=True, slots=True)
class Planned:
    """A title to be scanned: from the catalogue or from a list."""

    title: str
    record_id: int | None = None
    description: dict[str, list[str]] = field(default_factory=dict)
    kind: str = Kind.BOOK


@transaction.atomic
def plan(project_id: int, titles: Sequence[Planned], *, actor: Actor) -> list[DigitalObject]:
    """Put titles on the board of a project; those whose record stands there already are left out."""
    project = Project.objects.select_for_update().get(pk=project_id)
    if len(titles) > MOST_PLANNED:
        raise DigitalRefused(_("At most %(max)s titles at once.") % {"max": MOST_PLANNED})
    records = {t.record_id for t in titles if t.record_id is not None}
    taken = set(project.volumes.filter(record_id__in=records).values_list("record_id", flat=True))
    rows = [
        DigitalObject(
            public_id=public_name(),
            library_id=project.library_id,
            project=project,
            collection_id=project.collection_id,
            record_id=t.record_id,
            kind=t.kind,
            title=clean(t.title)[:1000],
            description=t.description,
            languages=project.languages or ["vie"],
            stage=Stage.PLANNED,
            created_by=actor.name[:120],
        )
        for t in titles
        if clean(t.title) and (t.record_id is None or t.record_id not in taken)
    ]
    made = DigitalObject.objects.bulk_create(rows, batch_size=1000)
    audit.record("digital.planned", project, actor=actor, library_id=project.library_id, titles=len(made))
    changes.publish("digital.object", [o.pk for o in made], bulk=len(made) > 100)
    return made
