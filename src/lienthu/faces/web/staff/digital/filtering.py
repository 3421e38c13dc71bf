"""The filters of the board and of the list of titles: what an address asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from lienthu.domain.digital.board import STAGES
from lienthu.domain.digital.models import Project, Stage
from lienthu.domain.digital.selectors.board import Filters, projects_of
from lienthu.domain.network.policy import Permission
from lienthu.faces.web.staff.access import Desk
from lienthu.faces.web.staff.digital.desk import reader_at
from lienthu.faces.web.staff.pages import number_from

SOON: Final = timedelta(days=7)
_NAMES: Final = ("q", "list", "project", "library", "only", "stage")


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters with the choices that a form offers; ``said``: as the address says them."""

    filters: Filters
    said: dict[str, str]
    lists: list[tuple[str, Any]]
    projects: list[Project]
    libraries: list[Any]
    onlys: list[tuple[str, str]]
    stages: list[tuple[str, Any]]

    def query(self, **more: str) -> str:
        """The filters as a query string, with something besides."""
        return "?" + urlencode({name: value for name, value in {**self.said, **more}.items() if value})

    @property
    def chosen(self) -> bool:
        """Whether anything is filtered."""
        return any(self.said.values())

    @property
    def address(self) -> str:
        """The filters as a query string."""
        return self.query()


def asked_of(request: HttpRequest, desk: Desk, *, stages: bool = False) -> Asked:
    """What the address asks for. Strange values filter nothing. ``stages``: the stage is a filter too."""
    today = timezone.localdate()
    said = {name: request.GET.get(name, "")[:200] for name in _NAMES}
    onlys = [
        ("mine", _("my work")), ("nobody", _("what nobody does yet")), ("late", _("what is late")),
        ("soon", _("what is due in seven days")), ("returned", _("what was sent back")),
    ]  # fmt: skip
    said["only"] = said["only"] if said["only"] in dict(onlys) else ""
    said["list"] = said["list"] if said["list"] in Project.Scope.values else ""
    said["stage"] = said["stage"] if stages and said["stage"] in STAGES else ""
    project, library = number_from(request, "project"), number_from(request, "library")
    said["project"], said["library"] = str(project or ""), str(library or "")
    only = said["only"]
    filters = Filters(
        project=project,
        scope=said["list"],
        library=library,
        assignee=desk.actor.user_id if only == "mine" else None,
        unassigned=only == "nobody",
        late_on=today if only == "late" else None,
        due_by=today + SOON if only == "soon" else None,
        returned=only == "returned",
        stage=said["stage"],
        words=said["q"],
    )
    return Asked(
        filters,
        said,
        [*Project.Scope.choices],
        list(projects_of(reader_at(desk))[:200]),
        desk.libraries(Permission.DIGITISE),
        onlys,
        list(Stage.choices),
    )
