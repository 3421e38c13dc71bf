"""What becomes of libraries: found, rename, move, merge, split, dissolve.

First planned, then done as planned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lienthu.domain.network.errors import InvalidData, NotInForce
from lienthu.domain.network.models import (
    Branch,
    BranchKind,
    Library,
    LibraryPeriod,
    LineageEvent,
    LineageKind,
    LineageParty,
    LineageSide,
    RoleAssignment,
)
from lienthu.domain.network.services.branch_periods import BranchDescription, end_branches, enter_branch
from lienthu.domain.network.services.libraries import LIBRARY_CHANGED
from lienthu.domain.network.services.periods import (
    Description,
    check,
    describe_from,
    end_library,
    lock_libraries,
    show_current,
)
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor
from lienthu.platform.services import audit, changes

_KEEPS_ONE = {LineageKind.FOUNDED, LineageKind.RENAMED, LineageKind.MOVED, LineageKind.DISSOLVED}


@dataclass(frozen=True, slots=True)
class Happening:
    """What is to be recorded.

    ``libraries`` are those it happens to, ``into`` those that come out of it: the one that takes the others
    over (merged), those that share the heritage (split), the receiver of the stock if any (dissolved).
    ``description`` is the new one of a renamed or moved library, or of the one that comes out of a merger.
    ``as_branches``: libraries that end live on as branches of the one that takes them over. ``survives``: a
    split library goes on beside its parts.
    """

    kind: LineageKind
    day: date
    libraries: tuple[int, ...]
    into: tuple[int, ...] = ()
    description: Description | None = None
    as_branches: bool = False
    survives: bool = False
    note: str = ""
    source: str = ""
    other_bodies: str = ""
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class NewBranch:
    """The branch of ``owner_id`` that the library ``former_id`` will become."""

    former_id: int
    owner_id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What recording the happening will do. ``roles`` counts the roles in force at libraries that end."""

    happening: Happening
    ends: tuple[Library, ...]
    described: tuple[tuple[Library, Description, Description], ...]
    branches: tuple[NewBranch, ...]
    before: tuple[Library, ...]
    after: tuple[Library, ...]
    roles: int


def plan_event(happening: Happening) -> Plan:
    """What would happen, without writing anything.

    Raises UnknownLibrary; NotInForce where a library does not exist on the day; InvalidData where the parts
    do not fit.
    """
    return _plan(happening, _libraries(happening))


@transaction.atomic(durable=True)
def record_event(*, happening: Happening, actor: Actor) -> LineageEvent:
    """Record the event and everything it brings about, in one transaction.

    Raises what ``plan_event`` raises.
    """
    locked = lock_libraries({*happening.libraries, *happening.into})
    plan = _plan(happening, locked)
    event = _carry_out(plan)
    concerned = sorted(locked)
    for library_id in concerned:
        audit.record(
            f"library.{happening.kind.value}",
            locked[library_id],
            actor=actor,
            library_id=library_id,
            event=event.pk,
            day=happening.day.isoformat(),
            libraries=list(happening.libraries),
            into=list(happening.into),
        )
    changes.publish(LIBRARY_CHANGED, concerned)
    return event


def rename_library(*, library_id: int, on: date, name: str, actor: Actor, **told: Any) -> LineageEvent:
    """Give a library a new name from a day on. ``told``: name_en, short_name; note, source, other_bodies."""
    return _redescribe(LineageKind.RENAMED, library_id, on, actor, {"name": name}, told)


def move_library(*, library_id: int, on: date, actor: Actor, **told: Any) -> LineageEvent:
    """Put a library under another body or into another place.

    ``told``: parent_body, unit, address; note, source …
    """
    return _redescribe(LineageKind.MOVED, library_id, on, actor, {}, told)


def merge_libraries(
    *, library_ids: Sequence[int], into: int, on: date, actor: Actor, as_branches: bool = False, **told: Any
) -> LineageEvent:
    """Let libraries end and another one, which may be among them, take their place."""
    happening = Happening(LineageKind.MERGED, on, tuple(library_ids), into=(into,), as_branches=as_branches, **told)
    return record_event(happening=happening, actor=actor)


def split_library(
    *, library_id: int, into: Sequence[int], on: date, actor: Actor, survives: bool = False, **told: Any
) -> LineageEvent:
    """Let a library be divided among others; it ends unless it ``survives``."""
    happening = Happening(LineageKind.SPLIT, on, (library_id,), into=tuple(into), survives=survives, **told)
    return record_event(happening=happening, actor=actor)


def dissolve_library(
    *, library_id: int, on: date, actor: Actor, receiver: int | None = None, **told: Any
) -> LineageEvent:
    """Let a library end; ``receiver`` is the library its stock passes to, if any."""
    into = () if receiver is None else (receiver,)
    happening = Happening(LineageKind.DISSOLVED, on, (library_id,), into=into, **told)
    return record_event(happening=happening, actor=actor)


def _redescribe(
    kind: LineageKind, library_id: int, on: date, actor: Actor, fixed: dict[str, Any], told: dict[str, Any]
) -> LineageEvent:
    fresh = {**fixed, **{k: told.pop(k) for k in Description.__slots__ if k in told}}
    description = replace(description_on(library_id, on), **fresh)
    return record_event(happening=Happening(kind, on, (library_id,), description=description, **told), actor=actor)


