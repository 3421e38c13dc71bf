"""Folders that the scanner writes into: what has been quiet for a minute is taken in. Rule WFL-16.

Nothing is claimed beforehand: a killed turn leaves the folder where it was, and the next turn knows by the digests of
the files whether they had become an object already.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from lienthu.domain.digital.errors import AlreadyHere, DigitalRefused
from lienthu.domain.digital.models import DigitalObject, Project, Stage
from lienthu.domain.digital.selectors.objects import pages_unread
from lienthu.domain.digital.selectors.watched import DONE, FAILED, is_taken
from lienthu.domain.digital.services import adding, intake
from lienthu.domain.digital.services.gathering import gathered
from lienthu.foundation.preservation.ocfl.errors import StoreError
from lienthu.foundation.vietnamese.text import clean
from lienthu.platform.actor import Actor

QUIET: Final = 60.0
"""Seconds without a change after which a scanner is taken to have finished."""
_ACTOR = Actor.system("watched folder")
_log = logging.getLogger(__name__)


def watch(*, now: float | None = None) -> int:
    """One turn over the folders of all projects; how many objects were taken in."""
    taken = 0
    projects = Project.objects.filter(closed=False).exclude(watched_folder="").select_related("library", "collection")
    for project in projects.order_by("pk"):
        root = Path(project.watched_folder)
        if not root.is_absolute() or not root.is_dir():
            _log.warning("project %s: %s is no folder", project.code, root)
            continue
        for path in _quiet(root, now if now is not None else time.time()):
            taken += _take(project, root, path)
    return taken


def _quiet(root: Path, now: float) -> Iterator[Path]:
    """What lies in the folder and has not changed for a while, by name."""
    for path in sorted(root.iterdir()):
        if is_taken(path) and now - _touched(path) >= QUIET:
            yield path


def _touched(path: Path) -> float:
    """When anything in it changed last; copying may keep old times of files, so their inodes count as well."""
    latest = max(path.stat().st_mtime, path.stat().st_ctime)
    if path.is_dir():
        for folder, _names, files in os.walk(path):
            for name in ("", *files):
                try:
                    facts = os.stat(os.path.join(folder, name), follow_symlinks=False)
                except FileNotFoundError:
                    return time.time()  # being written just now
                latest = max(latest, facts.st_mtime, facts.st_ctime)
    return latest


def _take(project: Project, root: Path, path: Path) -> int:
    """One folder or file: an object, or a report why not. Then it lies in done or failed."""
    report: dict[str, Any] = {"name": path.name, "at": timezone.now().isoformat(), "project": project.code}
    try:
        with ExitStack() as stack:
            found = stack.enter_context(gathered(path))
            report |= {"files": len(found.files), "left_out": [one.told() for one in found.left_out]}
            obj = _become(project, path, found.files)
        report |= {"object": obj.public_id, "title": obj.title, "unread": [one.told() for one in pages_unread(obj.pk)]}
        _put_away(root, path, DONE, report)
        return 1
    except AlreadyHere as known:
        # its own object from a turn that was killed before the folder was moved, or a true duplicate: both are kept
        report |= {"object": known.public_id, "already_here": True, "message": str(known)}
        _put_away(root, path, DONE, report)
    except DigitalRefused as refused:
        report |= {"code": refused.code, "message": str(refused)}
        _put_away(root, path, FAILED, report)
    except (OSError, StoreError) as error:
        _log.warning("watched folder %s: %s; it is tried again", path, error)
    return 0


def _become(project: Project, path: Path, files: Sequence[Path]) -> DigitalObject:
    """Pages of the planned title of that name, or a new object."""
    title = clean(path.stem if path.is_file() else path.name) or project.name
    planned = (
        DigitalObject.objects.filter(project=project, stage=Stage.PLANNED, title__iexact=title).order_by("pk").first()
    )
    if planned is not None and not planned.pages.exists():
        adding.add_files(planned.public_id, files, after=None, actor=_ACTOR)
        return planned
    description = intake.Description(
        title=title, languages=project.languages or ["vie"], collection=project.collection, project=project
    )
    return intake.take_in(files, description, library=project.library, actor=_ACTOR)


def _put_away(root: Path, path: Path, where: str, report: dict[str, Any]) -> None:
    """Write the report, then move: a kill in between only leaves a report that is written again."""
    folder = root / where
    folder.mkdir(exist_ok=True)
    target, n = folder / path.name, 1
    while target.exists():
        n += 1
        target = folder / f"{path.name} ({n})"
    note = folder / f"{target.name}.report.json"
    written = note.with_name(f".{note.name}.part")
    written.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(written, note)
    os.rename(path, target)
