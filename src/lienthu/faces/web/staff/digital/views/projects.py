"""Projects: what is to be digitised, against which list, and how far it is."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lienthu.domain.digital.errors import DigitalRefused
from lienthu.domain.digital.models import Project, Stage
from lienthu.domain.digital.policy import Reader
from lienthu.domain.digital.selectors.board import projects_of, shares_of
from lienthu.domain.digital.selectors.objects import records_on_the_way
from lienthu.domain.digital.selectors.watched import Lying, lying_in
from lienthu.domain.digital.services import boards
from lienthu.domain.digital.services.boards import Planned
from lienthu.domain.discovery.backends.base import IndexMissing
from lienthu.domain.discovery.selectors import publications_found, request_from
from lienthu.domain.network.policy import Permission
from lienthu.domain.union.selectors import records_held
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.digital.desk import desk_tabs, desk_trail, reader_at, titles_known
from lienthu.faces.web.staff.digital.project_forms import PlanForm, ProjectForm
from lienthu.faces.web.staff.pages import Trail, refuse_foreign, show
from lienthu.faces.web.ui.uploads import takes_upload

DIGITISE = Permission.DIGITISE
_LIST_BYTES = 8 * 1024 * 1024
_TOLD = 20
MOST_FOUND = 5000


def _trail(*more: tuple[str, str]) -> Trail:
    return desk_trail((_("Projects"), reverse("staff_digital:projects") if more else ""), *more)


@require_safe
@staff_page(DIGITISE)
def project_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All projects with their shares: done against declared, by stage."""
    labels = dict(Stage.choices)
    reader = reader_at(desk)
    rows = [
        (project, [(labels[stage], share) for stage, share in shares_of(reader, project).items()], _lying(project))
        for project in projects_of(reader)[:100]
    ]
    return show(desk, "digital/projects.html", trail=_trail(), tabs=desk_tabs("projects"), rows=rows)


def _lying(project: Project) -> Lying | None:
    """What in its watched folder needs somebody; None: nothing does."""
    return (lying_in(project.watched_folder) or None) if project.watched_folder and not project.closed else None


def _project(desk: Desk, pk: int) -> Project:
    found = projects_of(reader_at(desk)).filter(pk=pk).first()
    if found is None:
        raise Http404
    desk.rights.require(DIGITISE, found.library_id)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(DIGITISE)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Begin a project."""
    form = ProjectForm(
        desk.library_ids(DIGITISE), reader_at(desk), None, desk.may(Permission.EDIT_NETWORK),
        request.POST if request.method == "POST" else None,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        library = form.cleaned_data["library"]
        desk.rights.require(DIGITISE, library.pk)
        try:
            made = boards.create_project(form.cleaned_data["code"], library, form.facts(), actor=desk.actor)
        except DigitalRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The project is set up. Now plan its titles."))
            return redirect("staff_digital:project_plan", pk=made.pk)
    if "library" in form.errors:
        refuse_foreign(desk, DIGITISE, request.POST.get("library"))
    return _form(desk, form, _("New project"))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(DIGITISE)
def edit(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Change a project."""
    project = _project(desk, pk)
    form = ProjectForm(
        [project.library_id], reader_at(desk), project, desk.may(Permission.EDIT_NETWORK),
        request.POST if request.method == "POST" else None,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            boards.amend_project(pk, form.facts(), actor=desk.actor)
        except DigitalRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Saved."))
            return redirect("staff_digital:projects")
    return _form(desk, form, project.name)


def _form(desk: Desk, form: ProjectForm, heading: str) -> HttpResponse:
    return show(
        desk, "digital/project.html", trail=_trail((heading, "")), status=422 if form.errors else 200, form=form,
        heading=heading,
    )  # fmt: skip


@takes_upload(_LIST_BYTES)
@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(DIGITISE)
def plan(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Put titles on the board: from the catalogue by a search or their numbers, or from a list."""
    project = _project(desk, pk)
    posted = request.method == "POST"
    form = PlanForm(request.POST if posted else None, request.FILES if posted else None)
    looked: Looked | None = None
    if posted and form.is_valid():
        titles = _titles(form, reader_at(desk))
        if form.cleaned_data["search"].strip():
            looked = _searched(form, project, reader_at(desk))
            titles += looked.titles if looked else []
        if not titles and not form.errors and "look" not in request.POST:
            form.add_error(None, _("Give at least one title."))
        if not form.errors and "look" not in request.POST:
            made = boards.plan(pk, titles, actor=desk.actor)
            messages.success(request, _("%(n)s titles are planned.") % {"n": len(made)})
            return redirect(f"{reverse('staff_digital:board')}?project={pk}")
    return show(
        desk, "digital/plan.html", trail=_trail((project.name, "")), status=422 if form.errors else 200, form=form,
        project=project, looked=looked, examples=looked.titles[:_TOLD] if looked else [],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Looked:
    """What a search would put on the board, and how many of what it found are there already."""

    titles: list[Planned]
    there: int


def _searched(form: PlanForm, project: Project, reader: Reader) -> Looked | None:
    """The records of the project's library that a search finds; None where there are too many or no index."""
    asked = request_from({"q": [form.cleaned_data["search"]], "library": [project.library.code]}, facets=False)
    try:
        clusters, total = publications_found(asked, MOST_FOUND)
    except IndexMissing:
        form.add_error("search", _("The search is being prepared. Try again in a moment."))
        return None
    if total > MOST_FOUND:
        form.add_error("search", _("These are more than %(most)s titles. Ask more narrowly.") % {"most": MOST_FOUND})
        return None
    if not total and project.library.closed:
        form.add_error("search", _("Records of closed libraries are not in the search. Give their numbers."))
        return None
    records = records_held(clusters, project.library_id)
    there = records_on_the_way(project.library_id, records)
    known = titles_known(reader, [record for record in records if record not in there])
    return Looked([Planned(known[record], record) for record in records if record in known], len(there))


def _titles(form: PlanForm, reader: Reader) -> list[Planned]:
    said: dict[str, Any] = form.cleaned_data
    numbers = [number for number in re.split(r"[\s,;]+", said["records"].strip()) if number]
    asked = {n: int(n) for n in numbers if n.isascii() and n.isdigit() and len(n) < 19}
    known = titles_known(reader, list(asked.values()))
    strange = [number for number in numbers if asked.get(number) not in known]
    for number in strange[:_TOLD]:
        form.add_error("records", _("There is no record “%(number)s”.") % {"number": number[:40]})
    titles = [Planned(known[asked[number]], asked[number]) for number in numbers if asked.get(number) in known]
    text = said["lines"]
    if said["file"]:
        try:
            text += "\n" + said["file"].read(_LIST_BYTES).decode("utf-8-sig")
        except UnicodeDecodeError:
            form.add_error("file", _("The file is not in UTF-8. Save it as “CSV UTF-8”."))
    for line in _rows(text):
        names = ("creator", "date")
        core = {name: [value] for name, value in zip(names, line[1:], strict=False) if value}
        titles.append(Planned(line[0], description=core))
    return titles


def _rows(text: str) -> list[list[str]]:
    """The lines of a list, cut at tabs or semicolons; quotes as spreadsheets write them."""
    delimiter = "\t" if "\t" in text else ";"
    found = csv.reader(io.StringIO(text.replace("\0", "")), delimiter=delimiter)
    rows = [[cell.strip() for cell in row] for row in found]
    return [row for row in rows if row and row[0]]