def description_on(library_id: int, day: date) -> Description:
    """How a library is described on a day. Raises NotInForce."""
    period = LibraryPeriod.objects.as_of(day).select_related("unit").filter(library_id=library_id).first()
    if period is None:
        raise NotInForce(_("The library does not exist on %(day)s.") % {"day": f"{day:%d/%m/%Y}"})
    return Description.of(period)


def _libraries(happening: Happening) -> dict[int, Library]:
    wanted = {*happening.libraries, *happening.into}
    found = {library.pk: library for library in Library.objects.filter(pk__in=wanted)}
    if len(found) != len(wanted):
        raise InvalidData({"libraries": [_("One of these libraries does not exist.")]})
    return found


def _plan(happening: Happening, libraries: dict[int, Library]) -> Plan:
    _check_shape(happening)
    day, kind = happening.day, happening.kind
    sources = [libraries[i] for i in happening.libraries]
    targets = [libraries[i] for i in happening.into]
    if kind is LineageKind.FOUNDED:
        _demand_existence(sources, day)
        return Plan(happening, (), (), (), (), tuple(sources), 0)
    _demand_existence(sources, day - timedelta(days=1))
    _demand_existence(targets, day)
    lives_on = {*happening.into} | ({*happening.libraries} if happening.survives else set())
    ending = kind in {LineageKind.MERGED, LineageKind.SPLIT, LineageKind.DISSOLVED}
    ends = tuple(library for library in sources if ending and library.pk not in lives_on)
    described: list[tuple[Library, Description, Description]] = []
    if happening.description is not None:
        subject = targets[0] if kind is LineageKind.MERGED else sources[0]
        described.append((subject, description_on(subject.pk, day), happening.description))
    branches: tuple[NewBranch, ...] = ()
    if happening.as_branches and len(targets) == 1:
        branches = tuple(_as_branch(library, targets[0], day) for library in ends)
    after = targets or ([] if ending else sources)
    if happening.survives:
        after = [*after, *sources]
    roles = RoleAssignment.objects.as_of(day).filter(library_id__in=[library.pk for library in ends]).count()
    return Plan(happening, ends, tuple(described), branches, tuple(sources), tuple(after), roles)


def _check_shape(happening: Happening) -> None:
    """The libraries named must fit the kind of event."""
    kind, given, into = happening.kind, happening.libraries, happening.into
    errors: dict[str, list[str]] = {}
    if not given:
        errors["libraries"] = [_("Name at least one library.")]
    if kind in _KEEPS_ONE and len(given) > 1:
        errors["libraries"] = [_("This event concerns one library.")]
    if kind is LineageKind.MERGED and len(into) != 1:
        errors["into"] = [_("Name the one library that takes the others over.")]
    elif kind is LineageKind.MERGED and set(given) == set(into) and not happening.other_bodies:
        errors["libraries"] = [_("A merger takes at least one library or body besides the one that goes on.")]
    if kind is LineageKind.SPLIT and len(set(into) - set(given)) < (1 if happening.survives else 2):
        errors["into"] = [_("A split leads to at least two libraries.")]
    if kind in {LineageKind.RENAMED, LineageKind.MOVED} and happening.description is None:
        errors[""] = [_("Say what changes.")]
    if kind in {LineageKind.SPLIT, LineageKind.DISSOLVED} and set(given) & set(into):
        errors["into"] = [_("A library cannot be its own successor.")]
    if errors:
        raise InvalidData(errors)


def _demand_existence(libraries: Sequence[Library], day: date) -> None:
    for library in libraries:
        if not library.holds(day):
            raise NotInForce(
                _("%(library)s does not exist on %(day)s.") % {"library": library.name, "day": f"{day:%d/%m/%Y}"},
                _("Check the date of the event, or when the library was founded or ended."),
            )


def _as_branch(library: Library, of: Library, day: date) -> NewBranch:
    wanted = library.code.removeprefix("VN-").replace("/", "-").replace(":", "-")[:20]
    taken = set(of.branches.values_list("code", flat=True))
    code = next(c for c in (wanted, *(f"{wanted[:17]}-{n}" for n in range(2, 100))) if c not in taken)
    return NewBranch(library.pk, of.pk, code, description_on(library.pk, day - timedelta(days=1)).name)


def _carry_out(plan: Plan) -> LineageEvent:
    happening = plan.happening
    owners = {library.pk: library for library in plan.after}
    branches = [_open_branch(new, owners[new.owner_id], happening.day) for new in plan.branches]
    for library, _before, description in plan.described:
        describe_from(library, description, happening.day)
    for library in plan.ends:
        end_library(library, happening.day)
        end_branches(library.branches.all(), happening.day)
    for library in {*plan.ends, *(row[0] for row in plan.described)}:
        show_current(library)
    event = LineageEvent(
        kind=happening.kind,
        date=happening.day,
        note=happening.note.strip(),
        source=clean(happening.source),
        other_bodies=clean(happening.other_bodies),
        branch=branches[0] if len(branches) == 1 else None,
        assumed=happening.assumed,
    )
    check(event)
    event.save()
    parties = [LineageParty(event=event, library=library, side=LineageSide.FROM) for library in plan.before]
    parties += [LineageParty(event=event, library=library, side=LineageSide.TO) for library in plan.after]
    LineageParty.objects.bulk_create(parties)
    return event


def _open_branch(new: NewBranch, owner: Library, day: date) -> Branch:
    described = description_on(new.former_id, day - timedelta(days=1))
    return enter_branch(
        owner,
        code=new.code,
        description=BranchDescription(
            new.name, described.name_en, BranchKind.BRANCH, described.unit, described.address
        ),
        valid_from=day,
    )
