"""The screens of harvesting: sources, their form, their runs, the log of a run. Rule HAR-19 says who may what."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lienthu.domain.network.policy import Permission
from lienthu.domain.union.harvesting import jobs, selectors
from lienthu.domain.union.harvesting.errors import HarvestRefused
from lienthu.domain.union.harvesting.models import HarvestRun, HarvestSource
from lienthu.domain.union.harvesting.services import sources
from lienthu.faces.web.staff.access import Desk, staff_page
from lienthu.faces.web.staff.harvesting.forms import NewSourceForm, SourceForm
from lienthu.faces.web.staff.harvesting.words import event_sentence, reason_of
from lienthu.faces.web.staff.pages import number_from, refuse_foreign, show, show_live

PAGE = 25
LOOK, CHANGE = Permission.IMPORT_RECORDS, Permission.HARVEST_RECORDS
View = Callable[..., HttpResponseBase]


def _of_source(permission: Permission) -> Callable[[View], View]:
    """A page about one source: only with this permission in its library. The view gets it after the desk."""

    def decorate(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, desk: Desk, pk: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
            found = HarvestSource.objects.select_related("library", "source").filter(pk=pk).first()
            if found is None:
                raise Http404
            desk.rights.require(permission, found.library_id)
            return view(request, desk, found, *args, **kwargs)

        return staff_page(permission)(entered)

    return decorate


def _of_run(permission: Permission) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, desk: Desk, pk: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
            found = HarvestRun.objects.select_related("harvest__library").filter(pk=pk).first()
            if found is None:
                raise Http404
            desk.rights.require(permission, found.harvest.library_id)
            return view(request, desk, found, *args, **kwargs)

        return staff_page(permission)(entered)

    return decorate


@require_safe
@staff_page(LOOK)
def source_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The sources of my libraries, and which of them need somebody."""
    libraries = desk.libraries(LOOK)
    rows = selectors.sources_of([library.pk for library in libraries])
    return show(
        desk,
        "harvesting/sources.html",
        trail=[(_("Harvesting"), "")],
        rows=rows,
        stale=[row.harvest for row in rows if row.harvest.active and row.harvest.stale_since],
        several=len(libraries) > 1,
        may_change=bool(desk.library_ids(CHANGE)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page(CHANGE)
def new_source(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Set up a source."""
    form = NewSourceForm(desk.libraries(CHANGE), request.POST if request.method == "POST" else None, whole=_whole(desk))
    if request.method == "POST" and form.is_valid():
        library = form.cleaned_data["library"]
        desk.rights.require(CHANGE, library.pk)
        try:
            made = sources.create_source(
                code=form.cleaned_data["code"], library=library, facts=form.facts(), actor=desk.actor
            )
        except HarvestRefused as refused:
            _put(form, refused)
        else:
            messages.success(request, _("The source is set up."))
            return redirect("staff_harvesting:source", pk=made.pk)
    if "library" in form.errors:
        refuse_foreign(desk, CHANGE, request.POST.get("library"))
    return _form(desk, form, [(_("New source"), "")], _("New source"), reverse("staff_harvesting:sources"))


@require_http_methods(["GET", "HEAD", "POST"])
@_of_source(CHANGE)
def edit_source(request: HttpRequest, desk: Desk, harvest: HarvestSource) -> HttpResponse:
    """Change a source. A folder of the server only by an administrator."""
    whole = _whole(desk)
    if harvest.kind == HarvestSource.Kind.FOLDER:
        desk.rights.require(Permission.EDIT_NETWORK)
    form = SourceForm(request.POST if request.method == "POST" else None, harvest=harvest, whole=whole)
    if request.method == "POST" and form.is_valid():
        try:
            sources.amend_source(harvest.pk, facts=form.facts(), actor=desk.actor)
        except HarvestRefused as refused:
            _put(form, refused)
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("staff_harvesting:source", pk=harvest.pk)
    here = reverse("staff_harvesting:source", args=[harvest.pk])
    return _form(desk, form, [(harvest.name, here), (_("Change"), "")], _("Change the source"), here)


@require_safe
@_of_source(LOOK)
def source(request: HttpRequest, desk: Desk, harvest: HarvestSource) -> HttpResponse:
    """One source: how it stands, what may be done, its runs."""
    before = number_from(request, "before")
    found = selectors.runs_of(harvest, before=before, limit=PAGE + 1)
    rows = found[:PAGE]
    newest = found[0].run if found and before is None else None
    return show(
        desk,
        "harvesting/source.html",
        trail=[(_("Harvesting"), reverse("staff_harvesting:sources")), (harvest.name, "")],
        harvest=harvest,
        rows=rows,
        going=newest if newest and newest.status == HarvestRun.Status.RUNNING else None,
        stopped=newest if newest and newest.status == HarvestRun.Status.STOPPED else None,
        reason=reason_of(newest) if newest else "",
        may_change=desk.may(CHANGE, harvest.library_id) and (harvest.kind != "folder" or _whole(desk)),
        may_pause=desk.may(CHANGE, harvest.library_id),
        next_url=f"?before={rows[-1].run.pk}" if len(found) > PAGE else "",
        newest_url=reverse("staff_harvesting:source", args=[harvest.pk]) if before else "",
    )


@require_POST
@_of_source(LOOK)
def start(request: HttpRequest, desk: Desk, harvest: HarvestSource) -> HttpResponse:
    """Harvest now; ``full``: everything again."""
    run = jobs.request_run(harvest.pk, actor=desk.actor, full=request.POST.get("full") == "1")
    return redirect("staff_harvesting:run", pk=run.pk)


@require_POST
@_of_source(CHANGE)
def pause_or_take_up(request: HttpRequest, desk: Desk, harvest: HarvestSource) -> HttpResponse:
    """Pause a source, or take it up again."""
    if harvest.active:
        sources.pause(harvest.pk, actor=desk.actor)
        messages.success(request, _("The source is paused. Nothing of what it brought changes."))
    else:
        sources.take_up(harvest.pk, actor=desk.actor)
        messages.success(request, _("The source is harvested again."))
    return redirect("staff_harvesting:source", pk=harvest.pk)


@require_POST
@_of_source(CHANGE)
def forget_key(request: HttpRequest, desk: Desk, harvest: HarvestSource) -> HttpResponse:
    """Believe the next key that the SFTP server shows."""
    sources.forget_host_key(harvest.pk, actor=desk.actor)
    messages.success(request, _("The next key that the server shows will be believed."))
    return redirect("staff_harvesting:source", pk=harvest.pk)


@require_safe
@_of_run(LOOK)
def run(request: HttpRequest, desk: Desk, run: HarvestRun) -> HttpResponse:
    """One run: what it did, where it is or stopped, its imports, its log."""
    here = reverse("staff_harvesting:source", args=[run.harvest_id])
    return show_live(
        desk,
        "harvesting/run.html",
        "harvesting/run_live.html",
        going=run.status == HarvestRun.Status.RUNNING,
        trail=[
            (_("Harvesting"), reverse("staff_harvesting:sources")),
            (run.harvest.name, here),
            (_("Harvest %(number)s") % {"number": run.pk}, ""),
        ],
        run=run,
        counts=selectors.counts_of_runs([run.pk])[run.pk],
        batches=selectors.batches_of_run(run),
        reason=reason_of(run),
        events=[(e.at, *event_sentence(e)) for e in selectors.events_of(run)],
    )


@require_POST
@_of_run(LOOK)
def stop(request: HttpRequest, desk: Desk, run: HarvestRun) -> HttpResponse:
    """End a run: what was fetched is imported, nothing more is fetched."""
    jobs.request_stop(run.pk, actor=desk.actor)
    return redirect("staff_harvesting:run", pk=run.pk)


def _whole(desk: Desk) -> bool:
    """Whether the person may let the server reach into its own folders and networks."""
    return desk.may(Permission.EDIT_NETWORK)


def _put(form: SourceForm, refused: HarvestRefused) -> None:
    field = "metadata_prefix" if refused.field == "prefix" else refused.field
    form.add_error(field if field in form.fields else None, str(refused.message))


def _form(desk: Desk, form: SourceForm, trail: list[tuple[str, str]], heading: str, back: str) -> HttpResponse:
    return show(
        desk,
        "harvesting/form.html",
        trail=[(_("Harvesting"), reverse("staff_harvesting:sources")), *trail],
        status=422 if form.errors else 200,
        form=form,
        heading=heading,
        back=back,
    )
